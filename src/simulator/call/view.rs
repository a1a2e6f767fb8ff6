//! A call as JSON: as it rings, as it is asked for, its participants.

use serde_json::{Value, json};

use super::{Call, State, arrival::Arrival, transfer::Handover};
use crate::simulator::{script::Caller, stage::Stage};

impl Call {
    /// The state that Graph would name.
    pub(super) fn state_name(&self) -> &'static str {
        match &self.state {
            State::Incoming => "incoming",
            State::Arriving(Arrival::Answered | Arrival::Establishing) => "establishing",
            State::Arriving(_) | State::Connected => "established",
            State::Transferring(Handover { is_accepted: true, .. }) => "transferAccepted",
            State::Transferring(_) => "transferring",
            State::Redirecting(_) => "redirecting",
            State::Terminating(_) => "terminating",
            State::Ended => "terminated",
        }
    }

    pub(super) fn has_audio(&self) -> bool {
        matches!(self.state, State::Arriving(Arrival::Audio) | State::Connected)
    }

    /// The call's data, established, with audio.
    pub(super) fn with_audio(&self) -> Value {
        let mut data = self.dialect.call("established", &self.chain);
        data["mediaState"] = media_state("active");
        if self.dialect.is_captured {
            data["meetingCapability"] = json!({ "@odata.type": "#microsoft.graph.meetingCapability" });
            data["coOrganizers"] = json!([]);
        }
        data
    }

    /// The call's data as it rings.
    pub(super) fn incoming(&self, stage: &Stage) -> Value {
        let mut data = self.dialect.call("incoming", &self.chain);
        data["direction"] = json!("incoming");
        data["source"] = self.source(stage);
        data["targets"] = json!([self.target(stage)]);
        if !self.dialect.is_captured {
            data["requestedModalities"] = json!(["audio"]);
            return data;
        }
        data["id"] = json!(self.id);
        data["tenantId"] = json!(stage.setup.tenant);
        data["myParticipantId"] = json!(self.bot_participant);
        data["callbackUri"] = json!(self.callback);
        data["incomingContext"] = json!({
            "@odata.type": "#microsoft.graph.incomingContext",
            "sourceParticipantId": self.caller_participant,
        });
        data
    }

    /// The first post of a call in the shape from before Graph.
    pub(super) fn legacy(&self, stage: &Stage) -> Value {
        let participant = |identity: String, originator: bool| {
            json!({
                "identity": identity,
                "participantId": if originator { &self.caller_participant } else { &self.bot_participant },
                "languageId": "en-us",
                "tenantId": stage.setup.tenant,
                "originator": originator,
                "isHidden": false,
                "endPointType": "default",
            })
        };
        let caller = match &self.caller {
            Caller::User { id, .. } => format!("8:orgid:{id}"),
            Caller::Phone { number } => format!("4:{number}"),
        };
        json!({
            "id": self.id,
            "participants": [participant(caller, true), participant(format!("28:{}", stage.setup.app_id), false)],
            "isMultiparty": false,
            "presentedModalityTypes": ["audio"],
            "callState": "incoming",
            "tenantId": stage.setup.tenant,
        })
    }

    /// What `GET /communications/calls/{id}` shows. It never lies.
    pub(super) fn shown(&self, stage: &Stage) -> Value {
        let media_state = match self.has_audio() {
            true => media_state("active"),
            false => Value::Null,
        };
        json!({
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#communications/calls/$entity",
            "@odata.type": "#microsoft.graph.call",
            "id": self.id,
            "state": self.state_name(),
            "direction": "incoming",
            "callbackUri": self.callback,
            "callChainId": self.chain,
            "source": self.source(stage),
            "targets": [self.target(stage)],
            "requestedModalities": ["audio"],
            "tenantId": stage.setup.tenant,
            "myParticipantId": self.bot_participant,
            "mediaState": media_state,
            "subject": null,
            "resultInfo": self.last_failure,
            "chatInfo": null,
            "meetingInfo": null,
            "transcription": null,
            "toneInfo": null,
        })
    }

    /// The caller and the bot.
    pub(super) fn participants(&self, stage: &Stage) -> Vec<Value> {
        let participant = |id: &str, identity: Value, source: &str| {
            json!({
                "@odata.type": "#microsoft.graph.participant",
                "info": {
                    "@odata.type": "#microsoft.graph.participantInfo",
                    "identity": identity,
                    "endpointType": "default",
                },
                "mediaStreams": [{
                    "@odata.type": "#microsoft.graph.mediaStream",
                    "mediaType": "audio",
                    "sourceId": source,
                    "direction": "sendReceive",
                    "serverMuted": false,
                }],
                "isMuted": false,
                "isInLobby": false,
                "id": id,
            })
        };
        let bot = set(
            "application",
            json!({
                "@odata.type": "#microsoft.graph.identity",
                "id": stage.setup.app_id,
                "displayName": format!("28:{}", stage.setup.app_id),
            }),
        );
        vec![participant(&self.caller_participant, self.who(), "414"), participant(&self.bot_participant, bot, "201")]
    }

    fn source(&self, stage: &Stage) -> Value {
        let mut identity = self.who();
        if let Some(user) = identity.get_mut("user") {
            user["tenantId"] = json!(stage.setup.tenant);
        }
        json!({
            "@odata.type": "#microsoft.graph.participantInfo",
            "identity": identity,
            "endpointType": "default",
            "region": "emea",
            "languageId": "en-GB",
        })
    }

    fn who(&self) -> Value {
        match &self.caller {
            Caller::User { id, name } => set(
                "user",
                json!({
                    "@odata.type": "#microsoft.graph.identity",
                    "id": id,
                    "displayName": name,
                }),
            ),
            Caller::Phone { number } => set(
                "phone",
                json!({
                    "@odata.type": "#microsoft.graph.identity",
                    "id": number,
                }),
            ),
        }
    }

    fn target(&self, stage: &Stage) -> Value {
        let identity = |id: &str| json!({ "@odata.type": "#microsoft.graph.identity", "id": id });
        json!({
            "@odata.type": "#microsoft.graph.invitationParticipantInfo",
            "identity": match &self.instance {
                Some(instance) => set("applicationInstance", identity(instance)),
                None => set("application", identity(&stage.setup.app_id)),
            },
            "endpointType": "default",
        })
    }
}

pub(super) fn media_state(audio: &str) -> Value {
    json!({ "@odata.type": "#microsoft.graph.callMediaState", "audio": audio })
}

fn set(kind: &str, identity: Value) -> Value {
    json!({ "@odata.type": "#microsoft.graph.identitySet", kind: identity })
}
