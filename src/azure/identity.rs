//! Who asks, where no key is shown.

use std::sync::Arc;

use azure_core::{credentials::TokenCredential, http::Transport};
use azure_identity::{DeveloperToolsCredential, ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId};

use super::client_options;
use crate::config::Identity;

/// An identity of the settings. Nothing is asked of it yet.
///
/// # Errors
/// Where the environment says of an identity what cannot be.
pub fn identity(who: &Identity, transport: Transport) -> azure_core::Result<Arc<dyn TokenCredential>> {
    match who {
        Identity::SignedIn => Ok(DeveloperToolsCredential::new(None)?),
        Identity::Managed(client_id) => managed_identity(client_id.clone(), transport),
    }
}

/// The identity that Azure gives the app: a user-assigned one by its client id, or the app's own. Where it is asked the platform
/// says, in `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`.
///
/// # Errors
/// Where those hold what cannot be.
pub fn managed_identity(client_id: Option<String>, transport: Transport) -> azure_core::Result<Arc<dyn TokenCredential>> {
    let user_assigned_id = client_id.map(UserAssignedId::ClientId);
    let options = ManagedIdentityCredentialOptions { user_assigned_id, client_options: client_options(transport) };
    Ok(ManagedIdentityCredential::new(Some(options))?)
}
