//! Reads the hooks: servers of the operator's own, by name.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::{
    file::HookTable,
    read::{Entry, read},
    report::Report,
    steps::StepEntry,
};

/// A hook of the file, readable or not.
pub(super) struct HookEntry {
    /// Its name.
    pub(super) name: Spanned<String>,
    url: Option<String>,
}

/// Reads every hook; what is wrong with one goes to the report.
pub(super) fn read_all(entries: Vec<Entry<'_>>, report: &mut Report<'_>) -> Vec<HookEntry> {
    entries.into_iter().map(|entry| read_one(entry, report)).collect()
}

/// Warns of hooks that no step asks or tells.
pub(super) fn check_used(hooks: &[HookEntry], steps: &[StepEntry], report: &mut Report<'_>) {
    let used: BTreeSet<&str> = steps.iter().flat_map(StepEntry::reaches).collect();
    for hook in hooks.iter().filter(|hook| !used.contains(hook.name.get_ref().as_str())) {
        let what = format!("no step asks or tells hook `{}`", hook.name.get_ref());
        report.warning(hook.name.span(), what, "use it somewhere, or remove it");
    }
}

/// Where each hook is, by name; `None` where the settings say so.
pub(super) fn by_name(hooks: Vec<HookEntry>) -> BTreeMap<String, Option<String>> {
    hooks.into_iter().map(|hook| (hook.name.into_inner(), hook.url)).collect()
}

fn read_one(entry: Entry<'_>, report: &mut Report<'_>) -> HookEntry {
    let Entry { name, table } = entry;
    let read: Option<HookTable> = read(table, &format!("hook `{}`", name.get_ref()), name.span(), report);
    HookEntry { name, url: read.and_then(|hook| hook.url).map(|url| url.0) }
}
