//! The simulated platform as a value: requests, answers and time go in, effects and observations come out.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};

use super::{
    agenda::Due,
    call::Call,
    dialect::plain,
    ledger::Ledger,
    letter::Outcome,
    mishaps::Misfortune,
    observation::{Observation, Seen},
    reply::Refusal,
    route::{self, Route},
    script::{Script, is_key},
    setup::Setup,
    sound::Sound,
    stage::Stage,
    wire::{Effect, Fetched, Posted, Reply, Request},
};

/// Between a failed post and the next try.
const TRY_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(1);

/// A small Teams. It has no clock of its own: each verb is told the time.
#[derive(Debug)]
pub struct World {
    stage: Stage,
    calls: Vec<Call>,
    /// By id in plain form.
    numbers: HashMap<String, usize>,
}

impl World {
    /// A platform without calls.
    pub fn new(setup: Setup) -> Self {
        Self { stage: Stage::new(setup), calls: Vec::new(), numbers: HashMap::new() }
    }

    /// Someone calls the bot. Answers the call's id.
    pub fn ring(&mut self, script: Script, now: Timestamp) -> String {
        self.advance(now);
        let number = self.calls.len();
        let call = Call::new(number, script, &self.stage);
        let id = call.id.clone();
        self.numbers.insert(plain(&id), number);
        self.calls.push(call);
        self.stage.going += 1;
        self.with(number, Call::ring);
        id
    }

    /// The bot asks something of Graph.
    pub fn request(&mut self, request: &Request, now: Timestamp) -> Reply {
        self.advance(now);
        let (written, route) = match route::find(request) {
            Ok(found) => found,
            Err(refusal) => return self.refuse("", &request.path, &refusal),
        };
        let Some(number) = self.number(written) else {
            return self.refuse(written, route.name(), &Refusal::call_not_found());
        };
        let misfortune = self.misfortune(number, route);
        match misfortune {
            Some(Misfortune::Throttled { retry_after }) => {
                Reply { retry_after: Some(retry_after), ..self.break_down(429, "TooManyRequests") }
            }
            Some(Misfortune::Broken { status }) => self.break_down(status, "UnknownError"),
            Some(Misfortune::ReplyLost) => Reply { lost: true, ..self.perform(number, route, request) },
            None => self.perform(number, route, request),
        }
    }

    /// A kept recording: a WAV. The error is an HTTP status: 404, 401 or, from 5 minutes after the call's end, 410.
    pub fn recording(&mut self, path_id: &str, bearer: &str, now: Timestamp) -> Result<Bytes, u16> {
        self.advance(now);
        self.stage.recordings.get(path_id, bearer, self.stage.now)
    }

    /// When something is due next.
    pub fn next_at(&self) -> Option<Timestamp> {
        self.stage.agenda.next_at()
    }

    /// Everything that is due by now happens.
    pub fn advance(&mut self, now: Timestamp) {
        while let Some((at, due)) = self.stage.agenda.take(now) {
            self.stage.set_time(at);
            match due {
                Due::Letter(id) => self.stage.send(id),
                Due::Call(number, alarm) => self.with(number, |call, stage| call.alarm(alarm, stage)),
            }
        }
        self.stage.set_time(now);
    }

    /// What the carrier must do, once.
    pub fn effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.stage.effects)
    }

    /// How the bot answered a post. Ids that are not known, or done with, are ignored.
    pub fn post_answered(&mut self, id: u64, posted: Posted, now: Timestamp) {
        self.advance(now);
        match self.stage.letters.answered(id, &posted) {
            Some(Outcome::Delivered { letter, status }) => {
                self.with(letter.call, |call, stage| call.delivered(letter.purpose, status, stage));
            }
            Some(Outcome::Again) => self.stage.send_after(id, TRY_AGAIN_AFTER),
            Some(Outcome::Undelivered { call, status }) => {
                let id = self.calls[call].id.clone();
                self.stage.observe(&id, Seen::Undelivered { status });
            }
            None => {}
        }
    }

    /// How a download went. Ids that are not known are ignored.
    pub fn fetched(&mut self, id: u64, fetched: Fetched, now: Timestamp) {
        self.advance(now);
        let download = Sound::read(&fetched).map(Arc::new);
        for waiter in self.stage.prompts.fetched(id, &download) {
            self.with(waiter.call, |call, stage| call.prompt_arrived(&waiter, &download, stage));
        }
    }

    /// What was seen since the last time, in order.
    pub fn observations(&mut self) -> Vec<Observation> {
        std::mem::take(&mut self.stage.observations)
    }

    /// The caller presses keys, all at once; characters that are no keys are skipped. `false`: no such call is going.
    pub fn press(&mut self, call: &str, keys: &str, now: Timestamp) -> bool {
        self.lead(call, now, |call, stage| {
            keys.chars().filter(|key| is_key(*key)).for_each(|key| call.press(key, stage));
        })
    }

    /// The caller hangs up. `false`: no such call is going.
    pub fn hang_up(&mut self, call: &str, now: Timestamp) -> bool {
        self.lead(call, now, Call::leave)
    }

    /// The call has ended, and the bot has been told all there is to tell of it or cannot be.
    pub fn is_settled(&self, call: &str) -> bool {
        let is_settled = |number: usize| self.calls[number].ledger.ended.is_some() && self.stage.letters.is_none_for(number);
        self.number(call).is_some_and(is_settled)
    }

    /// No call is going, nothing is to be sent or awaited, nothing is due.
    pub fn is_quiet(&self) -> bool {
        let stage = &self.stage;
        stage.going == 0 && stage.letters.is_empty() && stage.prompts.is_idle() && stage.agenda.is_empty()
    }

    /// What took effect in a call; `None` if there never was one of this id.
    pub fn ledger(&self, call: &str) -> Option<&Ledger> {
        self.number(call).map(|number| &self.calls[number].ledger)
    }

    fn number(&self, id: &str) -> Option<usize> {
        self.numbers.get(&plain(id)).copied()
    }

    /// Does something with a call, and posts what it has to tell.
    fn with<R>(&mut self, number: usize, deed: impl FnOnce(&mut Call, &mut Stage) -> R) -> R {
        let call = &mut self.calls[number];
        let result = deed(call, &mut self.stage);
        call.post_all(&mut self.stage);
        result
    }

    fn lead(&mut self, id: &str, now: Timestamp, deed: impl FnOnce(&mut Call, &mut Stage)) -> bool {
        self.advance(now);
        match self.number(id).filter(|number| !self.calls[*number].is_over()) {
            Some(number) => {
                self.with(number, deed);
                true
            }
            None => false,
        }
    }

    fn perform(&mut self, number: usize, route: Route, request: &Request) -> Reply {
        let done = self.with(number, |call, stage| call.asked(route, request.body.as_ref(), stage));
        match done {
            Ok(reply) => reply,
            Err(refusal) => {
                let id = self.calls[number].id.clone();
                self.refuse(&id, route.name(), &refusal)
            }
        }
    }

    fn misfortune(&mut self, number: usize, route: Route) -> Option<Misfortune> {
        let call = &mut self.calls[number];
        if call.is_over() {
            return None;
        }
        let is_ringing = call.is_ringing();
        let misfortune = call.mishaps.as_mut()?.request(route.name(), is_ringing)?;
        let what = match misfortune {
            Misfortune::Throttled { .. } => "answered with 429".to_owned(),
            Misfortune::Broken { status } => format!("answered with {status}"),
            Misfortune::ReplyLost => "reply lost".to_owned(),
        };
        let kind = format!("request {}: {what}", route.name());
        self.stage.observe(&call.id, Seen::Mishap { kind });
        Some(misfortune)
    }

    fn break_down(&mut self, status: u16, code: &str) -> Reply {
        self.error(&Refusal::new(status, code, "The service cannot answer now."))
    }

    fn refuse(&mut self, call: &str, action: &str, refusal: &Refusal) -> Reply {
        let seen = Seen::Refused { action: action.to_owned(), status: refusal.status, code: refusal.code.clone() };
        self.stage.observe(call, seen);
        self.error(refusal)
    }

    fn error(&mut self, refusal: &Refusal) -> Reply {
        let request_id = self.stage.request_id();
        refusal.reply(&request_id, self.stage.now)
    }
}
