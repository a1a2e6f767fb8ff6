//! What can be wrong with a package.

use std::{io, path::PathBuf};

use crate::flow::Finding;

/// What would go wrong once the package is published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A file is missing, or cannot be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(String, String),
    /// `host.json` says something else than the handler needs.
    #[error("host.json: {0}")]
    Host(String),
    /// A function is not declared as the handler serves it.
    #[error("{0}/function.json: {1}")]
    Function(String, String),
    /// Something that has no place in a package; it would be published.
    #[error("{0} does not belong here: take it away")]
    Stray(String),
    /// The handler is no program for the instances of Azure Functions.
    #[error("handler: {0}")]
    Handler(String),
    /// The handler asks for a newer C library than the instances have.
    #[error("handler: asks for {0}, but the oldest instances have glibc {1}: build it with `switchboard package`")]
    Glibc(String, String),
    /// A flow has an error.
    #[error("{0}")]
    Flow(Finding),
    /// The archive would be too large.
    #[error("the archive has {0} bytes, where {1} are the most: shorten prompts, or take flows away")]
    TooLarge(usize, usize),
}

/// Why a package cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The folder holds something that was not put there by this program.
    #[error("{} holds what is no package, and is left as it is: name another folder, or empty it", .0.display())]
    NotOurs(PathBuf),
    /// A file or folder cannot be read or written.
    #[error("{}: {}", .0.display(), .1)]
    Io(PathBuf, #[source] io::Error),
    /// A picture cannot be drawn.
    #[error("an icon cannot be drawn: {0}")]
    Icon(#[from] png::EncodingError),
    /// An archive cannot be written.
    #[error("the archive cannot be written: {0}")]
    Archive(#[from] zip::result::ZipError),
}
