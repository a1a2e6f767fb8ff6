//! One call, from the ring until nothing is owed: the platform, the bot and time take turns, as chance wants.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use switchboard::{
    app::App,
    call::{Call, CallKey, Message},
    clock::Clock,
    functions::{
        brought::{self, Dealt},
        housekeeping,
        notifications::{Callback, deal_with},
    },
    graph::notification::{Post, read},
    media::{PromptPath, Silence},
    one_machine,
    simulator::wire::{Effect, Fetched, Posted},
};

use super::{
    callers::{Caller, Whim},
    tasks::{Errand, Progress, Tasks},
    teams::Teams,
};
use crate::world::gate::{GatedStore, ready};

/// How long a call may take in all.
const LONGEST: SignedDuration = SignedDuration::from_mins(40);

/// How long until a queue brings back what its function did not finish.
const BROUGHT_BACK_AFTER: SignedDuration = SignedDuration::from_secs(5);

/// The bot and the platform.
pub(super) struct House {
    pub(super) app: Arc<App>,
    pub(super) store: Arc<GatedStore>,
    pub(super) teams: Teams,
    /// What the bot has handed out: it would read each file anew, a million times.
    pub(super) prompts: RefCell<HashMap<String, Option<Bytes>>>,
}

impl House {
    fn prompt(&self, sha256: &str) -> Option<Bytes> {
        let read = || ready(self.app.flows.prompt(sha256)).expect("memory does not fail");
        self.prompts.borrow_mut().entry(sha256.to_owned()).or_insert_with(read).clone()
    }
}

/// What goes wrong in the bot's own house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing.
    None,
    /// The one process is killed and begins anew: its timers are gone.
    Killed,
    /// One instance of several is killed: queues bring back what it was woken for.
    InstanceLost,
}

/// One call as it is played.
pub(super) struct Play<'a> {
    house: &'a House,
    tasks: Tasks,
    dice: ChaCha8Rng,
    /// After which steps of its tasks the process is killed.
    kills: Vec<u32>,
    steps: u32,
    fault: Fault,
    house_at: Timestamp,
    whim: Option<(Timestamp, Whim)>,
    /// The call, as Graph writes its id.
    pub(super) call: String,
    pub(super) key: CallKey,
}

impl<'a> Play<'a> {
    /// Somebody rings.
    pub(super) fn begin(house: &'a House, caller: &Caller, fault: Fault, seed: u64) -> Self {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let now = house.teams.time.now();
        let call = house.teams.state().world.ring(caller.script.clone(), now);
        let kills = if fault == Fault::None { 0 } else { dice.random_range(1..=3) };
        let kills = (0..kills).map(|_| dice.random_range(1..250)).collect();
        let mut play = Self {
            house,
            tasks: Tasks::default(),
            kills,
            steps: 0,
            fault,
            house_at: now + SignedDuration::from_secs(dice.random_range(0..60)),
            whim: None,
            dice,
            key: CallKey::parse(&call).expect("Graph's ids are ids"),
            call,
        };
        play.whim = caller.is_fickle.then(|| play.next_whim());
        play
    }

    /// Plays until the call is over and all is done. Yields the document; `None` where it did not come to that.
    pub(super) fn play(&mut self) -> Option<Call> {
        let end = self.now() + LONGEST;
        while self.now() < end {
            self.carry();
            match self.tasks.step(&mut self.dice) {
                Progress::Step => self.suffer(),
                Progress::Done(Errand::Post(id), status) => {
                    let now = self.now();
                    self.house.teams.state().world.post_answered(id, Posted::Answered(status), now);
                }
                Progress::Done(..) => {}
                Progress::None => match self.rests() {
                    Some(call) => return Some(call),
                    None => self.pass_time(),
                },
            }
        }
        None
    }

    fn now(&self) -> Timestamp {
        self.house.teams.time.now()
    }

    /// The document, once everything is over.
    fn rests(&self) -> Option<Call> {
        let is_settled = self.tasks.is_empty() && self.house.teams.state().world.is_settled(&self.call);
        let call = is_settled.then(|| self.house.store.peek(&self.key, self.now())).flatten()?;
        (call.phase.is_over() && call.owed.is_empty()).then_some(call)
    }

    /// Carries out what the platform does to the bot.
    fn carry(&mut self) {
        loop {
            let effects = self.house.teams.state().world.effects();
            if effects.is_empty() {
                return;
            }
            effects.into_iter().for_each(|effect| match effect {
                Effect::Post { id, url, body, tenant } => self.post(id, url, body, tenant),
                Effect::Fetch { id, url } => {
                    let fetched = self.fetch(&url);
                    self.house.teams.state().world.fetched(id, fetched, self.now());
                }
            });
        }
    }

    fn post(&mut self, id: u64, url: String, body: Value, tenant: String) {
        let (app, received) = (Arc::clone(&self.house.app), self.now());
        self.tasks.start(Errand::Post(id), async move {
            let callback = url.rsplit('/').next().and_then(Callback::parse);
            match read(body.to_string().as_bytes(), callback.as_ref().map(Callback::key)) {
                Ok(Post::Batch(items)) => deal_with(&app, items, callback.as_ref(), &tenant, received).await.as_u16(),
                Ok(Post::Empty | Post::Legacy) => 204,
                Err(_) => 400,
            }
        });
    }

    /// A prompt, as the bot hands it out.
    fn fetch(&self, url: &str) -> Fetched {
        let path = url.split_once("/api/prompts/").and_then(|(_, path)| PromptPath::parse(path));
        let bytes = match path {
            Some(PromptPath::Prompt(hash)) => self.house.prompt(hash.as_str()),
            Some(PromptPath::Silence(silence)) => Some(whole(silence)),
            Some(PromptPath::Recording { .. }) | None => None,
        };
        bytes.map_or(Fetched::Failed(404), |bytes| Fetched::File { bytes, is_wav_type: true })
    }

    /// Kills what is under way, if it is time for that.
    fn suffer(&mut self) {
        self.steps += 1;
        if !self.kills.contains(&self.steps) {
            return;
        }
        let dead = match self.fault {
            Fault::None => Vec::new(),
            Fault::Killed => {
                self.house.teams.state().later.clear();
                self.house_at = self.now();
                self.tasks.kill(|| true)
            }
            Fault::InstanceLost => self.tasks.kill(|| self.dice.random_bool(0.5)),
        };
        for errand in dead {
            self.mourn(errand);
        }
        if self.fault == Fault::Killed {
            self.take_over();
        }
    }

    /// What a process that begins anew does before it listens.
    fn take_over(&mut self) {
        let app = Arc::clone(&self.house.app);
        self.tasks.start(Errand::House, async move {
            one_machine::take_over(&app).await;
            200
        });
        while !self.tasks.is_empty() {
            if let (Progress::None, Some(at)) = (self.tasks.step(&mut self.dice), self.house.teams.time.next_at()) {
                self.house.teams.time.advance(at);
            }
        }
    }

    /// Whoever waited for a task that was killed learns of it.
    fn mourn(&mut self, errand: Errand) {
        let now = self.now();
        let mut state = self.house.teams.state();
        match errand {
            Errand::Post(id) => state.world.post_answered(id, Posted::Failed, now),
            Errand::Brought(message) if self.fault == Fault::InstanceLost => {
                state.later.push((now + BROUGHT_BACK_AFTER, *message))
            }
            Errand::Brought(_) | Errand::House => {}
        }
    }

    /// Moves on to the next instant at which something happens, and lets it happen.
    fn pass_time(&mut self) {
        let mut state = self.house.teams.state();
        let times = [
            state.world.next_at(),
            self.house.teams.time.next_at(),
            state.later.iter().map(|(at, _)| *at).min(),
            self.whim.as_ref().map(|(at, _)| *at),
            Some(self.house_at),
        ];
        let now = times.into_iter().flatten().min().unwrap_or(self.house_at).max(self.now());
        self.house.teams.time.advance(now);
        state.world.advance(now);
        let (due, later) = std::mem::take(&mut state.later).into_iter().partition(|(at, _)| *at <= now);
        state.later = later;
        drop(state);
        self.bring(due);
        self.keep_house();
        self.follow_whim();
    }

    fn bring(&mut self, due: Vec<(Timestamp, Message)>) {
        for (_, message) in due {
            let (app, teams) = (Arc::clone(&self.house.app), self.house.teams.clone());
            self.tasks.start(Errand::Brought(Box::new(message.clone())), async move {
                if brought::deal_with(&app, &message).await == Dealt::Again {
                    let at = app.clock.now() + BROUGHT_BACK_AFTER;
                    teams.state().later.push((at, message));
                }
                200
            });
        }
    }

    fn keep_house(&mut self) {
        if self.house_at > self.now() {
            return;
        }
        self.house_at = self.now() + SignedDuration::from_mins(1);
        let app = Arc::clone(&self.house.app);
        self.tasks.start(Errand::House, async move {
            housekeeping::run(&app).await;
            200
        });
    }

    fn follow_whim(&mut self) {
        let now = self.now();
        let Some((_, whim)) = self.whim.take_if(|(at, _)| *at <= now) else { return };
        let is_there = match whim {
            Whim::Press(key) => self.house.teams.state().world.press(&self.call, &key.to_string(), now),
            Whim::HangUp => {
                self.house.teams.state().world.hang_up(&self.call, now);
                false
            }
        };
        self.whim = is_there.then(|| self.next_whim());
    }

    fn next_whim(&mut self) -> (Timestamp, Whim) {
        let (ms, whim) = Whim::next(&mut self.dice);
        (self.now() + SignedDuration::from_millis(ms), whim)
    }
}

fn whole(silence: Silence) -> Bytes {
    let pieces: Vec<Bytes> = silence.pieces(0..u64::MAX).collect();
    pieces.concat().into()
}
