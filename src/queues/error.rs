//! What goes wrong with queues, said to who can mend it.

use azure_core::{Error, error::ErrorKind, http::StatusCode};

/// Why a queue did not take or give what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The message is longer than a queue takes.
    #[error("a message of {bytes} bytes is too long for queue `{queue}`, which takes {most}")]
    TooLong {
        /// The queue.
        queue: String,
        /// The message's length as JSON, in bytes.
        bytes: usize,
        /// The most that it may have.
        most: usize,
    },
    /// The message cannot be written as JSON.
    #[error("a message for queue `{queue}` cannot be written as JSON: {source}")]
    Unwritable {
        /// The queue.
        queue: String,
        /// Why.
        source: serde_json::Error,
    },
    /// Nobody made the queue.
    #[error("there is no queue `{0}`: the templates in infra/ make it, on an emulator `switchboard queues create` does")]
    Missing(String),
    /// Whoever asks may not.
    #[error("queue `{0}` may not be used: give who asks the role Storage Queue Data Contributor on the storage account")]
    Forbidden(String),
    /// The key is not the account's, or the machine's clock is wrong.
    #[error("the storage account does not accept its key for queue `{0}`: check AzureWebJobsStorage, and this machine's clock")]
    WrongKey(String),
    /// The account takes no key from anyone.
    #[error(
        "the storage account of queue `{0}` takes no keys: set AzureWebJobsStorage__accountName in place of a connection string"
    )]
    NoKeys(String),
    /// The account's network rules keep this machine out.
    #[error("the storage account of queue `{0}` is closed to this network: see its network rules")]
    Closed(String),
    /// Nobody vouches for who asks.
    #[error("no token for queue `{0}`: in Azure give the app its identity, at a desk sign in with `az login`: {1}")]
    NoToken(String, String),
    /// The storage account cannot be reached.
    #[error("the storage account of queue `{0}` cannot be reached: {1}")]
    Unreachable(String, String),
    /// No answer within the time there was. The message may be on the queue or not.
    #[error("queue `{0}` did not answer in time")]
    TimedOut(String),
    /// Anything else that the storage account says.
    #[error("queue `{queue}` refused with {status} {code}")]
    Refused {
        /// The queue.
        queue: String,
        /// The HTTP status.
        status: u16,
        /// The storage account's code.
        code: String,
    },
    /// The storage account's answer cannot be read.
    #[error("the answer of queue `{0}` cannot be read")]
    Unreadable(String),
    /// The queues cannot be opened at all.
    #[error("the queues cannot be opened: {0}")]
    Unopened(String),
}

impl QueueError {
    /// What an error of the SDK means for a queue. Its own text is not passed on: it may hold an address, and in that a signature.
    pub(super) fn of(queue: &str, error: &Error) -> Self {
        let queue = queue.to_owned();
        match error.kind() {
            ErrorKind::HttpResponse { status, error_code, .. } => {
                refused(queue, *status, error_code.as_deref().unwrap_or_default())
            }
            ErrorKind::Connection | ErrorKind::Io => Self::Unreachable(queue, cause(error)),
            ErrorKind::Credential => Self::NoToken(queue, credential(error)),
            _ => Self::Unreadable(queue),
        }
    }

    /// The message that was asked for is not there any more, or somebody else has it.
    pub(super) fn is_gone(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "MessageNotFound" || code == "PopReceiptMismatch")
    }
}

/// Codes: <https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes>
fn refused(queue: String, status: StatusCode, code: &str) -> QueueError {
    match (status, code) {
        (StatusCode::NotFound, "QueueNotFound") => QueueError::Missing(queue),
        (_, "AuthenticationFailed") => QueueError::WrongKey(queue),
        (_, "KeyBasedAuthenticationNotPermitted") => QueueError::NoKeys(queue),
        (_, "AuthorizationFailure") => QueueError::Closed(queue),
        (StatusCode::Forbidden, _) => QueueError::Forbidden(queue),
        _ => QueueError::Refused { queue, status: status.into(), code: code.to_owned() },
    }
}

/// Why the connection did not come about or broke off, without the URL.
fn cause(error: &Error) -> String {
    let innermost = innermost(error);
    match innermost.is::<Error>() || innermost.is::<reqwest::Error>() {
        true => "the connection broke off".to_owned(),
        false => innermost.to_string(),
    }
}

/// Why there is no token, on one line.
fn credential(error: &Error) -> String {
    innermost(error).to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn innermost(error: &Error) -> &(dyn std::error::Error + 'static) {
    let mut innermost: &(dyn std::error::Error + 'static) = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost
}
