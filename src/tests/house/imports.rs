//! Imports run one way.

use std::collections::BTreeSet;

use super::source::{Source, all, library};

/// The library's rooms from the top down. A room may import those of the floors below it, and none beside it.
const FLOORS: &[&[&str]] = &[
    &[STAGE],
    &["server"],
    &["one_machine", "package"],
    &["functions"],
    &["apart"],
    &["ordering"],
    &["dial"],
    &["turn"],
    &["app"],
    &["flows", "queues"],
    &["later"],
    &["access", "store", "graph", "hooks", "host", "media"],
    &["order"],
    &["call", "azure", "signed"],
    &["flow"],
];

/// Rooms beside the stairs. They import nothing of ours and are open to every room that is not [`PURE`].
const SMALL: &[&str] = &["clock", "config", "telemetry"];

/// Rooms that only think: no I/O, no clock, no chance, no waiting.
const PURE: &[&str] = &["call", "flow", "order"];

/// A small Teams. It imports nothing of ours, since it must not share our misreadings.
const SIMULATOR: &str = "simulator";

/// The one room that knows the simulator: it sets up the bot and a small Teams together. Nothing of production knows it.
const STAGE: &str = "stage";

/// What a pure room does not say.
const IMPURE: &[&str] = &[
    "async fn",
    "async move",
    ".await",
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::thread",
    "std::time",
    "Instant::now",
    "SystemTime",
    "Timestamp::now",
    "getrandom",
    "println!",
    "rand::",
    "redb",
    "reqwest",
    "tokio",
    "tracing::",
    "warp",
];

fn may_import(room: &str, other: &str) -> bool {
    let floor = |room: &str| FLOORS.iter().position(|floor| floor.contains(&room));
    match (floor(room), floor(other)) {
        (_, None) if other == SIMULATOR => room == STAGE,
        (Some(from), Some(to)) => from < to,
        (Some(_), None) => SMALL.contains(&other) && !PURE.contains(&room),
        (None, _) => false,
    }
}

/// Whether `code` holds `phrase` as whole words.
fn says(code: &str, phrase: &str) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let joined = |a: Option<char>, b: Option<char>| is_word(a) && is_word(b);
    code.match_indices(phrase).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + phrase.len()..]);
        !joined(before.chars().next_back(), phrase.chars().next()) && !joined(phrase.chars().next_back(), after.chars().next())
    })
}

/// The rooms that a file names: `crate::call::…`, `crate::{call, flow::…}`, `super::…` as far as the crate's root.
fn rooms_named(source: &Source) -> BTreeSet<String> {
    let code = source.code();
    let to_root = "super::".repeat(source.depth());
    let after = |prefix: &str| code.split(prefix).skip(1).flat_map(first_names).collect::<BTreeSet<_>>();
    after("crate::").into_iter().chain(after(&to_root)).collect()
}

/// The first name of each path at the beginning of `text`: of one path, or of a list in braces.
fn first_names(text: &str) -> Vec<String> {
    let name = |path: &str| path.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(list) = text.strip_prefix('{') else { return vec![name(text)] };
    let (mut depth, mut names) = (0, vec![name(list)]);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(name(&list[at + 1..])),
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn every_room_has_its_place() {
    let places: Vec<_> = FLOORS.concat().into_iter().chain(SMALL.iter().copied()).chain([SIMULATOR]).collect();
    for source in library() {
        assert!(places.contains(&source.room()), "src/{} is in no room that the house knows", source.path);
    }
}

#[test]
fn imports_run_one_way() {
    let mut wrong = Vec::new();
    for source in library() {
        let room = source.room();
        let named = rooms_named(&source).into_iter().filter(|other| other != room);
        wrong.extend(named.filter(|other| !may_import(room, other)).map(|other| format!("src/{} imports {other}", source.path)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_handler_knows_no_simulator() {
    let handler = all().into_iter().find(|source| source.path == "main.rs").expect("the handler is src/main.rs");
    let said = [SIMULATOR, STAGE].into_iter().find(|room| says(&handler.code(), room));
    assert_eq!(said, None, "src/main.rs knows the simulator");
}

#[test]
fn the_simulator_knows_nothing_of_ours_even_in_its_tests() {
    for source in all().iter().filter(|source| source.room() == SIMULATOR) {
        let paths = source.text.split("crate::").skip(1).chain(source.text.split("switchboard::").skip(1));
        let stray = paths.flat_map(first_names).find(|room| room != SIMULATOR);
        assert_eq!(stray, None, "src/{} reaches out of the simulator", source.path);
    }
}

#[test]
fn the_call_and_the_flow_only_think() {
    for source in library().iter().filter(|source| PURE.contains(&source.room())) {
        let code = source.code();
        let said = IMPURE.iter().find(|phrase| says(&code, phrase));
        assert_eq!(said, None, "src/{} is not pure", source.path);
    }
}

#[test]
fn time_is_read_in_one_place() {
    let keepers_of_time = ["clock", "telemetry", SIMULATOR, STAGE];
    for source in library().iter().filter(|source| !keepers_of_time.contains(&source.room())) {
        let code = source.code();
        let said = ["Timestamp::now", "SystemTime::now", "tokio::time::sleep"].into_iter().find(|phrase| says(&code, phrase));
        assert_eq!(said, None, "src/{} has a time of its own: use the app's clock", source.path);
    }
}

#[test]
fn paths_are_read_however_they_are_written() {
    let text =
        "use crate::{\n    call::{Call, Event},\n    clock,\n};\nfn f(x: crate::flow::Key) -> super::super::store::Version {}\n";
    let source = Source { path: "graph/client.rs".to_owned(), text: text.to_owned() };
    assert_eq!(rooms_named(&source), ["call", "clock", "flow", "store"].map(str::to_owned).into());
}
