//! Log lines hold the fields that are fixed, and no other: what is not in the list would be left out without a word.

use switchboard::telemetry::FIELDS;

use super::source::all;

const EVENTS: [&str; 5] = ["trace", "debug", "info", "warn", "error"];
const SPANS: [&str; 5] = ["trace_span", "debug_span", "info_span", "warn_span", "error_span"];

/// The fields that the log macros in `code` set: `name = value`, `%name`, `?name`, `name`.
fn fields(code: &str) -> Vec<String> {
    let called = |at: usize| code[..at].rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
    let calls = code.match_indices("!(").map(|(at, _)| (called(at), split(&code[at + 2..])));
    calls.flat_map(|(name, arguments)| fields_of(name, &arguments)).collect()
}

/// The fields among the arguments of one macro. An event's come before its message, a span's after its name.
fn fields_of(name: &str, arguments: &[&str]) -> Vec<String> {
    let is_text = |argument: &&&str| argument.trim_start().starts_with('"');
    let arguments: Vec<_> = match name {
        name if EVENTS.contains(&name) => arguments.iter().take_while(|argument| !is_text(argument)).collect(),
        name if SPANS.contains(&name) => arguments.iter().skip_while(|argument| !is_text(argument)).skip(1).collect(),
        _ => vec![],
    };
    let name_of =
        |argument: &&str| argument.split('=').next().unwrap_or_default().trim().trim_start_matches(['%', '?']).to_owned();
    let is_field = |name: &String| !name.is_empty() && !name.starts_with("target:") && !name.starts_with("parent:");
    arguments.into_iter().map(name_of).filter(is_field).collect()
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
        tracing::warn!(reason = %error, call, n = f(1, "a, b"), code = format!("{x}, {y}"), ?event, "gone, {x}", y = 2);
        info_span!("call", graph_call = %key).in_scope(f);
        format!(not = "a log"); span.record("colour", 1); error!("only words"); debug!(target: "x", %status, "words");
    "#;
    assert_eq!(fields(code), ["reason", "call", "n", "code", "event", "graph_call", "status"]);
}
