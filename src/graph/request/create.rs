//! How a call is placed, or a meeting joined.

use serde_json::{Value, json};

use super::{BotUrls, identity, media_config, participant};
use crate::call::{Call, Meeting, Passcode, Placing, Sound};

/// The body by which a call is asked for, or a meeting joined: <https://learn.microsoft.com/graph/api/application-post-calls>
pub(super) fn create(call: &Call, placing: &Placing, number: u8, prefetch: &[Sound], bot: &BotUrls) -> Value {
    let mut body = json!({
        "@odata.type": "#microsoft.graph.call",
        "callbackUri": bot.callback_of_try(call, number),
        "requestedModalities": ["audio"],
        "mediaConfig": media_config(call, prefetch, bot),
        "tenantId": call.tenant,
    });
    if !placing.targets.is_empty() {
        body["targets"] = placing.targets.iter().map(participant).collect();
    }
    if let Some(source) = &placing.source {
        let identity = identity("applicationInstance", source);
        body["source"] = json!({ "@odata.type": "#microsoft.graph.participantInfo", "identity": identity });
    }
    match &placing.meeting {
        Some(Meeting::Organised { organiser, tenant, thread, message, reply_to }) => {
            body["chatInfo"] = json!({ "@odata.type": "#microsoft.graph.chatInfo", "threadId": thread, "messageId": message });
            if let Some(reply_to) = reply_to {
                body["chatInfo"]["replyChainMessageId"] = json!(reply_to);
            }
            let user = json!({ "@odata.type": "#microsoft.graph.identity", "id": organiser, "tenantId": tenant });
            body["meetingInfo"] = json!({
                "@odata.type": "#microsoft.graph.organizerMeetingInfo",
                "organizer": { "@odata.type": "#microsoft.graph.identitySet", "user": user },
                "allowConversationWithoutHost": true,
            });
        }
        Some(Meeting::Numbered { id, passcode }) => {
            body["meetingInfo"] = json!({
                "@odata.type": "#microsoft.graph.joinMeetingIdMeetingInfo",
                "joinMeetingId": id,
                "passcode": passcode.as_ref().map(Passcode::expose),
            });
        }
        None => {}
    }
    body
}
