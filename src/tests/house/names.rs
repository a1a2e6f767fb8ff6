//! One name in every place: the folder that Azure sees, the module, the event, the fixtures.

use std::collections::BTreeSet;

use switchboard::call::Event;

use super::{entries, folders, queue_functions, root};

/// Events that no function takes: no notification brings them.
const OF_OUR_OWN: [&str; 8] =
    ["action_settled", "actor_lost", "end_asked", "of_try", "order_acknowledged", "place", "steered", "switches_seen"];

/// Fixtures that are no event: posts that are turned away or passed over.
const NO_EVENT: [&str; 2] = ["legacy", "other"];

/// The functions of the design; the list that everything else is held to.
const FUNCTIONS: [&str; 16] = [
    "notifications",
    "incoming_call",
    "call_updated",
    "tone_received",
    "prompt_finished",
    "recording_finished",
    "operation_finished",
    "participants_updated",
    "call_ended",
    "wake",
    "calls",
    "orders",
    "switches",
    "prompts",
    "housekeeping",
    "health",
];

/// The names of the events, as serde itself tells them.
fn events() -> BTreeSet<String> {
    let refusal = serde_json::from_str::<Event>(r#"{"event":"no such event"}"#).expect_err("there is no such event").to_string();
    let (_, names) = refusal.split_once("expected").expect("serde says what it expected");
    names.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn azure_sees_every_function_and_no_other() {
    assert_eq!(folders("functions"), FUNCTIONS.map(str::to_owned).into());
}

#[test]
fn every_function_has_a_module_of_its_name() {
    for function in folders("functions") {
        let (file, folder) = (format!("src/functions/{function}.rs"), format!("src/functions/{function}/mod.rs"));
        assert!(root().join(&file).exists() || root().join(folder).exists(), "functions/{function} has no {file}");
    }
}

#[test]
fn every_event_has_a_function_with_a_queue_of_its_own() {
    let taken: BTreeSet<_> = events().into_iter().filter(|event| !OF_OUR_OWN.contains(&event.as_str())).collect();
    assert_eq!(queue_functions(), taken);
}

#[test]
fn every_notification_type_has_fixtures_under_its_name() {
    let types: BTreeSet<_> = queue_functions().into_iter().filter(|function| function != "wake").collect();
    let fixtures: BTreeSet<_> =
        folders("src/tests/fixtures").into_iter().filter(|name| !NO_EVENT.contains(&name.as_str())).collect();
    assert_eq!(fixtures, types);
    for folder in &fixtures {
        assert!(!entries(format!("src/tests/fixtures/{folder}")).is_empty(), "src/tests/fixtures/{folder} is empty");
    }
}
