//! Languages: those of a flow, and what a prompt says in them.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, SeqAccess, Unexpected, Visitor},
};
use toml::Spanned;

use super::{Words, text::read_text, text::shown};

/// The most languages of one flow.
const MOST_LANGUAGES: usize = 20;

const LANGUAGE: &str = "a language such as \"de\" or \"en-gb\"";
const PATTERN: &str = "^[a-z]{2,3}(-[a-z0-9]{2,8})*$";

/// The languages of a flow, the first of which every prompt is there in.
#[derive(Debug, Default)]
pub(in crate::flow) struct Languages(pub(in crate::flow) Vec<Spanned<String>>);

/// What a prompt says in other languages.
#[derive(Debug, Default, Deserialize)]
pub(in crate::flow) struct Translations(pub(in crate::flow) BTreeMap<Spanned<String>, Words>);

impl<'de> Deserialize<'de> for Languages {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_seq(LanguagesVisitor)
    }
}

impl JsonSchema for Languages {
    fn schema_name() -> Cow<'static, str> {
        "Languages".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let language = json_schema!({ "type": "string", "pattern": PATTERN });
        json_schema!({ "type": "array", "items": language, "minItems": 1, "maxItems": MOST_LANGUAGES, "uniqueItems": true })
    }
}

impl JsonSchema for Translations {
    fn schema_name() -> Cow<'static, str> {
        "Translations".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let words = generator.subschema_for::<Words>();
        json_schema!({ "type": "object", "propertyNames": { "pattern": PATTERN }, "additionalProperties": words })
    }
}

struct Language(String);

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        read_text(input, |text| is_language(text).then(|| Self(text.to_owned())), LANGUAGE, shown)
    }
}

struct LanguagesVisitor;

impl<'de> Visitor<'de> for LanguagesVisitor {
    type Value = Languages;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of 1 to {MOST_LANGUAGES} languages, each once, such as [\"en\", \"de\"]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Languages, A::Error> {
        let mut languages: Vec<Spanned<String>> = Vec::new();
        while let Some(language) = seq.next_element::<Spanned<Language>>()? {
            let language = Spanned::new(language.span(), language.into_inner().0);
            if languages.iter().any(|known| known.get_ref() == language.get_ref()) {
                let twice = format!("a list with {} twice", language.get_ref());
                return Err(Error::invalid_value(Unexpected::Other(&twice), &self));
            }
            languages.push(language);
        }
        match languages.len() {
            1..=MOST_LANGUAGES => Ok(Languages(languages)),
            wrong => Err(Error::invalid_value(Unexpected::Other(&format!("a list of {wrong}")), &self)),
        }
    }
}

/// `text` is a language as [`PATTERN`] has it.
fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let is_word = |part: &str| part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|part| (2..=8).contains(&part.len()) && is_word(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_a_short_word_in_small_letters() {
        for text in ["de", "en-gb", "yue", "es-419", "zh-hant-hk"] {
            assert!(is_language(text), "{text}");
        }
        for text in ["", "d", "DE", "en_gb", "english", "en-", "en-g", "d1"] {
            assert!(!is_language(text), "{text}");
        }
    }
}
