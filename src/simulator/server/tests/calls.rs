use std::{collections::HashSet, time::Instant};

use jiff::SignedDuration;
use serde_json::Value;
use tokio::net::TcpStream;

use super::{
    TENANT,
    bot::{PROMPT_SECONDS, Posts, scene},
    noon,
};
use crate::simulator::{
    clock::Clock,
    observation::{EndedBy, Observation, Seen},
    script::Script,
};

fn prompt_times(seen: &[Observation]) -> (Option<&Observation>, Option<&Observation>) {
    let began = |seen: &&Observation| matches!(seen.what, Seen::PromptBegan { .. });
    let ended = |seen: &&Observation| matches!(seen.what, Seen::PromptEnded { completed: true, .. });
    (seen.iter().find(began), seen.iter().find(ended))
}

#[tokio::test]
async fn a_prompt_of_a_minute_is_heard_to_its_end_without_waiting_for_it() {
    let scene = scene(Clock::virtual_from(noon())).await;
    let began = Instant::now();
    let call = scene.simulator.ring(Script::default());
    scene.simulator.settled(&call).await;

    assert_deleted_last(&scene.posted, std::slice::from_ref(&call));
    let ended = scene.simulator.ledger(&call).unwrap().ended.unwrap();
    assert_eq!(ended.by, EndedBy::Bot);
    let seen = scene.simulator.observed(&call);
    let (Some(began_at), Some(ended_at)) = prompt_times(&seen) else {
        panic!("no prompt in {seen:?}");
    };
    let heard = ended_at.at.duration_since(began_at.at);
    assert_eq!(heard, SignedDuration::from_secs(PROMPT_SECONDS.into()));
    let took = began.elapsed();
    assert!(took.as_secs() < PROMPT_SECONDS.into(), "it took {took:?}");
}

#[tokio::test]
async fn notifications_come_as_the_platforms_do_with_either_spelling_of_the_tenant() {
    let scene = scene(Clock::virtual_from(noon())).await;
    let call = scene.simulator.ring(Script::default());
    scene.simulator.settled(&call).await;
    let mut spellings = HashSet::new();
    for (headers, _) in scene.posted.lock().unwrap().iter() {
        assert_eq!(headers["user-agent"], "Microsoft-Skype/3.0,(Calling/1.0)");
        assert_eq!(headers["content-type"], "application/json; charset=utf-8");
        assert!(headers.contains_key("scenario-id"));
        assert!(headers.contains_key("x-microsoft-skype-message-id"));
        let bearer = headers["authorization"].to_str().unwrap();
        let claims = claims_of(bearer.strip_prefix("Bearer ").unwrap());
        let spelled = |(name, value): (&String, &Value)| (value == TENANT).then(|| name.clone());
        spellings.extend(claims.as_object().unwrap().iter().find_map(spelled));
    }
    let uri = "http://schemas.microsoft.com/identity/claims/tenantid";
    assert_eq!(spellings, HashSet::from(["tid".to_owned(), uri.to_owned()]));
}

fn claims_of(token: &str) -> Value {
    jsonwebtoken::dangerous::insecure_decode::<Value>(token).unwrap().claims
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_calls_at_once_lose_nothing_and_leave_quiet_behind() {
    let scene = scene(Clock::virtual_from(noon())).await;
    let mut heard = scene.simulator.observations();
    let hold = scene.simulator.clock().hold();
    let calls: Vec<String> = (0..100).map(|_| scene.simulator.ring(Script::default())).collect();
    drop(hold);
    scene.simulator.quiet().await;
    for call in &calls {
        let ledger = scene.simulator.ledger(call).unwrap();
        assert_eq!((ledger.answers, ledger.prompts, ledger.hang_ups), (1, 1, 1));
    }
    let mut heard_of = Vec::new();
    while let Ok(observation) = heard.try_recv() {
        heard_of.push(observation);
    }
    assert!(heard_of.is_sorted_by_key(|seen| seen.at));
    let ended = |seen: &&Observation| matches!(seen.what, Seen::Ended { .. });
    assert_eq!(heard_of.iter().filter(ended).count(), calls.len());
    assert_deleted_last(&scene.posted, &calls);
}

/// The last the bot is told of a call is its end.
fn assert_deleted_last(posted: &Posts, calls: &[String]) {
    let posted = posted.lock().unwrap();
    for call in calls {
        let compact = call.replace('-', "");
        let is_of_call = |notification: &&Value| {
            let url = notification["resourceUrl"].as_str().unwrap();
            url.replace('-', "").to_lowercase().contains(&compact)
        };
        let mut told = posted.iter().flat_map(|(_, body)| body["value"].as_array().unwrap());
        assert_eq!(told.rfind(is_of_call).unwrap()["changeType"], "deleted");
    }
}

#[tokio::test]
async fn a_call_that_nobody_answers_ends_and_settles_all_the_same() {
    let simulator = super::simulator().await;
    let call = simulator.ring(Script::default());
    simulator.settled(&call).await;
    simulator.quiet().await;
    let ended = simulator.ledger(&call).unwrap().ended.unwrap();
    assert_eq!(ended.by, EndedBy::Platform);
}

#[tokio::test]
async fn a_dropped_simulator_closes_its_door() {
    let simulator = super::simulator().await;
    let address = simulator.base_url().trim_start_matches("http://").to_owned();
    assert!(TcpStream::connect(&address).await.is_ok());
    drop(simulator);
    while TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}
