//! A call's part in an order: what it reports, and what it is told.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    action::Action,
    document::Call,
    ids::OrderId,
    moment::Moment,
    phase::{Ending, Phase},
    placing::Reached,
};

/// The event by which a flow learns that somebody else has acknowledged.
const ACKNOWLEDGED: &str = "acknowledged";

/// The variable that holds who it was, where a flow has it.
const BY: &str = "acknowledged_by";

/// The order that a call is part of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartOf {
    /// Which order.
    pub order: OrderId,
    /// When whoever took the call acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Timestamp>,
    /// The call knows that somebody else has acknowledged.
    #[serde(default)]
    pub is_told: bool,
}

impl PartOf {
    /// The order of a call that is to be placed.
    pub fn new(order: OrderId) -> Self {
        Self { order, acknowledged: None, is_told: false }
    }
}

/// What has come of a call so far, for its order: the same however often it is told, and whatever is told first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// When whoever took it acknowledged.
    pub acknowledged: Option<Timestamp>,
    /// How it ended.
    pub ending: Option<Ending>,
}

impl Call {
    /// What has come of it so far.
    pub fn report(&self) -> Report {
        let ending = match &self.phase {
            Phase::Ended { ending, .. } => Some(*ending),
            _ => None,
        };
        Report { acknowledged: self.part_of.as_ref().and_then(|part| part.acknowledged), ending }
    }
}

impl Moment<'_> {
    /// Whoever took the call acknowledges the order.
    pub(super) fn acknowledge_order(&mut self) {
        let now = self.now;
        match &mut self.call.part_of {
            Some(part) if part.acknowledged.is_none() => {
                part.acknowledged = Some(now);
                self.note("acknowledge", None, "acknowledged");
                self.tell_order();
            }
            Some(_) => self.note("acknowledge", None, "acknowledged before"),
            None => self.note("acknowledge", None, "the call is part of no order"),
        }
    }

    /// Somebody else has acknowledged: the flow is told once; a call that nobody has taken is not wanted any more.
    pub(super) fn order_acknowledged(&mut self, by: &str) {
        let Some(part) = self.call.part_of.as_mut().filter(|part| !part.is_told && part.acknowledged.is_none()) else { return };
        part.is_told = true;
        match self.call.phase {
            Phase::Placing { reached: Reached::Asked | Reached::Rings, .. } => {
                self.note("order_acknowledged", None, "nobody needs to take the call any more");
                self.hang_up_for(Ending::CalledOff);
            }
            _ => self.steered(ACKNOWLEDGED, &BTreeMap::from([(BY.to_owned(), by.to_owned())])),
        }
    }

    /// Takes up telling the order what has come of the call. What is told is what is so when it is told.
    pub(super) fn tell_order(&mut self) {
        let Some(order) = self.call.part_of.as_ref().map(|part| part.order.clone()) else { return };
        let is_owed = self.call.owed.iter().any(|owed| matches!(owed.action, Action::TellOrder { .. }) && owed.until.is_none());
        if !is_owed {
            self.call.owe(Action::TellOrder { order });
        }
    }
}
