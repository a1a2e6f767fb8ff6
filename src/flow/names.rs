//! Names: what they look like, what somebody may have meant, and whether those that a step uses exist.

use toml::Spanned;

use super::{
    model::HASH_PREFIX,
    report::{Report, Span},
    template::Template,
    value::{FlowRef, HookRef, PromptRef, Prompts, StepRef, Text, Texts, VariableRef},
};

/// What a step's or a prompt's name looks like.
pub(super) const NAME_PATTERN: &str = "^[a-z][a-z0-9_]{0,63}$";

/// The names that a step uses. The only way to get a name out of a reference, so none goes unchecked.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The steps that it leads to.
    pub(super) leads: Vec<Spanned<String>>,
    /// The step that it leads to when the call ends in the middle of it.
    pub(super) unheard: Option<Spanned<String>>,
    /// The step that it leads to when somebody else has come into the call.
    pub(super) joined: Option<Spanned<String>>,
    /// The prompts that it plays.
    pub(super) plays: Vec<Spanned<String>>,
    /// The prompts that it says numbers with.
    pub(super) says: Vec<Spanned<String>>,
    /// The languages that it chooses by name.
    pub(super) languages: Vec<Spanned<String>>,
    /// The hooks that it asks or tells.
    pub(super) reaches: Vec<Spanned<String>>,
    /// The flows that it goes on with.
    pub(super) flows: Vec<Spanned<String>>,
    /// The variables and facts that it reads.
    pub(super) reads: Vec<Spanned<String>>,
    /// The variables that it sets.
    pub(super) sets: Vec<Spanned<String>>,
    /// The variables that hold what a secret is compared with.
    pub(super) secrets: Vec<String>,
    /// Attributes that are right by themselves and wrong together.
    faults: Vec<(Span, String, String)>,
}

impl Names {
    /// The name of a step that an outcome leads to.
    pub(super) fn step(&mut self, step: StepRef) -> String {
        let name = step.0.get_ref().clone();
        self.leads.push(step.0);
        name
    }

    /// The name of a step that follows when the call ends in the middle of this one.
    pub(super) fn unheard(&mut self, step: StepRef) -> String {
        self.unheard = Some(step.0.clone());
        self.step(step)
    }

    /// The name of a step that follows when somebody else has come into the call.
    pub(super) fn joined(&mut self, step: StepRef) -> String {
        self.joined = Some(step.0.clone());
        self.step(step)
    }

    /// The name of a prompt that is played.
    pub(super) fn prompt(&mut self, prompt: PromptRef) -> String {
        let name = prompt.0.get_ref().clone();
        self.plays.push(prompt.0);
        name
    }

    /// The name of a hook that is asked or told.
    pub(super) fn hook(&mut self, hook: HookRef) -> String {
        let name = hook.0.get_ref().clone();
        self.reaches.push(hook.0);
        name
    }

    /// The names of prompts that are played one after the other.
    pub(super) fn prompts(&mut self, prompts: Prompts) -> Vec<String> {
        prompts.0.into_iter().map(|prompt| self.prompt(prompt)).collect()
    }

    /// Prompts that a text is said with.
    pub(super) fn said(&mut self, text: &Text, prompts: Vec<String>) {
        self.says.extend(prompts.into_iter().map(|prompt| Spanned::new(text.0.span(), prompt)));
    }

    /// The name of a language that is chosen, or text that becomes one.
    pub(super) fn language(&mut self, text: Text) -> Template {
        if let Some(name) = text.0.get_ref().fixed() {
            self.languages.push(Spanned::new(text.0.span(), name.to_owned()));
        }
        self.text(text)
    }

    /// Text that is filled in when a call comes to it.
    pub(super) fn text(&mut self, text: Text) -> Template {
        let at = text.0.span();
        let template = text.0.into_inner();
        self.reads.extend(template.names().map(|name| Spanned::new(at.clone(), name.to_owned())));
        template
    }

    /// Texts that are filled in when a call comes to them.
    pub(super) fn texts(&mut self, texts: Texts) -> Vec<Template> {
        texts.0.into_iter().map(|text| self.text(text)).collect()
    }

    /// The name of a flow that a call goes on with.
    pub(super) fn flow(&mut self, flow: FlowRef) -> String {
        let name = flow.0.get_ref().clone();
        self.flows.push(flow.0);
        name
    }

    /// The name of a variable or a fact that is read.
    pub(super) fn reads(&mut self, variable: VariableRef) -> String {
        let name = variable.0.get_ref().clone();
        self.reads.push(variable.0);
        name
    }

    /// The name of a variable that is set.
    pub(super) fn sets(&mut self, variable: VariableRef) -> String {
        let name = variable.0.get_ref().clone();
        self.sets.push(variable.0);
        name
    }

    /// What a secret is compared with: variables, or a keyed hash.
    pub(super) fn secret(&mut self, expected: &Spanned<Template>) {
        self.secrets.extend(expected.get_ref().names().map(str::to_owned));
        if !is_hash(&expected.get_ref().fill(|_| String::new())) {
            self.fault(expected.span(), "a secret stands in the flow in the clear", HASH_HINT);
        }
    }

    /// What is wrong at an attribute's place, seen together with others, and how to mend it.
    pub(super) fn fault(&mut self, at: Span, what: impl Into<String>, hint: impl Into<String>) {
        self.faults.push((at, what.into(), hint.into()));
    }

    /// Tells the report of those faults.
    pub(super) fn tell_faults(&mut self, report: &mut Report<'_>) {
        self.faults.drain(..).for_each(|(at, what, hint)| report.error(at, what, hint));
    }
}

/// How to mend a secret in the clear.
pub(super) const HASH_HINT: &str = "put its keyed hash there, as `switchboard secret hash` prints it";

/// `text` is a keyed hash, or nothing: it gives no secret away.
pub(super) fn is_hash(text: &str) -> bool {
    let digits = text.strip_prefix(HASH_PREFIX);
    text.is_empty() || digits.is_some_and(|digits| digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// `text` is a name as [`NAME_PATTERN`] has it.
pub(super) fn is_name(text: &str) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    text.len() <= 64 && text.starts_with(|c: char| c.is_ascii_lowercase()) && plain
}

/// Reports a `kind` of thing whose name is none.
pub(super) fn check_shape(kind: &str, name: &Spanned<impl AsRef<str>>, report: &mut Report<'_>) {
    let text = name.get_ref().as_ref();
    if !is_name(text) {
        let hint = "names are up to 64 lower-case letters, digits and underscores, with a letter first";
        report.error(name.span(), format!("`{text}` is no name for a {kind}"), hint);
    }
}

/// Reports a name of this `kind` that is none of the `known` ones. `how` says how to define it, with `NAME` for the name.
pub(super) fn check_known(kind: &str, name: &Spanned<String>, known: &[&str], how: &str, report: &mut Report<'_>) {
    let text = name.get_ref().as_str();
    if !known.contains(&text) {
        let hint = did_you_mean(text, known).unwrap_or_else(|| format!("define it: {}", how.replace("NAME", text)));
        report.error(name.span(), format!("{kind} `{text}` is not defined"), hint);
    }
}

/// Reports prompts that numbers are said with and that are not there, all in one.
pub(super) fn check_said(names: &[Spanned<String>], known: &[&str], report: &mut Report<'_>) {
    let missing: Vec<&Spanned<String>> = names.iter().filter(|name| !known.contains(&name.get_ref().as_str())).collect();
    if let [first, others @ ..] = missing.as_slice() {
        let more = if others.is_empty() { String::new() } else { format!(" and {} more like it", others.len()) };
        let what = format!("prompt `{}`{more}, with which this is said, is not defined", first.get_ref());
        report.error(first.span(), what, "define one for each digit or number under [prompts]");
    }
}

/// A hint at the name that was probably meant.
pub(super) fn did_you_mean(wrong: &str, known: &[&str]) -> Option<String> {
    nearest(wrong, known).map(|name| format!("did you mean `{name}`?"))
}

/// The known name that `wrong` is most probably a slip for.
pub(super) fn nearest<'a>(wrong: &str, known: &[&'a str]) -> Option<&'a str> {
    let slips = 1 + wrong.len() / 4;
    let near = |name: &&'a str| (strsim::osa_distance(wrong, name), *name);
    known
        .iter()
        .filter(|name| name.len().abs_diff(wrong.len()) <= slips)
        .map(near)
        .filter(|(d, _)| *d <= slips)
        .min()
        .map(|(_, name)| name)
}

/// `` `a`, `b` `` and so on.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested_and_a_far_one_is_not() {
        let known = ["sales", "support", "goodbye"];
        assert_eq!(nearest("sale", &known), Some("sales"));
        assert_eq!(nearest("suport", &known), Some("support"));
        assert_eq!(nearest("goodbey", &known), Some("goodbye"));
        assert_eq!(nearest("reception", &known), None);
    }

    #[test]
    fn names_are_short_lower_case_words() {
        for name in ["a", "main_menu", "step2"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "2nd", "_a", "Main", "main-menu", "größe", &"a".repeat(65)] {
            assert!(!is_name(name), "{name}");
        }
    }
}
