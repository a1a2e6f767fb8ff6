//! `menu`: offers choices and takes one key.
//!
//! Silence played after the choices is the timer: its end is notified, so that waiting needs no server and no clock of ours.

use crate::{
    call::{
        action::{Action, Sound},
        moment::Moment,
        phase::At,
    },
    flow::{Key, Menu, Retry, Step},
};

/// What went wrong with an offer, and how often by now.
#[derive(Clone, Copy, Default)]
struct Attempts {
    no_input: u8,
    no_match: u8,
}

impl Moment<'_> {
    pub(in crate::call) fn menu(&mut self, step: &str, menu: &Menu) {
        self.offer(step, menu, None, Attempts::default());
    }

    /// A key was pressed.
    pub(in crate::call) fn key(&mut self, key: Key, sequence: i64) {
        let Some((step, At::Menu { deaf_until: None, no_input, no_match, .. })) = self.at() else { return };
        let Some(Step::Menu(menu)) = self.flow.steps.get(&step) else { return };
        self.call.last_choice = Some(sequence);
        self.hush();
        match menu.keys.get(&key) {
            Some(next) => self.go(next),
            None => {
                self.again(&step, menu, &menu.no_match, Attempts { no_input, no_match: no_match.saturating_add(1) }, no_match)
            }
        }
    }

    /// The silence after the choices has ended: nobody pressed a key in time. Or nothing could be played at all.
    pub(in crate::call) fn no_input(&mut self, step: &str, completed: bool) {
        let Some((_, At::Menu { no_input, no_match, .. })) = self.at() else { return };
        let Some(Step::Menu(menu)) = self.flow.steps.get(step) else { return };
        let attempts = Attempts { no_input: no_input.saturating_add(1), no_match };
        let again = |moment: &mut Self| moment.again(step, menu, &menu.no_input, attempts, no_input);
        match completed {
            true => again(self),
            false => self.failed(again),
        }
    }

    /// Says what went wrong and offers the choices again, or goes on when it went wrong too often.
    fn again(&mut self, step: &str, menu: &Menu, retry: &Retry, attempts: Attempts, before: u8) {
        match before.saturating_add(1) >= retry.attempts {
            true => self.go(&retry.then),
            false => self.offer(step, menu, retry.prompt.as_ref(), attempts),
        }
    }

    fn offer(&mut self, step: &str, menu: &Menu, first: Option<&String>, attempts: Attempts) {
        let choices = self.sounds(first.into_iter().chain(&menu.prompts));
        let (n, deaf_until) = self.play_and_wait(choices, menu.timeout_ms, menu.barge_in);
        self.stand(step, At::Menu { n, deaf_until, no_input: attempts.no_input, no_match: attempts.no_match });
    }

    /// Plays sounds and then so much silence. Yields the action whose end is the end of the silence and, where keys count only
    /// after the sounds, the action that plays them.
    ///
    /// The one place that relies on Graph playing several prompts of one request in order, as one operation.
    fn play_and_wait(&mut self, mut sounds: Vec<Sound>, silence_ms: u32, barge_in: bool) -> (u32, Option<u32>) {
        let silence = Sound::Silence { ms: silence_ms };
        if barge_in || sounds.is_empty() {
            sounds.push(silence);
            return (self.call.begin(Action::PlayPrompt { sounds }, self.now), None);
        }
        let choices = self.call.begin(Action::PlayPrompt { sounds }, self.now);
        (self.call.begin(Action::PlayPrompt { sounds: vec![silence] }, self.now), Some(choices))
    }
}
