//! A Functions host for tests: it does towards a custom handler what the real one does, as far as this app can feel it.
//!
//! - [`script_root`] is the folder it is pointed at.
//! - [`declared`] is what an app declares there, and what a host refuses.
//! - [`running`] is the host: one instance of the app.
//! - [`handler`] is the handler's process under its care.
//! - [`front`] takes HTTP, for [`passing`] it on as it came.
//! - [`invoking`] brings messages and ticks, in [`envelope`]s, and heeds the [`judgement`] of the answers.
//! - [`throttling`] is a Graph that asks the bot to wait.
//! - [`deployed`] is the app in all its instances, with a simulated Teams and a storage account.
//!
//! Not played: the portal, keys of other kinds, output bindings, retry policies, the lock that keeps a timer to one instance.

mod declared;
mod envelope;
mod front;
mod handler;
mod invoking;
mod judgement;
mod lent;
mod passing;
mod running;
mod script_root;
mod throttling;

mod deployed;
mod tests;

pub(crate) use deployed::{Deployed, SETTINGS_KEY, Terms};
pub(crate) use running::Role;
