//! However many people an order has, the limits on calling out hold.

use serde_json::json;
use switchboard::{
    order::How,
    simulator::observation::{Observation, Seen},
};

use super::desk::{Desk, alarm, contacts, how};

/// The most calls that were going on at one time.
fn most_at_once(seen: &[Observation]) -> usize {
    let (mut going, mut most) = (0_usize, 0);
    for observation in seen {
        match observation.what {
            Seen::Placed { .. } => going += 1,
            Seen::Ended { .. } => going = going.saturating_sub(1),
            _ => {}
        }
        most = most.max(going);
    }
    most
}

#[tokio::test]
async fn a_hundred_people_at_once_are_rung_as_many_at_a_time_as_may_be() {
    let people = contacts(&["declines = \"8s\""; 100]);
    let desk = Desk::open(None, &people, |scene| {
        scene.settings.insert("DIAL_AT_ONCE", "7".to_owned());
        scene.settings.insert("DIAL_PER_MINUTE", "30".to_owned());
    })
    .await;
    let id = desk.give("incident 1", &alarm(100, json!({ "mode": "at_once" }))).await;
    let order = desk.over(&id).await;
    assert_eq!(how(&order), How::Nobody);
    let mut rang = desk.rang();
    rang.sort_unstable();
    assert_eq!(rang, (0..100).collect::<Vec<_>>(), "each is rung, and once");
    let seen = desk.seen();
    let most = most_at_once(&seen);
    assert!(most <= 7, "{most} at once");
    let placed: Vec<_> = seen.iter().filter(|seen| matches!(seen.what, Seen::Placed { .. })).map(|seen| seen.at).collect();
    for within in placed.windows(31) {
        let took = within[30].duration_since(within[0]);
        assert!(took >= jiff::SignedDuration::from_secs(60), "31 calls within {took}");
    }
}
