//! The bot on one machine: what queues and a timer do in Azure, done by this process itself.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedReceiver;

use crate::{
    app::App,
    call::Message,
    clock::after_ms,
    functions::{
        brought::{Dealt, deal_with},
        housekeeping,
    },
    later::Brought,
};

/// How long between two runs of housekeeping, in milliseconds.
const EVERY_MS: u64 = 60_000;

/// How long until an event that could not be kept is brought again, in milliseconds.
const AGAIN_AFTER_MS: u64 = 5_000;

/// How long an event that cannot be kept is brought again and again, in milliseconds.
const GIVEN_UP_AFTER_MS: u64 = 5 * 60_000;

/// The most calls whose timers are set anew at the start.
const MOST_CALLS: usize = 2_000;

/// Begins to deal with what was put off when its time comes, and to keep house: at once, since this process may follow one that was killed, and
/// then each minute.
pub fn start(app: Arc<App>, brought: UnboundedReceiver<Brought>) {
    tokio::spawn(deal_with_all(Arc::clone(&app), brought));
    tokio::spawn(async move {
        set_timers(&app).await;
        keep_house(app).await;
    });
}

/// Sets the timers that a process killed before this one took with it, so that its calls wait no longer than they would have. What
/// is due after the first minute housekeeping finds.
async fn set_timers(app: &App) {
    let now = app.clock.now();
    let soon = match app.store.due(after_ms(now, EVERY_MS), MOST_CALLS).await {
        Ok(soon) => soon,
        Err(error) => {
            tracing::error!("calls wait for housekeeping: {error}");
            return;
        }
    };
    for key in soon {
        let stored = app.store.load(&key, now).await.ok().flatten();
        // What is due already housekeeping wakes now.
        let due = stored.and_then(|stored| stored.call.due_at()).filter(|at| *at > now);
        let Some(at) = due else { continue };
        if let Err(error) = app.later.bring(&Message::wake(&key, now), at).await {
            tracing::warn!(call = %key, "the call cannot be woken and waits for housekeeping: {error}");
        }
    }
}

async fn deal_with_all(app: Arc<App>, mut brought: UnboundedReceiver<Brought>) {
    while let Some(Brought { message, awake }) = brought.recv().await {
        let app = Arc::clone(&app);
        tokio::spawn(async move {
            if deal_with(&app, &message).await == Dealt::Again {
                bring_again(&app, &message).await;
            }
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

async fn keep_house(app: Arc<App>) {
    housekeeping::run(&app).await;
    loop {
        let awake = app.clock.sleep_until(after_ms(app.clock.now(), EVERY_MS)).await;
        housekeeping::run(&app).await;
        drop(awake);
    }
}
