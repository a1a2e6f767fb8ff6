//! The bot on one machine: what queues and a timer do in Azure, done by this process itself.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::{
    app::App,
    call::{Call, CallKey, Message, OrderId, acting::abandoned},
    clock::{Sleep, after_ms},
    functions::{
        brought::{Dealt, deal_with},
        housekeeping,
    },
    later::{Brought, LaterError},
    ordering,
    store::{RecordId, RecordKind, StoreError},
    telemetry::UNHURRIED,
};

/// How long between two runs of housekeeping, in milliseconds.
const EVERY_MS: u64 = 60_000;

/// How long until an event that could not be kept is brought again, in milliseconds.
const AGAIN_AFTER_MS: u64 = 5_000;

/// How long an event that cannot be kept is brought again and again, in milliseconds.
const GIVEN_UP_AFTER_MS: u64 = 5 * 60_000;

/// The most calls that are taken over at the start.
const MOST_CALLS: usize = 2_000;

/// How many of them are taken over side by side.
const AT_ONCE: usize = 64;

/// Begins to deal with what was put off when its time comes.
pub fn bring(app: Arc<App>, brought: UnboundedReceiver<Brought>) {
    tokio::spawn(deal_with_all(app, brought));
}

/// Begins to keep house: at once, since this process may follow one that was killed, and then each minute.
pub fn keep_house(app: Arc<App>) {
    // Slept for at once: time that is not the machine's own stands still until the first run is over, as for every later one.
    let begins = app.clock.sleep_until(app.clock.now());
    tokio::spawn(keep_house_for_ever(app, begins));
}

/// Takes up the calls of a process that was killed before this one, so that they wait no longer than they would have: where nobody
/// else can be at work, what it was at is taken from it, and the timers that it took with it are set anew. What is due after the
/// first minute housekeeping finds.
pub async fn take_over(app: &App) {
    match app.store.due(after_ms(app.clock.now(), EVERY_MS), MOST_CALLS).await {
        Ok(calls) => stream::iter(calls).for_each_concurrent(AT_ONCE, |key| take_over_one(app, key)).await,
        Err(error) => tracing::error!("calls wait for housekeeping: {error}"),
    }
    match app.store.due_records(after_ms(app.clock.now(), EVERY_MS), MOST_CALLS).await {
        Ok(orders) => stream::iter(orders).for_each_concurrent(AT_ONCE, |id| take_over_order(app, id)).await,
        Err(error) => tracing::error!("orders wait for housekeeping: {error}"),
    }
}

async fn take_over_order(app: &App, id: RecordId) {
    let order = (id.kind() == RecordKind::Order).then(|| OrderId::parse(id.name()).ok()).flatten();
    let Some(order) = order else { return };
    if let Err(error) = ordering::take_over(app, &order).await {
        tracing::warn!(order = %order, "the order waits for housekeeping: {error}");
    }
}

async fn take_over_one(app: &App, key: CallKey) {
    let taken = match app.store.is_ours_alone() {
        true => end_times(app, &key).await,
        false => app.store.load(&key, app.clock.now()).await.map(|stored| stored.map(|stored| stored.call)),
    };
    let alarm = match taken {
        Ok(call) => set_timer(app, &key, call.and_then(|call| call.due_at())).await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    if let Err(error) = alarm {
        tracing::warn!(call = %key, "the call waits for housekeeping: {error}");
    }
}

/// Whoever was at the call is gone, so that their time is over: a caller who rings cannot wait for it.
async fn end_times(app: &App, key: &CallKey) -> Result<Option<Call>, StoreError> {
    let now = app.clock.now();
    let Some(stored) = app.store.load(key, now).await? else { return Ok(None) };
    let Some(left) = abandoned(&stored.call, now) else { return Ok(Some(stored.call)) };
    app.store.replace(&left, &stored.version, now).await?;
    Ok(Some(left))
}

/// What is due already housekeeping wakes now.
async fn set_timer(app: &App, key: &CallKey, due: Option<Timestamp>) -> Result<(), LaterError> {
    let now = app.clock.now();
    match due.filter(|at| *at > now) {
        Some(at) => app.later.bring(&Message::wake(key, now), at).await,
        None => Ok(()),
    }
}

async fn deal_with_all(app: Arc<App>, mut brought: UnboundedReceiver<Brought>) {
    while let Some(Brought { message, awake }) = brought.recv().await {
        let app = Arc::clone(&app);
        tokio::spawn(async move {
            if deal_with(&app, &message).await == Dealt::Again {
                bring_again(&app, &message).await;
            }
            app.telemetry.flush(UNHURRIED).await;
            drop(awake);
        });
    }
}

/// As a queue would: some seconds later, and not for ever.
async fn bring_again(app: &App, message: &Message) {
    let now = app.clock.now();
    let brought = match now < after_ms(message.arrival.at, GIVEN_UP_AFTER_MS) {
        true => app.later.bring(message, after_ms(now, AGAIN_AFTER_MS)).await,
        false => app.later.put_aside(message, "it could not be kept for five minutes").await,
    };
    if let Err(error) = brought {
        tracing::error!(call = message.address.call(), outcome = "lost", "an event cannot be brought again: {error}");
    }
}

async fn keep_house_for_ever(app: Arc<App>, begins: Sleep) {
    let awake = begins.await;
    if !app.store.is_ours_alone() {
        take_over(&app).await;
    }
    keep_house_once(&app).await;
    drop(awake);
    loop {
        let awake = app.clock.sleep_until(after_ms(app.clock.now(), EVERY_MS)).await;
        keep_house_once(&app).await;
        drop(awake);
    }
}

async fn keep_house_once(app: &App) {
    housekeeping::run(app).await;
    app.telemetry.flush(UNHURRIED).await;
}
