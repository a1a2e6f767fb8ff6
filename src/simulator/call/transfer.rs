//! The bot hands the caller to someone.

use jiff::SignedDuration;
use serde_json::json;

use super::{Call, State, departure::Departure, operation::CANCELLED, view::media_state};
use crate::simulator::{
    agenda::Alarm,
    asks::{Target, Transfer},
    mishaps::Fragility,
    observation::{EndedBy, RecordingEnd, Seen},
    reply::{Refusal, empty},
    script::Person,
    stage::Stage,
    wire::Reply,
};

/// How long someone who does not react is rung.
const RUNG_FOR: SignedDuration = SignedDuration::from_secs(20);
/// How soon someone answers whom the script does not know.
pub(super) const SOON: SignedDuration = SignedDuration::from_secs(3);

/// A transfer under way.
#[derive(Debug)]
pub(super) struct Handover {
    to: String,
    person: Person,
    /// The bot has been told that it is under way.
    is_told: bool,
    pub(super) is_accepted: bool,
}

impl Call {
    pub(super) fn transfer(&mut self, ask: &Transfer, stage: &mut Stage) -> Result<Reply, Refusal> {
        let target = ask.target()?;
        self.must_be_transferable(ask, &target)?;
        self.cancel_media(CANCELLED, RecordingEnd::Cancelled, stage);
        self.clear(Alarm::Patience, stage);
        self.clear(Alarm::Establish, stage);
        self.ledger.transfers += 1;
        self.see(Seen::TransferAsked { to: target.id.clone() }, stage);
        let known = self.people.iter().find(|(id, _)| id.eq_ignore_ascii_case(&target.id));
        self.state = State::Transferring(Handover {
            person: known.map_or(Person::Answers(SOON), |(_, person)| *person),
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
            let person = handover.person;
            let mut data = self.dialect.call("transferring", &self.chain);
            if self.dialect.is_captured {
                data["mediaState"] = media_state("inactive");
            }
            self.tell("updated", "transferring", Fragility::Fragile, data);
            let (Person::Answers(wait) | Person::Declines(wait)) = person else {
                return self.set(Alarm::Transfer, RUNG_FOR, stage);
            };
            return self.set(Alarm::Transfer, wait, stage);
        }
        let to = handover.to.clone();
        match handover.person {
            Person::Answers(_) => {
                handover.is_accepted = true;
                self.transfer_accepted(to, stage);
            }
            Person::Declines(_) => {
                self.see(Seen::TransferDeclined { to }, stage);
                self.come_back(7000, "The transfer target declined the call.", stage);
            }
            Person::Ignores => {
                self.see(Seen::TransferIgnored { to }, stage);
                self.come_back(7700, "The transfer target did not answer.", stage);
            }
        }
    }

    fn must_be_transferable(&self, ask: &Transfer, target: &Target) -> Result<(), Refusal> {
        match &self.state {
            State::Transferring(_) => Err(Refusal::new(409, "8607", "The call is being transferred already.")),
            _ if self.state_name() != "established" => Err(Refusal::new(400, "8501", "Call is not established.")),
            _ if ask.is_consultative() => Err(Refusal::new(501, "notSupported", "a consultative transfer is not simulated")),
            _ if target.is_phone && self.instance.is_none() => Err(Refusal::new(
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
    fn come_back(&mut self, subcode: u32, message: &str, stage: &mut Stage) {
        self.state = State::Connected;
        self.last_failure = json!({
            "@odata.type": "#microsoft.graph.resultInfo",
            "code": 500,
            "subCode": subcode,
            "message": message,
        });
        let mut data = self.with_audio();
        data["resultInfo"] = self.last_failure.clone();
        self.tell("updated", "transferFailed", Fragility::Lazy, data);
        self.settle_in(stage);
    }
}
