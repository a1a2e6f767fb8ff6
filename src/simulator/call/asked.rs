//! What the bot asks of a call.

use serde_json::{Value, json};

use super::{Call, State, operation::CANCELLED};
use crate::simulator::{
    asks::{Plain, read},
    observation::RecordingEnd,
    reply::{Refusal, with_body},
    route::Route,
    stage::Stage,
    wire::Reply,
};

/// A request about a call.
pub(crate) struct Asking<'a> {
    pub(crate) route: Route,
    /// The id in the path, as written; empty where there is none.
    pub(crate) participant: &'a str,
    pub(crate) body: Option<&'a Value>,
    /// The call whose place is taken, by its number.
    pub(crate) replaced: Option<usize>,
}

impl Call {
    /// Checks a request and does what it asks.
    pub(crate) fn asked(&mut self, asking: Asking<'_>, stage: &mut Stage) -> Result<Reply, Refusal> {
        let Asking { route, participant, body, replaced } = asking;
        match self.state {
            State::Ended => return Err(Refusal::call_not_found()),
            State::Terminating(_) if route != Route::Get => {
                return Err(Refusal::new(404, "8528", "Call terminated."));
            }
            _ => {}
        }
        match route {
            Route::Get => Ok(with_body(200, self.shown(stage))),
            Route::Participants => Ok(self.list_participants(stage)),
            Route::Delete => Ok(self.delete(stage)),
            Route::KeepAlive => self.keep_alive(stage),
            Route::Answer => self.answer(read(body)?, stage),
            Route::Reject => self.reject(read(body)?, stage),
            Route::Redirect => self.redirect(read(body)?, stage),
            Route::PlayPrompt => self.play_prompt(read(body)?, stage),
            Route::RecordResponse => self.record_response(read(body)?, stage),
            Route::SendDtmfTones => self.send_tones(read(body)?, stage),
            Route::SubscribeToTone => self.subscribe_to_tone(read(body)?),
            Route::CancelMediaProcessing => self.cancel_media_processing(read(body)?, stage),
            Route::Transfer => self.transfer(&read(body)?, stage),
            Route::Invite => self.invite(&read(body)?, replaced, stage),
            Route::Mute => self.mute(read(body)?, true, stage),
            Route::Unmute => self.mute(read(body)?, false, stage),
            Route::GetParticipant => self.participant(participant, stage),
            Route::RemoveParticipant => self.remove(participant, stage),
            Route::MuteParticipant => self.mute_one(participant, read(body)?, stage),
            Route::StartHoldMusic => self.start_hold(participant, read(body)?, stage),
            Route::StopHoldMusic => self.stop_hold(participant, read(body)?, stage),
        }
    }

    fn list_participants(&self, stage: &Stage) -> Reply {
        let is_hidden = self.dialect.hides_participants && !self.is_shared();
        let listed = match is_hidden || !(self.has_audio() || self.is_in_lobby()) {
            true => Vec::new(),
            false => self.participants(stage),
        };
        with_body(200, json!({ "value": listed }))
    }

    fn cancel_media_processing(&mut self, ask: Plain, stage: &mut Stage) -> Result<Reply, Refusal> {
        if self.state_name() != "established" {
            return Err(Refusal::new(400, "8501", "Call is not established."));
        }
        self.cancel_media(CANCELLED, RecordingEnd::Cancelled, stage);
        Ok(self.completed("cancelMediaProcessingOperation", ask))
    }
}
