//! What has come of an order, as a hook is told and the API shows it: no number and no id of anybody.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::document::{Order, Ring, RingEnd};

/// What has come of an order.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Account<'a> {
    /// The order's id.
    id: &'a str,
    /// Its flow.
    flow: &'a str,
    /// When it was given.
    #[schemars(with = "String", extend("format" = "date-time"))]
    created: Timestamp,
    /// What it has come to: `acknowledged`, `partly`, `nobody` or `stopped`; null until it has.
    outcome: Option<&'static str>,
    /// Since when nobody is rung any more.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    concluded: Option<Timestamp>,
    /// Since when every call of it is over, too.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    over: Option<Timestamp>,
    /// Who has acknowledged, the first one first.
    acknowledged: Vec<Acknowledgement<'a>>,
    /// Its calls, in the order in which they were asked for; not where orders are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    calls: Option<Vec<Rung<'a>>>,
}

/// Somebody has acknowledged.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(super) struct Acknowledgement<'a> {
    /// Who, by their place among the people, from 1.
    person: usize,
    /// What they are called.
    name: Option<&'a str>,
    /// When.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    at: Option<Timestamp>,
    /// In which call.
    call: &'a str,
}

/// A call of an order.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
struct Rung<'a> {
    /// The call's id.
    id: &'a str,
    /// Who is rung, by their place among the people, from 1.
    person: usize,
    /// What they are called.
    name: Option<&'a str>,
    /// In which round, from 1.
    round: u8,
    /// Since when it is to be placed.
    #[schemars(with = "String", extend("format" = "date-time"))]
    since: Timestamp,
    /// When they acknowledged.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    acknowledged: Option<Timestamp>,
    /// When the order learnt of its end.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    ended: Option<Timestamp>,
    /// How it ended: the call's outcome, or why there was none.
    ending: Option<&'a str>,
}

impl<'a> Account<'a> {
    /// Of an order, with its calls.
    pub fn of(order: &'a Order) -> Self {
        let mut acknowledged: Vec<&Ring> = order.rings.iter().filter(|ring| ring.acknowledged.is_some()).collect();
        acknowledged.sort_by_key(|ring| ring.acknowledged);
        Self {
            id: order.id.as_str(),
            flow: &order.plan.flow,
            created: order.created,
            outcome: order.conclusion.as_ref().map(|conclusion| conclusion.how.name()),
            concluded: order.conclusion.as_ref().map(|conclusion| conclusion.at),
            over: order.over_at,
            acknowledged: acknowledged.iter().map(|ring| Acknowledgement::of(order, ring)).collect(),
            calls: Some(order.rings.iter().map(|ring| Rung::of(order, ring)).collect()),
        }
    }

    /// The same, as one of many.
    #[must_use]
    pub fn without_calls(self) -> Self {
        Self { calls: None, ..self }
    }
}

impl<'a> Acknowledgement<'a> {
    pub(super) fn of(order: &'a Order, ring: &'a Ring) -> Self {
        Self { person: ring.person + 1, name: name(order, ring), at: ring.acknowledged, call: ring.call.as_str() }
    }
}

impl<'a> Rung<'a> {
    fn of(order: &'a Order, ring: &'a Ring) -> Self {
        Self {
            id: ring.call.as_str(),
            person: ring.person + 1,
            name: name(order, ring),
            round: ring.round,
            since: ring.since,
            acknowledged: ring.acknowledged,
            ended: ring.end.as_ref().map(|end| end.at),
            ending: ring.end.as_ref().map(RingEnd::name),
        }
    }
}

fn name<'a>(order: &'a Order, ring: &Ring) -> Option<&'a str> {
    order.plan.people.get(ring.person)?.name.as_deref()
}
