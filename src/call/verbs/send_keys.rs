//! `send_keys`: sends keys to the other side. Keys that may have been sent are never sent again: dialled twice they mean something else.

use crate::{
    call::{
        action::{Action, Owed},
        moment::Moment,
        phase::{At, Phase},
    },
    flow::{Key, MOST_KEYS, SendKeys, Step},
};

impl<'a> Moment<'a> {
    /// Yields the next step where there is nothing to send.
    pub(in crate::call) fn send_keys(&mut self, step: &str, send: &'a SendKeys) -> Option<&'a str> {
        let keys: Vec<Key> = self.fill(&send.keys).chars().filter_map(|key| Key::try_from(key).ok()).take(MOST_KEYS).collect();
        if keys.is_empty() {
            self.note("send_tones", None, "failed: what the variables make is no key");
            return Some(send.leads.after(false));
        }
        let n = self.call.begin(Action::SendTones { keys, pause_ms: send.pause_ms }, self.now);
        self.stand(step, At::SendKeys { n, is_sure: true });
        None
    }

    /// Nobody knows whether they were sent: the end of the operation tells, if it comes.
    pub(in crate::call) fn keys_perhaps_sent(&mut self, owed: &Owed) {
        self.paid(owed, "no answer: not asked for again");
        if let Phase::InStep { at: At::SendKeys { n, is_sure }, .. } = &mut self.call.phase
            && *n == owed.n
        {
            *is_sure = false;
        }
    }

    /// Their end is told, or does not come.
    pub(in crate::call) fn keys_sent(&mut self, step: &str, is_done: bool) {
        let Some(Step::SendKeys(send)) = self.flow.steps.get(step) else { return };
        self.go(send.leads.after(is_done));
    }
}
