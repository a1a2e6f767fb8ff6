//! One order, one call: side by side, and whatever comes first.

use futures_util::future::join_all;
use switchboard::{call::Ending, simulator::contact};

use super::desk::{ADA, Desk, answers, ending, ring};

#[tokio::test]
async fn a_hundred_orders_of_one_name_side_by_side_are_one_call_and_one_answer() {
    let desk = Desk::open("calls_hundred", &answers()).await;
    let hold = desk.stage.hold();
    let wanted = ring(ADA);
    let replies = join_all((0..100).map(|_| desk.order("order 1", &wanted))).await;
    drop(hold);
    let id = replies[0].id();
    assert!(replies.iter().all(|reply| *reply == replies[0]));
    assert_eq!(ending(&desk.over(&id).await), Some(Ending::CalledHungUp));
    assert_eq!(desk.placed().len(), 1);
}

#[tokio::test]
async fn a_notification_that_comes_before_the_reply_finds_its_call() {
    let mut before = 0;
    for seed in 0..24 {
        let mut desk = Desk::on(|scene| {
            scene.contacts = contact::parse(&answers()).unwrap();
            scene.mishaps = Some(seed);
        })
        .await;
        desk.leaves_requests("calls_late_reply");
        let id = desk.order("order 1", &ring(ADA)).await.id();
        let call = desk.over(&id).await;
        // The end itself may be among what is never told.
        assert!(matches!(ending(&call), Some(Ending::CalledHungUp | Ending::Gone)), "seed {seed}");
        assert_eq!(desk.answerable(), 1, "seed {seed}");
        before += usize::from(call.journal.entries().any(|entry| entry.kind == "create_call" && entry.result == "had happened"));
    }
    assert!(before > 0, "no reply was late or lost in any of these");
}
