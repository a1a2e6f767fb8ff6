//! How the platform writes: real captures and the documentation's examples differ, and both have slips.
//!
//! Each call is written in one dialect throughout, chosen by its seed.

use rand::{Rng, RngExt};
use serde_json::{Value, json};

/// What one call's notifications look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// As captured: `resource` beside `resourceUrl`, `callChainId`, and members no metadata declares. Else as documented:
    /// `@odata.id` and `@odata.etag`.
    pub(crate) is_captured: bool,
    /// Ids in addresses upper case without dashes.
    pub(crate) is_compact: bool,
    /// Addresses without their first slash.
    pub(crate) is_rootless: bool,
    /// Enum values with a capital.
    pub(crate) is_capitalised: bool,
    /// `resultInfo.code` of an end as text, without a subcode.
    pub(crate) has_code_as_text: bool,
    /// Operations with their `id`.
    pub(crate) has_operation_ids: bool,
    /// Several notifications of one instant in one post.
    pub(crate) is_batched: bool,
    /// The list of participants empty, as seen on calls between two.
    pub(crate) hides_participants: bool,
}

impl Dialect {
    pub(crate) fn new(rng: &mut impl Rng) -> Self {
        let is_captured = rng.random_bool(0.6);
        let mut documented = |chance| !is_captured && rng.random_bool(chance);
        Self {
            is_captured,
            is_compact: documented(0.5),
            is_rootless: documented(0.15),
            is_capitalised: documented(0.15),
            has_code_as_text: documented(0.3),
            has_operation_ids: !documented(0.5),
            is_batched: rng.random_bool(0.5),
            hides_participants: rng.random_bool(0.3),
        }
    }

    /// An id as it stands in an address.
    pub(crate) fn id(&self, id: &str) -> String {
        match self.is_compact {
            true => id.replace('-', "").to_uppercase(),
            false => id.to_owned(),
        }
    }

    /// An enum value.
    pub(crate) fn word(&self, word: &str) -> String {
        let mut letters = word.chars();
        match letters.next().filter(|_| self.is_capitalised) {
            Some(first) => first.to_uppercase().chain(letters).collect(),
            None => word.to_owned(),
        }
    }

    /// One item of a batch. `tail` is what follows the call in its address.
    pub(crate) fn item(&self, call: &str, tail: &str, change: &str, mut data: Value) -> Value {
        let under_calls = format!("calls/{}{tail}", self.id(call));
        let root = if self.is_rootless { "" } else { "/" };
        let address = format!("{root}communications/{under_calls}");
        if let (false, Some(members)) = (self.is_captured, data.as_object_mut()) {
            members.insert("@odata.id".to_owned(), json!(address));
            members.insert("@odata.etag".to_owned(), json!("W/\"5445\""));
        }
        let mut item = json!({
            "@odata.type": "#microsoft.graph.commsNotification",
            "changeType": change,
            "resourceUrl": address,
            "resourceData": data,
        });
        if self.is_captured {
            item["resource"] = json!(format!("/app/{under_calls}"));
        }
        item
    }

    /// A call's data with a state.
    pub(crate) fn call(&self, state: &str, chain: &str) -> Value {
        let mut data = json!({
            "@odata.type": "#microsoft.graph.call",
            "state": self.word(state),
        });
        if self.is_captured {
            data["callChainId"] = json!(chain);
        }
        data
    }
}

/// Why something ended.
pub(crate) fn result(code: u16, subcode: u32, message: &str) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.resultInfo",
        "code": code,
        "subcode": subcode,
        "message": message,
    })
}

/// An id as 32 hex digits, lower case: the form in which ids are compared.
pub(crate) fn plain(id: &str) -> String {
    id.replace('-', "").to_lowercase()
}

/// 32 hex digits with the dashes of an id.
pub(crate) fn dashed(hex: &str) -> String {
    let (a, b, c, d, e) = (&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32]);
    format!("{a}-{b}-{c}-{d}-{e}")
}

/// The envelope of a post.
pub(crate) fn envelope(items: Vec<Value>) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.commsNotifications",
        "value": items,
    })
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn any(wanted: impl Fn(&Dialect) -> bool) -> Dialect {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        std::iter::repeat_with(|| Dialect::new(&mut rng)).find(|d| wanted(d)).unwrap()
    }

    const CALL: &str = "57dab8b1-894c-409a-b240-bd8beae78896";

    #[test]
    fn a_captured_item_has_both_addresses_and_a_chain() {
        let dialect = any(|d| d.is_captured);
        let item = dialect.item(CALL, "", "updated", dialect.call("established", "c-1"));
        assert_eq!(item["resource"], format!("/app/calls/{CALL}"));
        assert_eq!(item["resourceUrl"], format!("/communications/calls/{CALL}"));
        assert_eq!(item["resourceData"]["callChainId"], "c-1");
        assert_eq!(item["resourceData"].get("id"), None);
    }

    #[test]
    fn a_documented_item_may_have_a_compact_id_a_missing_slash_and_a_capital() {
        let dialect = any(|d| d.is_compact && d.is_rootless && d.is_capitalised);
        let item = dialect.item(CALL, "", "updated", dialect.call("established", "c-1"));
        assert_eq!(item["resourceUrl"], "communications/calls/57DAB8B1894C409AB240BD8BEAE78896");
        assert_eq!(item["resourceData"]["state"], "Established");
        assert_eq!(item.get("resource"), None);
    }
}
