//! A small bot that asks again, remembers what it has heard and looks around each minute comes through every mishap.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::room::{Room, answer, play, prompt};
use crate::simulator::ledger::Verdict;

const SCRIPT: &str = r##"
[[does]]
hears = "menu"
presses = "1"
[[does]]
hears = "speak"
speaks = "6s"
presses = "#"
[[does]]
hears = "thanks"
hangs_up = true
[ends]
by = "caller"
recordings = 1
"##;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Stands {
    Ringing,
    Answered,
    Menu,
    Recording,
    Thanks,
}

struct Bot {
    room: Room,
    call: String,
    stands: Stands,
    number: u32,
    expected_by: Timestamp,
    looks_at: Timestamp,
    read: usize,
    heard: BTreeSet<i64>,
}

impl Bot {
    fn new(seed: u64) -> Self {
        let mut room = Room::with(|setup| {
            setup.mishaps = Some(seed);
            setup.seed = seed;
        });
        Self {
            call: room.ring(SCRIPT),
            looks_at: room.now + MINUTE,
            expected_by: Timestamp::MAX,
            room,
            stands: Stands::Ringing,
            number: 0,
            read: 0,
            heard: BTreeSet::new(),
        }
    }

    fn lives(&mut self) {
        let end = self.room.now + MINUTE * 20;
        while !self.room.world.is_quiet() && self.room.now < end {
            while let Some(got) = self.room.got.get(self.read) {
                let item = got.item.clone();
                self.read += 1;
                self.reads(&item["resourceData"]);
            }
            if self.room.now >= self.looks_at {
                self.looks_at = self.room.now + MINUTE;
                self.looks_around();
            }
            self.room.pass(50);
        }
    }

    fn reads(&mut self, data: &Value) {
        let state = data["state"].as_str().unwrap_or_default().to_lowercase();
        let is_mine = data["clientContext"] == self.number.to_string().as_str();
        if state == "incoming" && self.stands == Stands::Ringing {
            self.insist("answer", &answer());
            self.stands = Stands::Answered;
        } else if data["mediaState"]["audio"] == "active" {
            self.has_audio();
        } else if let Some(sequence) = data["toneInfo"]["sequenceId"].as_i64() {
            if self.heard.insert(sequence) && data["toneInfo"]["tone"] == "tone1" && self.stands == Stands::Menu {
                self.insist("cancelMediaProcessing", &json!({}));
                self.turns_to(Stands::Recording);
            }
        } else if is_mine {
            self.is_done();
        }
    }

    fn looks_around(&mut self) {
        if self.stands == Stands::Answered {
            let path = format!("/communications/calls/{}", self.call);
            let reply = self.room.request("GET", &path, None);
            let audio = reply.body.map(|body| body["mediaState"]["audio"].clone());
            if !reply.lost && audio == Some(json!("active")) {
                self.has_audio();
            }
        } else if self.room.now > self.expected_by {
            self.is_done();
        }
    }

    fn has_audio(&mut self) {
        if self.stands == Stands::Answered {
            self.insist("subscribeToTone", &json!({}));
            self.turns_to(Stands::Menu);
        }
    }

    fn is_done(&mut self) {
        match self.stands {
            Stands::Menu => self.turns_to(Stands::Menu),
            Stands::Recording => self.turns_to(Stands::Thanks),
            _ => {}
        }
    }

    fn turns_to(&mut self, stands: Stands) {
        self.stands = stands;
        let (action, seconds) = match stands {
            Stands::Recording => ("recordResponse", 80),
            _ => ("playPrompt", 19),
        };
        for _ in 0..4 {
            self.number += 1;
            let reply = self.room.ask(&self.call, action, self.sound(stands));
            if !reply.lost && reply.status == 200 {
                break;
            }
            self.room.pass(2_000);
            self.insist("cancelMediaProcessing", &json!({}));
        }
        self.expected_by = self.room.now + SignedDuration::from_secs(seconds);
    }

    fn sound(&self, stands: Stands) -> Value {
        let context = self.number.to_string();
        match stands {
            Stands::Menu => play(&["menu", "pause"], &context),
            Stands::Recording => json!({
                "prompts": [prompt("speak")],
                "stopTones": ["#"],
                "maxRecordDurationInSeconds": 60,
                "clientContext": context,
            }),
            _ => play(&["thanks"], &context),
        }
    }

    /// Again until it is done; a refusal may mean that it was done before.
    fn insist(&mut self, action: &str, body: &Value) {
        for _ in 0..4 {
            let reply = self.room.ask(&self.call, action, body.clone());
            if !reply.lost && reply.status < 429 {
                return;
            }
            self.room.pass(2_000);
        }
    }
}

#[test]
fn every_seed_of_mishaps_can_be_survived() {
    for seed in 0..150 {
        let mut bot = Bot::new(seed);
        bot.lives();
        let ledger = bot.room.world.ledger(&bot.call).unwrap();
        assert_eq!(ledger.script, Verdict::Fulfilled, "seed {seed}: {:#?}", bot.room.seen);
        assert_eq!((ledger.answers, ledger.recordings), (1, 1), "seed {seed}");
    }
}
