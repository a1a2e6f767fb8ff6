//! The host towards the handler, for what does not come by HTTP: messages and ticks.

use std::{sync::Arc, time::Duration};

use data_encoding::BASE64;
use jiff::Timestamp;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use switchboard::queues::poison_queue_of;
use tokio::task::JoinSet;

use super::{
    declared::Schedule,
    envelope::{guid, of_message, of_tick},
    judgement::{Judgement, judge},
    running::Inner,
};
use crate::queues::storage::{Letter, StorageServer};

/// How long a message is hidden while it is under way.
const HIDDEN_FOR: Duration = Duration::from_secs(600);

/// The wait after the first look at an empty queue; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// A function and its binding.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    pub(super) function: String,
    pub(super) binding: String,
}

/// Takes messages from a queue and hands them to their function, until aborted.
pub(super) async fn listen(inner: Arc<Inner>, bound: Bound, queue: String, storage: Arc<StorageServer>) {
    let options = &inner.declared.host.queues;
    let mut under_way = JoinSet::new();
    let mut wait = FIRST_WAIT;
    loop {
        let letters = match inner.is_up().await {
            // A host makes poison queues, and no others: what it cannot find it looks for again.
            true => storage.with(|account| account.get(&queue, options.batch_size, HIDDEN_FOR)).unwrap_or_default(),
            false => Vec::new(),
        };
        match letters.is_empty() {
            true => {
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(options.max_polling_interval);
            }
            false => wait = FIRST_WAIT,
        }
        for letter in letters {
            let (inner, bound, queue, storage) = (Arc::clone(&inner), bound.clone(), queue.clone(), Arc::clone(&storage));
            under_way.spawn(async move { deliver(&inner, &bound, &queue, &letter, &storage).await });
        }
        while under_way.len() > options.new_batch_threshold {
            under_way.join_next().await;
        }
    }
}

/// What becomes of a message.
enum Fate {
    Done,
    Again,
    Poison,
}

async fn deliver(inner: &Inner, bound: &Bound, queue: &str, letter: &Letter, storage: &StorageServer) {
    let fate = fate(inner, bound, letter).await;
    // Refused means that somebody else has taken it meanwhile: then it is theirs.
    let _ = storage.with(|account| match fate {
        Fate::Done => account.delete(queue, &letter.id, &letter.receipt),
        Fate::Again => {
            let hidden = inner.declared.host.queues.visibility_timeout;
            account.update(queue, &letter.id, &letter.receipt, hidden, None).map(drop)
        }
        Fate::Poison => {
            let poison = poison_queue_of(queue);
            account.create(&poison)?;
            account.put(&poison, &letter.body, Duration::ZERO, Some(Duration::ZERO))?;
            account.delete(queue, &letter.id, &letter.receipt)
        }
    });
}

async fn fate(inner: &Inner, bound: &Bound, letter: &Letter) -> Fate {
    let options = &inner.declared.host.queues;
    let Some(text) = decoded(&letter.body, options.is_base64) else { return Fate::Poison };
    if letter.dequeued > options.max_dequeue_count {
        return Fate::Poison;
    }
    let envelope = of_message(&bound.function, &bound.binding, &text, letter, Timestamp::now());
    match invoke(inner, &bound.function, &envelope).await {
        Judgement::Succeeded => Fate::Done,
        _ if letter.dequeued >= options.max_dequeue_count => Fate::Poison,
        Judgement::Failed(_) | Judgement::Hangs => Fate::Again,
    }
}

fn decoded(text: &str, is_base64: bool) -> Option<String> {
    match is_base64 {
        true => BASE64.decode(text.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok()),
        false => Some(text.to_owned()),
    }
}

/// Runs a function each time its schedule says so, until aborted.
pub(super) async fn tick(inner: Arc<Inner>, bound: Bound, schedule: Schedule) {
    loop {
        let at = schedule.after(Timestamp::now());
        let wait = Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default();
        tokio::time::sleep(wait).await;
        if inner.is_up().await {
            let envelope = of_tick(&bound.function, &bound.binding, false, Timestamp::now());
            invoke(&inner, &bound.function, &envelope).await;
        }
    }
}

/// Posts an envelope and judges what comes of it. A handler that takes longer than the function may is killed, and all that it was
/// doing with it.
async fn invoke(inner: &Inner, function: &str, envelope: &Value) -> Judgement {
    let timeout = inner.declared.host.function_timeout;
    let judgement = match tokio::time::timeout(timeout, post(inner, function, envelope)).await {
        Ok(Ok(judgement)) => judgement,
        Ok(Err(error)) => Judgement::Failed(error.to_string()),
        Err(_) => {
            inner.complain(format!("{function} took longer than {timeout:?}"));
            inner.handler.kill().await;
            Judgement::Failed("it took too long".to_owned())
        }
    };
    if judgement == Judgement::Hangs {
        inner
            .complain(format!("{function} answered with nothing: a real host waits for {timeout:?} then, and kills the handler"));
    }
    inner.note(function, judgement.clone());
    judgement
}

async fn post(inner: &Inner, function: &str, envelope: &Value) -> reqwest::Result<Judgement> {
    let request = inner
        .client
        .post(format!("{}/{function}", inner.handler_url))
        .header("X-Azure-Functions-HostVersion", super::front::HOST_VERSION)
        .header("X-Azure-Functions-InvocationId", guid())
        .header(CONTENT_TYPE, "application/json; charset=utf-8")
        .body(envelope.to_string());
    let response = request.send().await?;
    let status = response.status().as_u16();
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = response.bytes().await?;
    Ok(judge(status, content_type.as_deref(), &body))
}
