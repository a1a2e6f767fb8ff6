//! Secrets that callers type: how they are sealed while they are typed, and compared when they are whole.
//!
//! The digits of a secret are in the call's document for as long as they are typed, so they are sealed in the step itself: no value
//! of a call, in memory, in a store or in an error, ever holds them in the clear. A step has no chance to draw on, so the sealing is
//! the one that does not need any: AES-256-GCM-SIV (RFC 8452) stays safe though a nonce comes again. The key is given to the step as
//! the time is, and is in no document.

use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey},
    hmac,
};
use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::digits::Digits;
use crate::flow::HASH_PREFIX;

/// What seals and compares secrets; nothing, where no key is given.
#[derive(Default)]
pub struct Secrets(Option<Keys>);

/// Keys made of the one that is given, one for each use.
struct Keys {
    sealing: LessSafeKey,
    nonces: hmac::Key,
    hashes: hmac::Key,
}

/// Digits that only the key opens. Never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(String);

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[a secret]")
    }
}

impl Secrets {
    /// What a key of 32 bytes, which nobody can guess, seals and compares.
    pub fn new(key: &[u8; 32]) -> Self {
        let given = hmac::Key::new(hmac::HMAC_SHA256, key);
        let made = |purpose: &str| hmac::sign(&given, format!("switchboard {purpose}").as_bytes());
        let sealing = UnboundKey::new(&AES_256_GCM_SIV, made("sealing").as_ref()).expect("an HMAC-SHA-256 has 32 bytes");
        let hmac_key = |purpose| hmac::Key::new(hmac::HMAC_SHA256, made(purpose).as_ref());
        Self(Some(Keys { sealing: LessSafeKey::new(sealing), nonces: hmac_key("nonces"), hashes: hmac_key("hashes") }))
    }

    /// A key is given.
    pub fn has_key(&self) -> bool {
        self.0.is_some()
    }

    /// The keyed hash of digits, to be compared with later; `None` without a key. Who knows the hash alone cannot try all digits.
    pub fn hash(&self, digits: &str) -> Option<String> {
        let keys = self.0.as_ref()?;
        Some(format!("{HASH_PREFIX}{}", HEXLOWER.encode(hmac::sign(&keys.hashes, digits.as_bytes()).as_ref())))
    }

    /// Whether digits equal what is `expected`, which is digits too, or their keyed hash. Nothing equals an empty text.
    pub(super) fn are_equal(&self, digits: &str, expected: &str) -> bool {
        let given = match expected.starts_with(HASH_PREFIX) {
            true => self.hash(digits),
            false => Some(digits.to_owned()),
        };
        !expected.is_empty() && given.is_some_and(|given| given.as_bytes().ct_eq(expected.as_bytes()).into())
    }

    /// Seals digits for one `place`; `None` without a key.
    pub(super) fn seal(&self, place: &str, digits: &Digits) -> Option<Sealed> {
        let keys = self.0.as_ref()?;
        let mut text = serde_json::to_vec(digits).ok()?;
        keys.sealing.seal_in_place_append_tag(keys.nonce(place), Aad::from(place), &mut text).ok()?;
        Some(Sealed(BASE64.encode(&text)))
    }

    /// Opens digits that were sealed for this `place`; `None` where they were sealed for another, or with another key.
    pub(super) fn open(&self, place: &str, sealed: &Sealed) -> Option<Digits> {
        let keys = self.0.as_ref()?;
        let mut text = BASE64.decode(sealed.0.as_bytes()).ok()?;
        let open = keys.sealing.open_in_place(keys.nonce(place), Aad::from(place), &mut text).ok()?;
        serde_json::from_slice(open).ok()
    }
}

impl Keys {
    fn nonce(&self, place: &str) -> Nonce {
        let tag = hmac::sign(&self.nonces, place.as_bytes());
        Nonce::try_assume_unique_for_key(&tag.as_ref()[..12]).expect("12 bytes are a nonce")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Key;

    fn digits() -> Digits {
        let mut digits = Digits::default();
        (6..).zip("2468".chars()).for_each(|(sequence, key)| digits.insert(sequence, Key::try_from(key).unwrap()));
        digits
    }

    #[test]
    fn sealed_digits_are_opened_in_their_place_with_their_key_alone() {
        let secrets = Secrets::new(&[1; 32]);
        let sealed = secrets.seal("a call/pin", &digits()).unwrap();
        assert_eq!(secrets.open("a call/pin", &sealed), Some(digits()));
        assert_eq!(secrets.open("another call/pin", &sealed), None);
        assert_eq!(Secrets::new(&[2; 32]).open("a call/pin", &sealed), None);
        assert_eq!(Secrets::default().open("a call/pin", &sealed), None);
    }

    #[test]
    fn sealed_digits_show_nothing_of_themselves() {
        let sealed = Secrets::new(&[1; 32]).seal("a call/pin", &digits()).unwrap();
        assert_eq!(format!("{sealed:?}"), "[a secret]");
        let bytes = BASE64.decode(sealed.0.as_bytes()).unwrap();
        let plain = serde_json::to_vec(&digits()).unwrap();
        assert!(bytes.windows(4).all(|part| !plain.windows(4).any(|other| part == other)));
    }

    #[test]
    fn without_a_key_nothing_is_sealed_and_no_hash_is_equal() {
        let none = Secrets::default();
        assert_eq!((none.seal("a call/pin", &digits()), none.hash("2468")), (None, None));
        let hash = Secrets::new(&[1; 32]).hash("2468").unwrap();
        assert!(!none.are_equal("2468", &hash));
    }

    #[test]
    fn digits_equal_themselves_and_their_hash_under_the_same_key() {
        let secrets = Secrets::new(&[1; 32]);
        let hash = secrets.hash("2468").unwrap();
        assert!(secrets.are_equal("2468", &hash) && secrets.are_equal("2468", "2468"));
        assert!(!secrets.are_equal("2469", &hash) && !secrets.are_equal("2469", "2468"));
        assert!(!secrets.are_equal("", "") && !secrets.are_equal("2468", ""));
        assert_ne!(Secrets::new(&[2; 32]).hash("2468"), Some(hash));
    }
}
