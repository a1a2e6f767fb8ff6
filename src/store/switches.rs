//! The switches that flows look at: names that are on or off.

use async_trait::async_trait;

use super::StoreError;

/// A place for switches.
#[async_trait]
pub trait Switches: Send + Sync {
    /// Turns a switch on or off.
    async fn set_switch(&self, name: &str, is_on: bool) -> Result<(), StoreError>;

    /// Whether a switch is on, freshly. One that was never set is off.
    async fn is_on(&self, switch: &str) -> Result<bool, StoreError>;
}
