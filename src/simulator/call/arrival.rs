//! A call rings, is answered, declined or sent elsewhere, and comes to stand.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Call, Item, State, departure::Departure};
use crate::simulator::{
    agenda::Alarm,
    asks::{Answer, MediaConfig, Reason, Reject},
    letter::Purpose,
    mishaps::Fragility,
    observation::{EndedBy, Seen},
    reply::{Refusal, empty},
    stage::Stage,
    wire::Reply,
};

/// The bot must answer the first post within this.
const ACKNOWLEDGED_WITHIN: SignedDuration = SignedDuration::from_secs(5);
/// The bot must answer, decline or redirect the call within this.
const ANSWERED_WITHIN: SignedDuration = SignedDuration::from_secs(15);
/// The bot must keep the call alive within this.
pub(super) const KEPT_ALIVE_WITHIN: SignedDuration = SignedDuration::from_mins(45);

/// What an answered call goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrival {
    Answered,
    Establishing,
    Established,
    Audio,
}

impl Call {
    pub(crate) fn ring(&mut self, stage: &mut Stage) {
        for participant in &self.participants {
            self.see(Seen::Rang { caller: participant.called_by().to_owned() }, stage);
        }
        self.set(Alarm::Unacknowledged, ACKNOWLEDGED_WITHIN, stage);
        self.set(Alarm::Unanswered, ANSWERED_WITHIN, stage);
        match stage.setup.legacy_first {
            true => self.lay_incoming(Purpose::Legacy, self.legacy(stage)),
            false => self.offer(stage),
        }
    }

    /// The bot has an incoming notification. 204 asks for it again, in Graph's shape.
    pub(crate) fn delivered(&mut self, purpose: Purpose, status: u16, stage: &mut Stage) {
        match purpose {
            Purpose::Update => {}
            _ if !self.is_ringing() => {}
            Purpose::Legacy if status == 204 => {
                self.set(Alarm::Unacknowledged, ACKNOWLEDGED_WITHIN, stage);
                self.offer(stage);
            }
            Purpose::Legacy | Purpose::Incoming => self.clear(Alarm::Unacknowledged, stage),
        }
    }

    pub(super) fn answer(&mut self, ask: Answer, stage: &mut Stage) -> Result<Reply, Refusal> {
        self.must_ring()?;
        self.stop_ringing(stage);
        self.callback = ask.callback_uri;
        let MediaConfig::ServiceHosted { pre_fetch_media } = ask.media_config;
        for media in pre_fetch_media.into_iter().flatten() {
            stage.prompt(&media, None);
        }
        self.ledger.answers += 1;
        self.see(Seen::Answered, stage);
        self.state = State::Arriving(Arrival::Answered);
        self.wait_to_establish(50..150, stage);
        Ok(empty(202))
    }

    pub(super) fn reject(&mut self, ask: Reject, stage: &mut Stage) -> Result<Reply, Refusal> {
        self.must_ring()?;
        self.stop_ringing(stage);
        self.callback = ask.callback_uri.unwrap_or_else(|| self.callback.clone());
        self.ledger.rejects += 1;
        let (reason, code, message) = match ask.reason.unwrap_or(Reason::None) {
            Reason::None => ("none", 480, "The call was rejected."),
            Reason::Busy => ("busy", 486, "The callee is busy."),
            Reason::Forbidden => ("forbidden", 403, "The call was forbidden."),
        };
        self.see(Seen::Rejected { reason: reason.to_owned() }, stage);
        self.depart(Departure::new(EndedBy::Rejected, code, 0, message), stage);
        Ok(empty(202))
    }

    /// The next thing an answered call goes through.
    pub(super) fn establish(&mut self, stage: &mut Stage) {
        match self.state {
            State::Arriving(Arrival::Answered) => {
                self.state = State::Arriving(Arrival::Establishing);
                let data = self.dialect.call("establishing", &self.chain);
                self.tell("updated", "establishing", Fragility::Fragile, data);
                self.wait_to_establish(150..400, stage);
            }
            State::Arriving(Arrival::Establishing) => {
                self.state = State::Arriving(Arrival::Established);
                let mut data = self.dialect.call("established", &self.chain);
                if self.is_placed() {
                    data["direction"] = json!("outgoing");
                }
                self.tell("updated", "established", Fragility::Fragile, data);
                self.set(Alarm::KeepAlive, KEPT_ALIVE_WITHIN, stage);
                self.wait_to_establish(200..500, stage);
            }
            State::Arriving(Arrival::Established) => {
                self.state = State::Arriving(Arrival::Audio);
                let data = self.with_audio();
                self.tell("updated", "audio", Fragility::Fragile, data);
                self.see(Seen::Connected, stage);
                self.settle_in(stage);
                self.wait_to_establish(100..300, stage);
            }
            State::Arriving(Arrival::Audio) => {
                self.state = State::Connected;
                self.tell_the_rest(stage);
            }
            _ => {}
        }
    }

    pub(super) fn unacknowledged(&mut self, stage: &mut Stage) {
        let message = "The bot did not acknowledge the incoming call within 5 seconds.";
        self.depart(Departure::new(EndedBy::Platform, 408, 8586, message), stage);
    }

    pub(super) fn unanswered(&mut self, stage: &mut Stage) {
        let message = "The bot did not answer the incoming call within 15 seconds.";
        self.depart(Departure::new(EndedBy::Platform, 408, 8587, message), stage);
    }

    pub(super) fn must_ring(&self) -> Result<(), Refusal> {
        match self.is_ringing() {
            true => Ok(()),
            false => Err(Refusal::new(400, "8585", "The action is not valid in the current call state.")),
        }
    }

    pub(super) fn stop_ringing(&self, stage: &mut Stage) {
        self.clear(Alarm::Unacknowledged, stage);
        self.clear(Alarm::Unanswered, stage);
    }

    pub(super) fn wait_to_establish(&mut self, ms: std::ops::Range<i64>, stage: &mut Stage) {
        let wait = self.moment(ms);
        self.set(Alarm::Establish, wait, stage);
    }

    fn offer(&mut self, stage: &Stage) {
        let data = self.incoming(stage);
        let value = self.dialect.item(&self.id, "", "created", data);
        self.lay_incoming(Purpose::Incoming, value);
    }

    fn lay_incoming(&mut self, purpose: Purpose, value: Value) {
        self.tray.push(Item { kind: "incoming".to_owned(), fragility: Fragility::Solid, purpose, value });
    }

    /// Chat, meeting token and roster, as seen after the audio.
    fn tell_the_rest(&mut self, stage: &Stage) {
        let mut data = self.with_audio();
        data["chatInfo"] = json!({
            "@odata.type": "#microsoft.graph.chatInfo",
            "threadId": format!("19:{}", self.chain),
            "messageId": "0",
        });
        data["replacesContext"] = json!("c2ltdWxhdGVk");
        self.tell("updated", "chat", Fragility::Fragile, data.clone());
        data["meetingInfo"] = json!({
            "@odata.type": "#microsoft.graph.tokenMeetingInfo",
            "token": format!("simulated.{}", self.chain),
        });
        self.tell("updated", "meeting", Fragility::Fragile, data);
        let roster = json!(self.participants(stage));
        self.tell_of("/participants", "updated", "roster", Fragility::Fragile, roster);
    }
}
