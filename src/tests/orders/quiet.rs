//! Nobody is rung at night, whatever the clocks do in it.

use jiff::Timestamp;
use serde_json::json;
use switchboard::{
    order::How,
    simulator::{clock::Clock, observation::Seen},
};

use super::desk::{Desk, alarm, contacts, how, presses};

async fn rung_at(given: &str) -> Timestamp {
    let now: Timestamp = given.parse().unwrap();
    let desk = Desk::open(None, &contacts(&[&presses("1")]), |scene| scene.clock = Clock::virtual_from(now)).await;
    let quiet = json!({ "timezone": "Europe/Berlin", "from": "22:00", "to": "07:00" });
    let id = desk.give("incident 1", &alarm(1, json!({ "quiet": quiet }))).await;
    let order = desk.over(&id).await;
    assert_eq!(how(&order), How::Acknowledged);
    let seen = desk.seen();
    seen.iter().find(|observation| matches!(observation.what, Seen::Placed { .. })).unwrap().at
}

#[tokio::test]
async fn an_order_of_the_night_rings_in_the_morning_also_where_the_clocks_are_changed_in_between() {
    for (given, morning) in [
        ("2026-11-24T12:00:00Z", "2026-11-24T12:00:00Z"),
        ("2026-11-24T23:00:00Z", "2026-11-25T06:00:00Z"),
        // From 2:00 to 3:00 at once: seven o'clock is an hour sooner.
        ("2027-03-27T22:30:00Z", "2027-03-28T05:00:00Z"),
        // From 3:00 back to 2:00: an hour later.
        ("2026-10-24T21:30:00Z", "2026-10-25T06:00:00Z"),
    ] {
        let morning: Timestamp = morning.parse().unwrap();
        let late = rung_at(given).await.duration_since(morning);
        assert!((0..5).contains(&late.as_secs()), "{given}: {late} after {morning}");
    }
}
