//! The simulated platform as a value: requests, answers and time go in, effects and observations come out.

mod placing;

pub use placing::Placed;

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};

use super::{
    agenda::Due,
    call::Call,
    dialect::plain,
    ledger::Ledger,
    letter::Outcome,
    mishaps::{Creates, Misfortune},
    observation::{Observation, Seen},
    reply::Refusal,
    route::{self, Found, Route},
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
    /// What goes wrong with placing calls.
    creates: Option<Creates>,
}

impl World {
    /// A platform without calls.
    pub fn new(setup: Setup) -> Self {
        let creates = setup.mishaps.map(Creates::new);
        Self { stage: Stage::new(setup), calls: Vec::new(), numbers: HashMap::new(), creates }
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
            Ok(Found::Create) => return self.create(request),
            Ok(Found::Call(written, route)) => (written, route),
            Err(refusal) => return self.refuse("", &request.path, &refusal),
        };
        let Some(number) = self.number(written) else {
            return self.refuse(written, route.name(), &Refusal::call_not_found());
        };
        let Some(misfortune) = self.misfortune(number, route) else {
            return self.perform(number, route, request);
        };
        let id = self.calls[number].id.clone();
        self.nothing_done(&id, route.name(), &misfortune).unwrap_or_else(|| {
            self.stage.observe(&id, Seen::Mishap { kind: format!("request {}: reply lost", route.name()) });
            Reply { lost: true, ..self.perform(number, route, request) }
        })
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

    /// The person in the call presses keys, all at once; characters that are no keys are skipped. `false`: nobody is in such a call.
    pub fn press(&mut self, call: &str, keys: &str, now: Timestamp) -> bool {
        self.lead(call, now, |call, stage| {
            let is_there = call.has_people();
            keys.chars().filter(|key| is_there && is_key(*key)).for_each(|key| call.press(key, stage));
            is_there
        })
    }

    /// The person in the call hangs up; the first, of several. `false`: nobody is in such a call.
    pub fn hang_up(&mut self, call: &str, now: Timestamp) -> bool {
        self.lead(call, now, Call::hang_up)
    }

    /// The person who is rung for a call of the bot takes it; the first, of several. `false`: nobody is rung for it.
    pub fn answer(&mut self, call: &str, now: Timestamp) -> bool {
        self.lead(call, now, Call::be_answered)
    }

    /// The person who is rung for a call of the bot declines it; the first, of several. `false`: nobody is rung for it.
    pub fn decline(&mut self, call: &str, now: Timestamp) -> bool {
        self.lead(call, now, Call::be_declined)
    }

    /// The ids of all calls, in order.
    pub fn calls(&self) -> Vec<String> {
        self.calls.iter().map(|call| call.id.clone()).collect()
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

    fn lead(&mut self, id: &str, now: Timestamp, deed: impl FnOnce(&mut Call, &mut Stage) -> bool) -> bool {
        self.advance(now);
        let number = self.number(id).filter(|number| !self.calls[*number].is_over());
        number.is_some_and(|number| self.with(number, deed))
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
        call.mishaps.as_mut()?.request(route.name(), is_ringing)
    }

    /// The reply of a request that failed with nothing done; `None` if it is to be done.
    fn nothing_done(&mut self, call: &str, action: &str, misfortune: &Misfortune) -> Option<Reply> {
        let (status, code, retry_after) = match misfortune {
            Misfortune::Throttled { retry_after } => (429, "TooManyRequests", Some(*retry_after)),
            Misfortune::Broken { status } => (*status, "UnknownError", None),
            Misfortune::ReplyLost => return None,
        };
        self.stage.observe(call, Seen::Mishap { kind: format!("request {action}: answered with {status}") });
        let refusal = Refusal::new(status, code, "The service cannot answer now.");
        Some(self.error(&Refusal { retry_after, ..refusal }))
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
