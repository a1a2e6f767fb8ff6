//! Whether the variables that a flow uses are declared, and those that it declares used.

use std::collections::BTreeSet;

use toml::Spanned;

use super::{
    fact::Fact,
    names::{HASH_HINT, check_known, check_shape, is_hash},
    report::Report,
    steps::StepEntry,
};

/// Checks all that is read and set against what is `declared`.
pub(super) fn check(declared: &[(Spanned<String>, String)], steps: &[StepEntry], report: &mut Report<'_>) {
    let variables: Vec<&str> = declared.iter().map(|(name, _)| name.get_ref().as_str()).collect();
    let readable: Vec<&str> = variables.iter().copied().chain(Fact::ALL.map(Fact::name)).collect();
    for (name, _) in declared {
        check_shape("variable", name, report);
    }
    for name in steps.iter().flat_map(|step| &step.names.reads) {
        check_known("variable", name, &readable, "NAME = \"\" under [variables]", report);
    }
    for name in steps.iter().flat_map(|step| &step.names.sets) {
        check_settable(name, &variables, report);
    }
    check_secrets(declared, steps, report);
    check_used(declared, steps, report);
}

fn check_settable(name: &Spanned<String>, variables: &[&str], report: &mut Report<'_>) {
    match Fact::named(name.get_ref()) {
        Some(_) => {
            let what = format!("`{}` is a fact of the call", name.get_ref());
            report.error(name.span(), what, "set a variable of your own instead");
        }
        None => check_known("variable", name, variables, "NAME = \"\" under [variables]", report),
    }
}

/// A variable that a secret is compared with begins with its keyed hash, or with nothing.
fn check_secrets(declared: &[(Spanned<String>, String)], steps: &[StepEntry], report: &mut Report<'_>) {
    let secrets: BTreeSet<&String> = steps.iter().flat_map(|step| &step.names.secrets).collect();
    for (name, _) in declared.iter().filter(|(name, value)| secrets.contains(name.get_ref()) && !is_hash(value)) {
        report.error(name.span(), format!("variable `{}` holds a secret in the clear", name.get_ref()), HASH_HINT);
    }
}

/// Warns of variables that no step reads or sets; one that cannot be read may use any of them.
fn check_used(declared: &[(Spanned<String>, String)], steps: &[StepEntry], report: &mut Report<'_>) {
    if !steps.iter().all(StepEntry::is_read) {
        return;
    }
    let names = steps.iter().flat_map(|step| step.names.reads.iter().chain(&step.names.sets));
    let used: BTreeSet<&str> = names.map(|name| name.get_ref().as_str()).collect();
    for (name, _) in declared.iter().filter(|(name, _)| !used.contains(name.get_ref().as_str())) {
        let what = format!("no step uses variable `{}`", name.get_ref());
        report.warning(name.span(), what, "use it somewhere, or remove it");
    }
}
