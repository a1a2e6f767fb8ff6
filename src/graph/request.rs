//! Requests to Graph, built and not sent.

use std::fmt;

use serde_json::{Value, json};

use crate::{
    call::{Action, Call, Sound},
    flow::Target,
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

    /// Where a prompt is, by the SHA-256 of its file.
    pub fn prompt(&self, sha256: &str) -> String {
        format!("{}/api/prompts/{sha256}.wav", self.base)
    }

    /// Where silence of so many milliseconds is.
    pub fn silence(&self, ms: u32) -> String {
        format!("{}/api/prompts/silence/{ms}.wav", self.base)
    }

    fn media_info(&self, sound: &Sound) -> Value {
        match sound {
            Sound::Prompt { sha256, .. } => json!({ "uri": self.prompt(sha256), "resourceId": sha256 }),
            Sound::Silence { ms } => json!({ "uri": self.silence(*ms), "resourceId": format!("silence-{ms}") }),
        }
    }

    fn media_prompt(&self, sound: &Sound) -> Value {
        json!({ "@odata.type": "#microsoft.graph.mediaPrompt", "mediaInfo": self.media_info(sound) })
    }
}

/// The request that carries out a call's action number `n`.
///
/// `None` while Graph's id of the call is not known, and for what is no request to Graph's API: recordings are fetched apart from it,
/// with a token of their own, and hooks are the operator's.
pub fn build(call: &Call, n: u32, action: &Action, bot: &BotUrls) -> Option<Request> {
    let (method, verb) = route(action)?;
    let id = call.graph_id.as_ref()?.in_url();
    let path = format!("/communications/calls/{id}{verb}");
    Some(Request { method, path, body: body(call, n, action, bot) })
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
        Action::HangUp => (Method::Delete, ""),
        Action::GetCall => (Method::Get, ""),
        Action::KeepRecording { .. } | Action::Notify { .. } | Action::Ask { .. } => return None,
    };
    Some(route)
}

/// The shapes are those of <https://learn.microsoft.com/graph/api/resources/call#methods>. Only the four media methods declare a
/// `clientContext` in v1.0; of the others, those that lead to notifications name where they are to go.
fn body(call: &Call, n: u32, action: &Action, bot: &BotUrls) -> Option<Value> {
    let context = || format!("{}:{n}", call.key);
    let body = match action {
        Action::Answer { prefetch } => answer(bot.callback(call), prefetch, bot),
        Action::Reject { reason } => json!({ "reason": reason, "callbackUri": bot.callback(call) }),
        Action::Redirect { targets, timeout_s } => {
            let targets: Vec<_> = targets.iter().map(participant).collect();
            json!({ "targets": targets, "timeout": timeout_s, "callbackUri": bot.callback(call) })
        }
        Action::PlayPrompt { sounds } => {
            let prompts: Vec<_> = sounds.iter().map(|sound| bot.media_prompt(sound)).collect();
            json!({ "prompts": prompts, "clientContext": context() })
        }
        Action::RecordResponse { prompt, beep, longest_s, first_silence_s, silence_s, stop_keys } => json!({
            "prompts": prompt.iter().map(|sound| bot.media_prompt(sound)).collect::<Vec<_>>(),
            "bargeInAllowed": false,
            "initialSilenceTimeoutInSeconds": first_silence_s,
            "maxSilenceTimeoutInSeconds": silence_s,
            "maxRecordDurationInSeconds": longest_s,
            "playBeep": beep,
            "stopTones": stop_keys,
            "clientContext": context(),
        }),
        Action::SubscribeToTone | Action::CancelMediaProcessing => json!({ "clientContext": context() }),
        Action::Transfer { to } => json!({ "transferTarget": participant(to) }),
        Action::KeepAlive | Action::HangUp | Action::GetCall => return None,
        Action::KeepRecording { .. } | Action::Notify { .. } | Action::Ask { .. } => return None,
    };
    Some(body)
}

fn answer(callback: String, prefetch: &[Sound], bot: &BotUrls) -> Value {
    let prefetch: Vec<_> = prefetch.iter().map(|sound| bot.media_info(sound)).collect();
    json!({
        "callbackUri": callback,
        "acceptedModalities": ["audio"],
        "mediaConfig": { "@odata.type": "#microsoft.graph.serviceHostedMediaConfig", "preFetchMedia": prefetch },
    })
}

/// `phone` and `applicationInstance` are no declared members of `identitySet`, so Graph learns their type from the body only.
fn participant(target: &Target) -> Value {
    let (member, id) = match target {
        Target::User(id) => ("user", id),
        Target::Phone(number) => ("phone", number),
        Target::ApplicationInstance(id) => ("applicationInstance", id),
    };
    json!({
        "@odata.type": "#microsoft.graph.invitationParticipantInfo",
        "identity": {
            "@odata.type": "#microsoft.graph.identitySet",
            member: { "@odata.type": "#microsoft.graph.identity", "id": id },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{call::action::RejectReason, graph::sample};

    const CALL: &str = "/communications/calls/3b1f0a52-77d4-4c1e-9a60-5f2e8c4d9b07";
    const CALLBACK: &str =
        "https://bot.example.org/api/notifications/3b1f0a5277d44c1e9a605f2e8c4d9b07.0000000000000000000000000000beef";

    fn built(action: &Action) -> Request {
        build(&sample::call(), 7, action, &BotUrls::new("https://bot.example.org/")).unwrap()
    }

    fn prompt() -> Sound {
        Sound::Prompt { sha256: "c0ffee".to_owned(), ms: 1200 }
    }

    /// Checks an action that is a POST with a body.
    fn assert_posts(action: &Action, verb: &str, body: Value) {
        let request = built(action);
        assert_eq!((request.method, request.path), (Method::Post, format!("{CALL}/{verb}")));
        assert_eq!(request.body, Some(body));
    }

    #[test]
    fn an_answer_names_the_callback_and_the_prompts_to_fetch() {
        let action = Action::Answer { prefetch: vec![prompt(), Sound::Silence { ms: 5000 }] };
        let body = json!({
            "callbackUri": CALLBACK,
            "acceptedModalities": ["audio"],
            "mediaConfig": {
                "@odata.type": "#microsoft.graph.serviceHostedMediaConfig",
                "preFetchMedia": [
                    { "uri": "https://bot.example.org/api/prompts/c0ffee.wav", "resourceId": "c0ffee" },
                    { "uri": "https://bot.example.org/api/prompts/silence/5000.wav", "resourceId": "silence-5000" },
                ],
            },
        });
        assert_posts(&action, "answer", body);
    }

    #[test]
    fn a_rejection_gives_its_reason_in_small_letters() {
        let reasons = [(RejectReason::None, "none"), (RejectReason::Busy, "busy"), (RejectReason::Forbidden, "forbidden")];
        for (reason, word) in reasons {
            assert_posts(&Action::Reject { reason }, "reject", json!({ "reason": word, "callbackUri": CALLBACK }));
        }
    }

    #[test]
    fn a_redirect_rings_each_target() {
        let targets = vec![
            Target::User("5a0c6d1e-0000-4000-8000-00000000a11c".to_owned()),
            Target::Phone("+4930123456".to_owned()),
            Target::ApplicationInstance("9e44f6a0-0000-4000-8000-000000000b0b".to_owned()),
        ];
        let target = |member: &str, id: &str| {
            json!({
                "@odata.type": "#microsoft.graph.invitationParticipantInfo",
                "identity": {
                    "@odata.type": "#microsoft.graph.identitySet",
                    member: { "@odata.type": "#microsoft.graph.identity", "id": id },
                },
            })
        };
        let body = json!({
            "targets": [
                target("user", "5a0c6d1e-0000-4000-8000-00000000a11c"),
                target("phone", "+4930123456"),
                target("applicationInstance", "9e44f6a0-0000-4000-8000-000000000b0b"),
            ],
            "timeout": 40,
            "callbackUri": CALLBACK,
        });
        assert_posts(&Action::Redirect { targets, timeout_s: 40 }, "redirect", body);
    }

    #[test]
    fn prompts_are_played_in_order_under_one_context() {
        let action = Action::PlayPrompt { sounds: vec![prompt(), Sound::Silence { ms: 250 }] };
        let body = json!({
            "prompts": [
                {
                    "@odata.type": "#microsoft.graph.mediaPrompt",
                    "mediaInfo": { "uri": "https://bot.example.org/api/prompts/c0ffee.wav", "resourceId": "c0ffee" },
                },
                {
                    "@odata.type": "#microsoft.graph.mediaPrompt",
                    "mediaInfo": { "uri": "https://bot.example.org/api/prompts/silence/250.wav", "resourceId": "silence-250" },
                },
            ],
            "clientContext": "3b1f0a5277d44c1e9a605f2e8c4d9b07:7",
        });
        assert_posts(&action, "playPrompt", body);
    }

    fn record(prompt: Option<Sound>, stop_keys: &str) -> Action {
        let stop_keys = stop_keys.chars().map(|c| c.try_into().unwrap()).collect();
        Action::RecordResponse { prompt, beep: true, longest_s: 90, first_silence_s: 8, silence_s: 4, stop_keys }
    }

    #[test]
    fn a_recording_is_stopped_by_characters_not_by_names_of_tones() {
        let body = json!({
            "prompts": [{
                "@odata.type": "#microsoft.graph.mediaPrompt",
                "mediaInfo": { "uri": "https://bot.example.org/api/prompts/c0ffee.wav", "resourceId": "c0ffee" },
            }],
            "bargeInAllowed": false,
            "initialSilenceTimeoutInSeconds": 8,
            "maxSilenceTimeoutInSeconds": 4,
            "maxRecordDurationInSeconds": 90,
            "playBeep": true,
            "stopTones": ["#", "*", "1"],
            "clientContext": "3b1f0a5277d44c1e9a605f2e8c4d9b07:7",
        });
        assert_posts(&record(Some(prompt()), "*#1"), "recordResponse", body);
    }

    #[test]
    fn a_recording_may_begin_without_a_prompt_and_end_without_a_key() {
        let body = built(&record(None, "")).body.unwrap();
        assert_eq!((&body["prompts"], &body["stopTones"]), (&json!([]), &json!([])));
    }

    #[test]
    fn tones_and_cancelling_carry_the_context_alone() {
        let body = json!({ "clientContext": "3b1f0a5277d44c1e9a605f2e8c4d9b07:7" });
        assert_posts(&Action::SubscribeToTone, "subscribeToTone", body.clone());
        assert_posts(&Action::CancelMediaProcessing, "cancelMediaProcessing", body);
    }

    #[test]
    fn a_transfer_names_whom_the_call_goes_to_and_no_context() {
        let body = json!({
            "transferTarget": {
                "@odata.type": "#microsoft.graph.invitationParticipantInfo",
                "identity": {
                    "@odata.type": "#microsoft.graph.identitySet",
                    "phone": { "@odata.type": "#microsoft.graph.identity", "id": "+4930123456" },
                },
            },
        });
        assert_posts(&Action::Transfer { to: Target::Phone("+4930123456".to_owned()) }, "transfer", body);
    }

    #[test]
    fn what_says_all_in_its_path_has_no_body() {
        let bare = |method, path: String| Request { method, path, body: None };
        assert_eq!(built(&Action::KeepAlive), bare(Method::Post, format!("{CALL}/keepAlive")));
        assert_eq!(built(&Action::HangUp), bare(Method::Delete, CALL.to_owned()));
        assert_eq!(built(&Action::GetCall), bare(Method::Get, CALL.to_owned()));
    }

    #[test]
    fn nothing_is_asked_for_a_call_that_graph_has_not_named() {
        let call = Call { graph_id: None, ..sample::call() };
        assert_eq!(build(&call, 1, &Action::HangUp, &BotUrls::new("https://bot.example.org")), None);
    }

    #[test]
    fn keeping_a_recording_is_no_request_to_the_api() {
        let token = crate::call::RecordingToken::new("sesame".to_owned());
        let action = Action::KeepRecording { recording: 3, location: "https://media.example.org/3".to_owned(), token };
        assert_eq!(build(&sample::call(), 4, &action, &BotUrls::new("https://bot.example.org")), None);
    }

    #[test]
    fn a_request_that_is_printed_shows_no_callback() {
        let printed = format!("{:?}", built(&Action::Answer { prefetch: vec![] }));
        assert_eq!(printed, format!("Post {CALL}/answer"));
    }
}
