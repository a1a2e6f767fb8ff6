//! `remove`, `mute`, `unmute`, `hold`, `unhold`: what Graph does at once with somebody in a call of several, or refuses.

use crate::{
    call::{action::Action, ids::ParticipantId, moment::Moment, phase::At},
    flow::{Hold, Leads, Mute, Remove, Step, Unhold, Who},
};

/// The codes with which Graph says that things stand already as they were asked to: a conflict, and a deed for which it is too late.
const ALREADY: [&str; 2] = ["8519", "8585"];

impl<'a> Moment<'a> {
    pub(in crate::call) fn remove(&mut self, step: &str, remove: &'a Remove) -> Option<&'a str> {
        self.moderate(step, &remove.who, &remove.leads, |participant| Action::Remove { participant })
    }

    pub(in crate::call) fn mute(&mut self, step: &str, mute: &'a Mute) -> Option<&'a str> {
        match &mute.who {
            Some(who) => self.moderate(step, who, &mute.leads, |participant| Action::Mute { participant: Some(participant) }),
            None => self.await_deed(step, Action::Mute { participant: None }),
        }
    }

    pub(in crate::call) fn unmute(&mut self, step: &str) -> Option<&'a str> {
        self.await_deed(step, Action::Unmute)
    }

    pub(in crate::call) fn hold(&mut self, step: &str, hold: &'a Hold) -> Option<&'a str> {
        let prompt = self.sounds(&hold.prompt).pop();
        self.moderate(step, &hold.who, &hold.leads, |participant| Action::Hold { participant, prompt })
    }

    pub(in crate::call) fn unhold(&mut self, step: &str, unhold: &'a Unhold) -> Option<&'a str> {
        self.moderate(step, &unhold.who, &unhold.leads, |participant| Action::Unhold { participant })
    }

    /// What the call waits for is done, or refused: the flow goes on.
    pub(in crate::call) fn moderated(&mut self, n: u32, is_done: bool) {
        let Some((step, At::Moderate { n: waited_for })) = self.at() else { return };
        let Some(leads) = self.flow.steps.get(&step).and_then(leads).filter(|_| waited_for == n) else { return };
        self.go(leads.after(is_done));
    }

    /// Yields the next step where nobody in the call is meant.
    fn moderate(
        &mut self,
        step: &str,
        who: &Who,
        leads: &'a Leads,
        action: impl FnOnce(ParticipantId) -> Action,
    ) -> Option<&'a str> {
        match self.participant(who) {
            Some(participant) => self.await_deed(step, action(participant)),
            None => {
                self.note("participant", None, "nobody in the call is meant");
                Some(leads.after(false))
            }
        }
    }

    fn await_deed(&mut self, step: &str, action: Action) -> Option<&'a str> {
        let n = self.call.owe(action);
        self.stand(step, At::Moderate { n });
        None
    }
}

/// Whether a refusal says that an earlier request, of which nobody knew what became, was carried out.
pub(in crate::call) fn is_done_already(code: &str, attempts: u8) -> bool {
    attempts > 0 && ALREADY.contains(&code)
}

fn leads(step: &Step) -> Option<&Leads> {
    match step {
        Step::Remove(Remove { leads, .. })
        | Step::Mute(Mute { leads, .. })
        | Step::Unmute(leads)
        | Step::Hold(Hold { leads, .. })
        | Step::Unhold(Unhold { leads, .. }) => Some(leads),
        _ => None,
    }
}
