//! Messages that were given up.

use azure_core::time::OffsetDateTime;
use azure_storage_queue::models::QueueClientPeekMessagesOptions;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    body::{LONGEST_ON_QUEUE, decode, encode},
    error::QueueError,
    poison_queue_of,
    put::{Kept, PATIENT, Queues, within},
};

/// How many messages a queue shows at most without giving them away.
pub const MOST_PEEKED: usize = 32;

/// The longest reason that is kept, in characters.
const LONGEST_REASON: usize = 300;

/// A message that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poisoned {
    /// The storage account's name for it, by which it is chosen.
    pub id: String,
    /// Why it was given up; `None` where the host did so after its last try.
    pub reason: Option<String>,
    /// When it was given up.
    pub at: Option<Timestamp>,
    /// The message as it was: its text on its own queue, before base64.
    pub message: String,
}

/// A poisoned message with its reason, on its queue: the only item of a JSON array.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item<'a> {
    reason: String,
    at: Timestamp,
    /// The message's own JSON where it is an array, else a string with its text.
    #[serde(borrow)]
    message: &'a RawValue,
}

impl Queues {
    /// Puts a message that can never succeed on the poison queue of `queue`, where it stays until somebody does something about it.
    ///
    /// `message` is its text as the host brought it; it is kept as it is, so that it can be redelivered.
    /// The body is `[{"reason": …, "at": …, "message": …}]`; the reason is cut to 300 characters.
    ///
    /// # Errors
    /// [`QueueError`], as [`Self::put`]: the message should then be left to the host, which gives it up after its last try.
    pub async fn poison(&self, queue: &str, message: &str, reason: &str) -> Result<(), QueueError> {
        let poison_queue = poison_queue_of(queue);
        let unwritable = |source| QueueError::Unwritable { queue: poison_queue.clone(), source };
        let json = write(message, reason, self.now()).map_err(unwritable)?;
        let body = encode(&poison_queue, &json, LONGEST_ON_QUEUE)?;
        self.send(&poison_queue, body, Kept::FOR_EVER, super::put::PUT_WITHIN).await
    }

    /// The poisoned messages of `queue`, oldest first; the first [`MOST_PEEKED`]. They stay where they are.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn poisoned(&self, queue: &str) -> Result<Vec<Poisoned>, QueueError> {
        let poison_queue = poison_queue_of(queue);
        let options = QueueClientPeekMessagesOptions {
            number_of_messages: i32::try_from(MOST_PEEKED).ok(),
            ..QueueClientPeekMessagesOptions::default()
        };
        let client = self.client(&poison_queue)?;
        let answer = within(PATIENT, &poison_queue, client.peek_messages(Some(options))).await?;
        let peeked = answer.into_model().map_err(|error| QueueError::of(&poison_queue, &error))?;
        let items = peeked.items.unwrap_or_default().into_iter();
        Ok(items.map(|item| read(item.message_id, item.message_text, item.insertion_time)).collect())
    }
}

fn write(message: &str, reason: &str, at: Timestamp) -> serde_json::Result<String> {
    let quoted = serde_json::value::to_raw_value(message)?;
    // An array, as ours all are, stands as it is: quoted it could become too long.
    let array: Option<&RawValue> = serde_json::from_str(message).ok().filter(|_| message.starts_with('['));
    let message = array.filter(|array| array.get() == message).unwrap_or(&*quoted);
    serde_json::to_string(&[Item { reason: reason.chars().take(LONGEST_REASON).collect(), at, message }])
}

/// What is on a poison queue: of ours with its reason, of the host's as it was on its own queue.
pub(super) fn read(id: Option<String>, body: Option<String>, put: Option<OffsetDateTime>) -> Poisoned {
    let text = decode(&body.unwrap_or_default());
    let id = id.unwrap_or_default();
    match serde_json::from_str::<[Item; 1]>(&text) {
        Ok([Item { reason, at, message }]) => {
            let quoted: Option<String> = serde_json::from_str(message.get()).ok();
            let message = quoted.unwrap_or_else(|| message.get().to_owned());
            Poisoned { id, reason: Some(reason), at: Some(at), message }
        }
        Err(_) => {
            let at = put.and_then(|put| Timestamp::from_second(put.unix_timestamp()).ok());
            Poisoned { id, reason: None, at, message: text }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_back(message: &str, reason: &str) -> Poisoned {
        let at = "2031-05-04T10:00:00.25Z".parse().unwrap();
        let json = write(message, reason, at).unwrap();
        read(Some("m1".to_owned()), Some(encode("q", &json, LONGEST_ON_QUEUE).unwrap()), None)
    }

    #[test]
    fn a_message_of_the_greatest_length_has_room_for_its_reason() {
        let message = format!("[\"{}\"]", "\\\"".repeat((super::super::LONGEST_MESSAGE - 4) / 2));
        assert_eq!(read_back(&message, &"\u{1f600}".repeat(1000)).message, message);
    }

    #[test]
    fn a_message_that_the_host_gave_up_has_no_reason() {
        let put = OffsetDateTime::from_unix_timestamp(1_935_655_200).ok();
        let read = read(None, Some(data_encoding::BASE64.encode(b"[{\"event\":1}]")), put);
        assert_eq!((read.reason, read.message.as_str()), (None, "[{\"event\":1}]"));
        assert_eq!(read.at, "2031-05-04T10:00:00Z".parse().ok());
    }

    proptest! {
        #[test]
        fn whatever_is_given_up_is_kept_as_it_was(message in "\\PC{0,40}| ?\\[[0-9a-z\", ]{0,20}\\] ?|\"[a-z\\\\]{0,9}\"", reason in "\\PC{0,40}") {
            let read = read_back(&message, &reason);
            prop_assert_eq!((read.message, read.reason), (message, Some(reason)));
        }

        #[test]
        fn no_body_makes_it_stumble(body in "\\PC{0,60}") {
            let _ = read(None, Some(body), None);
        }
    }
}
