//! How a call is placed: asked of Graph once, again only when nobody knows whether it was, and taken by somebody or not.
//!
//! Graph has no key by which two requests for one call would be known as one. So each try has a callback URL of its own: the first
//! notification on it tells that the call is there, whatever became of the reply. A try of which nothing is heard for a minute has
//! come to nothing; should it turn up after all, one of the two calls is ended.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    action::{Action, Owed},
    document::{AUDIBLE_WITHIN_MS, Call, later},
    event::{CallState, Event, ResultInfo},
    ids::GraphCallId,
    meeting::Meeting,
    moment::Moment,
    not_taken::NotTaken,
    phase::{Ending, Phase},
};
use crate::flow::Target;

/// How long after a request of which nobody knows what became a notification of the call may come, in milliseconds.
pub const WORD_WITHIN_MS: u64 = 60_000;

/// How often a call is asked for at the most: once by a process that was killed meanwhile, twice in vain, and once more.
const MOST_TRIES: usize = 4;

/// How long it may take until Graph has the call, in milliseconds: patience that Graph asks for included.
const PLACED_WITHIN_MS: u64 = 5 * 60_000;

/// What is known of a call that the bot places.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Placing {
    /// Who is rung, 1 to 5; nobody where a meeting is joined.
    pub targets: Vec<Target>,
    /// The resource account that calls, by object id; Graph calls phone numbers for one only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The meeting that is joined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<Meeting>,
    /// How long it is waited for somebody to take the call, or to be let into the meeting, in seconds.
    pub ring_s: u16,
    /// What was asked for, hashed, by which a repeated order is told from another one.
    pub request: String,
    /// Each time that Graph was asked for the call.
    #[serde(default)]
    pub tries: Vec<Try>,
}

/// One request for the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Try {
    /// The number of its action.
    pub n: u32,
    /// Graph's id of the call that came of it, once known.
    pub graph_id: Option<GraphCallId>,
    /// Somebody took that call.
    pub is_taken: bool,
    /// That call is over, or is being ended since there is another.
    pub is_over: bool,
}

/// How far a call that is being placed has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// Graph is asked for it.
    Asked,
    /// Graph has it: somebody is rung, or the bot waits to be let in.
    Rings,
    /// Somebody has taken it; it cannot be heard yet.
    Taken,
}

impl Moment<'_> {
    /// The call is to be placed: what was decided of it is in its document.
    pub(super) fn is_to_be_placed(&mut self) {
        let is_new = self.call.next_n == 1 && matches!(self.call.phase, Phase::Placing { .. });
        if !is_new {
            return;
        }
        self.note("place", None, "asked for");
        self.declare_variables();
        self.call.phase = Phase::Placing { reached: Reached::Asked, until: later(self.now, PLACED_WITHIN_MS) };
        self.try_to_place();
    }

    /// Something came on the callback URL of the try of this number, from 1.
    pub(super) fn of_try(&mut self, number: u8, graph_id: Option<&GraphCallId>, event: &Event) -> Option<Event> {
        let index = usize::from(number).checked_sub(1)?;
        let attempt = self.call.placing.as_mut()?.tries.get_mut(index)?;
        let id = graph_id.or(attempt.graph_id.as_ref()).cloned()?;
        attempt.is_taken |= tells_of_an_answer(event);
        let is_end = matches!(event, Event::CallEnded { .. });
        self.heard_of(index, id.clone());
        if let Some(attempt) = self.call.placing.as_mut().and_then(|placing| placing.tries.get_mut(index)) {
            attempt.is_over |= is_end;
        }
        (self.call.graph_id == Some(id)).then(|| event.clone())
    }

    /// Graph has the call: as its reply says, or as the first notification does.
    pub(super) fn placed(&mut self, n: u32, id: &GraphCallId) {
        let tries = self.call.placing.iter().flat_map(|placing| &placing.tries);
        if let Some(index) = tries.into_iter().position(|attempt| attempt.n == n) {
            self.heard_of(index, id.clone());
        }
    }

    /// There is a call of this try. Where there is one of another try too, that which somebody has taken stays, else the earlier.
    fn heard_of(&mut self, index: usize, id: GraphCallId) {
        let Some(placing) = &mut self.call.placing else { return };
        if placing.tries[index].graph_id.is_none() {
            placing.tries[index].graph_id = Some(id.clone());
        }
        if placing.tries[index].is_over || self.call.graph_id.as_ref() == Some(&id) {
            return;
        }
        let bound = self.call.graph_id.clone();
        let other = placing.tries.iter().position(|attempt| attempt.graph_id.is_some() && attempt.graph_id == bound);
        let stays = other.is_none_or(|other| {
            let (this, other) = (&placing.tries[index], &placing.tries[other]);
            (this.is_taken, other.n) > (other.is_taken, this.n)
        });
        match (other, stays) {
            (Some(other), true) => self.end_twin(other),
            (Some(_), false) => return self.end_twin(index),
            (None, _) => {}
        }
        self.call.graph_id = Some(id);
        self.is_there();
    }

    /// The call is at Graph, so it is not asked for again; and it is not wanted any more where it was given up meanwhile.
    fn is_there(&mut self) {
        let before = self.call.owed.len();
        self.call.owed.retain(|owed| !matches!(owed.action, Action::CreateCall { .. }));
        if before != self.call.owed.len() {
            self.note("create_call", None, "had happened");
        }
        match self.call.phase {
            Phase::Placing { reached: Reached::Asked, .. } => {
                let ring_ms = self.call.placing.as_ref().map_or(0, |placing| u64::from(placing.ring_s) * 1000);
                self.call.phase = Phase::Placing { reached: Reached::Rings, until: later(self.now, ring_ms) };
            }
            Phase::Placing { .. } | Phase::InStep { .. } | Phase::Ringing { .. } => {}
            Phase::HangingUp { .. } | Phase::Ended { .. } => {
                self.call.owe(Action::HangUp);
            }
        }
    }

    /// Ends the call of a try that there is one too many of.
    fn end_twin(&mut self, index: usize) {
        let Some(attempt) = self.call.placing.as_mut().and_then(|placing| placing.tries.get_mut(index)) else { return };
        if std::mem::replace(&mut attempt.is_over, true) {
            return;
        }
        let Some(call) = attempt.graph_id.clone() else { return };
        self.note("hang_up_twin", None, "the call was placed twice: one of the two is ended");
        self.call.owe(Action::HangUpTwin { call });
    }

    /// Somebody has taken the call, or let the bot in.
    pub(super) fn taken(&mut self) {
        if let Phase::Placing { reached: Reached::Asked | Reached::Rings, .. } = self.call.phase {
            self.note("call_updated", None, "taken");
            self.call.phase = Phase::Placing { reached: Reached::Taken, until: later(self.now, AUDIBLE_WITHIN_MS) };
        }
    }

    /// Nobody knows whether Graph has the call: it is asked again, unless word of it comes within a minute.
    pub(super) fn word_awaited(&mut self, owed: &Owed) {
        self.paid(owed, "no answer: word of the call is waited for");
        let tries = self.call.placing.as_ref().map_or(0, |placing| placing.tries.len());
        let until = later(self.now, WORD_WITHIN_MS);
        match tries < MOST_TRIES {
            true => {
                let n = self.try_to_place();
                self.put_off(n, Some(until), 0);
            }
            false => self.call.phase = Phase::Placing { reached: Reached::Asked, until },
        }
    }

    /// Graph will not place the call.
    pub(super) fn not_placed(&mut self) {
        if matches!(self.call.phase, Phase::Placing { .. }) {
            self.end(Ending::NotPlaced, None);
        }
    }

    /// It took too long until somebody took the call.
    pub(super) fn rung_out(&mut self) {
        let Phase::Placing { reached, until } = self.call.phase else { return };
        if until > self.now {
            return;
        }
        match reached {
            Reached::Asked => {
                self.note("wake", None, "Graph has not placed the call");
                self.call.owed.retain(Owed::outlives_the_call);
                self.end(Ending::NotPlaced, None);
            }
            Reached::Rings => {
                self.note("wake", None, "nobody has taken it");
                self.hang_up_for(Ending::NoAnswer);
            }
            // Nothing is given up any more: it is looked at.
            Reached::Taken => {}
        }
    }

    fn try_to_place(&mut self) -> u32 {
        let start = self.flow.steps.get(&self.flow.start);
        let prefetch = start.map(|step| self.sounds(step.plays_first())).unwrap_or_default();
        let number = self.call.placing.as_ref().map_or(0, |placing| placing.tries.len()) + 1;
        let n = self.call.owe(Action::CreateCall { number: number.try_into().unwrap_or(u8::MAX), prefetch });
        if let Some(placing) = &mut self.call.placing {
            placing.tries.push(Try { n, graph_id: None, is_taken: false, is_over: false });
        }
        n
    }
}

impl Call {
    /// When a call that nobody takes is given up, to the second: no notification announces that.
    pub fn rings_until(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Placing { reached: Reached::Asked | Reached::Rings, until } => Some(until),
            _ => None,
        }
    }
}

impl Ending {
    /// Why nobody took a call, as Graph has it.
    pub(super) fn of_not_taken(result: Option<&ResultInfo>) -> Self {
        match NotTaken::from(result) {
            NotTaken::Busy => Self::Busy,
            NotTaken::Declined => Self::Declined,
            NotTaken::NoAnswer => Self::NoAnswer,
            NotTaken::NotFound => Self::Unreachable,
            NotTaken::Unsaid => Self::NotTaken,
        }
    }
}

/// Graph says established of a call that somebody has taken, and of no other.
fn tells_of_an_answer(event: &Event) -> bool {
    match event {
        Event::CallUpdated(update) => update.state == Some(CallState::Established),
        Event::ToneReceived(_) | Event::ParticipantsUpdated { .. } => true,
        _ => false,
    }
}
