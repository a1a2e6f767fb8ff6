//! What one call shows that the doctor places, in worlds of which one thing is so or otherwise.

use std::{process::Output, time::Duration};

use switchboard::{
    simulator::{contact, setup::SeveralPrompts},
    stage::{Scene, Stage},
    store::Page,
};
use tempfile::TempDir;
use tokio::process::Command;

use super::clinic::Diagnosis;
use crate::journeys::journey::shipped_flows;

/// Who is rung.
const ADA: &str = "8a1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c";

/// Somebody who takes the call, listens to the end, and does this then.
fn listens(then: &str) -> String {
    format!("answers = \"4s\"\ndoes = [{{ hears = \"question\"{then} }}]")
}

struct Ward {
    stage: Stage,
    _data: TempDir,
}

impl Ward {
    async fn of(ada: &str, change: impl FnOnce(&mut Scene)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut scene = Scene::new(shipped_flows(), "first_call", data.path());
        scene.contacts = contact::parse(&format!("[[contacts]]\nuser = \"{ADA}\"\n{ada}")).unwrap();
        change(&mut scene);
        Self { stage: Stage::set(scene).await.unwrap(), _data: data }
    }

    /// Has the doctor call. While it asks for the call time stands still, as the bot has but seconds to answer.
    async fn examined(&self, key: &str, said: &[&str]) -> Output {
        let hold = self.stage.hold();
        let mut doctor = Command::new(env!("CARGO_BIN_EXE_switchboard"));
        doctor.args(["doctor", "--format", "json", "--call", ADA, "--url", &self.stage.bot_url]).args(said);
        let output = doctor.env_clear().env("CALLS_API_KEY", key).output();
        tokio::pin!(output);
        tokio::select! {
            output = &mut output => return output.unwrap(),
            () = self.is_placed() => {}
        }
        drop(hold);
        output.await.unwrap()
    }

    /// Waits until the bot has placed a call, and is done with that.
    async fn is_placed(&self) {
        loop {
            let page = Page { limit: 1, before: None };
            let calls = self.stage.app.store.list(page, self.stage.app.clock.now()).await.unwrap();
            if calls.iter().any(|call| call.owed.is_empty() && call.acting.is_none()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn diagnosis(&self) -> Diagnosis {
        Diagnosis::of(&self.examined(&self.stage.api_key, &["--yes"]).await)
    }
}

fn checks(diagnosis: &Diagnosis, verdict: &str) -> Vec<String> {
    diagnosis.all(verdict).into_iter().map(|(check, _)| check.to_owned()).collect()
}

#[tokio::test]
async fn where_all_is_as_it_is_documented_the_call_says_so() {
    let ward = Ward::of(&listens(", presses = \"1\""), |_| {}).await;
    let diagnosis = ward.diagnosis().await;
    assert_eq!((diagnosis.code, diagnosis.all("bad"), diagnosis.all("unknown")), (Some(0), vec![], vec![]));
    assert_eq!(checks(&diagnosis, "good"), ["placed", "taken", "audio", "prompt", "timer", "order", "keys"]);
    assert_eq!(ward.stage.teams.placed().len(), 1);
}

#[tokio::test]
async fn who_declines_is_named_and_the_rest_stays_unknown() {
    let diagnosis = Ward::of("declines = \"2s\"", |_| {}).await.diagnosis().await;
    assert_eq!((diagnosis.code, checks(&diagnosis, "bad")), (Some(1), vec!["taken".to_owned()]));
    assert!(diagnosis.all("bad")[0].1.contains("declined"));
    assert_eq!(checks(&diagnosis, "unknown"), ["audio", "prompt", "timer", "order", "keys"]);
}

#[tokio::test]
async fn where_nobody_presses_a_key_it_is_not_known_whether_any_arrives() {
    let diagnosis = Ward::of(&listens(""), |_| {}).await.diagnosis().await;
    assert_eq!((diagnosis.code, checks(&diagnosis, "unknown")), (Some(0), vec!["order".to_owned(), "keys".to_owned()]));
}

#[tokio::test]
async fn an_end_that_is_told_of_each_prompt_is_found() {
    let apart = |scene: &mut Scene| scene.several_prompts = SeveralPrompts::ToldApart;
    let diagnosis = Ward::of(&listens(", presses = \"1\""), apart).await.diagnosis().await;
    assert_eq!(checks(&diagnosis, "bad"), ["timer"]);
    assert!(diagnosis.all("bad")[0].1.contains("too early"), "{:?}", diagnosis.all("bad"));
}

#[tokio::test]
async fn a_gap_between_prompts_is_found() {
    let gaps = |scene: &mut Scene| scene.several_prompts = SeveralPrompts::WithGaps;
    let diagnosis = Ward::of(&listens(", presses = \"2\""), gaps).await.diagnosis().await;
    assert_eq!(checks(&diagnosis, "bad"), ["timer", "order"]);
    assert!(diagnosis.all("bad")[0].1.contains("too late"), "{:?}", diagnosis.all("bad"));
}

#[tokio::test]
async fn nobody_is_rung_whom_the_bot_may_not_ring_or_with_a_wrong_key_or_unasked() {
    let stopped = |scene: &mut Scene| drop(scene.settings.insert("DIAL_STOP", "true".to_owned()));
    let ward = Ward::of(&listens(""), stopped).await;
    let diagnosis = ward.diagnosis().await;
    assert_eq!(checks(&diagnosis, "bad"), ["placed"]);
    assert!(diagnosis.all("bad")[0].1.contains("stopped"), "{:?}", diagnosis.all("bad"));
    let diagnosis = Diagnosis::of(&ward.examined("another", &["--yes"]).await);
    assert_eq!(checks(&diagnosis, "bad"), ["placed"]);
    let unasked = ward.examined(&ward.stage.api_key, &[]).await;
    assert_eq!((unasked.status.code(), unasked.stdout.len()), (Some(2), 0));
    assert!(String::from_utf8_lossy(&unasked.stderr).contains("--yes"));
    assert_eq!(ward.stage.teams.placed(), []);
}
