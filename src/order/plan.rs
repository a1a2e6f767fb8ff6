//! What is wanted: who is rung, in which way, how often.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::quiet::Quiet;
use crate::{call::Hook, flow::Target};

/// The most people of one order.
pub const MOST_PEOPLE: usize = 100;

/// The most rounds.
pub const MOST_ROUNDS: u8 = 10;

/// What is wanted. It never changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The flow that each call goes through.
    pub flow: String,
    /// Its version, for all calls of the order.
    pub flow_version: String,
    /// Who is rung, the first one first; 1 to [`MOST_PEOPLE`].
    pub people: Vec<Person>,
    /// The resource account that calls, by object id; Graph calls phone numbers for one only.
    pub source: Option<String>,
    /// One after the other, or all at once.
    pub mode: Mode,
    /// How often each is rung who has not acknowledged; 1 to [`MOST_ROUNDS`].
    pub rounds: u8,
    /// How long each is rung, in seconds.
    pub ring_s: u16,
    /// How long between the end of one round and the next, in seconds.
    pub pause_s: u32,
    /// The first acknowledgement is enough; else everybody's is wanted.
    pub stop_at_first: bool,
    /// When nobody is rung.
    pub quiet: Option<Quiet>,
    /// First values of variables that the flow declares.
    pub variables: BTreeMap<String, String>,
    /// Whom to tell what came of it.
    pub notify: Option<Hook>,
}

/// Somebody to ring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// What they are called where the outcome is told; as whoever gave the order calls them.
    pub name: Option<String>,
    /// How they are reached.
    pub target: Target,
}

/// In which way people are rung.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// One after the other: the next only when the call to the one before is over.
    #[default]
    InTurn,
    /// All at once.
    AtOnce,
}

impl Plan {
    /// What a person is called: by their name, else by their place, from 1.
    pub fn name_of(&self, person: usize) -> String {
        let name = self.people.get(person).and_then(|person| person.name.clone());
        name.unwrap_or_else(|| format!("person {}", person + 1))
    }
}
