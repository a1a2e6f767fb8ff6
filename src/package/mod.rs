//! What is deployed: a folder that a Functions host can be pointed at, checked before anyone publishes it.
//!
//! - [`lay_out`] puts the folder together from the project and a handler; [`HANDLER`] is what the handler is called there.
//! - [`check`] finds every [`Fault`] of such a folder that would show only after it was published.
//! - [`zipped`] is the archive that `func azure functionapp publish` makes of it.
//! - [`teams_app`] is the app that people install in Teams to see the bot and to call it.

mod archive;
mod bindings;
mod check;
mod fault;
mod glibc;
mod icons;
mod layout;
mod teams;

pub use archive::zipped;
pub use check::check;
pub use fault::{Fault, PackageError};
pub use glibc::NEWEST_GLIBC;
pub use layout::{HANDLER, Sources, lay_out};
pub use teams::{TeamsApp, teams_app};

/// The largest archive that is taken for right, in bytes. An instance loads it before the first caller is answered; the handler has
/// 14 MiB at most, and flows of a usual size a few more.
pub const LARGEST_ZIP: usize = 64 * 1024 * 1024;
