//! The bot asks someone into a call that stands.

use serde_json::{Value, json};

use super::{Call, Kind, Origin, Participant, participant::Standing, placing::reason};
use crate::simulator::{
    agenda::Alarm,
    asks::{Invite, Target},
    contact::Rung,
    dialect::result,
    mishaps::Fragility,
    observation::{NotTaken, Seen},
    reply::{Refusal, with_body},
    setup::INITIATE_GROUP,
    shelf::uuid,
    stage::Stage,
    wire::Reply,
};

/// An invitation under way.
#[derive(Debug)]
pub(super) struct Invitation {
    id: String,
    context: Option<String>,
    /// Whom it is for, by their numbers.
    people: Vec<usize>,
    was_taken: bool,
    participants: Value,
}

impl Call {
    /// `replaced` is the number of the call that the invited one is taken out of.
    pub(super) fn invite(&mut self, ask: &Invite, replaced: Option<usize>, stage: &mut Stage) -> Result<Reply, Refusal> {
        stage.must_have(INITIATE_GROUP)?;
        let invited = ask.invited();
        self.may_invite(&invited.iter().map(|invited| &invited.who).collect::<Vec<_>>())?;
        let to: Vec<String> = invited.iter().map(|invited| invited.who.id.clone()).collect();
        self.ledger.invites += 1;
        self.see(Seen::Invited { to }, stage);
        let mut people = Vec::new();
        for invited in invited {
            let id = invited.participant.unwrap_or_else(|| uuid(&mut self.rng));
            people.push(self.participants.len());
            self.participants.push(Participant { moves_from: replaced, ..Participant::called(id, stage.named(invited.who)) });
        }
        let invitation = Invitation {
            id: uuid(&mut self.rng),
            context: ask.client_context.clone(),
            participants: self.shown_invited(&people),
            people: people.clone(),
            was_taken: false,
        };
        let body = invitation.data("Running");
        self.invitations.push(invitation);
        for number in people {
            match replaced {
                Some(_) => self.fetch(number, stage),
                None => self.call_one(number, stage),
            }
        }
        Ok(with_body(200, body))
    }

    /// Someone who was invited has come, or will not. The last of them ends the operation.
    pub(super) fn invitation_settled(&mut self, number: usize, why: Option<NotTaken>, stage: &Stage) {
        let Some(at) = self.invitations.iter().position(|invitation| invitation.people.contains(&number)) else {
            return;
        };
        self.invitations[at].was_taken |= why.is_none();
        if self.invitations[at].people.iter().any(|person| self.participants[*person].is_coming()) {
            return;
        }
        let invitation = self.invitations.remove(at);
        let is_phone = self.participants[number].who.is_phone();
        let failure = why.filter(|_| !invitation.was_taken).map(|why| reason(why, is_phone));
        self.tell_invitation(&invitation, failure, stage);
    }

    /// The call ends before those who are rung have decided.
    pub(super) fn invitations_lost(&mut self, why: (u16, u32, &'static str), stage: &Stage) {
        for invitation in std::mem::take(&mut self.invitations) {
            self.tell_invitation(&invitation, Some(why), stage);
        }
    }

    /// Nothing else tells that nobody came, so it is never lost.
    fn tell_invitation(&mut self, invitation: &Invitation, failure: Option<(u16, u32, &str)>, _stage: &Stage) {
        let mut data = invitation.data(if failure.is_some() { "failed" } else { "completed" });
        if let Some((code, subcode, message)) = failure {
            data["resultInfo"] = result(code, subcode, message);
        } else if let Some(members) = data.as_object_mut() {
            members.remove("resultInfo");
        }
        self.tell_end(&invitation.id, "inviteParticipantsOperation", Fragility::Lazy, data);
    }

    /// They are in another call of the bot already, and do not have to be rung.
    fn fetch(&mut self, number: usize, stage: &mut Stage) {
        let wait = self.moment(300..800);
        self.participants[number].standing = Standing::Rung(Rung::answers(wait));
        self.set(Alarm::Rung(number), wait, stage);
    }

    fn may_invite(&self, people: &[&Target]) -> Result<(), Refusal> {
        if self.state_name() != "established" {
            return Err(Refusal::new(400, "8501", "Call is not established."));
        }
        if matches!(self.kind, Kind::Two) && people.len() > 1 {
            return Err(not_a_group());
        }
        let was_called_itself = matches!(self.origin, Origin::Incoming { instance: None });
        match was_called_itself && people.iter().any(|who| who.is_phone()) {
            true => Err(Refusal::new(400, "7507", "A number can be invited only if an application instance was called.")),
            false => Ok(()),
        }
    }

    fn shown_invited(&self, people: &[usize]) -> Value {
        let shown = |number: &usize| {
            json!({
                "@odata.type": "#microsoft.graph.invitationParticipantInfo",
                "identity": self.participants[*number].identity(),
            })
        };
        people.iter().map(shown).collect()
    }
}

impl Invitation {
    fn data(&self, status: &str) -> Value {
        let mut data = json!({
            "@odata.type": "#microsoft.graph.inviteParticipantsOperation",
            "id": self.id,
            "status": status,
            "resultInfo": null,
            "participants": self.participants,
        });
        if let Some(context) = &self.context {
            data["clientContext"] = json!(context);
        }
        data
    }
}

/// What is only for calls of several.
pub(super) fn not_a_group() -> Refusal {
    Refusal::new(400, "8548", "The call is not a group call.")
}
