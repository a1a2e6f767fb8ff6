//! `POST /communications/calls`: a call to one, to several, or into a meeting.
//!
//! <https://learn.microsoft.com/graph/api/application-post-calls>

use serde::Deserialize;
use serde_json::Value;

use super::{Ask, Invitation, MediaConfig, Modality, Target, callback_fault, media_fault, read};
use crate::simulator::reply::Refusal;

/// How many can be called at once.
pub(super) const TARGETS: usize = 5;

/// Not declared in v1.0, but in the documentation's calls; and what the platform fills in itself. They pass, and change nothing.
const IGNORED: [&str; 16] = [
    "activeModalities",
    "answeredBy",
    "callChainId",
    "callRoutes",
    "id",
    "incomingContext",
    "mediaState",
    "meetingCapability",
    "myParticipantId",
    "resultInfo",
    "ringingTimeoutInSeconds",
    "routingPolicies",
    "state",
    "terminationReason",
    "toneInfo",
    "transcription",
];

/// The body.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Create {
    pub(crate) callback_uri: String,
    pub(crate) media_config: MediaConfig,
    requested_modalities: Vec<Modality>,
    targets: Option<Vec<Invitation>>,
    source: Option<Source>,
    pub(crate) tenant_id: Option<String>,
    #[serde(rename = "subject")]
    _subject: Option<String>,
    chat_info: Option<ChatInfo>,
    meeting_info: Option<MeetingInfo>,
    direction: Option<String>,
    #[serde(rename = "callOptions")]
    _call_options: Option<CallOptions>,
}

/// Who calls.
#[derive(Debug, Deserialize)]
struct Source {
    identity: Value,
}

/// Options of a call that goes out.
#[derive(Debug, Deserialize)]
#[serde(tag = "@odata.type", deny_unknown_fields)]
enum CallOptions {
    #[serde(rename = "#microsoft.graph.outgoingCallOptions", rename_all = "camelCase")]
    Outgoing {
        #[serde(rename = "hideBotAfterEscalation")]
        _hide_bot: Option<bool>,
        #[serde(rename = "isContentSharingNotificationEnabled")]
        _content_sharing: Option<bool>,
        #[serde(rename = "isDeltaRosterEnabled")]
        _delta_roster: Option<bool>,
        #[serde(rename = "isInteractiveRosterEnabled")]
        _interactive_roster: Option<bool>,
    },
}

/// The chat of a meeting.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChatInfo {
    thread_id: Option<String>,
}

/// Which meeting.
#[derive(Debug, Deserialize)]
#[serde(tag = "@odata.type")]
enum MeetingInfo {
    #[serde(rename = "#microsoft.graph.organizerMeetingInfo")]
    Organizer { organizer: Value },
    #[serde(rename = "#microsoft.graph.joinMeetingIdMeetingInfo", rename_all = "camelCase")]
    MeetingId { join_meeting_id: String, passcode: Option<String> },
    #[serde(rename = "#microsoft.graph.tokenMeetingInfo")]
    Token { token: String },
}

/// What a call is placed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum To {
    /// One, or several at once.
    People(Vec<Target>),
    /// A meeting.
    Meeting(Door),
}

/// How a meeting is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Door {
    /// As in a join URL.
    Organizer { organizer: String, thread: String },
    /// As people type it.
    MeetingId { id: String, passcode: Option<String> },
    /// As the platform has told it.
    Token(String),
}

impl Create {
    /// Reads a body.
    pub(crate) fn read(body: Option<&Value>) -> Result<Self, Refusal> {
        let mut body = body.cloned().unwrap_or_default();
        if let Some(members) = body.as_object_mut() {
            IGNORED.iter().for_each(|name| drop(members.remove(*name)));
        }
        read(Some(&body))
    }

    /// To whom, or where.
    pub(crate) fn to(&self) -> Result<To, String> {
        let targets = self.targets.as_deref().unwrap_or_default();
        match (&self.meeting_info, targets.len()) {
            (Some(meeting), 0) => self.door(meeting).map(To::Meeting),
            (None, 1..=TARGETS) => {
                let targets: Vec<Target> = targets.iter().map(Invitation::who).collect::<Result<_, _>>()?;
                match targets.len() > 1 && targets.iter().any(|target| target.kind != "user") {
                    true => Err("several targets must all be users".to_owned()),
                    false => Ok(To::People(targets)),
                }
            }
            (Some(_), _) => Err("a call has either targets or meetingInfo".to_owned()),
            (None, _) => Err(format!("targets must have 1 to {TARGETS} members")),
        }
    }

    /// The application instance that calls.
    pub(crate) fn instance(&self) -> Option<&str> {
        self.source.as_ref()?.identity["applicationInstance"]["id"].as_str()
    }

    /// The application that calls, where it is named.
    pub(crate) fn application(&self) -> Option<&str> {
        self.source.as_ref()?.identity["application"]["id"].as_str()
    }

    fn door(&self, meeting: &MeetingInfo) -> Result<Door, String> {
        match meeting {
            MeetingInfo::Organizer { organizer } => {
                let thread = self.chat_info.as_ref().and_then(|chat| chat.thread_id.clone());
                let organizer = organizer["user"]["id"].as_str().map(str::to_owned);
                match (organizer, thread) {
                    (Some(organizer), Some(thread)) => Ok(Door::Organizer { organizer, thread }),
                    (None, _) => Err("meetingInfo.organizer must have a user with an id".to_owned()),
                    (_, None) => Err("chatInfo.threadId must be given with an organizerMeetingInfo".to_owned()),
                }
            }
            MeetingInfo::MeetingId { join_meeting_id, passcode } => {
                Ok(Door::MeetingId { id: join_meeting_id.clone(), passcode: passcode.clone() })
            }
            MeetingInfo::Token { token } => Ok(Door::Token(token.clone())),
        }
    }
}

impl Ask for Create {
    fn fault(&self) -> Option<String> {
        let MediaConfig::ServiceHosted { pre_fetch_media } = &self.media_config;
        let to = match self.to() {
            Ok(to) => to,
            Err(fault) => return Some(fault),
        };
        let needs_tenant = match &to {
            To::People(targets) => targets.iter().any(|target| target.is_phone()),
            To::Meeting(_) => true,
        };
        if needs_tenant && self.tenant_id.is_none() {
            return Some("tenantId must be given for a number and for a meeting".to_owned());
        }
        if self.direction.as_deref().is_some_and(|direction| !direction.eq_ignore_ascii_case("outgoing")) {
            return Some("direction must be outgoing".to_owned());
        }
        if !self.requested_modalities.contains(&Modality::Audio) {
            return Some("requestedModalities must have audio".to_owned());
        }
        callback_fault(Some(&self.callback_uri)).or_else(|| pre_fetch_media.iter().flatten().find_map(media_fault))
    }
}
