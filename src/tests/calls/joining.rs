//! How often calls of a flow join one meeting.

use std::sync::Arc;

use serde_json::{Value, json};
use switchboard::{
    call::Ending,
    simulator::meeting::{Attendee, Meeting},
    stage::{Scene, TENANT},
    store::Memory,
};

use super::desk::{ADA, Desk, GRACE, ending};
use crate::journeys::written::written;

/// A meeting, as the simulated Teams has it.
const THREAD: &str = "19:meeting_x@thread.v2";

/// A meeting that does not let the bot in.
const LOCKED: &str = "19:meeting_locked@thread.v2";

fn meetings(scene: &mut Scene) {
    let ada = Attendee { user: ADA.to_owned(), ..Attendee::default() };
    let open = Meeting { organizer: GRACE.to_owned(), thread: THREAD.to_owned(), people: vec![ada], ..Meeting::default() };
    let locked = Meeting { thread: LOCKED.to_owned(), is_locked: true, ..open.clone() };
    scene.meetings = vec![open, locked];
    scene.settings.extend([("DIAL_ALLOW", "meetings".to_owned()), ("DIAL_PER_MINUTE", "600".to_owned())]);
}

fn join(flow: &str, thread: &str) -> Value {
    json!({ "flow": flow, "meeting": { "organiser": GRACE, "thread": thread } })
}

/// The same meeting by the address by which people join it.
fn join_by_url(flow: &str) -> Value {
    let context = format!("%7B%22Tid%22:%22{TENANT}%22,%22Oid%22:%22{GRACE}%22%7D");
    let url = format!("https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context={context}");
    json!({ "flow": flow, "meeting": { "joinUrl": url } })
}

#[tokio::test]
async fn an_announcement_joins_a_meeting_once_whoever_asks_and_however_the_meeting_is_named() {
    let mut desk = Desk::on(meetings).await;
    desk.leaves_requests("calls_joined_once");
    let first = desk.order("1", &join("meeting_announcer", THREAD)).await;
    let again = desk.order("2", &join_by_url("meeting_announcer")).await;
    assert_eq!(again.problem(), (409, "already_joined"));
    assert_eq!(again.fields(), ["/meeting"]);
    assert_eq!(ending(&desk.over(&first.id()).await), Some(Ending::BotHungUp));
    assert_eq!(desk.order("2", &join_by_url("meeting_announcer")).await.problem(), (409, "already_joined"), "it was there");
    assert_eq!(desk.order("1", &join("meeting_announcer", THREAD)).await, first, "the same order is the same call");
    assert_eq!(desk.placed().len(), 1);
    desk.order("3", &join("first_call", THREAD)).await.id();
}

#[tokio::test]
async fn a_call_that_was_not_let_into_the_meeting_has_not_joined_it() {
    let desk = Desk::on(meetings).await;
    for name in ["1", "2"] {
        let id = desk.order(name, &join("meeting_announcer", LOCKED)).await.id();
        assert_ne!(ending(&desk.over(&id).await), Some(Ending::BotHungUp));
    }
}

#[tokio::test]
async fn a_flow_that_joins_one_at_a_time_joins_again_when_its_call_is_over() {
    let text = "call = \"meeting\"\njoins = \"one_at_a_time\"\nstart = \"stays\"\n\
                [steps.stays]\ndo = \"wait\"\ntime = \"20s\"\nthen = \"bye\"\n[steps.bye]\ndo = \"hang_up\"\n";
    let flows = written(&[("standing", text)]);
    let desk = Desk::on(|scene| {
        meetings(scene);
        (scene.flows, scene.incoming_flow) = (flows.path().to_owned(), "default=standing".to_owned());
    })
    .await;
    let first = desk.order("1", &join("standing", THREAD)).await.id();
    assert_eq!(desk.order("2", &join("standing", THREAD)).await.problem(), (409, "already_joined"));
    desk.over(&first).await;
    desk.order("2", &join("standing", THREAD)).await.id();
    assert_eq!(desk.order("3", &join("standing", THREAD)).await.problem(), (409, "already_joined"));
}

#[tokio::test]
async fn forty_orders_at_four_instances_join_a_meeting_once() {
    let desk = Desk::on_store(meetings, Arc::new(Memory::default())).await;
    let replies = desk.forty_at_four_instances(&join("meeting_announcer", THREAD)).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 202).count(), 1);
    let others = || replies.iter().filter(|reply| reply.status != 202);
    assert!(others().all(|reply| reply.problem() == (409, "already_joined")), "{replies:?}");
    assert_eq!(desk.placed().len(), 1);
}
