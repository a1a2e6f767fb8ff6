//! Text in which variables and facts stand: `"Caller {call.caller}"`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{fact::Fact, names::is_name};

/// Text with the names of variables and facts in braces. A brace itself is written twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template(Vec<Part>);

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Name(String),
}

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A brace without its other half.
    #[error("a brace that stands alone")]
    LoneBrace,
    /// What stands in braces is no name of a variable or a fact.
    #[error("`{{{0}}}`, which names no variable")]
    NoName(String),
}

impl Template {
    /// The text with everything in braces put in as `value` has it.
    pub fn fill(&self, value: impl Fn(&str) -> String) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Name(name) => value(name),
        });
        parts.collect()
    }

    /// The variables and facts in it, each as often as it stands there.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Name(name) => Some(name.as_str()),
        })
    }

    /// The text, where nothing has to be put in.
    pub fn fixed(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }
}

impl std::str::FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let (mut parts, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            match rest.strip_prefix(brace) {
                Some(after) => {
                    plain.push_str(brace);
                    rest = after;
                }
                None if brace == "{" => {
                    let (name, after) = rest.split_once('}').ok_or(TemplateError::LoneBrace)?;
                    if !is_name(name) && Fact::named(name).is_none() {
                        return Err(TemplateError::NoName(name.to_owned()));
                    }
                    push_text(&mut parts, std::mem::take(&mut plain));
                    parts.push(Part::Name(name.to_owned()));
                    rest = after;
                }
                None => return Err(TemplateError::LoneBrace),
            }
        }
        push_text(&mut parts, plain + rest);
        Ok(Self(parts))
    }
}

fn push_text(parts: &mut Vec<Part>, text: String) {
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
}

impl TryFrom<String> for Template {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Self, TemplateError> {
        text.parse()
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.to_string()
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}")),
            Part::Name(name) => write!(f, "{{{name}}}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filled(text: &str) -> Result<String, TemplateError> {
        text.parse::<Template>().map(|template| template.fill(|name| format!("<{name}>")))
    }

    #[test]
    fn what_stands_in_braces_is_put_in() {
        assert_eq!(filled("Caller {call.caller} of {customer}."), Ok("Caller <call.caller> of <customer>.".to_owned()));
        assert_eq!(filled("{{{name}}} and }}"), Ok("{<name>} and }".to_owned()));
        assert_eq!(filled(""), Ok(String::new()));
    }

    #[test]
    fn a_brace_alone_and_a_name_that_is_none_are_told() {
        for text in ["{", "}", "a { b", "a } b", "{{}", "{a}}"] {
            assert_eq!(filled(text), Err(TemplateError::LoneBrace), "{text}");
        }
        for (text, name) in [("{}", ""), ("{Name}", "Name"), ("{call.shoe_size}", "call.shoe_size")] {
            assert_eq!(filled(text), Err(TemplateError::NoName(name.to_owned())));
        }
    }

    #[test]
    fn text_without_names_is_known_as_fixed() {
        assert_eq!("+4930{{1}}".parse::<Template>().unwrap().fixed(), Some("+4930{1}"));
        assert_eq!("+49{number}".parse::<Template>().unwrap().fixed(), None);
    }

    proptest! {
        #[test]
        fn a_template_is_written_as_it_can_be_read(text in "([a-z ü]|\\{\\{|\\}\\}|\\{name\\}|\\{now[.]date\\}){0,20}") {
            let template: Template = text.parse().unwrap();
            prop_assert_eq!(template.to_string(), text);
        }

        #[test]
        fn no_text_is_too_odd(text in "[{}a.ü]{0,12}") {
            if let Ok(template) = text.parse::<Template>() {
                prop_assert_eq!(template.to_string().parse(), Ok(template));
            }
        }
    }
}
