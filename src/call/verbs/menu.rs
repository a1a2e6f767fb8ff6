//! `menu`: offers choices and takes one key.

use crate::{
    call::{
        moment::Moment,
        phase::{At, Attempts},
    },
    flow::{Key, Menu, Retry, Step},
};

impl Moment<'_> {
    pub(in crate::call) fn menu(&mut self, step: &str, menu: &Menu) {
        self.offer(step, menu, None, Attempts::default());
    }

    /// A key was pressed.
    pub(in crate::call) fn choice(&mut self, step: &str, key: Key, sequence: i64) {
        let Some((_, At::Menu { attempts, .. })) = self.at() else { return };
        let Some(Step::Menu(menu)) = self.flow.steps.get(step) else { return };
        self.call.last_choice = Some(sequence);
        self.hush();
        match menu.keys.get(&key) {
            Some(next) => self.go(next),
            None => {
                let attempts = attempts.after_no_match();
                self.again(step, menu, &menu.no_match, attempts.no_match, attempts);
            }
        }
    }

    /// The silence after the choices has ended: nobody pressed a key in time. Or nothing could be played at all.
    pub(in crate::call) fn no_input(&mut self, step: &str, completed: bool) {
        let Some((_, At::Menu { attempts, .. })) = self.at() else { return };
        let Some(Step::Menu(menu)) = self.flow.steps.get(step) else { return };
        let attempts = attempts.after_no_input();
        self.unless_failed(completed, |moment| moment.again(step, menu, &menu.no_input, attempts.no_input, attempts));
    }

    /// Says what went wrong and offers the choices again, or goes on when it went wrong too often.
    fn again(&mut self, step: &str, menu: &Menu, retry: &Retry, failures: u8, attempts: Attempts) {
        match failures >= retry.attempts {
            true => self.go(&retry.then),
            false => self.offer(step, menu, retry.prompt.as_ref(), attempts),
        }
    }

    fn offer(&mut self, step: &str, menu: &Menu, first: Option<&String>, attempts: Attempts) {
        let choices = self.sounds(first.into_iter().chain(&menu.prompts));
        let (n, deaf_until) = self.play_and_wait(choices, menu.timeout_ms, menu.barge_in);
        self.stand(step, At::Menu { n, deaf_until, attempts });
    }
}
