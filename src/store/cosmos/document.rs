//! What one item of the container `calls` holds.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::call::Call;

/// One item: the call, and beside it what the account itself must understand. `C` is the call, by value or by reference.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document<C> {
    /// The call's key; also the partition key.
    pub(super) id: String,
    /// How long the account keeps the item, in seconds from this write on; for ever where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ttl: Option<u32>,
    /// [`Call::due_at`], see [`text`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) due_at: Option<String>,
    /// [`Call::expires_at`], see [`text`]. The account removes items by its own clock, and not at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires_at: Option<String>,
    /// [`Call::created`], see [`text`].
    pub(super) created: String,
    /// A fresh mark of each write. The client repeats a write whose outcome it does not know, so that one which has taken effect can
    /// come back as refused: <https://github.com/Azure/azure-sdk-for-rust/issues/3521>
    pub(super) write_id: String,
    /// The call.
    pub(super) call: C,
}

impl<'c> Document<&'c Call> {
    /// The item of a call that is written now.
    pub(super) fn of(call: &'c Call, now: Timestamp) -> Self {
        Self {
            id: call.key.as_str().to_owned(),
            ttl: call.expires_at().map(|at| seconds_until(at, now)),
            due_at: call.due_at().map(text),
            expires_at: call.expires_at().map(text),
            created: text(call.created),
            write_id: fresh_mark(),
            call,
        }
    }
}

/// An instant as text of one length, which sorts as time goes on, to the nanosecond. A number of JSON does not reach so far.
pub(super) fn text(at: Timestamp) -> String {
    format!("{at:.9}")
}

/// Whether a call has not expired.
pub(super) fn lives(call: &Call, now: Timestamp) -> bool {
    call.expires_at().is_none_or(|at| at > now)
}

/// Whole seconds, at least one: the account takes no 0.
fn seconds_until(at: Timestamp, now: Timestamp) -> u32 {
    let left = at.duration_since(now).saturating_add(SignedDuration::from_nanos(999_999_999));
    u32::try_from(left.as_secs()).unwrap_or(0).clamp(1, i32::MAX.unsigned_abs())
}

fn fresh_mark() -> String {
    format!("{:032x}", rand::random::<u128>())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn instant() -> impl Strategy<Value = Timestamp> {
        (0..253_402_207_200_i64, 0..1_000_000_000_i32).prop_map(|(s, ns)| Timestamp::new(s, ns).unwrap())
    }

    proptest! {
        #[test]
        fn texts_sort_as_the_instants_do(a in instant(), b in instant()) {
            prop_assert_eq!(text(a).cmp(&text(b)), a.cmp(&b));
        }

        #[test]
        fn the_account_never_removes_an_item_too_early(at in instant(), now in instant()) {
            let removed = now.saturating_add(SignedDuration::from_secs(seconds_until(at, now).into())).unwrap();
            prop_assert!(removed >= at || at.duration_since(now).as_secs() >= i64::from(i32::MAX));
        }
    }
}
