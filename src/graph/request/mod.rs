//! Requests to Graph, built and not sent.

mod create;

use std::fmt;

use serde_json::{Value, json};

use self::create::create;
use crate::{
    call::{Action, Call, ParticipantId, Party, Sound},
    flow::{Key, Target},
};

/// An HTTP method that the calling API uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Looks.
    Get,
    /// Does.
    Post,
    /// Ends.
    Delete,
}

/// A request to Graph.
#[derive(Clone, PartialEq)]
pub struct Request {
    /// Its method.
    pub method: Method,
    /// Its path after Graph's base URL, e.g. `/communications/calls/{id}/answer`.
    pub path: String,
    /// Its JSON body, where it has one. It may hold the call's callback URL, which is a secret.
    pub body: Option<Value>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.method, self.path)
    }
}

/// Where Graph finds the bot: what it posts to and what it downloads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BotUrls {
    base: String,
}

impl BotUrls {
    /// Takes the bot's public base URL, with or without a slash at its end.
    pub fn new(base: &str) -> Self {
        Self { base: base.trim_end_matches('/').to_owned() }
    }

    /// Where the notifications of a call are to go. A secret: who knows it may post to it.
    pub fn callback(&self, call: &Call) -> String {
        format!("{}/api/notifications/{}.{}", self.base, call.key, call.secret.expose())
    }

    /// Where the notifications of the call are to go that comes of the try of this number. A secret too.
    pub fn callback_of_try(&self, call: &Call, number: u8) -> String {
        format!("{}.{number}", self.callback(call))
    }

    /// Where a prompt is, by the SHA-256 of its file.
    pub fn prompt(&self, sha256: &str) -> String {
        format!("{}/api/prompts/{sha256}.wav", self.base)
    }

    /// Where silence of so many milliseconds is.
    pub fn silence(&self, ms: u32) -> String {
        format!("{}/api/prompts/silence/{ms}.wav", self.base)
    }

    /// Where a recording of a call is, for Graph alone: who knows it may hear it.
    pub fn recording(&self, call: &Call, n: u32) -> String {
        format!("{}/api/prompts/recordings/{}.{}/{n}.wav", self.base, call.key, call.secret.for_recordings())
    }

    fn media_info(&self, call: &Call, sound: &Sound) -> Value {
        match sound {
            Sound::Prompt { sha256, .. } => json!({ "uri": self.prompt(sha256), "resourceId": sha256 }),
            Sound::Recording { n, .. } => json!({ "uri": self.recording(call, *n), "resourceId": format!("{}-{n}", call.key) }),
            Sound::Silence { ms } => json!({ "uri": self.silence(*ms), "resourceId": format!("silence-{ms}") }),
        }
    }

    fn media_prompt(&self, call: &Call, sound: &Sound) -> Value {
        json!({ "@odata.type": "#microsoft.graph.mediaPrompt", "mediaInfo": self.media_info(call, sound) })
    }
}

/// The request that carries out a call's action number `n`.
///
/// `None` while Graph's id of the call is not known, and for what is no request to Graph's API: recordings are fetched apart from it,
/// with a token of their own, and hooks are the operator's.
pub fn build(call: &Call, n: u32, action: &Action, bot: &BotUrls) -> Option<Request> {
    let (method, verb) = route(action)?;
    let path = match action {
        Action::CreateCall { .. } => "/communications/calls".to_owned(),
        Action::HangUpTwin { call: twin } => format!("/communications/calls/{}", twin.in_url()),
        _ => {
            let somebody = participant_of(action).map(|id| format!("/participants/{}", id.in_url())).unwrap_or_default();
            format!("/communications/calls/{}{somebody}{verb}", call.graph_id.as_ref()?.in_url())
        }
    };
    Some(Request { method, path, body: body(call, n, action, bot) })
}

/// Who in the call it is about.
fn participant_of(action: &Action) -> Option<&ParticipantId> {
    match action {
        Action::Remove { participant } | Action::Hold { participant, .. } | Action::Unhold { participant } => Some(participant),
        Action::Mute { participant } => participant.as_ref(),
        _ => None,
    }
}

fn route(action: &Action) -> Option<(Method, &'static str)> {
    let route = match action {
        Action::Answer { .. } => (Method::Post, "/answer"),
        Action::Reject { .. } => (Method::Post, "/reject"),
        Action::Redirect { .. } => (Method::Post, "/redirect"),
        Action::PlayPrompt { .. } => (Method::Post, "/playPrompt"),
        Action::RecordResponse { .. } => (Method::Post, "/recordResponse"),
        Action::SubscribeToTone => (Method::Post, "/subscribeToTone"),
        Action::CancelMediaProcessing => (Method::Post, "/cancelMediaProcessing"),
        Action::Transfer { .. } => (Method::Post, "/transfer"),
        Action::KeepAlive => (Method::Post, "/keepAlive"),
        Action::SendTones { .. } => (Method::Post, "/sendDtmfTones"),
        Action::Invite { .. } => (Method::Post, "/participants/invite"),
        Action::Mute { .. } => (Method::Post, "/mute"),
        Action::Unmute => (Method::Post, "/unmute"),
        Action::Hold { .. } => (Method::Post, "/startHoldMusic"),
        Action::Unhold { .. } => (Method::Post, "/stopHoldMusic"),
        Action::Remove { .. } => (Method::Delete, ""),
        Action::CreateCall { .. } => (Method::Post, ""),
        Action::HangUp | Action::HangUpTwin { .. } => (Method::Delete, ""),
        Action::GetCall => (Method::Get, ""),
        Action::ListParticipants => (Method::Get, "/participants"),
        Action::KeepRecording { .. }
        | Action::JoinRecordings { .. }
        | Action::ForgetRecordings { .. }
        | Action::Notify { .. }
        | Action::TellOrder { .. }
        | Action::Ask { .. } => return None,
    };
    Some(route)
}

/// The shapes are those of <https://learn.microsoft.com/graph/api/resources/call#methods>. Those that declare a
/// `clientContext` in v1.0 say whose action they are; of the others, those that lead to notifications name where they are to go.
fn body(call: &Call, n: u32, action: &Action, bot: &BotUrls) -> Option<Value> {
    let context = || format!("{}:{n}", call.key);
    let body = match action {
        Action::CreateCall { number, prefetch } => create(call, call.placing.as_ref()?, *number, prefetch, bot),
        Action::Answer { prefetch } => answer(call, prefetch, bot),
        Action::Reject { reason } => json!({ "reason": reason, "callbackUri": bot.callback(call) }),
        Action::Redirect { targets, timeout_s } => {
            let targets: Vec<_> = targets.iter().map(participant).collect();
            json!({ "targets": targets, "timeout": timeout_s, "callbackUri": bot.callback(call) })
        }
        Action::PlayPrompt { sounds } => {
            let prompts: Vec<_> = sounds.iter().map(|sound| bot.media_prompt(call, sound)).collect();
            json!({ "prompts": prompts, "clientContext": context() })
        }
        Action::RecordResponse { prompt, beep, longest_s, first_silence_s, silence_s, stop_keys } => json!({
            "prompts": prompt.iter().map(|sound| bot.media_prompt(call, sound)).collect::<Vec<_>>(),
            "bargeInAllowed": false,
            "initialSilenceTimeoutInSeconds": first_silence_s,
            "maxSilenceTimeoutInSeconds": silence_s,
            "maxRecordDurationInSeconds": longest_s,
            "playBeep": beep,
            "stopTones": stop_keys,
            "clientContext": context(),
        }),
        Action::SubscribeToTone
        | Action::CancelMediaProcessing
        | Action::Mute { .. }
        | Action::Unmute
        | Action::Unhold { .. } => json!({ "clientContext": context() }),
        Action::SendTones { keys, pause_ms } => {
            let tones: Vec<_> = keys.iter().map(|key| tone(*key)).collect();
            json!({ "tones": tones, "delayBetweenTonesMs": pause_ms, "clientContext": context() })
        }
        Action::Invite { to, replaces } => {
            let mut invited = participant(to);
            if let Some(replaced) = replaces {
                invited["replacesCallId"] = json!(replaced.in_url());
            }
            json!({ "participants": [invited], "clientContext": context() })
        }
        Action::Hold { prompt: Some(sound), .. } => {
            json!({ "customPrompt": bot.media_prompt(call, sound), "clientContext": context() })
        }
        Action::Hold { prompt: None, .. } => json!({ "clientContext": context() }),
        Action::Transfer { to } => json!({ "transferTarget": participant(to) }),
        Action::KeepAlive
        | Action::HangUp
        | Action::HangUpTwin { .. }
        | Action::GetCall
        | Action::ListParticipants
        | Action::Remove { .. } => return None,
        Action::KeepRecording { .. }
        | Action::JoinRecordings { .. }
        | Action::ForgetRecordings { .. }
        | Action::Notify { .. }
        | Action::TellOrder { .. }
        | Action::Ask { .. } => return None,
    };
    Some(body)
}

fn answer(call: &Call, prefetch: &[Sound], bot: &BotUrls) -> Value {
    json!({
        "callbackUri": bot.callback(call),
        "acceptedModalities": ["audio"],
        "mediaConfig": media_config(call, prefetch, bot),
    })
}

fn media_config(call: &Call, prefetch: &[Sound], bot: &BotUrls) -> Value {
    let prefetch: Vec<_> = prefetch.iter().map(|sound| bot.media_info(call, sound)).collect();
    json!({ "@odata.type": "#microsoft.graph.serviceHostedMediaConfig", "preFetchMedia": prefetch })
}

/// Graph's name of a key. <https://learn.microsoft.com/graph/api/call-senddtmftones>
fn tone(key: Key) -> String {
    match char::from(key) {
        '*' => "star".to_owned(),
        '#' => "pound".to_owned(),
        letter @ 'A'..='D' => letter.to_ascii_lowercase().to_string(),
        digit => format!("tone{digit}"),
    }
}

fn participant(target: &Target) -> Value {
    let Party { kind, id } = target.into();
    json!({ "@odata.type": "#microsoft.graph.invitationParticipantInfo", "identity": identity(&kind, &id) })
}

/// `phone` and `applicationInstance` are no declared members of `identitySet`, so Graph learns their type from the body only.
fn identity(member: &str, id: &str) -> Value {
    json!({ "@odata.type": "#microsoft.graph.identitySet", member: { "@odata.type": "#microsoft.graph.identity", "id": id } })
}

#[cfg(test)]
mod tests;
