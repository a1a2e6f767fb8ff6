//! Log lines hold the fields that are fixed, and no other: what is not in the list would be left out without a word.

use switchboard::telemetry::FIELDS;

use super::source::all;

const MACROS: [&str; 6] = ["trace", "debug", "info", "warn", "error", "span"];

/// The fields that the log macros in `code` set: `name = value`, `%name`, `?name`, `name`.
fn fields(code: &str) -> Vec<String> {
    let calls = code.split("!(").zip(code.split("!(").skip(1));
    let is_log = |before: &str| {
        MACROS.iter().any(|name| before.ends_with(name) && !before.ends_with(&format!("_{name}")) || before.ends_with("_span"))
    };
    calls.filter(|(before, _)| is_log(before)).flat_map(|(_, arguments)| fields_of(arguments)).collect()
}

/// The fields among the arguments of one macro: those before the message.
fn fields_of(arguments: &str) -> Vec<String> {
    let mut fields = Vec::new();
    for argument in split(arguments) {
        let argument = argument.trim();
        let name = argument.split('=').next().unwrap_or_default().trim().trim_start_matches(['%', '?']);
        match name {
            _ if argument.starts_with('"') => break,
            "target:" | "parent:" | "" => {}
            name if name.starts_with("target:") || name.starts_with("parent:") => {}
            name => fields.push(name.to_owned()),
        }
    }
    fields
}

/// The arguments up to the closing parenthesis, split at commas outside brackets and strings.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut in_string, mut from, mut parts) = (0, false, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '"' if !text[..at].ends_with('\\') => in_string = !in_string,
            _ if in_string => {}
            ')' | ',' if depth == 0 => {
                parts.push(&text[from..at]);
                from = at + 1;
                if c == ')' {
                    break;
                }
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    parts
}

#[test]
fn log_lines_have_no_other_fields_than_those_fixed() {
    let mut stray = Vec::new();
    for source in all().iter().filter(|source| !["tests", "telemetry"].contains(&source.room())) {
        let others = fields(&source.code()).into_iter().filter(|field| !FIELDS.contains(&field.as_str()));
        stray.extend(others.map(|field| format!("src/{} logs {field}", source.path)));
    }
    assert!(stray.is_empty(), "put it into the message, or into telemetry::FIELDS: {stray:#?}");
}

#[test]
fn fields_are_found_however_they_are_written() {
    let code = r#"
        tracing::warn!(reason = %error, call, n = f(1, "a, b"), ?code, %status, "gone, {x}", y = 2);
        info_span!("call", call = %key).in_scope(f);
        format!(not = "a log"); span.record("colour", 1); error!("only words");
    "#;
    assert_eq!(fields(code), ["reason", "call", "n", "code", "status"]);
}
