//! A call as JSON: as it rings, as it is asked for, its participants.

use serde_json::{Value, json};

use super::{Call, State, arrival::Arrival, transfer::Handover};
use super::{Origin, Participant};
use crate::simulator::stage::Stage;

impl Call {
    /// The state that Graph would name.
    pub(super) fn state_name(&self) -> &'static str {
        match &self.state {
            State::Incoming => "incoming",
            State::Placing(_) => "establishing",
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
            "sourceParticipantId": self.participants[0].id,
        });
        data
    }

    /// The first post of a call in the shape from before Graph.
    pub(super) fn legacy(&self, stage: &Stage) -> Value {
        let caller = &self.participants[0];
        let participant = |identity: String, originator: bool| {
            json!({
                "identity": identity,
                "participantId": if originator { &caller.id } else { &self.bot_participant },
                "languageId": "en-us",
                "tenantId": stage.setup.tenant,
                "originator": originator,
                "isHidden": false,
                "endPointType": "default",
            })
        };
        let prefix = if caller.who.is_phone() { "4:" } else { "8:orgid:" };
        json!({
            "id": self.id,
            "participants": [participant(format!("{prefix}{}", caller.who.id), true), participant(format!("28:{}", stage.setup.app_id), false)],
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
            "direction": if self.is_placed() { "outgoing" } else { "incoming" },
            "callbackUri": self.callback,
            "callChainId": self.chain,
            "source": self.source(stage),
            "targets": self.targets(stage),
            "requestedModalities": ["audio"],
            "tenantId": stage.setup.tenant,
            "myParticipantId": self.bot_participant,
            "mediaState": media_state,
            "subject": self.subject(),
            "resultInfo": self.last_failure,
            "chatInfo": null,
            "meetingInfo": null,
            "transcription": null,
            "toneInfo": null,
        })
    }

    /// What the reply to its placing shows: some members that no metadata declares, too.
    pub(crate) fn made(&self, stage: &Stage) -> Value {
        let mut shown = self.shown(stage);
        if let Origin::Placed { body, .. } = &self.origin {
            shown["mediaConfig"] = body["mediaConfig"].clone();
        }
        for (name, empty) in [
            ("callRoutes", json!([])),
            ("activeModalities", json!([])),
            ("routingPolicies", json!([])),
            ("terminationReason", Value::Null),
            ("ringingTimeoutInSeconds", Value::Null),
            ("answeredBy", Value::Null),
            ("meetingCapability", Value::Null),
        ] {
            shown[name] = empty;
        }
        shown
    }

    /// The people and the bot.
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
        let people = self.participants.iter().enumerate().filter(|(_, person)| person.is_here());
        let people = people.map(|(number, person)| participant(&person.id, who(person), &(414 + number).to_string()));
        people.chain([participant(&self.bot_participant, bot, "201")]).collect()
    }

    fn source(&self, stage: &Stage) -> Value {
        if let Origin::Placed { body, .. } = &self.origin {
            return match &body["source"] {
                Value::Null => json!({
                    "@odata.type": "#microsoft.graph.participantInfo",
                    "identity": set("application", json!({
                        "@odata.type": "#microsoft.graph.identity",
                        "displayName": "Calling Bot",
                        "id": stage.setup.app_id,
                    })),
                    "countryCode": null,
                    "endpointType": null,
                    "region": null,
                    "languageId": null,
                }),
                given => given.clone(),
            };
        }
        let mut identity = who(&self.participants[0]);
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

    fn targets(&self, stage: &Stage) -> Value {
        match &self.origin {
            Origin::Incoming { .. } => json!([self.target(stage)]),
            Origin::Placed { body, .. } => match &body["targets"] {
                Value::Null => json!([]),
                given => given.clone(),
            },
        }
    }

    fn subject(&self) -> Value {
        match &self.origin {
            Origin::Incoming { .. } => Value::Null,
            Origin::Placed { body, .. } => body["subject"].clone(),
        }
    }

    fn target(&self, stage: &Stage) -> Value {
        let identity = |id: &str| json!({ "@odata.type": "#microsoft.graph.identity", "id": id });
        json!({
            "@odata.type": "#microsoft.graph.invitationParticipantInfo",
            "identity": match self.instance() {
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

fn who(participant: &Participant) -> Value {
    let who = &participant.who;
    let mut identity = json!({ "@odata.type": "#microsoft.graph.identity", "id": who.id });
    if let Some(name) = who.name.as_ref().filter(|_| !who.is_phone()) {
        identity["displayName"] = json!(name);
    }
    set(who.kind, identity)
}
