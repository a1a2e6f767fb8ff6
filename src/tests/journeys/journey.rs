//! A journey: the stage, a folder for what is kept, and what is known of a call when it is over.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard::{
    call::{Call, CallKey, Ending, Phase},
    simulator::{
        clock::Hold,
        ledger::{Ledger, Verdict},
        observation::{EndedBy, Observation, Seen},
        script,
        wire::Request,
    },
    stage::{Scene, Stage},
};
use tempfile::TempDir;

use super::soundness::fault;

/// How often something is looked for on the stage's clock. People and prompts are slower.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How long something is looked for on the stage's clock before it is taken to be missing.
const LOOK_FOR: Duration = Duration::from_secs(6 * 3600);

/// The bot and a simulated Teams, set up for one story.
pub(crate) struct Journey {
    pub(crate) stage: Stage,
    folder: TempDir,
    /// Where its requests are left; `None` if whoever plays it does that.
    name: Option<&'static str>,
}

impl Journey {
    /// The front desk, on a kind platform.
    pub(crate) async fn begin(name: &'static str) -> Self {
        Self::on(name, |_| {}).await
    }

    /// The front desk, or whatever `change` makes of the scene.
    pub(crate) async fn on(name: &'static str, change: impl FnOnce(&mut Scene)) -> Self {
        let mut journey = Self::unnamed(change).await;
        journey.name = Some(name);
        journey
    }

    /// The same, as one of many: it leaves no requests by itself.
    pub(crate) async fn unnamed(change: impl FnOnce(&mut Scene)) -> Self {
        let folder = TempDir::new().unwrap();
        let mut scene = Scene::new(shipped_flows(), "first_call", folder.path());
        change(&mut scene);
        let stage = Stage::set(scene).await.unwrap();
        Self { stage, folder, name: None }
    }

    /// Plays a whole call of the front desk, which must go as its script says.
    pub(crate) async fn play(name: &'static str, script: &str) -> Played {
        let journey = Self::begin(name).await;
        let call = journey.ring(script);
        journey.fulfilled(&call).await
    }

    /// Somebody rings, who does what the script says. Time stands still while this is called, so no ring is missed.
    pub(crate) fn ring(&self, script: &str) -> String {
        let _hold = self.stage.hold();
        self.stage.teams.ring(script::parse(script).unwrap())
    }

    /// The call when all of it is over; it must have gone as its script says.
    pub(crate) async fn fulfilled(&self, call: &str) -> Played {
        let played = self.over(call).await;
        assert_eq!(played.ledger.script, Verdict::Fulfilled, "{}", played.tale());
        played
    }

    /// The call when all of it is over; nothing may be owed, lost or doubled.
    pub(crate) async fn over(&self, call: &str) -> Played {
        let played = self.rest(call).await;
        assert_eq!(fault(&played), None, "{}", played.tale());
        played
    }

    /// The call when all of it is over, however it went.
    pub(crate) async fn rest(&self, call: &str) -> Played {
        let stored = self.stage.rest(call).await.unwrap();
        Played {
            call: stored.expect("the bot has stored nothing of the call"),
            ledger: self.stage.teams.ledger(call).unwrap(),
            seen: self.stage.teams.observed(call),
        }
    }

    /// Waits until something has been seen in the call `times` times; time stands still until what this yields is dropped.
    pub(crate) async fn until_seen(&self, call: &str, times: usize, is_it: impl Fn(&Seen) -> bool) -> Hold {
        self.until(|| self.stage.teams.observed(call).iter().filter(|o| is_it(&o.what)).count() >= times).await
    }

    /// Waits until a prompt begins, and half a second more; time stands still until what this yields is dropped.
    pub(crate) async fn in_prompt(&self, call: &str, prompt: &str) -> Hold {
        let begun = self.until_seen(call, 1, |seen| matches!(seen, Seen::PromptBegan { name, .. } if name == prompt)).await;
        let later = self.stage.teams.clock().sleep(Duration::from_millis(500));
        drop(begun);
        later.await
    }

    /// Waits until something is so; time stands still until what this yields is dropped.
    pub(crate) async fn until(&self, is_so: impl Fn() -> bool) -> Hold {
        let clock = self.stage.teams.clock();
        let last = clock.now() + LOOK_FOR;
        loop {
            let hold = clock.sleep(LOOK_EVERY).await;
            if is_so() {
                return hold;
            }
            assert!(clock.now() < last, "what was waited for never came");
        }
    }

    /// `GET` on the bot, with a key or without. Time stands still meanwhile, as a request of ours is nobody else's.
    pub(crate) async fn get(&self, path: &str, key: Option<&str>) -> reqwest::Response {
        let _hold = self.stage.hold();
        let request = reqwest::Client::new().get(format!("{}{path}", self.stage.bot_url));
        let request = key.into_iter().fold(request, |request, key| request.header("x-functions-key", key));
        request.send().await.unwrap()
    }

    /// What the API shows of a call.
    pub(crate) async fn shown(&self, call: &str) -> Value {
        let response = self.get(&format!("/api/calls/{call}"), Some(&self.stage.api_key)).await;
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    /// The file in which a recording must be.
    pub(crate) fn recording(&self, call: &str, n: u32) -> PathBuf {
        let key = CallKey::parse(call).unwrap();
        self.folder.path().join("recordings").join(key.as_str()).join(format!("{n}.wav"))
    }

    /// The requests that the bot has made to Graph.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.stage.teams.requests()
    }
}

impl Drop for Journey {
    fn drop(&mut self) {
        if let Some(name) = self.name {
            write_requests(name, &self.requests());
        }
    }
}

/// What is known of a call when it is over.
pub(crate) struct Played {
    /// As the bot has stored it.
    pub(crate) call: Call,
    /// What took effect, as the platform counted.
    pub(crate) ledger: Ledger,
    /// What could be seen and heard.
    pub(crate) seen: Vec<Observation>,
}

impl Played {
    /// How the bot thinks that it ended.
    pub(crate) fn ending(&self) -> Option<Ending> {
        match &self.call.phase {
            Phase::Ended { ending, .. } => Some(*ending),
            _ => None,
        }
    }

    /// Who ended it.
    pub(crate) fn ended_by(&self) -> Option<EndedBy> {
        self.ledger.ended.as_ref().map(|ended| ended.by)
    }

    /// The names of the prompts that were heard, silence left out, in order.
    pub(crate) fn heard(&self) -> Vec<&str> {
        let names = self.seen.iter().filter_map(|seen| match &seen.what {
            Seen::PromptBegan { name, silence: false, .. } => Some(name.as_str()),
            _ => None,
        });
        names.collect()
    }

    /// When something was first seen.
    pub(crate) fn at(&self, is_it: impl Fn(&Seen) -> bool) -> Timestamp {
        let first = self.seen.iter().find(|seen| is_it(&seen.what));
        first.unwrap_or_else(|| panic!("it was never seen\n{}", self.tale())).at
    }

    /// The steps that it went through, as journalled.
    pub(crate) fn steps(&self) -> Vec<&str> {
        let entries = self.call.journal.entries();
        entries.filter(|entry| entry.kind == "step").map(|entry| entry.result.as_str()).collect()
    }

    /// Everything there is to tell of it, for the one who must find out what went wrong.
    pub(crate) fn tale(&self) -> String {
        let seen = self.seen.iter().map(|o| format!("{} {}", o.at, json!(o.what)));
        let journal = self.call.journal.entries().map(|entry| json!(entry).to_string());
        let lines: Vec<_> = seen.chain(["journal:".to_owned()]).chain(journal).collect();
        format!("{}\n{:?} {:?}\n{:?}", lines.join("\n"), self.call.phase, self.call.owed, self.ledger)
    }
}

/// The flows that are shipped.
pub(crate) fn shipped_flows() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("flows")
}

/// What the caller of `switchboard dial` does.
pub(crate) fn dial_script() -> String {
    fs::read_to_string(shipped_flows().join("first_call/dial.toml")).unwrap()
}

/// Leaves requests to Graph where they are checked against its definition, one a line.
pub(crate) fn write_requests(journey: &str, requests: &[Request]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/graph-requests");
    let line =
        |request: &Request| format!("{}\n", json!({ "method": request.method, "path": request.path, "body": request.body }));
    fs::create_dir_all(&folder).unwrap();
    // Journeys of one name may end at once: whoever reads the file finds one of them, whole.
    let mut file = tempfile::NamedTempFile::new_in(&folder).unwrap();
    file.write_all(requests.iter().map(line).collect::<String>().as_bytes()).unwrap();
    file.persist(folder.join(format!("{journey}.jsonl"))).unwrap();
}
