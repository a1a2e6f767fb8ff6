//! `collect`: collects digits.
//!
//! The first key cuts the prompt short, and silence begins: the time for the next key. For later keys nothing is asked of Graph; when
//! the silence ends too early after the last of them, the remainder is played.

use crate::{
    call::{
        digits::Digits,
        moment::Moment,
        phase::{At, Attempts, Typed},
    },
    flow::{Collect, Key, Retry, Step, fits},
};

/// The shortest silence that can be played, in milliseconds.
const SHORTEST_MS: u32 = 100;

impl Moment<'_> {
    pub(in crate::call) fn collect(&mut self, step: &str, collect: &Collect) {
        self.ask_for_digits(step, collect, None, Attempts::default());
    }

    /// A key was pressed.
    pub(in crate::call) fn digit(&mut self, step: &str, key: Key, sequence: i64) {
        let Some((_, At::Collect { n, typed, attempts, .. })) = self.at() else { return };
        let Some(Step::Collect(collect)) = self.flow.steps.get(step) else { return };
        let is_first = typed == Typed::default();
        let mut digits = self.digits(step, &typed);
        digits.insert(sequence, key);
        if self.is_complete(collect, &digits) {
            return self.judge(step, collect, &digits, attempts);
        }
        let n = match is_first {
            true => {
                self.hush();
                self.play_and_wait(Vec::new(), collect.inter_digit_timeout_ms, true).0
            }
            false => n,
        };
        let typed = self.typed(step, collect, digits);
        self.stand(step, At::Collect { n, deaf_until: None, typed, pressed_at: Some(self.now), attempts });
    }

    /// The silence has ended: nobody pressed a key in time, or no other key. Or nothing could be played at all.
    pub(in crate::call) fn digits_awaited(&mut self, step: &str, completed: bool) {
        let Some((_, At::Collect { typed, pressed_at, attempts, .. })) = self.at() else { return };
        let Some(Step::Collect(collect)) = self.flow.steps.get(step) else { return };
        let Some(pressed_at) = pressed_at else {
            return self.unless_failed(completed, |moment| moment.none_typed(step, collect, attempts));
        };
        let waited_ms = u32::try_from(self.now.duration_since(pressed_at).as_millis()).unwrap_or(0);
        match collect.inter_digit_timeout_ms.saturating_sub(waited_ms) {
            remainder if completed && remainder >= SHORTEST_MS => {
                let (n, _) = self.play_and_wait(Vec::new(), remainder, true);
                self.stand(step, At::Collect { n, deaf_until: None, typed, pressed_at: Some(pressed_at), attempts });
            }
            _ => {
                let digits = self.digits(step, &typed);
                self.unless_failed(completed, |moment| moment.judge(step, collect, &digits, attempts));
            }
        }
    }

    fn none_typed(&mut self, step: &str, collect: &Collect, attempts: Attempts) {
        let again = attempts.after_no_input();
        self.ask_again(step, collect, &collect.no_input, again.no_input, again);
    }

    /// The digits are all there is: goes on, or asks again.
    fn judge(&mut self, step: &str, collect: &Collect, digits: &Digits, attempts: Attempts) {
        self.call.last_choice = digits.last().or(self.call.last_choice);
        self.hush();
        let text = digits.text(collect.most, &collect.stop_keys);
        if !self.are_right(collect, &text) {
            self.note("collect", None, "the digits are not right");
            let again = attempts.after_no_match();
            return self.ask_again(step, collect, &collect.no_match, again.no_match, again);
        }
        self.note("collect", None, "the digits are right");
        if let Some(variable) = collect.into.as_ref().filter(|_| !collect.secret) {
            self.set_variable(variable, text);
        }
        self.go(&collect.then);
    }

    fn are_right(&self, collect: &Collect, text: &str) -> bool {
        let is_long_enough = text.len() >= usize::from(collect.least);
        let looks_right = collect.pattern.as_ref().is_none_or(|pattern| fits(pattern, text));
        let equals = |expected| self.secrets.are_equal(text, &self.fill(expected));
        is_long_enough && looks_right && collect.matches.as_ref().is_none_or(equals)
    }

    /// Nothing more is to be waited for, and no key is still on its way, as far as the platform's counting tells.
    fn is_complete(&self, collect: &Collect, digits: &Digits) -> bool {
        let (Some(first), Some(last)) = (digits.first(), digits.completed_by(collect.most, &collect.stop_keys)) else {
            return false;
        };
        let tones = || self.call.tones.iter().copied();
        let before = tones().filter(|tone| *tone < first).max().unwrap_or(first);
        let there = tones().filter(|tone| (before..last).contains(tone)).count();
        u64::try_from(last.saturating_sub(before)).is_ok_and(|expected| there as u64 == expected)
    }

    /// Says what went wrong and asks again, or goes on when it went wrong too often.
    fn ask_again(&mut self, step: &str, collect: &Collect, retry: &Retry, failures: u8, attempts: Attempts) {
        match failures >= retry.attempts {
            true => self.go(&retry.then),
            false => self.ask_for_digits(step, collect, retry.prompt.as_ref(), attempts),
        }
    }

    fn ask_for_digits(&mut self, step: &str, collect: &Collect, first: Option<&String>, attempts: Attempts) {
        let sounds = self.sounds(first.into_iter().chain(&collect.prompts));
        let (n, deaf_until) = self.play_and_wait(sounds, collect.timeout_ms, collect.barge_in);
        self.stand(step, At::Collect { n, deaf_until, typed: Typed::default(), pressed_at: None, attempts });
    }

    fn digits(&self, step: &str, typed: &Typed) -> Digits {
        match typed {
            Typed::Plain(digits) => digits.clone(),
            // Sealed with a key that is no longer there: then nothing was typed.
            Typed::Sealed(sealed) => self.secrets.open(&self.place(step), sealed).unwrap_or_default(),
        }
    }

    /// The digits as the document holds them. Without a key a secret is not held at all.
    fn typed(&self, step: &str, collect: &Collect, digits: Digits) -> Typed {
        match collect.secret {
            true => self.secrets.seal(&self.place(step), &digits).map(Typed::Sealed).unwrap_or_default(),
            false => Typed::Plain(digits),
        }
    }

    /// Where a secret is typed: sealed digits of one call or step are of no use in another.
    fn place(&self, step: &str) -> String {
        format!("{}/{}/{step}", self.call.key, self.call.flow_version)
    }
}
