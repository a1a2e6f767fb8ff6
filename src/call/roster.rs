//! Who is in the call, as Graph's list of participants has it. Without names: nobody's is kept.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    action::Action,
    document::{Call, Direction, later},
    event::{Participant, Party},
    ids::ParticipantId,
    moment::Moment,
    phase::{At, Phase},
};
use crate::flow::{CallKind, Step, Who};

/// The most people that are kept; of those beyond it is only known how many they are.
pub const MOST_MEMBERS: usize = 100;

/// How long until it is looked again who is in a call that waits for somebody, in milliseconds: no list of Graph's is told twice.
const LOOK_AROUND_MS: u64 = 60_000;

/// Who else is in the call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// Somebody else was there at least once.
    pub met: bool,
    /// Since when nobody else is.
    pub alone_since: Option<Timestamp>,
    /// How many others are there, applications and those in the lobby left out; `None` where Graph has not said yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub others: Option<u32>,
    /// The number of Graph's list that this was last told by, where it has one: older lists say nothing any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<i64>,
    /// When it is looked who is there, should no list tell; `None` where nothing waits for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look_at: Option<Timestamp>,
    /// Everyone on Graph's list, the bot too; up to [`MOST_MEMBERS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roster: Vec<Member>,
}

/// Somebody on Graph's list of participants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Graph's id of the participant; `None` in some real lists.
    pub id: Option<ParticipantId>,
    /// Who it is.
    pub party: Option<Party>,
    /// Waits in the lobby.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_lobby: bool,
    /// Is muted for all others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_muted: bool,
}

impl Moment<'_> {
    /// Graph has told who is in the call, everyone at once.
    pub(super) fn company(&mut self, participants: &[Participant], sequence: Option<i64>) {
        let is_alive = matches!(self.call.phase, Phase::Ringing { .. } | Phase::Placing { .. } | Phase::InStep { .. });
        let last = self.call.company.sequence;
        let is_stale = sequence.zip(last).is_some_and(|(this, last)| this < last);
        // Graph's list can be empty though two are talking: that says nothing.
        if participants.is_empty() || !is_alive || is_stale {
            return;
        }
        let before = self.call.others();
        let others: Vec<&Participant> = participants.iter().filter(|one| one.is_another()).collect();
        let is_new = |one: &&Participant| !self.call.company.roster.iter().any(|member| member.is(one));
        let knows_who_was_there = !self.call.company.roster.is_empty();
        let count = u32::try_from(others.len()).unwrap_or(u32::MAX);
        let has_come = count > before || (knows_who_was_there && others.iter().any(is_new));
        let now = self.now;
        let company = &mut self.call.company;
        company.met |= count > 0;
        company.alone_since = match (count, company.met) {
            (0, true) => company.alone_since.or(Some(now)),
            _ => None,
        };
        company.others = Some(count);
        company.sequence = sequence.or(last);
        company.roster = participants.iter().take(MOST_MEMBERS).map(Member::from).collect();
        if count != before {
            self.note("participants_updated", None, &format!("others in the call: {count}"));
        }
        self.company_has_changed(has_come);
    }

    /// Looks who is there, from time to time, while the call waits for somebody to come or for all to leave.
    pub(super) fn look_around(&mut self) {
        if self.call.company.look_at.is_none_or(|at| at > self.now) {
            return;
        }
        self.call.company.look_at = self.awaits_company().then(|| later(self.now, LOOK_AROUND_MS));
        let is_asked = self.call.owed.iter().any(|owed| owed.action == Action::ListParticipants);
        if self.awaits_company() && !is_asked {
            self.call.owe(Action::ListParticipants);
        }
    }

    /// The call has begun to wait: perhaps for somebody to come, or for all to leave.
    pub(super) fn company_awaited(&mut self) {
        if self.awaits_company() {
            self.call.company.look_at = Some(later(self.now, LOOK_AROUND_MS));
        }
    }

    fn awaits_company(&self) -> bool {
        let Some((step, At::Wait { .. })) = self.at() else { return false };
        matches!(self.flow.steps.get(&step), Some(Step::Wait(wait)) if wait.joined.is_some() || wait.alone.is_some())
    }

    /// What waits for somebody to come, or for all to leave.
    fn company_has_changed(&mut self, has_come: bool) {
        match self.at() {
            Some((_, At::Invite { who, .. })) if self.call.is_here(&who) => self.invited_one_is_here(),
            Some((step, At::Wait { .. })) => {
                let Some(Step::Wait(wait)) = self.flow.steps.get(&step) else { return };
                let joined = wait.joined.as_ref().filter(|_| has_come);
                let alone = wait.alone.as_ref().filter(|_| self.call.others() == 0);
                if let Some(next) = joined.or(alone) {
                    self.hush();
                    self.go(next);
                }
            }
            _ => {}
        }
    }

    /// The participant that a step is about; `None` where nobody in the call is meant, or Graph has not said who is there.
    pub(super) fn participant(&self, who: &Who) -> Option<ParticipantId> {
        let meant = match who {
            Who::Other => self.call.other_end().cloned(),
            Who::Named(whom) => Some(Party::from(&whom.target(|text| self.fill(text))?)),
        };
        let roster = &self.call.company.roster;
        let others = || roster.iter().filter(|member| member.party.as_ref().is_none_or(|party| !party.is_application()));
        let member = match (meant, who) {
            (Some(meant), _) => roster.iter().find(|member| member.is_party(&meant)),
            // Graph did not say who called: if only one is there, that is who.
            (None, Who::Other) => others().next().filter(|_| others().count() == 1),
            (None, Who::Named(_)) => None,
        };
        member?.id.clone()
    }
}

impl Call {
    /// How many others are in the call. Before Graph has said so: one at the other end, nobody in a meeting.
    pub fn others(&self) -> u32 {
        let is_meeting = self.placing.as_ref().is_some_and(|placing| placing.meeting.is_some());
        self.company.others.unwrap_or(if is_meeting { 0 } else { 1 })
    }

    /// What kind of call the bot has placed; between two where somebody called it.
    pub fn kind(&self) -> CallKind {
        match &self.placing {
            Some(placing) if placing.meeting.is_some() => CallKind::Meeting,
            Some(placing) if placing.targets.len() > 1 => CallKind::Group,
            _ => CallKind::Two,
        }
    }

    /// Who called the bot, or whom it called.
    pub(super) fn other_end(&self) -> Option<&Party> {
        match self.direction {
            Direction::Incoming => self.from.as_ref(),
            Direction::Outgoing => self.to.as_ref(),
        }
    }

    /// Somebody is in the call, not in its lobby.
    pub(super) fn is_here(&self, who: &Party) -> bool {
        self.company.roster.iter().any(|member| !member.in_lobby && member.is_party(who))
    }
}

impl Member {
    /// The same participant: by Graph's id where both have one, else by who it is.
    fn is(&self, other: &Participant) -> bool {
        match (&self.id, Self::from(other).id) {
            (Some(this), Some(other)) => *this == other,
            _ => self.party == other.party,
        }
    }

    /// Ids are compared, not kinds: Graph calls one person `user` here and `guest` or `encrypted` there.
    fn is_party(&self, party: &Party) -> bool {
        self.party.as_ref().is_some_and(|this| this.id.eq_ignore_ascii_case(&party.id))
    }
}

impl From<&Participant> for Member {
    fn from(participant: &Participant) -> Self {
        Self {
            id: participant.id.as_deref().and_then(|id| ParticipantId::parse(id).ok()),
            party: participant.party.clone(),
            in_lobby: participant.in_lobby,
            is_muted: participant.is_muted,
        }
    }
}

impl Participant {
    /// Somebody else than the bot, who can hear it.
    fn is_another(&self) -> bool {
        !self.in_lobby && !self.party.as_ref().is_some_and(Party::is_application)
    }
}

impl Party {
    /// A program, such as the bot itself.
    fn is_application(&self) -> bool {
        self.kind == "application" || self.kind == "applicationInstance"
    }
}
