//! A meeting of which Graph tells nobody's coming: they are found all the same.

use jiff::SignedDuration;
use serde_json::json;
use switchboard::{
    call::Ending,
    simulator::{
        meeting::{Attendee, Meeting},
        observation::Seen,
    },
};

use super::desk::{ADA, Desk, GRACE, ending};

#[tokio::test]
async fn who_comes_into_a_meeting_unannounced_is_found_within_a_minute() {
    let thread = "19:meeting_x@thread.v2";
    let mut desk = Desk::on(|scene| {
        let ada = Attendee { user: ADA.to_owned(), joins: Some(SignedDuration::from_secs(150)), ..Attendee::default() };
        let (organizer, thread, people) = (GRACE.to_owned(), thread.to_owned(), vec![ada]);
        scene.meetings = vec![Meeting { organizer, thread, people, is_unannounced: true, ..Meeting::default() }];
        scene.settings.insert("DIAL_ALLOW", "meetings".to_owned());
    })
    .await;
    desk.leaves_requests("calls_unannounced");
    let wanted = json!({ "flow": "meeting_announcer", "meeting": { "organiser": GRACE, "thread": thread } });
    let call = desk.over(&desk.order("1", &wanted).await.id()).await;
    assert_eq!(ending(&call), Some(Ending::BotHungUp));
    let seen = desk.stage.teams.observed(&desk.placed()[0]);
    let at = |is_it: &dyn Fn(&Seen) -> bool| seen.iter().find(|seen| is_it(&seen.what)).map(|seen| seen.at).unwrap();
    let came = at(&|seen| matches!(seen, Seen::Joined { .. }));
    let said =
        seen.iter().filter(|seen| matches!(seen.what, Seen::PromptBegan { .. }) && seen.at > came).map(|seen| seen.at).next();
    let found_after = said.expect("she is spoken to").duration_since(came);
    assert!(found_after <= SignedDuration::from_secs(70), "{found_after:?}");
}
