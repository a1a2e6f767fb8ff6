//! The time of the simulated world: real, or virtual and still while anything is under way.

use std::{future::Future, pin::Pin};

use jiff::Timestamp;

/// A shared clock.
#[derive(Clone)]
pub struct Clock {}

/// While one lives a virtual clock stands still.
pub struct Hold {}

impl Clock {
    /// The machine's own time.
    pub fn real() -> Self {
        unimplemented!()
    }

    /// A virtual clock that begins at `start`. Its driver task is part of the server; see there.
    pub fn virtual_from(_start: Timestamp) -> Self {
        unimplemented!()
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        unimplemented!()
    }

    /// Waits until `at`. Registered when called, not when first polled, so that virtual time cannot pass over it.
    /// The hold in its result keeps virtual time still for as long as what it woke is busy.
    pub fn sleep_until(&self, _at: Timestamp) -> Pin<Box<dyn Future<Output = Hold> + Send>> {
        unimplemented!()
    }

    /// Keeps a virtual clock still until dropped.
    pub fn hold(&self) -> Hold {
        unimplemented!()
    }
}
