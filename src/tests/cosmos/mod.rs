//! Calls in Cosmos DB, over HTTP: how often the account is asked, and what several instances make of one call.

mod bot;
#[allow(dead_code, reason = "the store's own tests and a benchmark use the rest")]
pub(crate) mod emulator;
mod real;
mod wrong;

use switchboard::{
    call::{Address, CallKey, CallState, CallbackSecret, Event, GraphCallId, Incoming, Tone, Update},
    store::Calls,
    telemetry::counting,
    turn::Taken,
};

use self::{
    bot::{Bot, Served},
    emulator::{
        Asked::{self, Create, Read, Replace, Topology},
        Emulator, Mishap,
    },
};

const CALL: &str = "57dab8b1894c409ab240bd8beae78896";

fn key() -> CallKey {
    CallKey::parse(CALL).expect("it is an id")
}

fn ring() -> (Address, Event) {
    let graph_id = GraphCallId::parse(CALL).expect("it is an id");
    let incoming = Incoming { call: graph_id.clone(), from: None, to: None, is_group: false };
    (Address::Webhook { graph_id, tenant: bot::TENANT.to_owned() }, Event::IncomingCall(incoming))
}

/// Both sides can hear each other: the flow begins.
fn audible() -> Event {
    Event::CallUpdated(Update { state: Some(CallState::Established), audio_active: Some(true), ..Update::default() })
}

/// A key that says nothing while the welcome plays.
fn key_pressed(sequence: i64) -> Event {
    Event::ToneReceived(Tone { sequence, key: None })
}

/// What was asked of the account, but for where things are in it.
fn asked(emulator: &Emulator) -> Vec<Asked> {
    emulator.take_asked().into_iter().filter(|asked| *asked != Topology).collect()
}

/// An account, a bot on it, and a call that was answered.
async fn answered() -> (Emulator, Bot) {
    let emulator = Emulator::start().await;
    let bot = Bot::on(&emulator).await;
    assert_eq!(bot.take(ring()).await, Taken::Changed);
    emulator.take_asked();
    (emulator, bot)
}

#[tokio::test]
async fn a_first_connect_asks_little() {
    let emulator = Emulator::start().await;
    let store = bot::store(&emulator);
    assert_eq!(store.load(&key(), jiff::Timestamp::now()).await.unwrap(), None);
    let (topology, others): (Vec<_>, Vec<_>) = emulator.take_asked().into_iter().partition(|asked| *asked == Topology);
    assert_eq!(others, [Read]);
    assert!(topology.len() <= 7, "the account, two containers, their partitions: {} requests", topology.len());
}

#[tokio::test]
async fn a_new_call_that_asks_graph_for_something_costs_two_requests() {
    let emulator = Emulator::start().await;
    let bot = Bot::on(&emulator).await;
    emulator.take_asked();
    assert_eq!(bot.take(ring()).await, Taken::Changed);
    assert_eq!(asked(&emulator), [Create, Replace]);
    assert!(bot.load(&key()).await.owed.is_empty(), "it was answered");
}

#[tokio::test]
async fn what_the_log_tells_of_requests_is_what_the_account_counts_repeated_ones_included() {
    let (emulator, bot) = answered().await;
    let callback = bot.callback(&key()).await;
    bot.take((callback.clone(), audible())).await;
    let mishaps = [Mishap::Refused(429), Mishap::DoneAndDenied(503), Mishap::DoneAndLost];
    for (key, mishap) in (1..).zip(mishaps) {
        emulator.take_asked();
        emulator.fail(Replace, [mishap]);
        let (_, told) = counting(bot.take((callback.clone(), key_pressed(key)))).await;
        let counted = asked(&emulator).len();
        assert!(counted > 1 && emulator.pending_mishaps() == 0, "{mishap:?}");
        assert_eq!(told, Some(counted as u64), "{mishap:?}");
    }
}

#[tokio::test]
async fn a_change_that_asks_graph_for_something_costs_two_requests_on_a_warm_instance_and_three_on_a_cold_one() {
    let (emulator, warm) = answered().await;
    let callback = warm.callback(&key()).await;
    emulator.take_asked();
    assert_eq!(warm.take((callback, audible())).await, Taken::Changed);
    assert_eq!(asked(&emulator), [Replace, Replace]);

    let (emulator, warm) = answered().await;
    let callback = warm.callback(&key()).await;
    let cold = Bot::on(&emulator).await;
    emulator.take_asked();
    assert_eq!(cold.take((callback, audible())).await, Taken::Changed);
    assert_eq!(asked(&emulator), [Read, Replace, Replace]);
}

/// Whoever reads first spends a request on each call that rings; whoever creates first spends two on one that rings again elsewhere.
#[tokio::test]
async fn a_ring_that_comes_again_to_a_cold_instance_costs_three_requests() {
    let (emulator, _warm) = answered().await;
    let cold = Bot::on(&emulator).await;
    emulator.take_asked();
    assert_eq!(cold.take(ring()).await, Taken::Unchanged);
    assert_eq!(asked(&emulator), [Create, Read, Read]);
}

#[tokio::test]
async fn a_change_that_asks_nothing_costs_one_request_on_a_warm_instance() {
    let (emulator, bot) = answered().await;
    let callback = bot.callback(&key()).await;
    bot.take((callback.clone(), audible())).await;
    emulator.take_asked();
    assert_eq!(bot.take((callback, key_pressed(1))).await, Taken::Changed);
    assert_eq!(asked(&emulator), [Replace]);
}

#[tokio::test]
async fn what_changes_nothing_costs_one_request_and_is_never_decided_from_memory() {
    let (emulator, bot) = answered().await;
    let callback = bot.callback(&key()).await;
    bot.take((callback.clone(), audible())).await;
    bot.take((callback.clone(), key_pressed(1))).await;
    let stranger = Address::Callback { key: key(), secret: CallbackSecret::new(0), graph_id: None, number: None };
    let unknown = Address::Ours(CallKey::parse("unknown").unwrap());
    let (webhook, ringing) = ring();
    emulator.take_asked();
    for (address, event, taken) in [
        (callback.clone(), key_pressed(1), Taken::Unchanged),
        (stranger, key_pressed(2), Taken::WrongCallback),
        (webhook, ringing, Taken::NotTaken),
        (unknown, Event::Wake, Taken::UnknownCall),
    ] {
        assert_eq!(bot.take((address, event)).await, taken);
        assert_eq!(asked(&emulator), [Read], "{taken:?}");
    }
}

#[tokio::test]
async fn an_instance_whose_memory_is_out_of_date_finds_out_when_it_writes() {
    let (emulator, one) = answered().await;
    let callback = one.callback(&key()).await;
    let other = Bot::on(&emulator).await;
    other.take((callback.clone(), audible())).await;
    other.take((callback.clone(), key_pressed(1))).await;
    emulator.take_asked();

    assert_eq!(one.take((callback.clone(), key_pressed(2))).await, Taken::Changed);
    assert_eq!(asked(&emulator), [Replace, Read, Replace], "a conflict costs two more");
    assert_eq!(one.take((callback, key_pressed(1))).await, Taken::Unchanged, "what the other took counts once");
    let call = one.load(&key()).await;
    assert!(call.tones.contains(&1) && call.tones.contains(&2), "{:?}", call.tones);
}

#[tokio::test]
async fn an_instance_whose_memory_lacks_the_event_takes_it_once_all_the_same() {
    let (emulator, one) = answered().await;
    let callback = one.callback(&key()).await;
    let other = Bot::on(&emulator).await;
    other.take((callback.clone(), audible())).await;
    let before = one.graph.count();
    assert_eq!(one.take((callback, audible())).await, Taken::Unchanged);
    assert_eq!(one.graph.count(), before, "the welcome plays once");
}

#[tokio::test]
async fn the_bot_answers_while_the_account_does_not_and_is_ready_as_soon_as_it_does() {
    let mut emulator = Emulator::start().await;
    emulator.go_down();
    let bot = Served::on(&emulator).await;
    assert_eq!(bot.get("/").await, 200);
    assert_eq!(bot.get("/api/health").await, 503);
    emulator.come_back().await;
    assert_eq!(bot.get("/api/health").await, 200);
    emulator.go_down();
    assert_eq!(bot.get("/").await, 200);
    assert_eq!(bot.get("/api/health").await, 503);
    emulator.come_back().await;
    assert_eq!(bot.get("/api/health").await, 200);
}
