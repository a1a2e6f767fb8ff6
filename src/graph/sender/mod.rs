//! Whether a post comes from the calling platform, and for which tenant.
//!
//! In reading order: the check of one post ([`Sender`]), why it is turned away ([`Refusal`]). What holds of every token is in
//! [`crate::signed`].
//!
//! The platform signs its tokens itself, not Entra:
//! <https://learn.microsoft.com/microsoftteams/platform/bots/calls-and-meetings/call-notifications>

mod check;
mod refusal;

pub use check::{Checked, Sender, SenderOptions};
pub use refusal::Refusal;

#[cfg(test)]
mod tests;
