//! Files of tests, good and broken.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value as Json;

use super::*;
use crate::flow::Finding;

const GOOD: &str = r##"
[given]
caller = { user = "7c5e2a10-93d4-4f6b-a1c8-5e0d3b9f2761", name = "Ada" }
clock = "2026-03-02T09:30:00+01:00"
people.sales = { id = "5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945", declines = "2s" }

[[test]]
name = "sales declines"
given = { instance = "b81e42f6-0c5d-4a97-8e13-6f7d29a4c053" }
talk = [
    { hears = ["welcome", "press 1"] },
    { silence = "2s" },
    { presses = "1#" },
    { transfers_to = "sales" },
    { interrupts = "message" },
    { speaks = "6s" },
    { recorded = "silence" },
    { ends = "bot" },
]
leaves = { recordings = 1, variables = { choice = "1" } }

[[test]]
name = "the caller has no patience"
talk = [{ hears = "welcome" }, { hangs_up = true }]
"##;

fn read_text(text: &str) -> (Vec<Trial>, Vec<Finding>) {
    let prompts = [("welcome", "Welcome."), ("main_menu", "For sales, press 1."), ("message", "Speak.")];
    let prompts = prompts.map(|(name, words)| (name.to_owned(), words.to_owned()));
    read(&Script { file: "calls.toml", text, prompts: &prompts })
}

fn told(text: &str) -> Vec<String> {
    read_text(text).1.iter().map(ToString::to_string).collect()
}

#[test]
fn a_good_file_becomes_what_it_says() {
    let (trials, findings) = read_text(GOOD);
    assert_eq!(findings, []);
    let [declined, impatient] = trials.as_slice() else { panic!("{trials:?}") };
    assert_eq!((declined.name.as_str(), declined.line, impatient.line), ("sales declines", 7, 22));
    let lines: Vec<&Line> = declined.talk.iter().map(|said| &said.what).collect();
    assert_eq!(
        lines[..4],
        [
            &Line::Hears(Cue::Prompt("welcome".into())),
            &Line::Hears(Cue::Prompt("press 1".into())),
            &Line::Silence(2_000),
            &Line::Presses('1')
        ]
    );
    assert_eq!(lines[5], &Line::TransfersTo("5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945".into()));
    assert_eq!((declined.talk[2].line, declined.talk[2].column), (12, 5));
    assert_eq!(declined.given.people["sales"].does, Answering::Declines(2_000));
    assert_eq!(declined.leaves.recordings, Some(1));
    assert_eq!(impatient.given.clock.map(|clock| clock.to_string()).as_deref(), Some("2026-03-02T08:30:00Z"));
    assert_eq!(impatient.given.instance, None);
}

#[test]
fn what_was_recorded_is_heard_by_its_number() {
    let (trials, findings) = read_text(&GOOD.replace(
        "{ recorded = \"silence\" },",
        "{ recorded = \"silence\" },\n{ hears = [{ recording = 1 }, \"welcome\"] },\n{ interrupts = { recording = 1 } },\n{ presses = \"1\" },",
    ));
    assert_eq!(findings, []);
    let heard: Vec<&Line> = trials[0].talk.iter().skip(9).take(3).map(|said| &said.what).collect();
    let recording = || Cue::Recording(1);
    let expected = [Line::Hears(recording()), Line::Hears(Cue::Prompt("welcome".into())), Line::Interrupts(recording())];
    assert_eq!(heard, expected.iter().collect::<Vec<_>>());
}

#[test]
fn every_fault_is_told_with_its_place_and_its_cure() {
    for (replace, by, says) in [
        ("\"welcome\", \"press 1\"", "\"wellcome\"", "11:5: no prompt is called `wellcome` or says so: did you mean `welcome`?"),
        ("presses = \"1#\"", "preses = \"1#\"", "13:7: the line has no attribute `preses`: did you mean `presses`?"),
        (
            "presses = \"1#\"",
            "presses = \"1x\"",
            "13:17: `presses` cannot be string \"1x\": it takes keys to press, such as \"1\" or \"1234#\"",
        ),
        (
            "presses = \"1#\"",
            "presses = \"1\", ends = \"bot\"",
            "13:5: the line names 2: it takes exactly one of `hears`, `interrupts`, \
          `silence`, `presses`, `speaks`, `recorded`, `transfers_to`, `redirects_to`, `rings`, `invites`, `joins`, `leaves`, \
          `removes`, `mutes`, `unmutes`, `holds`, `unholds`, `sends_keys`, `told`, `refused`, `hangs_up`, `ends`",
        ),
        ("\"sales\" },\n    { int", "\"sails\" },\n    { int", "14:5: nobody is called `sails`: did you mean `sales`?"),
        (
            "    { speaks = \"6s\" },\n",
            "",
            "16:5: the caller interrupts and does nothing: say what the caller does in the middle of the prompt, or write `hears`",
        ),
        (
            "    { ends = \"bot\" },\n",
            "",
            "17:5: the talk has no end: end it with `{ ends = \"bot\" }`, `{ hangs_up = true }` or the like",
        ),
        (
            "{ hears = \"welcome\" }, { hangs_up",
            "{ hangs_up",
            "24:9: the caller has heard nothing yet: say first what the caller hears, e.g. `{ hears = \"welcome\" }`",
        ),
        (
            "\"silence\" },",
            "\"silense\" },",
            "17:18: `recorded` cannot be `silense`: it takes one of `key`, `silence`, `longest`, `nothing`, `cancelled`",
        ),
        (
            "declines = \"2s\"",
            "declines = \"2s\", answers = \"1s\"",
            "5:16: it is not clear what `sales` does about the call: give one of `answers`, `declines`, `ignores = true`, `busy = true` and `unreachable = true`",
        ),
        (
            "{ recorded = \"silence\" }",
            "{ hears = [{ recording = 1 }] }",
            "17:5: recording 1 is heard, and 0 are made before: say how each recording ends before it is heard, e.g. `{ recorded = \"key\" }`",
        ),
        (
            "hears = [\"welcome\", \"press 1\"]",
            "hears = [\"welcome\", { recording = 0 }]",
            "11:5: the line cannot be read: the name of a prompt or some of its words, `{ recording = 1 }`, or a list of them",
        ),
        ("name = \"sales declines\"", "", "7:1: the test lacks `name`: what is proven: a sentence about the flow"),
        ("hangs_up = true", "hangs_up = false", "24:32: the line cannot be read: write `hangs_up = true`, or leave the line out"),
        (
            "2026-03-02T09:30:00+01:00",
            "tomorrow",
            "4:9: `clock` cannot be string \"tomorrow\": it takes date, time and offset, such as \"2026-03-02T09:30:00+01:00\"",
        ),
    ] {
        assert!(GOOD.contains(replace), "{replace}");
        let told = told(&GOOD.replacen(replace, by, 1));
        assert_eq!(told, [format!("calls.toml:{says}")], "{by}");
    }
}

#[test]
fn a_call_that_the_bot_places_is_told_of_by_whom_it_is_for_and_a_meeting_by_who_comes() {
    let given = |begins: &str| {
        format!(
            "[given]\n{begins}\npeople.ada = {{ id = \"7c5e2a10-93d4-4f6b-a1c8-5e0d3b9f2761\", busy = true }}\n[[test]]\nname = \"x\"\ntalk = [{{ rings = \"ada\" }}, {{ told = {{ event = \"a\", data = {{ b = \"c\" }} }} }}, {{ ends = \"not_taken\" }}]"
        )
    };
    let (trials, findings) = read_text(&given("placed = { to = \"ada\", ring = \"20s\" }"));
    assert_eq!(findings, []);
    let ada = "7c5e2a10-93d4-4f6b-a1c8-5e0d3b9f2761".to_owned();
    let placed = Placed { to: vec![ada.clone()], ring_s: Some(20) };
    assert_eq!(trials[0].given.begins, Some(Begins::Places(placed)));
    let talk: Vec<&Line> = trials[0].talk.iter().map(|said| &said.what).collect();
    let data = [("b".to_owned(), "c".to_owned())].into();
    assert_eq!(talk[..2], [&Line::Somebody(Moves::Rings, ada), &Line::Told { event: "a".to_owned(), data }]);
    for (begins, says) in [
        ("placed = { to = \"adda\" }", "2:10: nobody is called `adda`: did you mean `ada`?"),
        ("placed = { to = [] }", "2:10: `to` names 0: name 1 to 5 of `people`"),
        (
            "placed = { to = \"ada\" }\nmeeting = {}",
            "2:10: the bot cannot call somebody and join a meeting in one call: give one of `placed` and `meeting`",
        ),
    ] {
        assert_eq!(told(&given(begins)), [format!("calls.toml:{says}")], "{begins}");
    }
    let meeting =
        "meeting = { admits = \"5s\", people.bob = { id = \"5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945\", leaves = \"1m\" } }";
    let (trials, findings) = read_text(&given(meeting).replace("{ rings = \"ada\" }", "{ leaves = \"bob\" }"));
    assert_eq!(findings, []);
    let Some(Begins::Joins(gathering)) = &trials[0].given.begins else { panic!("it joins none") };
    assert_eq!((gathering.lobby, gathering.people["bob"].leaves), (Some(Lobby::Admits(5_000)), Some(60_000)));
}

#[test]
fn a_file_without_a_test_or_without_toml_is_told() {
    assert_eq!(told(""), ["calls.toml:1:1: the file lacks `test`: the tests, each a call"]);
    assert_eq!(told("test = []"), ["calls.toml:1:1: there is no test: write `[[test]]` with `name` and `talk`"]);
    assert_eq!(told("test = 3"), ["calls.toml:1:8: `test` is no list: write `test = [ … ]`, or `[[test]]` for each"]);
    assert!(told("[[test]]\nname = \"x\"\ntalk = []")[0].starts_with("calls.toml:1:1: the test has no talk"));
    assert!(told("[[test]\n")[0].contains("no TOML"));
}

#[test]
fn the_schema_beside_the_flows_is_this_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("flows/tests.schema.json");
    let kept: Json = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(kept, schema(), "run `switchboard schema --tests > flows/tests.schema.json`");
}

/// The language's page.
const PAGE: &str = include_str!("../../../docs/call-flow.md");

/// The attributes that `schema` knows, however deep.
fn attributes(schema: &Json, found: &mut BTreeSet<String>) {
    found.extend(schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()));
    schema.as_object().into_iter().flatten().for_each(|(_, inner)| attributes(inner, found));
    schema.as_array().into_iter().flatten().for_each(|inner| attributes(inner, found));
}

#[test]
fn the_page_explains_every_attribute_and_its_example_is_good() {
    let mut all = BTreeSet::new();
    attributes(&schema(), &mut all);
    let part = PAGE.split("\n## Tests\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let unexplained: Vec<&String> = all
        .iter()
        .filter(|name| {
            !part.contains(&format!("`{name}`")) && !part.contains(&format!("{name} =")) && !part.contains(&format!("[{name}]"))
        })
        .collect();
    assert!(unexplained.is_empty(), "{unexplained:?}");
    let blocks = |fence: &str| PAGE.split(fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect::<String>();
    let wordings = crate::flow::wordings("flow.toml", &blocks("```toml\n")).unwrap();
    let prompts: Vec<_> = wordings.into_iter().map(|(name, wording)| (name, wording.text)).collect();
    let (trials, findings) = read(&Script { file: "calls.toml", text: &blocks("```toml tests\n"), prompts: &prompts });
    assert_eq!((trials.len(), findings), (2, Vec::new()));
}
