//! An event on its way to a call.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    event::Event,
    ids::{CallKey, CallbackSecret, GraphCallId, OrderId},
};

/// Which call something is for, or which order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Address {
    /// A callback URL of ours.
    Callback {
        /// The call.
        key: CallKey,
        /// The unguessable part that came with it.
        secret: CallbackSecret,
        /// Graph's id in the notification, where it has one.
        graph_id: Option<GraphCallId>,
        /// Which of the requests it is about by which the bot placed the call, from 1; `None` where somebody called the bot.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<u8>,
    },
    /// The registered webhook.
    Webhook {
        /// Graph's id: nothing else says which call it is.
        graph_id: GraphCallId,
        /// The tenant in the token that signed the post.
        tenant: String,
    },
    /// We ourselves: a time has come.
    Ours(CallKey),
    /// We ourselves, for an order: a time has come.
    Order(OrderId),
}

impl Address {
    /// The name of the call, or of the order, for the log.
    pub fn call(&self) -> &str {
        match self {
            Self::Callback { key, .. } | Self::Ours(key) => key.as_str(),
            Self::Webhook { graph_id, .. } => graph_id.as_str(),
            Self::Order(order) => order.as_str(),
        }
    }
}

/// An event, and when it was received.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Arrival {
    /// What happened.
    pub event: Event,
    /// When it reached us.
    pub at: Timestamp,
}

/// An event that is brought to its function later: in a queue, or by a timer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Which call it is for.
    pub address: Address,
    /// The event, and when it was received first.
    #[serde(flatten)]
    pub arrival: Arrival,
}

impl Message {
    /// The alarm of a call, set at `now`.
    pub fn wake(call: &CallKey, now: Timestamp) -> Self {
        Self { address: Address::Ours(call.clone()), arrival: Arrival { event: Event::Wake, at: now } }
    }

    /// The alarm of an order, set at `now`.
    pub fn wake_order(order: &OrderId, now: Timestamp) -> Self {
        Self { address: Address::Order(order.clone()), arrival: Arrival { event: Event::Wake, at: now } }
    }
}
