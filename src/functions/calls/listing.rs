//! `GET /api/calls`: which calls are listed, and from where the next page goes on.
//!
//! A store lists by the time of making alone, and leaves open which of two of one instant comes first. Here calls are ordered by
//! instant and id, so that a page can end and the next one begin between two of one instant.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;

use crate::{
    app::App,
    call::{Call, CallKey},
    functions::api::{
        asked::{LONGEST_PAGE, limit, parameters},
        problem::Problem,
    },
    store::Page,
};

/// How many calls are read at once.
const READ_AT_ONCE: usize = 100;

/// How many calls are looked at for one page; the next page goes on from there.
const MOST_LOOKED_AT: usize = 2_000;

/// Where a call stands, as it can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub enum State {
    /// The bot places it.
    Placing,
    /// Rings, or cannot be heard yet.
    Ringing,
    /// In a step of its flow.
    InStep,
    /// Is ending.
    HangingUp,
    /// Is over.
    Ended,
}

impl State {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Placing, "placing"),
        (Self::Ringing, "ringing"),
        (Self::InStep, "in_step"),
        (Self::HangingUp, "hanging_up"),
        (Self::Ended, "ended"),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map(|(_, name)| *name).unwrap_or_default()
    }
}

/// Which calls are wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Listing {
    limit: usize,
    state: Option<State>,
    flow: Option<String>,
    since: Option<Timestamp>,
    page: Option<Place>,
}

/// A place between two calls: after the one of this instant and id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    at: Timestamp,
    id: String,
}

impl Place {
    fn of(call: &Call) -> Self {
        Self { at: call.created, id: call.key.as_str().to_owned() }
    }

    fn parse(text: &str) -> Option<Self> {
        let (at, id) = text.split_once('~')?;
        Some(Self { at: at.parse().ok()?, id: CallKey::parse(id).ok()?.as_str().to_owned() })
    }

    /// The text that the next page is asked for with.
    pub(super) fn text(&self) -> String {
        format!("{}~{}", self.at, self.id)
    }

    /// A call is listed after this place: the newest are first.
    fn is_before(&self, call: &Call) -> bool {
        (call.created, call.key.as_str()) < (self.at, self.id.as_str())
    }
}

impl Listing {
    /// What a query asks for.
    ///
    /// # Errors
    /// The problem, which names the parameter.
    pub(super) fn read(query: &str) -> Result<Self, Problem> {
        let mut listing = Self { limit: LONGEST_PAGE, ..Self::default() };
        for (name, value) in parameters(query) {
            let is_right = match name.as_str() {
                "limit" => set(&mut listing.limit, limit(&value)),
                "state" => {
                    set_some(&mut listing.state, State::ALL.iter().find(|(_, known)| *known == value).map(|(state, _)| *state))
                }
                "flow" => set_some(&mut listing.flow, Some(value).filter(|name| may_name_a_flow(name))),
                "since" => set_some(&mut listing.since, value.parse().ok()),
                "page" => set_some(&mut listing.page, Place::parse(&value)),
                _ => true,
            };
            if !is_right {
                return Err(Problem::bad_parameter(&name));
            }
        }
        Ok(listing)
    }

    fn wants(&self, call: &Call) -> bool {
        self.state.is_none_or(|state| state.name() == call.phase.name())
            && self.flow.as_ref().is_none_or(|flow| *flow == call.flow)
            && self.since.is_none_or(|since| call.created >= since)
            && self.page.as_ref().is_none_or(|place| place.is_before(call))
    }

    /// No call made before this is wanted.
    fn is_past(&self, at: Timestamp) -> bool {
        self.since.is_some_and(|since| at < since)
    }
}

/// As folders of flows are named, and as the description says.
fn may_name_a_flow(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

fn set<T>(place: &mut T, value: Option<T>) -> bool {
    let is_right = value.is_some();
    value.into_iter().for_each(|value| *place = value);
    is_right
}

fn set_some<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    *place = value;
    place.is_some()
}

/// The calls that are wanted, the newest first, and where the next page begins where there may be one.
pub(super) async fn list(app: &App, listing: &Listing) -> Result<(Vec<Call>, Option<Place>), Problem> {
    let mut found: Vec<Call> = Vec::new();
    let mut before = listing.page.as_ref().map(|place| just_after(place.at));
    let mut looked_at = 0;
    loop {
        let (group, is_last) = read(app, before).await?;
        looked_at += group.len();
        let last = group.last().map(Place::of);
        for call in group.into_iter().filter(|call| listing.wants(call)) {
            if found.len() == listing.limit {
                let next = found.last().map(Place::of);
                return Ok((found, next));
            }
            found.push(call);
        }
        match last {
            Some(last) if !is_last && !listing.is_past(last.at) => match looked_at < MOST_LOOKED_AT {
                true => before = Some(last.at),
                false => return Ok((found, Some(last))),
            },
            _ => return Ok((found, None)),
        }
    }
}

/// Calls made before an instant, the newest first: all of each instant that is among them, in one order. And whether there are no
/// others.
async fn read(app: &App, before: Option<Timestamp>) -> Result<(Vec<Call>, bool), Problem> {
    let mut limit = READ_AT_ONCE;
    loop {
        let calls =
            app.store.list(Page { limit, before }, app.clock.now()).await.map_err(|error| Problem::unavailable(&error))?;
        let is_last = calls.len() < limit;
        let mut whole = whole(calls, is_last);
        if !whole.is_empty() || is_last {
            whole.sort_unstable_by(|a, b| (b.created, b.key.as_str()).cmp(&(a.created, a.key.as_str())));
            return Ok((whole, is_last));
        }
        limit *= 2;
    }
}

/// Without those of the last instant, of which there may be more.
fn whole(mut calls: Vec<Call>, is_last: bool) -> Vec<Call> {
    if let Some(oldest) = calls.last().map(|call| call.created).filter(|_| !is_last) {
        calls.retain(|call| call.created > oldest);
    }
    calls
}

fn just_after(at: Timestamp) -> Timestamp {
    at.saturating_add(SignedDuration::from_nanos(1)).unwrap_or(Timestamp::MAX)
}
