//! A room to try the platform in: a clock, files, and a bot's mailbox that takes every post.

use std::collections::BTreeMap;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::simulator::{
    contact,
    observation::{Observation, Seen},
    script::{self, Script},
    setup::{Caption, Setup},
    voice,
    wire::{Effect, Fetched, Posted, Reply, Request},
    world::World,
};

pub(super) const CALLBACK: &str = "https://bot.example/api/notifications/c1.secret";
pub(super) const TENANT: &str = "aa67bd4c-8475-432d-bd41-39f255720e0a";
pub(super) const APP: &str = "2891555a-92ff-42e6-80fa-6e1300c6b5c6";
const WEBHOOK: &str = "https://bot.example/api/notifications";

/// One notification as the bot got it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Got {
    pub(super) at: Timestamp,
    pub(super) url: String,
    pub(super) item: Value,
}

pub(super) struct Room {
    pub(super) world: World,
    pub(super) now: Timestamp,
    pub(super) got: Vec<Got>,
    pub(super) bodies: Vec<Value>,
    pub(super) seen: Vec<Observation>,
    /// How the mailbox answers.
    pub(super) answers: Posted,
    files: BTreeMap<String, Bytes>,
}

impl Room {
    pub(super) fn new() -> Self {
        Self::with(|_| {})
    }

    /// One with these contacts, in TOML.
    pub(super) fn knowing(contacts: &str) -> Self {
        Self::with(|setup| setup.contacts = contact::parse(contacts).unwrap())
    }

    pub(super) fn with(change: impl FnOnce(&mut Setup)) -> Self {
        let (files, captions) = prompts();
        let mut setup = Setup {
            app_id: APP.into(),
            tenant: TENANT.into(),
            webhook: WEBHOOK.into(),
            base_url: "http://127.0.0.1:4001".into(),
            captions,
            seed: 1,
            ..Setup::default()
        };
        change(&mut setup);
        Self {
            world: World::new(setup),
            now: Timestamp::from_second(1_800_000_000).unwrap(),
            got: Vec::new(),
            bodies: Vec::new(),
            seen: Vec::new(),
            answers: Posted::Answered(202),
            files,
        }
    }

    /// Someone rings by a script in TOML; what is due at once is delivered.
    pub(super) fn ring(&mut self, text: &str) -> String {
        let script: Script = script::parse(text).unwrap();
        let call = self.world.ring(script, self.now);
        self.deliver();
        call
    }

    /// A call that is answered and has audio, told completely.
    pub(super) fn connected(&mut self, text: &str) -> String {
        let call = self.ring(text);
        assert_eq!(self.ask(&call, "answer", answer()).status, 202);
        self.pass(3_000);
        call
    }

    /// The bot places a call; what is due at once is delivered. The call's id.
    pub(super) fn place(&mut self, body: Value) -> String {
        let reply = self.request("POST", "/communications/calls", Some(body));
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.body.unwrap()["id"].as_str().unwrap().to_owned()
    }

    pub(super) fn ask(&mut self, call: &str, action: &str, body: Value) -> Reply {
        self.request("POST", &format!("/communications/calls/{call}/{action}"), Some(body))
    }

    pub(super) fn request(&mut self, method: &str, path: &str, body: Option<Value>) -> Reply {
        let request = Request { method: method.into(), path: path.into(), body };
        let reply = self.world.request(&request, self.now);
        self.deliver();
        reply
    }

    pub(super) fn state(&mut self, call: &str) -> Option<String> {
        let reply = self.request("GET", &format!("/communications/calls/{call}"), None);
        reply.body?["state"].as_str().map(str::to_owned)
    }

    /// Milliseconds pass; the mailbox takes what comes.
    pub(super) fn pass(&mut self, ms: i64) {
        let end = self.now + SignedDuration::from_millis(ms);
        while let Some(at) = self.world.next_at().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.world.advance(self.now);
            self.deliver();
        }
        self.now = end;
        self.world.advance(end);
        self.deliver();
    }

    pub(super) fn deliver(&mut self) {
        loop {
            let effects = self.world.effects();
            if effects.is_empty() {
                break;
            }
            effects.into_iter().for_each(|effect| self.carry(effect));
        }
        self.seen.extend(self.world.observations());
    }

    fn carry(&mut self, effect: Effect) {
        match effect {
            Effect::Post { id, url, body, .. } => {
                let items = body["value"].as_array().cloned().unwrap_or_default();
                let got = |item| Got { at: self.now, url: url.clone(), item };
                self.got.extend(items.into_iter().map(got));
                self.bodies.push(body);
                self.world.post_answered(id, self.answers.clone(), self.now);
            }
            Effect::Fetch { id, url } => {
                let fetched = match self.files.get(&url) {
                    Some(bytes) => Fetched::File { bytes: bytes.clone(), is_wav_type: true },
                    None => Fetched::Failed(404),
                };
                self.world.fetched(id, fetched, self.now);
            }
        }
    }

    /// The data of calls that were told, in order, with the change.
    pub(super) fn calls(&self) -> Vec<(String, Value)> {
        self.data("#microsoft.graph.call")
    }

    /// The states of a call that were told, in lower case and in order, with `deleted` for its end.
    pub(super) fn states(&self) -> Vec<String> {
        let state = |(change, data): (String, Value)| match change.as_str() {
            "deleted" => Some(change),
            _ => data["state"].as_str().map(str::to_lowercase),
        };
        self.calls().into_iter().filter_map(state).collect()
    }

    /// The rosters that were told, in order: the ids or numbers of those who are there.
    pub(super) fn rosters(&self) -> Vec<Vec<String>> {
        let told = self.got.iter().map(|got| &got.item).filter(|item| item["resourceData"].is_array());
        let id = |participant: &Value| {
            let identity = participant["info"]["identity"].as_object().unwrap();
            identity.values().find_map(|one| one["id"].as_str()).unwrap().to_owned()
        };
        told.map(|item| item["resourceData"].as_array().unwrap().iter().map(id).collect()).collect()
    }

    /// The data of operations that ended.
    pub(super) fn operations(&self) -> Vec<Value> {
        let of = |kind: &str| self.data(&format!("#microsoft.graph.{kind}Operation"));
        let kinds = ["playPrompt", "record", "sendDtmfTones", "inviteParticipants", "startHoldMusic"];
        let all = kinds.iter().flat_map(|kind| of(kind));
        all.map(|(change, data)| {
            assert_eq!(change, "deleted");
            data
        })
        .collect()
    }

    fn data(&self, kind: &str) -> Vec<(String, Value)> {
        let items = self.got.iter().map(|got| &got.item);
        let of_kind = items.filter(|item| item["resourceData"]["@odata.type"] == kind);
        of_kind.map(|item| (item["changeType"].as_str().unwrap().to_owned(), item["resourceData"].clone())).collect()
    }

    pub(super) fn saw(&self, wanted: impl Fn(&Seen) -> bool) -> usize {
        self.seen.iter().filter(|observation| wanted(&observation.what)).count()
    }

    /// When something was seen first, in milliseconds after another.
    pub(super) fn ms_between(&self, one: impl Fn(&Seen) -> bool, other: impl Fn(&Seen) -> bool) -> i128 {
        let first = |wanted: &dyn Fn(&Seen) -> bool| self.seen.iter().find(|observation| wanted(&observation.what)).unwrap().at;
        first(&other).duration_since(first(&one)).as_millis()
    }
}

pub(super) fn url(name: &str) -> String {
    format!("https://bot.example/api/prompts/{name}.wav")
}

pub(super) fn answer() -> Value {
    json!({
        "callbackUri": CALLBACK,
        "acceptedModalities": ["audio"],
        "mediaConfig": { "@odata.type": "#microsoft.graph.serviceHostedMediaConfig" },
    })
}

/// The body of a call to these users, as documented.
pub(super) fn call_to(users: &[&str]) -> Value {
    let target = |id: &&str| {
        json!({
            "@odata.type": "#microsoft.graph.invitationParticipantInfo",
            "identity": {
                "@odata.type": "#microsoft.graph.identitySet",
                "user": { "@odata.type": "#microsoft.graph.identity", "displayName": "John", "id": id },
            },
        })
    };
    json!({
        "@odata.type": "#microsoft.graph.call",
        "callbackUri": CALLBACK,
        "targets": users.iter().map(target).collect::<Vec<_>>(),
        "requestedModalities": ["audio"],
        "mediaConfig": { "@odata.type": "#microsoft.graph.serviceHostedMediaConfig", "removeFromDefaultAudioGroup": false },
    })
}

/// The body of a call to a number, as the application instance `77aa`.
pub(super) fn call_to_number(number: &str) -> Value {
    let mut body = call_to(&["x"]);
    body["targets"][0]["identity"] = json!({ "phone": { "id": number } });
    body["source"] = json!({
        "@odata.type": "#microsoft.graph.participantInfo",
        "identity": { "applicationInstance": { "displayName": "Calling Bot", "id": "77aa" } },
        "region": null,
    });
    body["tenantId"] = json!(TENANT);
    body
}

pub(super) fn prompt(name: &str) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.mediaPrompt",
        "mediaInfo": { "uri": url(name), "resourceId": name },
    })
}

pub(super) fn play(names: &[&str], context: &str) -> Value {
    let prompts: Vec<Value> = names.iter().map(|name| prompt(name)).collect();
    json!({ "prompts": prompts, "clientContext": context })
}

/// The files the bot serves, and what is heard in them.
fn prompts() -> (BTreeMap<String, Bytes>, BTreeMap<String, Caption>) {
    let mut files = BTreeMap::new();
    let mut captions = BTreeMap::new();
    for (name, words, seconds) in [
        ("welcome", "Good day.", 2),
        ("menu", "For sales press one.", 4),
        ("speak", "Leave a message after the tone.", 3),
        ("thanks", "Thank you, goodbye.", 1),
    ] {
        let whole = SignedDuration::from_secs(seconds);
        let bytes = voice::wav(seconds.unsigned_abs(), whole, &[(SignedDuration::ZERO, whole)]);
        let sha256 = HEXLOWER.encode(&Sha256::digest(&bytes));
        captions.insert(sha256, Caption { name: name.into(), words: words.into() });
        files.insert(url(name), bytes);
    }
    files.insert(url("pause"), voice::wav(0, SignedDuration::from_secs(5), &[]));
    files.insert(url("broken"), Bytes::from_static(b"not a wav"));
    (files, captions)
}
