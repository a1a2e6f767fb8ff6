//! The bot on one machine: what queues and a timer do in Azure, done by this process itself.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedReceiver;

use crate::{
    app::App,
    clock::after_ms,
    functions::{housekeeping, wake::wake},
    wakes::Woken,
};

/// How long between two runs of housekeeping, in milliseconds.
const EVERY_MS: u64 = 60_000;

/// The most calls whose timers are set anew at the start.
const MOST_CALLS: usize = 2_000;

/// Begins to wake calls when their time comes, and to keep house: at once, since this process may follow one that was killed, and
/// then each minute.
pub fn start(app: Arc<App>, woken: UnboundedReceiver<Woken>) {
    tokio::spawn(wake_calls(Arc::clone(&app), woken));
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
        if let Err(error) = app.wakes.wake_at(&key, at).await {
            tracing::warn!(call = %key, "the call cannot be woken and waits for housekeeping: {error}");
        }
    }
}

async fn wake_calls(app: Arc<App>, mut woken: UnboundedReceiver<Woken>) {
    while let Some(Woken { call, awake }) = woken.recv().await {
        let app = Arc::clone(&app);
        tokio::spawn(async move {
            if let Err(error) = wake(&app, &call).await {
                tracing::warn!(function = "wake", call = %call, "the call could not be woken and waits for housekeeping: {error}");
            }
            drop(awake);
        });
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
