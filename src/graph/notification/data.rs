//! What a notification says: the members of its `resourceData`.
//!
//! Graph declares its types open and its service sends more, and sometimes other, than they say. So each member is read by
//! itself, and one of another type than expected counts as absent.

use serde_json::Value;

use super::resource::{Part, Resource};
use crate::{
    call::{
        CallKey, CallState, Finished, GraphCallId, Incoming, OperationId, Participant, Party, Recorded, RecordingToken,
        ResultInfo, Tone, Update,
    },
    flow::Key,
};

/// The longest id of a person or participant that is taken, in bytes.
const LONGEST_ID: usize = 512;

/// The longest message of Graph that is kept, in characters.
const LONGEST_MESSAGE: usize = 200;

/// The members of an `identitySet` that name somebody, the most telling first.
/// <https://learn.microsoft.com/graph/api/resources/communicationsidentityset>
const IDENTITIES: [&str; 6] = ["user", "phone", "guest", "applicationInstance", "application", "encrypted"];

/// What a `call` says of its state, in a notification or in the reply to GET. What it leaves out is `None`.
/// <https://learn.microsoft.com/graph/api/resources/call>
pub fn call_update(call: &Value) -> Update {
    Update {
        call: text(call, "id").and_then(|id| GraphCallId::parse(id).ok()),
        state: call_state(call),
        audio_active: call.get("mediaState").and_then(|media| audio_active(text(media, "audio")?)),
        result: result_info(call),
    }
}

/// A call's state; one that is not known here is [`CallState::Unknown`].
pub(super) fn call_state(call: &Value) -> Option<CallState> {
    let state = match text(call, "state")?.to_ascii_lowercase().as_str() {
        "incoming" => CallState::Incoming,
        "establishing" => CallState::Establishing,
        "established" => CallState::Established,
        "hold" => CallState::Hold,
        "transferring" => CallState::Transferring,
        "transferaccepted" => CallState::TransferAccepted,
        "redirecting" => CallState::Redirecting,
        "terminating" => CallState::Terminating,
        "terminated" => CallState::Terminated,
        _ => CallState::Unknown,
    };
    Some(state)
}

fn audio_active(state: &str) -> Option<bool> {
    match state.to_ascii_lowercase().as_str() {
        "active" => Some(true),
        "inactive" => Some(false),
        _ => None,
    }
}

/// `resultInfo`; its code is written as a number or as text, and its subcode under two names.
/// <https://learn.microsoft.com/graph/api/resources/resultinfo>
pub(super) fn result_info(of: &Value) -> Option<ResultInfo> {
    let result = of.get("resultInfo")?;
    Some(ResultInfo {
        code: integer(result, "code")?,
        subcode: integer(result, "subcode").or_else(|| integer(result, "subCode")).unwrap_or(0),
        message: text(result, "message").unwrap_or_default().chars().take(LONGEST_MESSAGE).collect(),
    })
}

/// Somebody rings.
pub(super) fn incoming(id: GraphCallId, call: &Value) -> Incoming {
    let targets = list(call, "targets");
    Incoming {
        call: id,
        from: call.get("source").and_then(party),
        to: called(targets),
        is_group: is_object(call, "chatInfo") || is_object(call, "meetingInfo") || targets.len() > 1,
    }
}

/// Who of the targets the bot is: a resource account says more than the application behind it.
fn called(targets: &[Value]) -> Option<Party> {
    let parties: Vec<Party> = targets.iter().filter_map(party).collect();
    let of_kind = |kind: &str| parties.iter().find(|party| party.kind == kind);
    of_kind("applicationInstance").or_else(|| of_kind("application")).or(parties.first()).cloned()
}

/// Who a `participantInfo` or `invitationParticipantInfo` is.
fn party(info: &Value) -> Option<Party> {
    let identity = info.get("identity")?.as_object()?;
    let party = |kind: &str| {
        let id = text(identity.get(kind)?, "id").filter(|id| id.len() <= LONGEST_ID)?;
        Some(Party { kind: kind.to_owned(), id: id.to_owned() })
    };
    // The set is open: who is named in a way that is new still is somebody.
    IDENTITIES.into_iter().find_map(party).or_else(|| identity.keys().find_map(|kind| party(kind)))
}

/// A key press; `None` where it has no sequence id or no tone. <https://learn.microsoft.com/graph/api/resources/toneinfo>
pub(super) fn tone(info: &Value) -> Option<Tone> {
    Some(Tone { sequence: integer(info, "sequenceId")?, key: key(text(info, "tone")?) })
}

fn key(tone: &str) -> Option<Key> {
    let tone = tone.to_ascii_lowercase();
    let key = match tone.as_str() {
        "star" => "*",
        "pound" => "#",
        other => other.strip_prefix("tone").unwrap_or(other),
    };
    key.parse().ok()
}

/// Everyone in the call, without those who are listed as removed. Who cannot be read still counts as somebody: a list that
/// seems empty makes the bot leave. <https://learn.microsoft.com/graph/api/resources/participant>
pub fn participants(list: &[Value]) -> Vec<Participant> {
    list.iter().filter(|participant| !is_object(participant, "removedState")).map(participant).collect()
}

/// The number of a list of participants, by which it is older or newer than another of the call: each entry may say it.
pub fn roster_sequence(list: &[Value]) -> Option<i64> {
    list.iter().filter_map(|participant| integer(participant, "rosterSequenceNumber")).max()
}

/// Whether an entry of the list holds changes to it instead of somebody.
pub(super) fn is_delta(of: &Value) -> bool {
    let is_named_so = type_name(of).is_some_and(|name| name.eq_ignore_ascii_case("deltaParticipants"));
    is_named_so || of.get("deltaParticipants").is_some() || of.get("participants").is_some()
}

fn participant(of: &Value) -> Participant {
    Participant {
        id: text(of, "id").filter(|id| id.len() <= LONGEST_ID).map(str::to_owned),
        party: of.get("info").and_then(party),
        in_lobby: of.get("isInLobby").and_then(Value::as_bool).unwrap_or(false),
        is_muted: of.get("isMuted").and_then(Value::as_bool).unwrap_or(false),
    }
}

/// An operation's end. <https://learn.microsoft.com/graph/api/resources/commsoperation>
pub(super) fn finished(operation: &Value, resource: &Resource, key: Option<&CallKey>) -> Finished {
    let in_path = match &resource.part {
        Part::Operation(id) => id.clone(),
        _ => None,
    };
    let result = result_info(operation);
    Finished {
        operation: in_path.or_else(|| OperationId::parse(text(operation, "id")?).ok()),
        n: text(operation, "clientContext").and_then(|context| our_number(context, &resource.call, key)),
        completed: is_completed(operation, result.as_ref()),
        result,
    }
}

/// A recording's end. <https://learn.microsoft.com/graph/api/resources/recordoperation>
pub(super) fn recorded(operation: &Value, resource: &Resource, key: Option<&CallKey>) -> Recorded {
    Recorded {
        finished: finished(operation, resource, key),
        location: text(operation, "recordingLocation").map(str::to_owned),
        token: text(operation, "recordingAccessToken").map(|token| RecordingToken::new(token.to_owned())),
    }
}

/// Whether an operation did what it was asked for. One that failed may still call itself completed; then its reason, or its
/// result, tells.
fn is_completed(operation: &Value, result: Option<&ResultInfo>) -> bool {
    let code = result.map(|result| result.code);
    let status = text(operation, "status").unwrap_or_default().to_ascii_lowercase();
    let says_so = match status.as_str() {
        "completed" => code.is_none_or(|code| code < 400),
        "failed" => false,
        _ => code.is_some_and(|code| (200..300).contains(&code)),
    };
    says_so && has_good_reason(operation)
}

/// A recording ends for many good reasons, anything else for one.
fn has_good_reason(operation: &Value) -> bool {
    let reason = text(operation, "completionReason").unwrap_or("completedSuccessfully");
    match operation_kind(operation) {
        OperationKind::Record => !reason.eq_ignore_ascii_case("operationCanceled"),
        _ => reason.eq_ignore_ascii_case("completedSuccessfully"),
    }
}

/// The number of our action, where `context` is `{call key}:{number}` and the key is this call's.
fn our_number(context: &str, call: &GraphCallId, key: Option<&CallKey>) -> Option<u32> {
    let (named, number) = context.rsplit_once(':')?;
    let named = CallKey::parse(named).ok()?;
    let is_ours = key.map_or_else(|| named == CallKey::from(call), |key| named == *key);
    let is_number = is_ours && number.bytes().all(|digit| digit.is_ascii_digit());
    if is_number { number.parse().ok() } else { None }
}

/// The operations that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OperationKind {
    /// `playPromptOperation`
    Play,
    /// `recordOperation`
    Record,
    /// Any other.
    Other,
}

/// Which operation this is.
pub(super) fn operation_kind(operation: &Value) -> OperationKind {
    match type_name(operation) {
        Some(name) if name.eq_ignore_ascii_case("playPromptOperation") => OperationKind::Play,
        Some(name) if name.eq_ignore_ascii_case("recordOperation") => OperationKind::Record,
        _ => OperationKind::Other,
    }
}

/// The last part of `@odata.type`: `call` of `#microsoft.graph.call`.
pub(super) fn type_name(of: &Value) -> Option<&str> {
    text(of, "@odata.type")?.rsplit('.').next()
}

/// A text that is there and not empty.
pub(super) fn text<'a>(of: &'a Value, name: &str) -> Option<&'a str> {
    of.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// A whole number, written as a number or as text.
fn integer(of: &Value, name: &str) -> Option<i64> {
    let value = of.get(name)?;
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn is_object(of: &Value, name: &str) -> bool {
    of.get(name).is_some_and(Value::is_object)
}
