//! Switches, each an item of its own in the container `flows`: a write replaces it whole, so none is lost whoever writes at once.

use azure_data_cosmos::clients::ContainerClient;
use serde::{Deserialize, Serialize};

use super::{failure::failure, pinned::read};
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
struct SwitchItem {
    id: String,
    on: bool,
}

/// Turns a switch on or off.
pub(super) async fn set(flows: &ContainerClient, name: &str, is_on: bool) -> Result<(), StoreError> {
    let id = switch_id(name);
    let item = SwitchItem { id: id.clone(), on: is_on };
    flows.upsert_item(id.clone(), &id, &item, None).await.map_err(|error| failure(&error))?;
    Ok(())
}

/// Whether a switch is on.
pub(super) async fn is_on(flows: &ContainerClient, name: &str) -> Result<bool, StoreError> {
    let item = read::<SwitchItem>(flows, &switch_id(name)).await?;
    Ok(item.is_some_and(|item| item.on))
}

fn switch_id(name: &str) -> String {
    format!("switch-{name}")
}
