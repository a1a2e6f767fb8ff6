//! A number is called, by a resource account of the bot's.

use serde_json::json;
use switchboard::{
    call::{Call, Ending},
    simulator::{contact, ledger::Verdict, observation::Seen},
};

use super::desk::{Desk, GRACE, ending, phone};

/// Whose telephone it is does not matter here.
const NUMBER: &str = "+4930123456";

/// Somebody at that number, who does this when it rings.
async fn at_the_number(does: &str) -> Desk {
    Desk::on(|scene| {
        scene.contacts = contact::parse(&format!("[[contacts]]\nphone = \"{NUMBER}\"\n{does}")).unwrap();
        scene.settings.insert("DIAL_ALLOW", "+4930*".to_owned());
    })
    .await
}

/// Rings the number for so long, and waits until that is over.
async fn rung(desk: &Desk, seconds: u32) -> Call {
    let mut wanted = phone(NUMBER);
    wanted["ring"] = json!(seconds);
    let id = desk.order("order 1", &wanted).await.id();
    desk.over(&id).await
}

#[tokio::test]
async fn whoever_takes_a_call_to_a_number_hears_the_prompts_and_presses_keys() {
    let mut desk = at_the_number(
        r##"
        answers = "2s"
        ends = { by = "bot", recordings = 1 }
        does = [
            { hears = "welcome" },
            { hears = "main_menu", presses = "3" },
            { hears = "leave_message", speaks = "4s", presses = "#" },
            { hears = "thanks" },
            { hears = "goodbye" },
        ]
        "##,
    )
    .await;
    desk.leaves_requests("calls_to_a_number");
    let call = rung(&desk, 30).await;
    assert_eq!(ending(&call), Some(Ending::BotHungUp));
    let placed = desk.stage.teams.placed();
    assert!(matches!(&placed[..], [one] if one.to == [NUMBER]), "{placed:?}");
    let ledger = desk.stage.teams.ledger(&placed[0].call).unwrap();
    assert_eq!(ledger.script, Verdict::Fulfilled);
    assert_eq!((ledger.rung, ledger.taken, ledger.hang_ups, ledger.recordings), (1, 1, 1, 1));

    let asked = desk.stage.teams.requests().into_iter().find(|request| request.path == "/communications/calls").unwrap();
    assert_eq!(asked.body.unwrap()["source"]["identity"]["applicationInstance"]["id"], GRACE);
    let shown = desk.get(&format!("/{}", call.key)).await.body;
    assert_eq!((&shown["outcome"], &shown["placing"]["targets"]), (&json!("bot_hung_up"), &json!(["phone"])));
    assert!(!shown.to_string().contains(NUMBER), "the number is shown");
}

/// Either the bot has waited for as long as it was to, or Graph for as long as it does.
#[tokio::test]
async fn a_number_at_which_nobody_answers_is_rung_for_as_long_as_was_asked_and_ends_as_no_answer() {
    for (seconds, rings_for) in [(20, 19..22), (300, 60..62)] {
        let desk = at_the_number("ignores = true").await;
        let call = rung(&desk, seconds).await;
        assert_eq!(ending(&call), Some(Ending::NoAnswer), "rung for {seconds} s");
        let placed = desk.placed();
        assert_eq!(placed.len(), 1);
        let seen = desk.stage.teams.observed(&placed[0]);
        let at = |is_it: fn(&Seen) -> bool| seen.iter().find(|seen| is_it(&seen.what)).unwrap().at;
        let rang = at(|what| matches!(what, Seen::Ended { .. })).duration_since(at(|what| matches!(what, Seen::Ringing { .. })));
        assert!(rings_for.contains(&rang.as_secs()), "{rang} of {seconds} s");
        assert!(seen.iter().all(|seen| !matches!(seen.what, Seen::PromptBegan { .. })), "nobody is spoken to");
    }
}

#[tokio::test]
async fn a_number_that_is_busy_and_one_that_declines_say_so() {
    for (does, ended) in [("busy = true", Ending::Busy), ("declines = \"3s\"", Ending::Declined)] {
        let desk = at_the_number(does).await;
        assert_eq!(ending(&rung(&desk, 30).await), Some(ended));
    }
}
