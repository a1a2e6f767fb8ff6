//! Steps of calls with more than two: who is brought in, and what is done with those who are there.

use serde::{Deserialize, Serialize};

use super::{
    model::Step,
    whom::{Who, Whom},
};

/// What kind of call a flow is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallKind {
    /// The bot and one other.
    #[default]
    Two,
    /// The bot and several others.
    Group,
    /// A meeting that the bot joins.
    Meeting,
}

impl CallKind {
    /// It has more than two ends, as far as Graph is concerned.
    pub fn is_shared(self) -> bool {
        self != Self::Two
    }

    /// It is the one that is meant where a flow says nothing.
    pub fn is_two(&self) -> bool {
        *self == Self::Two
    }
}

/// How often calls of a flow join one meeting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Joins {
    /// As often as they are asked to.
    #[default]
    Always,
    /// Not while one of them is in it.
    OneAtATime,
    /// Not once one of them was in it, for as long as that call is kept.
    Once,
}

impl Joins {
    /// It is what is meant where a flow says nothing.
    pub fn is_always(&self) -> bool {
        *self == Self::Always
    }
}

/// Brings somebody into the call. Of a call between two it makes one of several.
///
/// <https://learn.microsoft.com/graph/api/participant-invite>
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invite {
    /// Who is rung.
    pub to: Whom,
    /// Names of prompts that play meanwhile, up to 18; where there is none, it is silent.
    pub meanwhile: Vec<String>,
    /// The next step when they are there.
    pub joined: String,
    /// The next step when they are busy, where it is another than `failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy: Option<String>,
    /// The next step when they decline, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declined: Option<String>,
    /// The next step when they do not answer, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_answer: Option<String>,
    /// The next step when there is nobody to be rung, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_found: Option<String>,
    /// The next step when they do not come.
    pub failed: String,
}

/// Removes somebody from the call.
///
/// <https://learn.microsoft.com/graph/api/participant-delete>
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Remove {
    /// Who.
    pub who: Who,
    /// Where it leads.
    pub leads: Leads,
}

/// Mutes somebody for all others, or the bot.
///
/// <https://learn.microsoft.com/graph/api/participant-mute>
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mute {
    /// Who; `None` is the bot itself.
    pub who: Option<Who>,
    /// Where it leads.
    pub leads: Leads,
}

/// Lets somebody hear music, or a prompt, instead of the call.
///
/// <https://learn.microsoft.com/graph/api/participant-startholdmusic>
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hold {
    /// Who.
    pub who: Who,
    /// The prompt that they hear; Graph's own music where there is none.
    pub prompt: Option<String>,
    /// Where it leads.
    pub leads: Leads,
}

/// Lets somebody hear the call again.
///
/// <https://learn.microsoft.com/graph/api/participant-stopholdmusic>
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unhold {
    /// Who.
    pub who: Who,
    /// Where it leads.
    pub leads: Leads,
}

/// Where a step leads that asks Graph for something that is done at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leads {
    /// The next step.
    pub then: String,
    /// The next step when Graph refuses, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

impl Step {
    /// Graph does it only in a call with more than two ends.
    pub fn needs_company(&self) -> bool {
        matches!(self, Self::Remove(_) | Self::Mute(_) | Self::Unmute(_) | Self::Hold(_) | Self::Unhold(_))
    }
}

impl Leads {
    /// The next step, by how it went.
    pub fn after(&self, is_done: bool) -> &str {
        match is_done {
            true => &self.then,
            false => self.failed.as_ref().unwrap_or(&self.then),
        }
    }
}
