//! What is asked of calls of several: <https://learn.microsoft.com/graph/api/participant-invite> and its neighbours.

use serde::Deserialize;

use super::{Ask, Invitation, Prompt, Target, context_fault, create::TARGETS, prompts_fault};

/// `participants/invite`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Invite {
    participants: Vec<Invitation>,
    pub(crate) client_context: Option<String>,
}

/// `participants/{id}/startHoldMusic`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct HoldMusic {
    pub(crate) custom_prompt: Option<Prompt>,
    pub(crate) client_context: Option<String>,
}

/// Someone who is invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invited {
    pub(crate) who: Target,
    /// The id that the bot wants them to have.
    pub(crate) participant: Option<String>,
}

impl Invite {
    /// The call that the invited one is taken out of; all others are ignored then.
    pub(crate) fn replaces(&self) -> Option<&str> {
        self.participants.first()?.replaces_call_id.as_deref()
    }

    /// Who is invited.
    pub(crate) fn invited(&self) -> Vec<Invited> {
        let counted = if self.replaces().is_some() { 1 } else { self.participants.len() };
        let invited = |invitation: &Invitation| {
            Some(Invited { who: invitation.who().ok()?, participant: invitation.participant_id.clone() })
        };
        self.participants.iter().take(counted).filter_map(invited).collect()
    }
}

impl Ask for Invite {
    fn fault(&self) -> Option<String> {
        if !(1..=TARGETS).contains(&self.participants.len()) {
            return Some(format!("participants must have 1 to {TARGETS} members"));
        }
        let faults = self.participants.iter().find_map(|invitation| invitation.who().err());
        faults.or_else(|| context_fault(self.client_context.as_ref()))
    }
}

impl Ask for HoldMusic {
    fn fault(&self) -> Option<String> {
        prompts_fault(self.custom_prompt.as_slice()).or_else(|| context_fault(self.client_context.as_ref()))
    }
}
