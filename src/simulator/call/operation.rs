//! What the bot has asked to be played, recorded or dialled: a list of steps, and one notification at its end.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::Call;
use crate::simulator::{
    asks::{MediaInfo, Prompt, RecordResponse},
    dialect::result,
    mishaps::Fragility,
    shelf::Download,
    stage::Stage,
};

/// Code, subcode and message of a failure.
pub(super) type Failure = (u16, u32, &'static str);

/// The platform's subcode for an operation that was cancelled.
pub(super) const CANCELLED: Failure = (400, 8508, "Action failed, the operation was cancelled.");
/// The platform's subcode for an operation whose call ended.
pub(super) const CALL_ENDED: Failure = (400, 8528, "Action failed, the call was terminated.");

/// One of a call's media operations.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) context: Option<String>,
    pub(super) steps: Vec<Step>,
    /// The step that is running, or next; past the last when all are done.
    pub(super) at: usize,
}

/// What Graph calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    PlayPrompt,
    Record,
    SendDtmfTones,
}

/// A part of it.
#[derive(Debug)]
pub(super) enum Step {
    /// A prompt; `None` until its download has come.
    Prompt {
        media: MediaInfo,
        download: Option<Download>,
    },
    Beep,
    Listen(RecordResponse),
    Dial {
        count: usize,
        length: SignedDuration,
    },
}

impl Call {
    pub(super) fn operation_completed(&mut self, stage: &mut Stage) {
        if let Some(operation) = self.take_operation(stage) {
            self.tell_completed(&operation);
        }
    }

    pub(super) fn tell_completed(&mut self, operation: &Operation) {
        let mut data = operation.data("completed");
        if operation.kind == Kind::SendDtmfTones || self.dialect.is_captured {
            data["completionReason"] = json!("completedSuccessfully");
        }
        if operation.kind != Kind::SendDtmfTones {
            data["resultInfo"] = result(200, 0, "Action completed successfully.");
        }
        self.tell_operation(operation, Fragility::Fragile, data);
    }

    /// Tones that were not all sent still say *completed*.
    pub(super) fn operation_failed(&mut self, operation: &Operation, (code, subcode, message): Failure) {
        let status = match operation.kind {
            Kind::SendDtmfTones => "completed",
            Kind::PlayPrompt | Kind::Record => "failed",
        };
        let mut data = operation.data(status);
        data["resultInfo"] = result(code, subcode, message);
        let was_cancelled = subcode == CANCELLED.1;
        data["completionReason"] = match operation.kind {
            Kind::Record if was_cancelled => json!("operationCanceled"),
            Kind::Record => json!("unspecifiedError"),
            _ if was_cancelled => json!("mediaOperationCanceled"),
            _ => json!("unknown"),
        };
        if operation.kind == Kind::Record {
            data["recordingLocation"] = json!("");
            data["recordingAccessToken"] = json!("");
        }
        let fragility = operation.fragility();
        self.tell_operation(operation, fragility, data);
    }

    pub(super) fn tell_operation(&mut self, operation: &Operation, fragility: Fragility, data: Value) {
        self.tell_end(&operation.id, operation.kind.odata_type(), fragility, data);
    }

    /// The end of an operation of any kind.
    pub(super) fn tell_end(&mut self, id: &str, kind: &str, fragility: Fragility, mut data: Value) {
        if let (false, Some(members)) = (self.dialect.has_operation_ids, data.as_object_mut()) {
            members.remove("id");
        }
        if let Some(status) = data["status"].as_str() {
            data["status"] = json!(self.dialect.word(status));
        }
        let tail = format!("/operations/{}", self.dialect.id(id));
        self.tell_of(&tail, "deleted", kind, fragility, data);
    }
}

impl Operation {
    /// A recording's end alone carries its location and token.
    fn fragility(&self) -> Fragility {
        match self.kind {
            Kind::Record => Fragility::Lazy,
            Kind::PlayPrompt | Kind::SendDtmfTones => Fragility::Fragile,
        }
    }

    pub(super) fn data(&self, status: &str) -> Value {
        let mut data = json!({
            "@odata.type": format!("#microsoft.graph.{}", self.kind.odata_type()),
            "id": self.id,
            "status": status,
            "clientContext": self.context,
        });
        if let (None, Some(members)) = (&self.context, data.as_object_mut()) {
            members.remove("clientContext");
        }
        data
    }
}

impl Kind {
    fn odata_type(self) -> &'static str {
        match self {
            Self::PlayPrompt => "playPromptOperation",
            Self::Record => "recordOperation",
            Self::SendDtmfTones => "sendDtmfTonesOperation",
        }
    }
}

pub(super) fn prompt_step(Prompt::Media { media_info }: Prompt) -> Step {
    Step::Prompt { media: media_info, download: None }
}
