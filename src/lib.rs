//! Switchboard: a serverless calling bot for Microsoft Teams.
//!
//! In reading order:
//!
//! - [`call`] is the call, pure: `step(call, event, now) -> call`, with the actions it owes in it.
//! - [`flow`] is the call flow language, pure.
//! - [`order`] is the order, pure: whom to ring until somebody acknowledges.
//! - [`turn`] is the one loop that touches the world: load, step, save, act.
//! - [`dial`] is calling out, within limits.
//! - [`ordering`] is an order's turn: it places calls and tells them what became of the order.
//! - [`apart`] does what a call owes apart from its turn: recordings, notices, slow questions.
//! - [`app`] is what a turn may reach.
//! - [`functions`] are what Azure runs: one for each type of notification, and the door before them.
//! - [`host`] is what a Functions host says when it brings an event from a queue.
//! - [`access`] is who may use the API.
//! - [`graph`] is Graph's wire.
//! - [`hooks`] are the operator's own servers, which a flow asks and tells.
//! - [`store`] keeps calls between two turns.
//! - [`flows`] are the call flows of a folder, and those that calls are pinned to.
//! - [`media`] is sound: prompts, silence, recordings.
//! - [`later`] is what is to happen later: a call's alarm, and events that could not be dealt with at once.
//! - [`queues`] keep what cannot be finished now; the Functions host brings it back.
//! - [`one_machine`] does by itself what queues and a timer do in Azure.
//! - [`azure`] is what services of Azure are opened with.
//! - [`signed`] are tokens that others have signed.
//! - [`config`] is the settings, read once from the environment.
//! - [`clock`] is time.
//! - [`telemetry`] is the log, as the Functions host and people read it.
//! - [`server`] puts the program together and serves it.
//! - [`package`] is what is deployed, laid out and checked.
//! - [`simulator`] is a small Teams to try it all against. Nothing above knows it.
//! - [`stage`] sets the bot and a simulated Teams up together.

pub mod call;
pub mod flow;
pub mod order;

pub mod apart;
pub mod app;
pub mod dial;
pub mod functions;
pub mod hooks;
pub mod host;
pub mod ordering;
pub mod turn;

pub mod access;
pub mod azure;
pub mod clock;
pub mod config;
pub mod flows;
pub mod graph;
pub mod later;
pub mod media;
pub mod one_machine;
pub mod package;
pub mod queues;
pub mod server;
pub mod signed;
pub mod store;
pub mod telemetry;

pub mod simulator;
pub mod stage;
