//! The promises on an account of our own, and what only it can be made to do.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde_json::json;
use switchboard::{
    call::{CallKey, Event},
    clock::{Clock, Sleep, SystemClock},
    config::HostStorage,
    host::Message,
    queues::{QueueError, Queues},
    turn::Address,
    wakes::Wakes,
};
use tokio::net::TcpListener;

use super::{
    promises::{open, promise_tests},
    storage::StorageServer,
};

struct OwnAccount(#[allow(dead_code, reason = "it answers as long as it is held")] StorageServer, String);

impl AsRef<str> for OwnAccount {
    fn as_ref(&self) -> &str {
        &self.1
    }
}

async fn own_account() -> Option<OwnAccount> {
    let server = StorageServer::start().await;
    let connection_string = server.connection_string();
    Some(OwnAccount(server, connection_string))
}

promise_tests!(own_account);

/// A clock that is ahead of the machine's.
struct Ahead(Duration);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        Timestamp::now() + self.0
    }

    fn sleep_until(&self, at: Timestamp) -> Sleep {
        SystemClock.sleep_until(at - self.0)
    }
}

async fn provisioned() -> (StorageServer, Queues) {
    let server = StorageServer::provisioned().await;
    let queues = open(&server.connection_string(), Arc::new(SystemClock));
    (server, queues)
}

#[tokio::test]
async fn a_call_wakes_when_its_time_comes_and_not_before() {
    let (server, queues) = provisioned().await;
    let (call, now) = (CallKey::parse("c0de").unwrap(), Timestamp::now());
    queues.wake_at(&call, now + Duration::from_secs(90)).await.unwrap();
    let mut taken = Vec::new();
    for seconds in [0, 80, 11] {
        server.forward(Duration::from_secs(seconds));
        taken.push(server.with(|account| account.get("wake", 16, Duration::from_secs(30))).unwrap().len());
    }
    assert_eq!(taken, [0, 0, 1]);
    let messages: Vec<Message> = serde_json::from_str(&server.get_messages("wake")[0]).unwrap();
    assert_eq!((&messages[0].address, &messages[0].arrival.event), (&Address::Ours(call), &Event::Wake));
}

#[tokio::test]
async fn what_nobody_took_is_gone_a_week_after_its_time_and_what_was_given_up_stays() {
    let (server, queues) = provisioned().await;
    queues.put("wake", &1, Duration::from_secs(3600)).await.unwrap();
    queues.poison("wake", "[2]", "so").await.unwrap();
    let week = Duration::from_secs(7 * 86_400);
    server.forward(week);
    assert_eq!(server.with(|account| account.count("wake")).unwrap(), 1);
    server.forward(Duration::from_secs(3601));
    let left = ["wake", "wake-poison"].map(|queue| server.with(|account| account.count(queue)).unwrap());
    assert_eq!(left, [0, 1]);
}

#[tokio::test]
async fn a_signature_is_good_for_minutes_and_each_request_has_one_of_its_own() {
    let (server, queues) = provisioned().await;
    server.forward(Duration::from_secs(240));
    queues.put("wake", &1, Duration::ZERO).await.unwrap();
    server.forward(Duration::from_secs(120));
    let refused = queues.put("wake", &1, Duration::ZERO).await.unwrap_err();
    assert!(matches!(refused, QueueError::WrongKey(_)), "{refused}");
    let renewed = open(&server.connection_string(), Arc::new(Ahead(Duration::from_secs(360))));
    renewed.put("wake", &1, Duration::ZERO).await.unwrap();
}

#[tokio::test]
async fn what_was_refused_in_passing_is_tried_again_within_the_second() {
    let (server, queues) = provisioned().await;
    server.refuse(2, 503, "ServerBusy");
    queues.put("wake", &1, Duration::ZERO).await.unwrap();
    server.refuse(9, 503, "ServerBusy");
    let refused = queues.put("wake", &1, Duration::ZERO).await.unwrap_err();
    assert_eq!(refused.to_string(), "queue `wake` refused with 503 ServerBusy");
}

#[tokio::test]
async fn a_refusal_says_what_is_to_be_done() {
    let (server, queues) = provisioned().await;
    for (status, code, said) in [
        (403, "AuthorizationPermissionMismatch", "Storage Queue Data Contributor"),
        (403, "AuthenticationFailed", "AzureWebJobsStorage"),
        (403, "KeyBasedAuthenticationNotPermitted", "AzureWebJobsStorage__accountName"),
        (403, "AuthorizationFailure", "network rules"),
        (404, "QueueNotFound", "switchboard queues create"),
        (400, "OutOfRangeInput", "400 OutOfRangeInput"),
    ] {
        server.refuse(1, status, code);
        let refused = queues.put("wake", &1, Duration::ZERO).await.unwrap_err().to_string();
        assert!(refused.contains(said) && refused.contains("`wake`"), "{refused}");
    }
}

#[tokio::test]
async fn what_was_being_dealt_with_when_the_account_refused_is_still_there() {
    let (server, queues) = provisioned().await;
    queues.poison("wake", &json!([1]).to_string(), "so").await.unwrap();
    // Of what redelivering asks the account, the second is to put the message back: it is refused, and the search ends there.
    server.with(|account| account.remove("wake")).unwrap();
    let refused = queues.redeliver("wake", &switchboard::queues::Chosen::All).await.unwrap_err();
    assert!(matches!(refused, QueueError::Missing(queue) if queue == "wake"));
    assert_eq!(queues.poisoned("wake").await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_account_that_is_not_there_is_told_from_one_that_does_not_answer() {
    let (server, _) = provisioned().await;
    let connection_string = server.connection_string();
    let at =
        |address| open(&connection_string.replace(&server.url(), &format!("http://{address}/ivrstore")), Arc::new(SystemClock));
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    let began = Instant::now();
    let late = at(address).put("wake", &1, Duration::ZERO).await.unwrap_err();
    assert!(matches!(late, QueueError::TimedOut(_)), "{late}");
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    drop(silent);
    let gone = at(address).put("wake", &1, Duration::ZERO).await.unwrap_err();
    assert!(matches!(gone, QueueError::Unreachable(..)), "{gone}");
    assert!(!gone.to_string().contains("sig="), "{gone}");
}

#[test]
fn an_identity_is_not_shown_over_plain_http() {
    let set = |name: &str| match name {
        "AzureWebJobsStorage__queueServiceUri" => Some("http://127.0.0.1:10001/ivrstore".to_owned()),
        "AzureWebJobsStorage__credential" => Some("managedidentity".to_owned()),
        _ => None,
    };
    let storage = HostStorage::alone(set).unwrap().unwrap();
    assert!(matches!(Queues::open(&storage, Arc::new(SystemClock)), Err(QueueError::Unopened(why)) if why.contains("https")));
}
