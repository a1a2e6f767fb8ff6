//! What a message looks like on its queue.

use data_encoding::BASE64;

use super::error::QueueError;

/// The longest message that is put on a queue, in bytes of JSON. A queue takes 48 KiB before base64; the rest is for the reason
/// that may come to it.
pub const LONGEST_MESSAGE: usize = 45 * 1024;

/// The longest message that a queue takes, in bytes before base64.
/// <https://learn.microsoft.com/rest/api/storageservices/put-message>
pub(super) const LONGEST_ON_QUEUE: usize = 48 * 1024;

/// The body of a message.
pub(super) fn encode(queue: &str, json: &str, most: usize) -> Result<String, QueueError> {
    match json.len() {
        bytes if bytes > most => Err(QueueError::TooLong { queue: queue.to_owned(), bytes, most }),
        _ => Ok(BASE64.encode(json.as_bytes())),
    }
}

/// The text of a body; as it stands where it is not base64, as somebody else may have put it there.
pub(super) fn decode(body: &str) -> String {
    let decoded = BASE64.decode(body.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.unwrap_or_else(|| body.to_owned())
}
