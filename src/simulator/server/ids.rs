//! Random marks of the carrier: request ids and access tokens. From a seed, so that a run can be repeated.

use std::sync::{Mutex, PoisonError};

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub(super) struct Ids(Mutex<ChaCha8Rng>);

impl Ids {
    pub(super) fn new(seed: u64) -> Self {
        Self(Mutex::new(ChaCha8Rng::seed_from_u64(seed)))
    }

    /// A random UUID, version 4, as text.
    pub(super) fn uuid(&self) -> String {
        let mut bytes: [u8; 16] = self.bytes();
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex = HEXLOWER.encode(&bytes);
        let (time, rest) = hex.split_at(8);
        let [mid, version, variant] = [0, 4, 8].map(|at| &rest[at..at + 4]);
        format!("{time}-{mid}-{version}-{variant}-{}", &rest[12..])
    }

    /// An opaque access token.
    pub(super) fn token(&self) -> String {
        BASE64URL_NOPAD.encode(&self.bytes::<48>())
    }

    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        let mut rng = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rng.fill_bytes(&mut bytes);
        bytes
    }
}
