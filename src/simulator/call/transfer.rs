//! The bot hands the caller to someone.

use jiff::SignedDuration;
use serde_json::json;

use super::{Call, State, departure::Departure, operation::CANCELLED, placing::reason, view::media_state};
use crate::simulator::{
    agenda::Alarm,
    asks::{Target, Transfer},
    contact::Rung,
    mishaps::Fragility,
    observation::{EndedBy, NotTaken, RecordingEnd, Seen},
    reply::{Refusal, empty},
    stage::Stage,
    wire::Reply,
};

/// How long someone who does not react is rung.
const RUNG_FOR: SignedDuration = SignedDuration::from_secs(20);
/// How long it takes to find that someone cannot be rung.
const FOUND_AFTER: SignedDuration = SignedDuration::from_secs(1);

/// A transfer under way.
#[derive(Debug)]
pub(super) struct Handover {
    to: String,
    rung: Rung,
    /// The bot has been told that it is under way.
    is_told: bool,
    pub(super) is_accepted: bool,
}

impl Call {
    pub(super) fn transfer(&mut self, ask: &Transfer, stage: &mut Stage) -> Result<Reply, Refusal> {
        let target = ask.target()?;
        self.must_be_transferable(ask, &target)?;
        self.cancel_media(CANCELLED, RecordingEnd::Cancelled, stage);
        self.nobody_waits(stage);
        self.clear(Alarm::Establish, stage);
        self.ledger.transfers += 1;
        self.see(Seen::TransferAsked { to: target.id.clone() }, stage);
        self.state = State::Transferring(Handover {
            rung: self.reaction(&target.id, stage),
            to: target.id,
            is_told: false,
            is_accepted: false,
        });
        let wait = self.moment(50..150);
        self.set(Alarm::Transfer, wait, stage);
        Ok(empty(202))
    }

    /// The next thing a transfer goes through.
    pub(super) fn hand_over(&mut self, stage: &mut Stage) {
        let State::Transferring(handover) = &mut self.state else {
            return;
        };
        if handover.is_accepted {
            let departure = Departure::new(EndedBy::Transfer, 0, 7015, "GracefulTransferCompleted");
            return self.depart(departure, stage);
        }
        if !std::mem::replace(&mut handover.is_told, true) {
            let wait = match &handover.rung {
                Rung::Answers { after, .. } | Rung::Declines(after) => *after,
                Rung::Ignores | Rung::Led => RUNG_FOR,
                Rung::Busy | Rung::Unreachable => FOUND_AFTER,
            };
            let mut data = self.dialect.call("transferring", &self.chain);
            if self.dialect.is_captured {
                data["mediaState"] = media_state("inactive");
            }
            self.tell("updated", "transferring", Fragility::Fragile, data);
            return self.set(Alarm::Transfer, wait, stage);
        }
        let to = handover.to.clone();
        let why = match handover.rung {
            Rung::Answers { .. } => {
                handover.is_accepted = true;
                return self.transfer_accepted(to, stage);
            }
            Rung::Declines(_) => NotTaken::Declined,
            Rung::Busy => NotTaken::Busy,
            Rung::Ignores | Rung::Led => NotTaken::NoAnswer,
            Rung::Unreachable => NotTaken::Unreachable,
        };
        self.transfer_failed(to, why, stage);
    }

    /// Declined and not answered are told as the documentation has it, unless the script wants it finely.
    fn transfer_failed(&mut self, to: String, why: NotTaken, stage: &mut Stage) {
        let (documented, seen) = match why {
            NotTaken::Declined => (Some((500, 7000, "The transfer target declined the call.")), Seen::TransferDeclined { to }),
            NotTaken::NoAnswer => (Some((500, 7700, "The transfer target did not answer.")), Seen::TransferIgnored { to }),
            NotTaken::Busy | NotTaken::Unreachable => (None, Seen::NotTaken { to, why }),
        };
        self.see(seen, stage);
        // A busy one is told by the subcode of the telephone network, whoever it is.
        let told = documented.filter(|_| !self.fine_transfers).unwrap_or_else(|| reason(why, true));
        self.come_back(told, stage);
    }

    fn must_be_transferable(&self, ask: &Transfer, target: &Target) -> Result<(), Refusal> {
        match &self.state {
            State::Transferring(_) => Err(Refusal::new(409, "8607", "The call is being transferred already.")),
            _ if self.state_name() != "established" => Err(Refusal::new(400, "8501", "Call is not established.")),
            _ if ask.is_consultative() => Err(Refusal::new(501, "notSupported", "a consultative transfer is not simulated")),
            _ if target.is_phone() && self.instance().is_none() => Err(Refusal::new(
                400,
                "7507",
                "A call can be transferred to a number only if an application instance was called.",
            )),
            _ => Ok(()),
        }
    }

    fn transfer_accepted(&mut self, to: String, stage: &mut Stage) {
        self.see(Seen::TransferAnswered { to }, stage);
        let data = self.dialect.call("transferAccepted", &self.chain);
        self.tell("updated", "transferAccepted", Fragility::Fragile, data);
        let wait = self.moment(200..400);
        self.set(Alarm::Transfer, wait, stage);
    }

    /// It failed: the caller is with the bot again. Nothing else tells this, so it is never dropped.
    fn come_back(&mut self, (code, subcode, message): (u16, u32, &str), stage: &mut Stage) {
        self.state = State::Connected;
        self.last_failure = json!({
            "@odata.type": "#microsoft.graph.resultInfo",
            "code": code,
            "subCode": subcode,
            "message": message,
        });
        let mut data = self.with_audio();
        data["resultInfo"] = self.last_failure.clone();
        self.tell("updated", "transferFailed", Fragility::Lazy, data);
        self.settle_in(stage);
    }
}
