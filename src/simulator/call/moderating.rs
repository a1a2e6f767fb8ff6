//! What the bot does with the people of a call of several: removes them, mutes them, puts them on hold; and mutes itself.

use serde_json::json;

use super::{Call, inviting::not_a_group};
use crate::simulator::{
    agenda::Alarm,
    asks::{HoldMusic, Plain, Prompt},
    dialect::plain,
    mishaps::Fragility,
    observation::{NotTaken, Seen},
    reply::{Refusal, empty, with_body},
    setup::JOIN_GROUP,
    shelf::uuid,
    stage::Stage,
    wire::Reply,
};

/// Someone on hold.
#[derive(Debug)]
pub(super) struct OnHold {
    pub(super) number: usize,
    /// The operation that has not ended yet: its id and context.
    operation: Option<(String, Option<String>)>,
}

impl Call {
    /// One participant as Graph shows it.
    pub(super) fn participant(&self, id: &str, stage: &Stage) -> Result<Reply, Refusal> {
        let mut shown = self.participants(stage).into_iter();
        let is_meant = |shown: &serde_json::Value| shown["id"].as_str().is_some_and(|known| plain(known) == plain(id));
        shown.find(is_meant).map(|shown| with_body(200, shown)).ok_or_else(nobody)
    }

    /// Who is in the call leaves it; who is rung is not rung any more.
    pub(super) fn remove(&mut self, id: &str, stage: &mut Stage) -> Result<Reply, Refusal> {
        let number = self.someone(id, stage)?;
        self.ledger.removals += 1;
        let who = self.participants[number].who.id.clone();
        match self.participants[number].is_here() {
            true => self.goes(number, Seen::Removed { who }, stage),
            false => self.pass(number, NotTaken::Cancelled, stage),
        }
        Ok(empty(204))
    }

    pub(super) fn mute_one(&mut self, id: &str, ask: Plain, stage: &mut Stage) -> Result<Reply, Refusal> {
        if plain(id) == plain(&self.bot_participant) {
            return self.mute(ask, true, stage);
        }
        let number = self.someone(id, stage)?;
        self.participants[number].is_muted = true;
        let who = self.participants[number].who.id.clone();
        self.see(Seen::Muted { who }, stage);
        self.tell_roster(stage);
        Ok(self.completed("muteParticipantOperation", ask))
    }

    /// The bot mutes itself, or is heard again.
    pub(super) fn mute(&mut self, ask: Plain, is_muted: bool, stage: &mut Stage) -> Result<Reply, Refusal> {
        self.must_be_shared()?;
        self.is_muted = is_muted;
        let who = "bot".to_owned();
        self.see(if is_muted { Seen::Muted { who } } else { Seen::Unmuted { who } }, stage);
        self.tell_roster(stage);
        Ok(self.completed(if is_muted { "muteParticipantOperation" } else { "unmuteParticipantOperation" }, ask))
    }

    pub(super) fn start_hold(&mut self, id: &str, ask: HoldMusic, stage: &mut Stage) -> Result<Reply, Refusal> {
        let number = self.someone(id, stage)?;
        if self.on_hold.is_some() {
            return Err(Refusal::new(409, "8519", "Another participant is on hold."));
        }
        if let Some(Prompt::Media { media_info }) = &ask.custom_prompt {
            stage.prompt(media_info, None);
        }
        let operation = uuid(&mut self.rng);
        let body = hold(&operation, ask.client_context.as_ref(), "running");
        self.on_hold = Some(OnHold { number, operation: Some((operation, ask.client_context)) });
        let who = self.participants[number].who.id.clone();
        self.see(Seen::OnHold { who }, stage);
        let wait = self.moment(200..600);
        self.set(Alarm::Hold, wait, stage);
        self.tell_roster(stage);
        Ok(with_body(202, body))
    }

    /// The platform says that the music plays.
    pub(super) fn hold_started(&mut self) {
        if let Some((id, context)) = self.on_hold.as_mut().and_then(|on_hold| on_hold.operation.take()) {
            let data = hold(&id, context.as_ref(), "completed");
            self.tell_end(&id, "startHoldMusicOperation", Fragility::Fragile, data);
        }
    }

    pub(super) fn stop_hold(&mut self, id: &str, ask: Plain, stage: &mut Stage) -> Result<Reply, Refusal> {
        let number = self.someone(id, stage)?;
        if self.on_hold.as_ref().is_none_or(|on_hold| on_hold.number != number) {
            return Err(Refusal::new(400, "8585", "The participant is not on hold."));
        }
        self.hold_over(stage);
        let who = self.participants[number].who.id.clone();
        self.see(Seen::OffHold { who }, stage);
        self.tell_roster(stage);
        Ok(Reply { status: 202, ..self.completed("stopHoldMusicOperation", ask) })
    }

    /// Nobody is on hold any more.
    pub(super) fn hold_over(&mut self, stage: &mut Stage) {
        self.clear(Alarm::Hold, stage);
        self.hold_started();
        self.on_hold = None;
    }

    /// Somebody in a call of several, by the id of the participant; or somebody who is rung for it.
    fn someone(&self, id: &str, stage: &Stage) -> Result<usize, Refusal> {
        stage.must_have(JOIN_GROUP)?;
        self.must_be_shared()?;
        let is_meant = |participant: &super::Participant| {
            plain(&participant.id) == plain(id) && (participant.is_here() || participant.is_coming())
        };
        self.participants.iter().position(is_meant).ok_or_else(nobody)
    }

    fn must_be_shared(&self) -> Result<(), Refusal> {
        match (self.state_name() == "established", self.is_shared()) {
            (false, _) => Err(Refusal::new(400, "8501", "Call is not established.")),
            (true, false) => Err(not_a_group()),
            (true, true) => Ok(()),
        }
    }
}

fn nobody() -> Refusal {
    Refusal::new(404, "ResourceNotFound", "No such participant is in the call.")
}

fn hold(id: &str, context: Option<&String>, status: &str) -> serde_json::Value {
    let mut data = json!({ "@odata.type": "#microsoft.graph.startHoldMusicOperation", "id": id, "status": status });
    if let Some(context) = context {
        data["clientContext"] = json!(context);
    }
    data
}
