//! Calls that are declined or sent elsewhere before they are answered.

use switchboard::{call::Ending, simulator::observation::EndedBy};

use super::{
    crowd::play_all,
    journey::{Journey, Played},
    written::written,
};

/// Who calls by telephone is sent on to two people; guests are declined; the others hear a word.
const FLOW: &str = r#"
start = "who"
[prompts]
hello = { text = "Hello." }
[steps.who]
do = "branch"
when = [
    { variable = "call.caller", is = "8d1e6ab6-26c5-4e22-a1bc-06ea7343958e", then = "declined" },
    { variable = "call.caller_kind", is = "phone", then = "on_call" },
]
otherwise = "taken"
[steps.declined]
do = "reject"
reason = "busy"
[steps.on_call]
do = "redirect"
to = [{ user = "5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945" }, { phone = "+4930123456" }]
timeout = "20s"
failed = "declined"
[steps.taken]
do = "answer"
then = "hello"
[steps.hello]
do = "play"
prompt = "hello"
then = "end"
[steps.end]
do = "hang_up"
"#;

const DECLINED: &str = "caller = { user = \"8d1e6ab6-26c5-4e22-a1bc-06ea7343958e\" }\n[ends]\nby = \"rejected\"";

/// Somebody calls the resource account by telephone.
fn by_phone(people: &str, ends: &str) -> String {
    let instance = "instance = \"b81e42f6-0c5d-4a97-8e13-6f7d29a4c053\"";
    format!("caller = {{ phone = \"+4930765432\" }}\n{instance}\n{people}\n[ends]\nby = \"{ends}\"")
}

async fn play(name: &'static str, seed: Option<u64>, script: &str) -> (Played, Journey) {
    let flows = written(&[("unanswered", FLOW)]);
    let journey = Journey::on(name, |scene| {
        scene.flows = flows.path().to_owned();
        scene.incoming_flow = "default=unanswered".to_owned();
        scene.mishaps = seed;
        scene.seed = seed.unwrap_or(1);
    })
    .await;
    let call = journey.ring(script);
    (journey.fulfilled(&call).await, journey)
}

#[tokio::test]
async fn a_call_is_declined() {
    let (played, _) = play("rejected", None, DECLINED).await;
    assert_eq!((played.ending(), played.ended_by()), (Some(Ending::Rejected), Some(EndedBy::Rejected)));
    assert_eq!((played.ledger.rejects, played.ledger.answers), (1, 0));
}

#[tokio::test]
async fn a_call_is_sent_on_and_the_first_who_answers_has_it() {
    let people = "people.\"+4930123456\" = { ignores = true }";
    let (played, _) = play("redirected", None, &by_phone(people, "redirected")).await;
    assert_eq!((played.ending(), played.ledger.redirects, played.ledger.answers), (Some(Ending::Redirected), 1, 0));
}

#[tokio::test]
async fn a_call_that_nobody_takes_is_over_when_its_time_is_up() {
    let people =
        "people.\"+4930123456\" = { ignores = true }\npeople.\"5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945\" = { declines = \"2s\" }";
    let (played, _) = play("redirect_ignored", None, &by_phone(people, "redirected")).await;
    assert_eq!(played.ending(), Some(Ending::CallerHungUp));
    assert_eq!(played.ledger.ended.map(|ended| (ended.code, ended.subcode)), Some((487, 10004)));
}

#[tokio::test]
async fn a_call_that_graph_does_not_send_on_is_dealt_with_otherwise() {
    let script = "caller = { phone = \"+4930765432\" }\n[ends]\nby = \"rejected\"";
    let (played, _) = play("redirect_refused", None, script).await;
    assert_eq!((played.ledger.redirects, played.ledger.rejects), (0, 1), "{}", played.tale());
}

#[tokio::test]
async fn a_call_is_answered_explicitly() {
    let (played, _) = play("answered", None, "[ends]\nby = \"bot\"").await;
    assert_eq!((played.heard(), played.ledger.answers), (vec!["hello"], 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unkind_platform_declines_and_sends_on_once() {
    let played = play_all("mishaps_unanswered", (371..=410_u64).collect(), |seed| async move {
        let script = if seed % 2 == 0 { DECLINED.to_owned() } else { by_phone("", "redirected") };
        let (played, journey) = play("mishaps_unanswered_one", Some(seed), &script).await;
        (played, journey.requests())
    })
    .await;
    for (seed, call) in (371_u64..).zip(&played) {
        let wanted = if seed % 2 == 0 { (1, 0) } else { (0, 1) };
        assert_eq!((call.ledger.rejects, call.ledger.redirects), wanted, "seed {seed}\n{}", call.tale());
    }
}
