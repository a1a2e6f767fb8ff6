//! Journeys: whole calls on the real bot, over real HTTP, in a simulated Teams and in virtual time. A story, a test.
//!
//! Every journey leaves the requests that it made to Graph in `target/graph-requests/<journey>.jsonl`.

// How a journey is played and what is known of it afterwards.
pub(crate) mod hooked;
pub(crate) mod journey;
mod soundness;
pub(crate) mod written;

// The flow that is shipped.
mod first_call;
mod hanging_up;
mod voicemail;

// What a flow can do, a verb a file.
mod collecting;
mod menus;
mod recording;

// What reaches out of a call.
mod asking;
mod cut_off;
mod gathering;
mod telling;
mod unanswered;
// What a flow can say.
mod hours;
mod languages;
mod not_taken;
mod ways;

// What is seen from outside.
mod api;

// What a platform does that is not unkind.
mod platform;

// Long calls, and deployments in the middle of them.
mod deployment;
mod long_calls;

// What a platform does that is.
mod crowd;
mod mishaps;
