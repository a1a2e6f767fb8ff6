//! What services of Azure are opened with, the same for each.
//!
//! - [`transport`] is how a service is reached, and [`client_options`] how patiently.
//! - [`managed_identity`] and [`identity`] are who asks, where a service knows identities.
//! - [`Signing`] stands in where a storage account is opened by its key, as an emulator is.

mod identity;
mod signing;
mod transport;

pub use identity::{identity, managed_identity};
pub use signing::{Service, Signing};
pub use transport::{client_options, transport};
