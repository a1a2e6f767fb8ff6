//! Whether the languages that a flow uses are its own, and its prompts there in all of them.

use toml::Spanned;

use super::{names::check_known, prompts::PromptEntry, report::Report, steps::StepEntry};

/// Checks what prompts say and steps choose against the flow's `languages`, the first of which is the one that prompts are in anyway.
pub(super) fn check(languages: &[Spanned<String>], prompts: &[PromptEntry], steps: &[StepEntry], report: &mut Report<'_>) {
    let known: Vec<&str> = languages.iter().map(|language| language.get_ref().as_str()).collect();
    let how = "add \"NAME\" to `languages` at the top";
    for name in steps.iter().flat_map(|step| &step.names.languages) {
        check_known("language", name, &known, how, report);
    }
    let (first, others) = known.split_first().map_or(("", &[][..]), |(first, others)| (*first, others));
    for language in prompts.iter().flat_map(PromptEntry::languages) {
        match language.get_ref() == first {
            true => report.error(language.span(), format!("`text` is the prompt in `{first}`"), "remove this one"),
            false => check_known("language", language, &known, how, report),
        }
    }
    for prompt in prompts.iter().filter(|prompt| prompt.is_read()) {
        check_whole(prompt, first, others, report);
    }
}

/// Warns of languages that a prompt is not there in.
fn check_whole(prompt: &PromptEntry, first: &str, others: &[&str], report: &mut Report<'_>) {
    for language in others.iter().filter(|language| !prompt.languages().any(|there| there.get_ref() == *language)) {
        let what = format!("prompt `{}` is not there in `{language}`, and is heard in `{first}`", prompt.name.get_ref());
        report.warning(prompt.name.span(), what, format!("add `{language}` to its `languages`"));
    }
}
