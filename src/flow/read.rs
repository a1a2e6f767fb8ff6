//! Reads one table of the file as a type, and says everything that is wrong with it.
//!
//! Serde alone stops at the first fault. So a table that cannot be read is looked at again: first against the type's schema, which
//! tells unknown and missing attributes, then value by value, each faulty one taken out before the next attempt.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue, ValueDeserializer},
};

use super::{
    names::{did_you_mean, list},
    report::{Report, Span},
    schema::{attributes, schema_of},
};

/// Of more faulty values in one table only the first are told.
const MOST_FAULTS: usize = 20;

/// A named table within the file, e.g. `[steps.welcome]`.
pub(super) struct Entry<'i> {
    /// Its name.
    pub(super) name: Spanned<String>,
    /// What stands in it.
    pub(super) table: DeTable<'i>,
}

/// Takes the entries out of the table `section`, each a `kind` of thing, and leaves it empty. What is no table is reported.
pub(super) fn take_entries<'i>(root: &mut DeTable<'i>, section: &str, kind: &str, report: &mut Report<'_>) -> Vec<Entry<'i>> {
    let Some(value) = root.get_mut(section) else { return Vec::new() };
    let span = value.span();
    match std::mem::replace(value.get_mut(), DeValue::Table(DeTable::new())) {
        DeValue::Table(entries) => entries.into_iter().filter_map(|(name, value)| entry(name, value, kind, report)).collect(),
        _ => {
            report.error(span, format!("`{section}` is no table"), format!("write `[{section}.NAME]` for every {kind}"));
            Vec::new()
        }
    }
}

fn entry<'i>(name: Spanned<DeString<'i>>, value: Spanned<DeValue<'i>>, kind: &str, report: &mut Report<'_>) -> Option<Entry<'i>> {
    let span = value.span();
    let name = Spanned::new(name.span(), name.into_inner().into_owned());
    match value.into_inner() {
        DeValue::Table(table) => Some(Entry { name, table }),
        _ => {
            report.error(span, format!("{kind} `{}` is no table", name.get_ref()), "give it attributes in `[ ]` or `{ }`");
            None
        }
    }
}

/// Reads `table`, which is called `thing` and begins `at`, as a `T`. `None` when it cannot be read: then the report says why.
pub(super) fn read<T>(table: DeTable<'_>, thing: &str, at: Span, report: &mut Report<'_>) -> Option<T>
where
    T: DeserializeOwned + JsonSchema,
{
    match deserialize(table.clone(), &at) {
        Ok(read) => Some(read),
        Err(error) => {
            let before = report.len();
            explain::<T>(table, thing, &at, report);
            if report.len() == before {
                report.error(at, format!("{thing} cannot be read"), error.message());
            }
            None
        }
    }
}

fn deserialize<T: DeserializeOwned>(table: DeTable<'_>, at: &Span) -> Result<T, toml::de::Error> {
    T::deserialize(ValueDeserializer::from(Spanned::new(at.clone(), DeValue::Table(table))))
}

fn explain<T>(mut table: DeTable<'_>, thing: &str, at: &Span, report: &mut Report<'_>)
where
    T: DeserializeOwned + JsonSchema,
{
    check_attributes(schema_of::<T>().as_value(), thing, at, &mut table, report);
    for _ in 0..MOST_FAULTS {
        let Err(error) = deserialize::<T>(table.clone(), at) else { return };
        let Some(place) = error.span() else { return };
        let Some((attribute, span)) = take_faulty(&mut table, &place) else { return };
        if !report.mentions(&span) {
            report_value(&attribute, error.message(), place, report);
        }
    }
}

/// Reports attributes that are unknown, missing, or no tables where tables are wanted; takes the wrong ones out. Inner tables too.
fn check_attributes(schema: &Json, thing: &str, at: &Span, table: &mut DeTable<'_>, report: &mut Report<'_>) {
    let known = attributes(schema);
    if !known.open {
        take_unknown(&known.names(), thing, table, report);
    }
    for (name, schema) in &known.all {
        match table.get_mut(*name) {
            Some(value) => check_inner(name, schema, value, report),
            None if known.required.contains(name) => {
                report.error(at.clone(), format!("{thing} lacks `{name}`"), purpose(schema));
            }
            None => {}
        }
    }
    if known.exactly_one && table.len() != 1 && !report.mentions(at) {
        let hint = format!("it takes exactly one of {}", list(known.names()));
        report.error(at.clone(), format!("{thing} names {}", table.len()), hint);
    }
}

fn take_unknown(known: &[&str], thing: &str, table: &mut DeTable<'_>, report: &mut Report<'_>) {
    let unknown: Vec<_> = table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())).cloned().collect();
    for key in unknown {
        let name = key.get_ref().as_ref();
        let hint = did_you_mean(name, known).unwrap_or_else(|| what_it_has(known));
        report.error(key.span(), format!("{thing} has no attribute `{name}`"), hint);
        table.remove(&key);
    }
}

fn what_it_has(known: &[&str]) -> String {
    match known {
        [] => "remove it".to_owned(),
        _ => format!("it has {}", list(known.iter().copied())),
    }
}

fn check_inner(name: &str, schema: &Json, value: &mut Spanned<DeValue<'_>>, report: &mut Report<'_>) {
    let span = value.span();
    match value.get_mut() {
        DeValue::Table(inner) => check_attributes(schema, &format!("`{name}`"), &span, inner, report),
        _ if attributes(schema).is_table => report.error(span, format!("`{name}` is no table"), purpose(schema)),
        _ => {}
    }
}

/// What an attribute is for, as a hint.
fn purpose(schema: &Json) -> String {
    let described = schema["description"].as_str().unwrap_or("it is needed here").trim_end_matches('.').replace('\n', " ");
    let mut chars = described.chars();
    chars.next().map_or_else(String::new, |first| format!("{}{}", first.to_lowercase(), chars.as_str()))
}

/// Takes the innermost attribute out whose value holds `place`; its name and its value's place.
fn take_faulty(table: &mut DeTable<'_>, place: &Span) -> Option<(String, Span)> {
    for (_, value) in table.iter_mut() {
        if let DeValue::Table(inner) = value.get_mut()
            && let Some(found) = take_faulty(inner, place)
        {
            return Some(found);
        }
    }
    let holds = |span: Span| span.start <= place.start && place.end <= span.end;
    let (key, _) = table.iter().find(|(key, value)| holds(key.span()) || holds(value.span()))?;
    let key = key.clone();
    table.remove(&key).map(|value| (key.into_inner().into_owned(), value.span()))
}

/// Serde says `invalid value: string "9h", expected a time`; an operator is better served by what and how.
fn report_value(attribute: &str, message: &str, at: Span, report: &mut Report<'_>) {
    match message.split_once(", expected ") {
        Some((found, expected)) if found.starts_with("unknown field ") => {
            let what = found.replacen("unknown field", &format!("`{attribute}` has no attribute"), 1);
            report.error(at, what, format!("it has {}", expected.trim_start_matches("one of ")));
        }
        Some((found, expected)) => {
            let found = found.trim_start_matches("invalid value: ").trim_start_matches("invalid type: ");
            let found = found.trim_start_matches("unknown variant ");
            report.error(at, format!("`{attribute}` cannot be {found}"), format!("it takes {expected}"));
        }
        None => match message.strip_prefix("missing field ") {
            Some(field) => report.error(at, format!("a table in `{attribute}` lacks {field}"), "add it"),
            None => report.error(at, format!("`{attribute}` cannot be read"), message),
        },
    }
}
