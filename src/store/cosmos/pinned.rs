//! The container `flows`: flow versions and the prompts that they play, by their hashes. Nothing of them ever changes.
//!
//! An item may have 2 MB, and a prompt more, so a prompt is kept in pieces, each an item of its own. The item that says how many there
//! are is written last: where it is, all of them are.

use azure_data_cosmos::clients::ContainerClient;
use bytes::Bytes;
use data_encoding::BASE64;
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::failure::{failure, noted};
use crate::{flow::Flow, store::StoreError};

/// How much of a prompt is in one item, in bytes. Short of what an item may have, since what a write costs grows with it.
const PIECE: usize = 256 * 1024;

#[derive(Serialize, Deserialize)]
struct FlowItem<F> {
    id: String,
    flow: F,
}

#[derive(Serialize, Deserialize)]
struct PromptItem {
    id: String,
    pieces: usize,
}

#[derive(Serialize, Deserialize)]
struct PieceItem {
    id: String,
    base64: String,
}

/// Stores a flow under its version.
pub(super) async fn pin_flow(flows: &ContainerClient, flow: &Flow) -> Result<(), StoreError> {
    let id = flow_id(&flow.version);
    match read::<FlowItem<Flow>>(flows, &id).await {
        Ok(Some(_)) => Ok(()),
        Ok(None) => write(flows, &id, &FlowItem { id: id.clone(), flow }).await,
        Err(error) => Err(error),
    }
}

/// Reads a flow by its version.
pub(super) async fn flow(flows: &ContainerClient, version: &str) -> Result<Option<Flow>, StoreError> {
    Ok(read::<FlowItem<Flow>>(flows, &flow_id(version)).await?.map(|item| item.flow))
}

/// Stores a prompt under its SHA-256.
pub(super) async fn pin_prompt(flows: &ContainerClient, sha256: &str, wav: &[u8]) -> Result<(), StoreError> {
    let id = prompt_id(sha256);
    if read::<PromptItem>(flows, &id).await?.is_some() {
        return Ok(());
    }
    let pieces = wav.chunks(PIECE);
    let count = pieces.len();
    for (n, piece) in pieces.enumerate() {
        let id = piece_id(sha256, n);
        write(flows, &id, &PieceItem { id: id.clone(), base64: BASE64.encode(piece) }).await?;
    }
    write(flows, &id, &PromptItem { id: id.clone(), pieces: count }).await
}

/// Reads a prompt by its SHA-256.
pub(super) async fn prompt(flows: &ContainerClient, sha256: &str) -> Result<Option<Bytes>, StoreError> {
    let Some(item) = read::<PromptItem>(flows, &prompt_id(sha256)).await? else { return Ok(None) };
    let pieces = try_join_all((0..item.pieces).map(|n| piece(flows, piece_id(sha256, n)))).await?;
    Ok(Some(pieces.concat().into()))
}

async fn piece(flows: &ContainerClient, id: String) -> Result<Vec<u8>, StoreError> {
    let item = read::<PieceItem>(flows, &id).await?;
    let decoded = item.and_then(|item| BASE64.decode(item.base64.as_bytes()).ok());
    decoded.ok_or_else(|| StoreError::Corrupt { what: id, why: "it is missing or no base64".to_owned() })
}

/// What was there before is the same.
async fn write(flows: &ContainerClient, id: &str, item: &impl Serialize) -> Result<(), StoreError> {
    match noted(flows.create_item(id.to_owned(), id, item, None).await) {
        Ok(_) => Ok(()),
        Err(error) if error.status().is_conflict() => Ok(()),
        Err(error) => Err(failure(&error)),
    }
}

pub(super) async fn read<T: DeserializeOwned>(flows: &ContainerClient, id: &str) -> Result<Option<T>, StoreError> {
    let response = match noted(flows.read_item(id.to_owned(), id, None).await) {
        Ok(response) => response,
        Err(error) if error.status().is_not_found() => return Ok(None),
        Err(error) => return Err(failure(&error)),
    };
    let fits = response.into_model().map(Some);
    fits.map_err(|_| StoreError::Corrupt { what: id.to_owned(), why: "its item does not fit".to_owned() })
}

fn flow_id(version: &str) -> String {
    format!("flow-{version}")
}

fn prompt_id(sha256: &str) -> String {
    format!("prompt-{sha256}")
}

fn piece_id(sha256: &str, n: usize) -> String {
    format!("prompt-{sha256}-{n}")
}
