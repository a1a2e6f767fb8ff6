//! The bot sends a call elsewhere before it answers. All are rung at once, and the first who answers has it.
//!
//! Nothing of it comes back to the bot but the end of its own part: when somebody has it, or when nobody takes it in time.

use jiff::SignedDuration;

use super::{Call, State, departure::Departure};
use crate::simulator::{
    agenda::Alarm,
    asks::Redirect,
    contact::Rung,
    observation::{EndedBy, Seen},
    reply::{Refusal, empty},
    stage::Stage,
    wire::Reply,
};

/// How long one is rung, and how long several are, where the bot does not say: <https://learn.microsoft.com/graph/api/call-redirect>
const RUNG_FOR: (SignedDuration, SignedDuration) = (SignedDuration::from_secs(55), SignedDuration::from_secs(60));

impl Call {
    pub(super) fn redirect(&mut self, ask: Redirect, stage: &mut Stage) -> Result<Reply, Refusal> {
        self.must_ring()?;
        let to: Vec<String> = ask.targets().into_iter().map(|target| target.id).collect();
        let must_be_instance = ask.targets().iter().any(|target| target.is_phone()) && self.instance().is_none();
        if must_be_instance {
            let message = "A call can be sent to a number only if an application instance was called.";
            return Err(Refusal::new(400, "7507", message));
        }
        self.stop_ringing(stage);
        let usual = if to.len() == 1 { RUNG_FOR.0 } else { RUNG_FOR.1 };
        let timeout = ask.timeout.map_or(usual, |seconds| SignedDuration::from_secs(i64::from(seconds)));
        self.callback = ask.callback_uri.unwrap_or_else(|| self.callback.clone());
        self.ledger.redirects += 1;
        let (wait, departure) = self.who_takes_it(&to, timeout, stage);
        self.see(Seen::Redirected { to }, stage);
        self.state = State::Redirecting(departure);
        self.set(Alarm::Redirect, wait, stage);
        Ok(empty(202))
    }

    /// Somebody has it, or nobody wants it.
    pub(super) fn sent_on(&mut self, stage: &mut Stage) {
        if let State::Redirecting(departure) = &self.state {
            let departure = departure.clone();
            self.depart(departure, stage);
        }
    }

    /// When it is over for the bot, and how.
    fn who_takes_it(&self, to: &[String], timeout: SignedDuration, stage: &mut Stage) -> (SignedDuration, Departure) {
        let rung: Vec<Rung> = to.iter().map(|id| self.reaction(id, stage)).collect();
        let answers = rung.iter().filter_map(|rung| match rung {
            Rung::Answers { after, .. } => Some(*after),
            _ => None,
        });
        if let Some(wait) = answers.min().filter(|wait| *wait <= timeout) {
            return (wait, Departure::new(EndedBy::Redirected, 0, 0, "The call was redirected."));
        }
        let declines = rung.iter().map(|rung| match rung {
            Rung::Declines(wait) => (*wait).min(timeout),
            Rung::Busy | Rung::Unreachable => SignedDuration::ZERO,
            Rung::Answers { .. } | Rung::Ignores | Rung::Led => timeout,
        });
        let wait = declines.max().unwrap_or(timeout);
        match wait < timeout {
            true => (wait, Departure::new(EndedBy::Redirected, 603, 0, "The call was declined.")),
            false => (wait, Departure::new(EndedBy::Redirected, 487, 10004, "The call was not answered in time.")),
        }
    }
}
