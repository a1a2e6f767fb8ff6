//! A call that lasts: kept alive, and ended when its longest time is up.

use std::{fs, path::Path};

use jiff::SignedDuration;
use switchboard::simulator::observation::{EndedBy, Seen};

use super::journey::{Journey, shipped_flows};

/// Offers a key for ever.
const WAITING_ROOM: &str = r#"
start = "offer"

[prompts]
main_menu = { text = "Press 1 to leave the waiting room." }
thanks = { text = "Thank you for waiting." }

[steps.offer]
do = "menu"
prompt = "main_menu"
timeout = "1m"
keys = { 1 = "end" }
no_input = { attempts = 10, then = "thanks" }
no_match = { attempts = 10, then = "thanks" }

[steps.thanks]
do = "play"
prompt = "thanks"
then = "offer"

[steps.end]
do = "hang_up"
"#;

fn write_waiting_room(flows: &Path) {
    let prompts = flows.join("waiting_room/prompts");
    fs::create_dir_all(&prompts).unwrap();
    fs::write(flows.join("waiting_room/flow.toml"), WAITING_ROOM).unwrap();
    for prompt in ["main_menu.wav", "thanks.wav"] {
        fs::copy(shipped_flows().join("first_call/prompts").join(prompt), prompts.join(prompt)).unwrap();
    }
}

#[tokio::test]
async fn a_call_of_hours_is_kept_alive_and_ends_when_its_longest_time_is_up() {
    let flows = tempfile::tempdir().unwrap();
    write_waiting_room(flows.path());
    let journey = Journey::on("waiting_room", |scene| {
        scene.flows = flows.path().to_owned();
        scene.incoming_flow = "default=waiting_room".to_owned();
    })
    .await;
    let call = journey.ring("");
    let played = journey.over(&call).await;
    assert_eq!((played.ended_by(), played.ledger.hang_ups), (Some(EndedBy::Bot), 1));

    // CALL_MAX_MINUTES is 240 where nothing is set; a call is looked at each minute.
    let lasted = played.at(|seen| matches!(seen, Seen::Ended { .. })) - played.call.created;
    let lasted = SignedDuration::try_from(lasted).unwrap();
    assert!((SignedDuration::from_mins(240)..SignedDuration::from_mins(242)).contains(&lasted), "{lasted}");

    let is_keep_alive = |path: &str| path.ends_with("/keepAlive");
    let kept_alive = journey.requests().iter().filter(|request| is_keep_alive(&request.path)).count();
    assert!((15..=16).contains(&kept_alive), "{kept_alive} times in four hours");
    let refused = journey.stage.teams.observed(&call).into_iter().find(|o| matches!(o.what, Seen::Refused { .. }));
    assert_eq!(refused, None);
}
