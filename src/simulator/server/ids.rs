//! Random marks of the carrier: request ids and access tokens. From a seed, so that a run can be repeated.

use std::sync::{Mutex, MutexGuard, PoisonError};

use data_encoding::BASE64URL_NOPAD;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::super::shelf;

pub(super) struct Ids(Mutex<ChaCha8Rng>);

impl Ids {
    pub(super) fn new(seed: u64) -> Self {
        Self(Mutex::new(ChaCha8Rng::seed_from_u64(seed)))
    }

    /// A random UUID, as text.
    pub(super) fn uuid(&self) -> String {
        shelf::uuid(&mut *self.rng())
    }

    /// An opaque access token.
    pub(super) fn token(&self) -> String {
        let mut bytes = [0; 48];
        self.rng().fill_bytes(&mut bytes);
        BASE64URL_NOPAD.encode(&bytes)
    }

    fn rng(&self) -> MutexGuard<'_, ChaCha8Rng> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
