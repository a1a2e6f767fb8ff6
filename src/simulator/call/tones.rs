//! Keys that the caller presses.

use serde_json::json;

use super::{Call, media::Now};
use crate::simulator::{
    asks::Plain,
    mishaps::Fragility,
    observation::{RecordingEnd, Seen},
    reply::{Refusal, with_body},
    shelf::uuid,
    stage::Stage,
    wire::Reply,
};

impl Call {
    pub(super) fn subscribe_to_tone(&mut self, ask: Plain) -> Result<Reply, Refusal> {
        if self.state_name() != "established" {
            return Err(Refusal::new(400, "8501", "Call is not established."));
        }
        self.is_subscribed = true;
        Ok(self.completed("subscribeToToneOperation", ask))
    }

    /// A reply whose operation is over already: no notification follows.
    pub(super) fn completed(&mut self, kind: &str, ask: Plain) -> Reply {
        let mut body = json!({
            "@odata.type": format!("#microsoft.graph.{kind}"),
            "id": uuid(&mut self.rng),
            "status": "completed",
        });
        if let Some(context) = ask.client_context {
            body["clientContext"] = json!(context);
        }
        with_body(200, body)
    }

    /// A key's tone is told if the bot has subscribed; it may stop a recording as well.
    pub(crate) fn press(&mut self, key: char, stage: &mut Stage) {
        let sent = self.is_subscribed && self.has_audio();
        self.see(Seen::Pressed { key, sent }, stage);
        self.tone_sequence += 1;
        if sent {
            let mut data = json!({
                "@odata.type": "#microsoft.graph.call",
                "state": self.dialect.word("established"),
            });
            data["toneInfo"] = json!({
                "@odata.type": "#microsoft.graph.toneInfo",
                "sequenceId": self.tone_sequence,
                "tone": tone(key),
            });
            self.tell("updated", "tone", Fragility::Lazy, data);
        }
        if let Some(Now::Listening(listening)) = &self.media.now
            && listening.is_stopped_by(key)
        {
            let listening = listening.clone();
            self.recording_finished(&listening, Some(RecordingEnd::StopTone), stage);
        }
    }
}

fn tone(key: char) -> String {
    match key {
        '*' => "star".to_owned(),
        '#' => "pound".to_owned(),
        digit => format!("tone{digit}"),
    }
}
