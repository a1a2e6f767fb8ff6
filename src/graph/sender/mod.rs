//! Whether a post comes from the calling platform, and for which tenant.
//!
//! In reading order: the check of one post ([`Sender`]), why it is turned away ([`Refusal`]), the platform's keys
//! (`signing_keys`), the tokens that were checked before (`remembered`).
//!
//! The platform signs its tokens itself, not Entra:
//! <https://learn.microsoft.com/microsoftteams/platform/bots/calls-and-meetings/call-notifications>

mod check;
mod refusal;
mod remembered;
mod signing_keys;

pub use check::{Checked, Sender, SenderOptions};
pub use refusal::{NoKeys, Refusal};

#[cfg(test)]
mod tests;
