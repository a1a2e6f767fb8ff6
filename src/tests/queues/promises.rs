//! What the queues promise, whichever storage account they are in.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use switchboard::{
    clock::{Clock, SystemClock},
    config::HostStorage,
    queues::{Chosen, LONGEST_MESSAGE, Poisoned, QueueError, Queues, poison_queue_of},
};

/// Makes a test of each promise, with the account that `$account` yields; none where it yields none.
macro_rules! promise_tests {
    ($account:ident) => {
        promise_tests! { $account:
            a_message_is_the_only_item_of_an_array,
            a_message_waits_for_its_time,
            what_was_given_up_is_kept_with_its_reason_and_can_be_redelivered_as_it_was,
            what_the_host_gave_up_can_be_redelivered_as_it_was,
            one_of_many_is_dropped_and_the_others_stay,
            all_are_dropped_however_many,
            the_longest_message_fits_with_its_reason_and_a_longer_one_is_refused,
            a_queue_that_nobody_made_is_named,
            a_queue_can_be_made_twice,
            a_key_of_another_account_opens_nothing,
        }
    };
    ($account:ident: $($promise:ident,)*) => { $(
        #[tokio::test]
        async fn $promise() {
            if let Some(account) = $account().await {
                crate::queues::promises::$promise(&crate::queues::promises::Tried::new(&account)).await;
            }
        }
    )* };
}
pub(super) use promise_tests;

/// Queues that are tried, and the name of one that no other test uses.
pub(super) struct Tried {
    connection_string: String,
    queues: Queues,
    queue: String,
}

impl Tried {
    /// By the account's connection string.
    pub(super) fn new(account: &impl AsRef<str>) -> Self {
        static TRIED: AtomicU32 = AtomicU32::new(0);
        let queue = format!("tried-{}-{}", std::process::id(), TRIED.fetch_add(1, Ordering::Relaxed));
        let connection_string = account.as_ref().to_owned();
        Self { queues: open(&connection_string, Arc::new(SystemClock)), connection_string, queue }
    }

    async fn with_queues(&self) -> (&Queues, &str) {
        self.queues.create(&self.queue).await.unwrap();
        self.queues.create(&poison_queue_of(&self.queue)).await.unwrap();
        (&self.queues, &self.queue)
    }
}

/// The queues of an account.
pub(crate) fn open(connection_string: &str, clock: Arc<dyn Clock>) -> Queues {
    let storage = HostStorage::alone(|name| (name == "AzureWebJobsStorage").then(|| connection_string.to_owned()));
    Queues::open(&storage.unwrap().unwrap(), clock).unwrap()
}

fn event(n: u32) -> Value {
    json!({ "event": { "event": "wake" }, "n": n, "text": "<&\"'> \u{1f600}" })
}

/// What is to be seen on a queue whose name ends in `-poison`, as texts.
async fn texts(queues: &Queues, queue: &str) -> Vec<String> {
    queues.poisoned(queue).await.unwrap().into_iter().map(|poisoned| poisoned.message).collect()
}

fn ids(poisoned: &[Poisoned]) -> Chosen {
    Chosen::Ids(poisoned.iter().map(|poisoned| poisoned.id.clone()).collect())
}

pub(super) async fn a_message_is_the_only_item_of_an_array(tried: &Tried) {
    let (queues, queue) = tried.with_queues().await;
    queues.put(&poison_queue_of(queue), &event(1), Duration::ZERO).await.unwrap();
    assert_eq!(texts(queues, queue).await, [json!([event(1)]).to_string()]);
}

pub(super) async fn a_message_waits_for_its_time(tried: &Tried) {
    let (queues, queue) = tried.with_queues().await;
    let poison_queue = poison_queue_of(queue);
    queues.put(&poison_queue, &event(1), Duration::from_secs(7 * 86_400)).await.unwrap();
    let soon = SystemClock.now() + Duration::from_secs(600);
    queues.put_at(&poison_queue, &event(2), soon).await.unwrap();
    assert_eq!(texts(queues, queue).await, Vec::<String>::new());
    assert_eq!(queues.count(&poison_queue).await.unwrap(), 2);
    let past = SystemClock.now() - Duration::from_secs(600);
    queues.put_at(&poison_queue, &event(3), past).await.unwrap();
    assert_eq!(texts(queues, queue).await, [json!([event(3)]).to_string()]);
}

pub(super) async fn what_was_given_up_is_kept_with_its_reason_and_can_be_redelivered_as_it_was(tried: &Tried) {
    let (queues, queue) = tried.with_queues().await;
    for message in [json!([event(1)]).to_string(), "no JSON <at> all \u{1f600}".to_owned()] {
        let before = SystemClock.now();
        queues.poison(queue, &message, "it makes no sense").await.unwrap();
        let poisoned = queues.poisoned(queue).await.unwrap();
        let [one] = &poisoned[..] else { panic!("{poisoned:?}") };
        assert_eq!((&one.message, one.reason.as_deref()), (&message, Some("it makes no sense")));
        assert!(one.at.is_some_and(|at| at >= before));
        assert_eq!(queues.redeliver(queue, &ids(&poisoned)).await.unwrap().len(), 1);
        assert_eq!(queues.count(&poison_queue_of(queue)).await.unwrap(), 0);
    }
    assert_eq!(queues.count(queue).await.unwrap(), 2);
}

pub(super) async fn what_the_host_gave_up_can_be_redelivered_as_it_was(tried: &Tried) {
    let (queues, queue) = tried.with_queues().await;
    // The host copies a message as it is; so a queue is poisoned here whose own poison queue can be looked at.
    let inner = poison_queue_of(queue);
    queues.create(&poison_queue_of(&inner)).await.unwrap();
    queues.put(&poison_queue_of(&inner), &event(1), Duration::ZERO).await.unwrap();
    let poisoned = queues.poisoned(&inner).await.unwrap();
    assert_eq!((poisoned.len(), &poisoned[0].reason), (1, &None));
    assert_eq!(queues.redeliver(&inner, &Chosen::All).await.unwrap().len(), 1);
    assert_eq!(texts(queues, queue).await, [json!([event(1)]).to_string()]);
}

pub(super) async fn one_of_many_is_dropped_and_the_others_stay(tried: &Tried) {
    let (queues, queue) = tried.with_queues().await;
    for n in 0..5 {
        queues.poison(queue, &json!([event(n)]).to_string(), "why not").await.unwrap();
    }
    let poisoned = queues.poisoned(queue).await.unwrap();
    let chosen = Chosen::Ids([poisoned[3].id.clone(), "no-such-id".to_owned()].into());
    assert_eq!(queues.discard(queue, &chosen).await.unwrap(), [poisoned[3].id.clone()].into());
    let mut left: Vec<_> = queues.poisoned(queue).await.unwrap().into_iter().map(|poisoned| poisoned.id).collect();
    let mut others: Vec<_> = [0, 1, 2, 4].map(|n| poisoned[n].id.clone()).into();
    left.sort();
    others.sort();
    assert_eq!(left, others);
}

pub(super) async fn all_are_dropped_however_many(tried: &Tried) {
    let (queues, queue) = tried.with_queues().await;
    for n in 0..40 {
        queues.poison(queue, &json!([event(n)]).to_string(), "why not").await.unwrap();
    }
    assert_eq!(queues.poisoned(queue).await.unwrap().len(), 32);
    assert_eq!(queues.discard(queue, &Chosen::All).await.unwrap().len(), 40);
    assert_eq!(queues.count(&poison_queue_of(queue)).await.unwrap(), 0);
}

pub(super) async fn the_longest_message_fits_with_its_reason_and_a_longer_one_is_refused(tried: &Tried) {
    let (queues, queue) = tried.with_queues().await;
    let longest = "x".repeat(LONGEST_MESSAGE - r#"[""]"#.len());
    queues.put(queue, &longest, Duration::ZERO).await.unwrap();
    queues.poison(queue, &json!([longest]).to_string(), &"\u{1f600}".repeat(1000)).await.unwrap();
    assert_eq!(queues.redeliver(queue, &Chosen::All).await.unwrap().len(), 1);
    let refused = queues.put(queue, &format!("{longest}x"), Duration::ZERO).await.unwrap_err();
    let said = format!("a message of 46081 bytes is too long for queue `{queue}`, which takes 46080");
    assert_eq!(refused.to_string(), said);
}

pub(super) async fn a_queue_that_nobody_made_is_named(tried: &Tried) {
    let (queues, queue) = (&tried.queues, tried.queue.as_str());
    let is_missing = |error| matches!(error, QueueError::Missing(name) if name.starts_with(queue));
    assert!(is_missing(queues.put(queue, &event(1), Duration::ZERO).await.unwrap_err()));
    assert!(is_missing(queues.count(queue).await.unwrap_err()));
    assert!(is_missing(queues.poisoned(queue).await.unwrap_err()));
    assert!(is_missing(queues.redeliver(queue, &Chosen::All).await.unwrap_err()));
}

pub(super) async fn a_queue_can_be_made_twice(tried: &Tried) {
    tried.with_queues().await;
    let (queues, queue) = tried.with_queues().await;
    assert_eq!(queues.count(queue).await.unwrap(), 0);
}

pub(super) async fn a_key_of_another_account_opens_nothing(tried: &Tried) {
    let other = tried.connection_string.replace("AccountKey=", "AccountKey=AAAA");
    let refused = open(&other, Arc::new(SystemClock)).count(&tried.queue).await.unwrap_err();
    assert!(matches!(refused, QueueError::WrongKey(_)), "{refused}");
}
