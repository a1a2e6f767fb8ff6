//! What is shown of an order. No number and no id of anybody; names as whoever gave the order wrote them.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::wanted::Way;
use crate::order::{Account, Mode, Order};

/// Orders, as they are listed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Orders")]
pub struct Listed<'a> {
    /// The orders, the newest first, without their calls.
    pub orders: Vec<OrderView<'a>>,
}

/// An order, as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Order")]
pub struct OrderView<'a> {
    #[serde(flatten)]
    account: Account<'a>,
    /// Where it stands: `going`, `concluded` when nobody is rung any more, or `over` when its calls are, too.
    phase: &'static str,
    /// The version of its flow.
    flow_version: &'a str,
    /// How many people it is for.
    people: usize,
    /// In which way they are rung.
    #[schemars(with = "Way")]
    mode: Mode,
    /// How often each is rung who has not acknowledged.
    rounds: u8,
    /// How long each is rung, in seconds.
    ring: u16,
    /// How long between two rounds, in seconds.
    pause: u32,
    /// The first acknowledgement is enough.
    stop_at_first: bool,
    /// The round, from 1.
    round: u8,
    /// Nobody is rung before: a pause between two rounds, or the end of quiet hours.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    not_before: Option<Timestamp>,
    /// What the bot has yet to do about it.
    owed: Vec<OwedView>,
}

/// Something that the bot has yet to do about an order.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OrderOwed")]
struct OwedView {
    /// Its number within the order.
    n: u32,
    /// What it is: `place`, `tell`, `end`, `look` or `notify`.
    kind: &'static str,
    /// Until when it waits.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    until: Option<Timestamp>,
}

/// An order, as it is shown.
pub(super) fn view(order: &Order) -> OrderView<'_> {
    OrderView {
        account: Account::of(order),
        phase: match (&order.conclusion, order.over_at) {
            (None, _) => "going",
            (Some(_), None) => "concluded",
            (Some(_), Some(_)) => "over",
        },
        flow_version: &order.plan.flow_version,
        people: order.plan.people.len(),
        mode: order.plan.mode,
        rounds: order.plan.rounds,
        ring: order.plan.ring_s,
        pause: order.plan.pause_s,
        stop_at_first: order.plan.stop_at_first,
        round: order.round,
        not_before: order.not_before,
        owed: order.owed.iter().map(|owed| OwedView { n: owed.n, kind: owed.deed.kind(), until: owed.until }).collect(),
    }
}

impl OrderView<'_> {
    /// The same, as one of many.
    pub(super) fn without_calls(self) -> Self {
        Self { account: self.account.without_calls(), ..self }
    }
}
