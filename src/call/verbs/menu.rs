//! `menu`: offers choices and takes one key.

use crate::{
    call::{
        moment::Moment,
        phase::{At, Attempts},
    },
    flow::{Key, Menu, Retry, Step},
};

/// How many menus are remembered, so that keys lead back through them. A call that goes deeper forgets those in the middle.
const MENUS_REMEMBERED: usize = 32;

impl Moment<'_> {
    pub(in crate::call) fn menu(&mut self, step: &str, menu: &Menu) {
        let is_new = self.comes_to_menu(step);
        self.offer(step, menu, None, is_new, Attempts::default());
    }

    /// A key was pressed.
    pub(in crate::call) fn choice(&mut self, step: &str, key: Key, sequence: i64) {
        let Some((_, At::Menu { attempts, .. })) = self.at() else { return };
        let Some(Step::Menu(menu)) = self.flow.steps.get(step) else { return };
        self.call.last_choice = Some(sequence);
        self.hush();
        let pressed = Some(key);
        if let Some(next) = menu.keys.get(&key) {
            self.go(next);
        } else if pressed == menu.repeat {
            self.offer(step, menu, None, true, attempts);
        } else if pressed == menu.back || pressed == menu.top {
            self.go_up(step, menu, pressed == menu.top, attempts);
        } else {
            let attempts = attempts.after_no_match();
            self.again(step, menu, &menu.no_match, attempts.no_match, attempts);
        }
    }

    /// The silence after the choices has ended: nobody pressed a key in time. Or nothing could be played at all.
    pub(in crate::call) fn no_input(&mut self, step: &str, completed: bool) {
        let Some((_, At::Menu { attempts, .. })) = self.at() else { return };
        let Some(Step::Menu(menu)) = self.flow.steps.get(step) else { return };
        let attempts = attempts.after_no_input();
        self.unless_failed(completed, |moment| moment.again(step, menu, &menu.no_input, attempts.no_input, attempts));
    }

    /// Remembers that the call has come to a menu; `true` where it was not there before, on its way here.
    fn comes_to_menu(&mut self, step: &str) -> bool {
        let menus = &mut self.call.menus;
        if let Some(place) = menus.iter().position(|menu| menu == step) {
            menus.truncate(place + 1);
            return false;
        }
        if menus.len() == MENUS_REMEMBERED {
            menus.remove(1);
        }
        menus.push(step.to_owned());
        true
    }

    /// Goes to the menu before this one, or to the first; where this is the first, says its choices again.
    fn go_up(&mut self, step: &str, menu: &Menu, to_top: bool, attempts: Attempts) {
        let is_menu = |name: &&String| matches!(self.flow.steps.get(*name), Some(Step::Menu(_)));
        let mut others = self.call.menus.iter().filter(is_menu).filter(|name| *name != step);
        let meant = if to_top { others.next() } else { others.next_back() };
        match meant.cloned() {
            Some(name) => self.go(&name),
            None => self.offer(step, menu, None, true, attempts),
        }
    }

    /// Says what went wrong and offers the choices again, or goes on when it went wrong too often.
    fn again(&mut self, step: &str, menu: &Menu, retry: &Retry, failures: u8, attempts: Attempts) {
        match failures >= retry.attempts {
            true => self.go(&retry.then),
            false => self.offer(step, menu, retry.prompt.as_ref(), false, attempts),
        }
    }

    fn offer(&mut self, step: &str, menu: &Menu, first: Option<&String>, in_full: bool, attempts: Attempts) {
        let choices = if in_full || menu.short_prompts.is_empty() { &menu.prompts } else { &menu.short_prompts };
        let sounds = self.sounds(first.into_iter().chain(choices));
        let (n, deaf_until) = self.play_and_wait(sounds, menu.timeout_ms, menu.barge_in);
        self.stand(step, At::Menu { n, deaf_until, attempts });
    }
}
