//! A call ends.

use serde_json::{Value, json};

use super::arrival::KEPT_ALIVE_WITHIN;
use super::{Call, State, operation::CALL_ENDED};
use crate::simulator::{
    agenda::Alarm,
    dialect::result,
    ledger::{Ended, Verdict},
    mishaps::Fragility,
    observation::{EndedBy, RecordingEnd, Seen},
    reply::{Refusal, empty, with_body},
    stage::Stage,
    wire::Reply,
};

/// Why a call ends.
#[derive(Debug, Clone)]
pub(super) struct Departure {
    by: EndedBy,
    code: u16,
    subcode: u32,
    message: String,
}

impl Departure {
    pub(super) fn new(by: EndedBy, code: u16, subcode: u32, message: &str) -> Self {
        Self { by, code, subcode, message: message.to_owned() }
    }
}

impl Call {
    /// The bot ends the call.
    pub(super) fn delete(&mut self, stage: &mut Stage) -> Reply {
        self.ledger.hang_ups += 1;
        let departure = match self.state {
            State::Placing(_) => Departure::new(EndedBy::Bot, 487, 0, "The call was cancelled by the application."),
            _ => Departure::new(EndedBy::Bot, 0, 7000, "The call was ended by the application."),
        };
        self.depart(departure, stage);
        empty(204)
    }

    pub(super) fn keep_alive(&mut self, stage: &mut Stage) -> Result<Reply, Refusal> {
        if self.is_ringing() {
            return Err(Refusal::new(400, "8585", "The action is not valid in the current call state."));
        }
        self.set(Alarm::KeepAlive, KEPT_ALIVE_WITHIN, stage);
        Ok(with_body(200, json!({})))
    }

    pub(super) fn not_kept_alive(&mut self, stage: &mut Stage) {
        let message = "The call was not kept alive by the bot.";
        self.depart(Departure::new(EndedBy::Platform, 408, 8537, message), stage);
    }

    /// The first who is in the call hangs up. `false`: nobody is.
    pub(crate) fn hang_up(&mut self, stage: &mut Stage) -> bool {
        let first = self.present().into_iter().next();
        first.is_some_and(|number| {
            self.leave(number, stage);
            true
        })
    }

    /// Someone hangs up.
    pub(super) fn leave(&mut self, _number: usize, stage: &mut Stage) {
        let departure = match self.is_ringing() {
            true => Departure::new(EndedBy::Caller, 487, 0, "The caller cancelled the call."),
            false => Departure::new(EndedBy::Caller, 200, 5002, "The conversation has ended. DiagCode: 0#5002.@"),
        };
        self.depart(departure, stage);
    }

    /// From here nothing is heard any more; the last notification follows in a moment.
    pub(super) fn depart(&mut self, departure: Departure, stage: &mut Stage) {
        if self.is_over() {
            return;
        }
        let was_answered = self.ledger.answers > 0 || self.is_placed();
        self.cancel_media(CALL_ENDED, RecordingEnd::CallEnded, stage);
        stage.agenda.clear_call(self.number);
        if was_answered && matches!(departure.by, EndedBy::Caller | EndedBy::Bot) {
            let data = self.dialect.call("terminating", &self.chain);
            self.tell("updated", "terminating", Fragility::Fragile, data);
        }
        self.state = State::Terminating(departure);
        let wait = self.moment(100..300);
        self.set(Alarm::Ending, wait, stage);
    }

    /// The last notification.
    pub(super) fn end(&mut self, stage: &mut Stage) {
        let State::Terminating(departure) = std::mem::replace(&mut self.state, State::Ended) else {
            return;
        };
        let data = match departure.by {
            EndedBy::Rejected => json!({ "@odata.type": "#microsoft.graph.call" }),
            _ => self.terminated(&departure),
        };
        self.tell("deleted", "terminated", Fragility::Fragile, data);
        let Departure { by, code, subcode, message } = departure;
        let ended = Ended { at: stage.now, by, code, subcode, message: message.clone() };
        self.ledger.script = self.verdict(&ended);
        self.ledger.ended = Some(ended);
        self.see(Seen::Ended { by, code, subcode, message }, stage);
        stage.recordings.call_ended(self.number, stage.now);
        stage.going -= 1;
    }

    /// The first script that was not fulfilled.
    fn verdict(&self, ended: &Ended) -> Verdict {
        let verdicts = self.participants.iter().map(|participant| participant.verdict(ended, self.ledger.recordings));
        verdicts.reduce(|one, next| if one == Verdict::Fulfilled { next } else { one }).unwrap_or(Verdict::Fulfilled)
    }

    fn terminated(&self, departure: &Departure) -> Value {
        let mut data = self.dialect.call("terminated", &self.chain);
        data["resultInfo"] = result(departure.code, departure.subcode, &departure.message);
        if departure.by == EndedBy::Bot && self.dialect.has_code_as_text {
            data["resultInfo"] = json!({
                "@odata.type": "#microsoft.graph.resultInfo",
                "code": departure.code.to_string(),
            });
        }
        data
    }
}
