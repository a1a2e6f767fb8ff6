//! The flow versions that calls are pinned to, and their prompts: by a hash of what they are, so that nothing of them ever changes.

use async_trait::async_trait;
use bytes::Bytes;

use super::StoreError;
use crate::flow::Flow;

/// A place for flows and prompts.
#[async_trait]
pub trait Pinned: Send + Sync {
    /// Stores a flow under its version; the same version again changes nothing.
    async fn pin_flow(&self, flow: &Flow) -> Result<(), StoreError>;

    /// Reads a flow by its version.
    async fn flow(&self, version: &str) -> Result<Option<Flow>, StoreError>;

    /// Stores a prompt's bytes under their SHA-256; the same again changes nothing.
    async fn pin_prompt(&self, sha256: &str, wav: &[u8]) -> Result<(), StoreError>;

    /// Reads a prompt by its SHA-256.
    async fn prompt(&self, sha256: &str) -> Result<Option<Bytes>, StoreError>;
}
