//! A Teams that is unkind, a bot that is killed in the middle, and several turns at once.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use reqwest::Method;
use serde_json::json;
use switchboard::{
    call::{Call, Phase},
    order::{Event, How, Order, Ring},
    ordering,
    simulator::observation::{Observation, Seen},
    turn::Taken,
};

use super::desk::{Desk, alarm, contacts, how, presses};
use crate::{calls::stopper::Point, journeys::hooked::HookServer};

/// How many orders are given to an unkind Teams, each with a bot that is killed now and then.
const SEEDS: u64 = 24;

/// How often the bot is killed while an order is under way.
const KILLS: usize = 8;

/// How many things the bot does in its store until it is killed, at most: about as many as a call and its order need.
const DEEDS: usize = 40;

/// How late an order may learn what has come of a call. Long before it would look for itself.
const LEARNS_WITHIN: SignedDuration = SignedDuration::from_secs(30);

/// When each call of the simulated Teams was going on.
fn spans(desk: &Desk) -> Vec<(Timestamp, Timestamp)> {
    let of_call = |call: &String| {
        let seen = desk.stage.teams.observed(call);
        let at = |is_it: fn(&Seen) -> bool| seen.iter().find(|seen: &&Observation| is_it(&seen.what)).map(|seen| seen.at);
        let placed = at(|what| matches!(what, Seen::Placed { .. }))?;
        Some((placed, at(|what| matches!(what, Seen::Ended { .. })).unwrap_or(Timestamp::MAX)))
    };
    desk.stage.teams.calls().iter().filter_map(of_call).collect()
}

/// What is wrong with an order that is over, where something is.
async fn fault(desk: &Desk, order: &Order) -> Option<String> {
    let calls = desk.calls(order).await;
    if calls.len() != order.rings.len() {
        return Some(format!("{} calls are kept of {}", calls.len(), order.rings.len()));
    }
    if let Some(call) = calls.iter().find(|call| !call.phase.is_over() || !call.owed.is_empty()) {
        return Some(format!("call {} is not over, or owes something", call.key));
    }
    if how(order) != How::Acknowledged {
        return Some(format!("it came to {:?}", how(order)));
    }
    if let Some((ring, call)) = order.rings.iter().zip(&calls).find(|(ring, call)| learnt_late(order, ring, call)) {
        return Some(format!("it learnt late what had come of call {}: {ring:?}", call.key));
    }
    let told = |event: &str| desk.told().iter().filter(|(told, _)| told == event).count();
    let acknowledged = order.rings.iter().filter(|ring| ring.acknowledged.is_some()).count();
    let told = (told("switchboard.order.acknowledged"), told("switchboard.order.over"));
    if told != (acknowledged, 1) {
        return Some(format!("{acknowledged} acknowledged, and the hook was told so, and of the end, {told:?} times"));
    }
    let since = order.acknowledged_by()?.acknowledged?;
    let late = spans(desk).into_iter().find(|(placed, _)| *placed > since);
    late.map(|(placed, _)| format!("somebody was called at {placed}, acknowledged at {since}"))
}

/// Whether an order waited for what a call of it had to say.
fn learnt_late(order: &Order, ring: &Ring, call: &Call) -> bool {
    let Phase::Ended { at: ended, .. } = call.phase else { return false };
    let of_end = ring.end.as_ref().map(|end| end.at.duration_since(ended));
    let since = |at: Timestamp| order.conclusion.as_ref().map(|conclusion| conclusion.at.duration_since(at));
    of_end.max(ring.acknowledged.and_then(since)) > Some(LEARNS_WITHIN)
}

/// Kills the bot at something that it does in its store, or, where it does too little, after a time.
/// Yields whether it was in the midst of something.
async fn kill(desk: &mut Desk, chance: &mut StdRng) -> bool {
    let point = Point { deed: chance.random_range(0..DEEDS), is_after: chance.random() };
    desk.stopper.stop_at(Some(point));
    let pause = Duration::from_millis(chance.random_range(0..20_000));
    let awake = tokio::select! {
        () = desk.stopper.stopped() => None,
        awake = desk.stage.teams.clock().sleep(pause) => Some(awake),
    };
    desk.stopper.stop_at(None);
    // Time stands still until the bot is there again: what answers has begun to keep house.
    let hold = desk.stage.hold();
    desk.stage.restart().await.unwrap();
    desk.ask(Method::GET, "", None, None).await;
    drop(hold);
    awake.is_none()
}

#[tokio::test]
async fn whatever_befalls_them_an_order_comes_to_its_end_and_calls_nobody_too_often() {
    let mut in_the_midst = 0;
    for seed in 0..SEEDS {
        let mut chance = StdRng::seed_from_u64(seed);
        let people = contacts(&["ignores = true", "declines = \"4s\"", &presses("1"), &presses("1")]);
        let mut desk = Desk::telling(HookServer::often_busy().await, None, &people, |scene| {
            scene.mishaps = Some(seed);
            scene.seed = seed;
        })
        .await;
        let at_once = seed % 3 == 0;
        let wanted = alarm(4, json!({ "mode": if at_once { "at_once" } else { "in_turn" }, "rounds": 3, "pause": 5 }));
        let id = desk.give("incident 1", &wanted).await;
        for _ in 0..KILLS {
            in_the_midst += usize::from(kill(&mut desk, &mut chance).await);
        }
        let order = desk.over(&id).await;
        let why = fault(&desk, &order).await;
        assert_eq!(why, None, "seed {seed}: {order:?}");
        let kept = desk.calls(&order).await;
        let asked: usize = kept.iter().map(|call| call.placing.as_ref().unwrap().tries.len()).sum();
        let placed = spans(&desk).len();
        assert!(placed <= asked, "seed {seed}: {placed} calls of {asked} requests");
        let could_be_answered =
            desk.stage.teams.calls().iter().filter(|call| desk.stage.teams.ledger(call).unwrap().could_be_answered()).count();
        assert!(could_be_answered <= order.rings.len(), "seed {seed}: {could_be_answered} calls of {}", order.rings.len());
    }
    println!("killed {KILLS} times each, in the midst of something {in_the_midst} times in all");
}

#[tokio::test]
async fn turns_at_once_place_each_call_once() {
    let people = contacts(&["declines = \"9s\""; 5]);
    let desk = Desk::open(None, &people, |_| {}).await;
    let hold = desk.stage.hold();
    let id = desk.give("incident 1", &alarm(5, json!({ "mode": "at_once" }))).await;
    let turns = (0..8).map(|_| ordering::take(&desk.stage.app, &id, Event::Wake));
    assert!(join_all(turns).await.into_iter().all(|taken| taken.unwrap() != Taken::UnknownCall));
    drop(hold);
    let order = desk.over(&id).await;
    assert_eq!((order.rings.len(), desk.stage.teams.placed().len()), (5, 5));
}
