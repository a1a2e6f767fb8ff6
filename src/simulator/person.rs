//! The scripted caller: hears prompts and beeps, and plans what to do. Pure: it is told what happens and says what it does when.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use super::{
    ledger::{Ended, Verdict},
    script::{Ends, Line, PAUSE},
};

/// How long after a prompt's begin a caller barges in.
const BARGE_IN: SignedDuration = SignedDuration::from_secs(1);
/// How long after the beep a caller begins to speak.
const DRAWS_BREATH: SignedDuration = SignedDuration::from_millis(300);
/// Between two keys.
const BETWEEN_KEYS: SignedDuration = SignedDuration::from_millis(500);
/// A comma between keys.
const HESITATES: SignedDuration = SignedDuration::from_secs(1);

/// What a caller does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Press(char),
    Speak(SignedDuration),
    HangUp,
}

#[derive(Debug)]
struct Planned {
    at: Timestamp,
    deed: Deed,
    /// The first deed of a line: when it is done, the next line's cue counts.
    opens: bool,
}

#[derive(Debug)]
struct Heard {
    name: String,
    words: String,
    /// It has been a line's cue; it is not another's.
    is_used: bool,
}

/// A caller with a script.
#[derive(Debug)]
pub(crate) struct Person {
    lines: Vec<Line>,
    ends: Ends,
    /// The line whose cue is awaited, or whose deeds have not begun.
    at: usize,
    plan: VecDeque<Planned>,
    hears: Option<Heard>,
    /// What can be heard now is the cue of the line.
    is_cued: bool,
    /// The cue is heard; the line speaks as soon as a recording begins.
    awaits_beep: bool,
    /// The line whose speech the present or last recording holds.
    spoke: Option<usize>,
    /// Led from outside, without a script and without impatience.
    is_led: bool,
    given_up: Option<Verdict>,
}

impl Person {
    pub(crate) fn new(lines: Vec<Line>, ends: Ends) -> Self {
        Self {
            lines,
            ends,
            at: 0,
            plan: VecDeque::new(),
            hears: None,
            is_cued: false,
            awaits_beep: false,
            spoke: None,
            is_led: false,
            given_up: None,
        }
    }

    /// One who is led from outside.
    pub(crate) fn led() -> Self {
        Self { is_led: true, ..Self::new(Vec::new(), Ends::default()) }
    }

    /// Who calls the bot: led from outside without a script.
    pub(crate) fn caller(lines: Vec<Line>, ends: Ends) -> Self {
        Self { is_led: lines.is_empty(), ..Self::new(lines, ends) }
    }

    /// Whether they hang up when nothing happens.
    pub(crate) fn is_impatient(&self) -> bool {
        !self.is_led
    }

    /// When the caller does something next, as far as planned.
    pub(crate) fn next_at(&self) -> Option<Timestamp> {
        self.plan.front().map(|planned| planned.at)
    }

    /// The next deed that is due.
    pub(crate) fn due(&mut self, now: Timestamp) -> Option<Deed> {
        if self.next_at()? > now {
            return None;
        }
        let planned = self.plan.pop_front()?;
        if planned.opens {
            let mut free = now;
            if let Deed::Speak(length) = planned.deed {
                self.spoke = Some(self.at);
                free = later(now, length);
            }
            self.next_line(now, free);
        }
        Some(planned.deed)
    }

    /// An audible prompt begins.
    pub(crate) fn prompt_began(&mut self, name: &str, words: &str, now: Timestamp) {
        self.hears = Some(Heard { name: name.to_owned(), words: words.to_owned(), is_used: false });
        self.listen(now);
    }

    /// It ends, heard to its end or cut.
    pub(crate) fn prompt_ended(&mut self, completed: bool, now: Timestamp) {
        self.hears = None;
        if !std::mem::take(&mut self.is_cued) || !completed {
            return;
        }
        let line = &self.lines[self.at];
        if line.speaks.is_some() {
            self.awaits_beep = true;
        } else if line.only_listens() {
            self.next_line(now, now);
        } else {
            let from = later(now, line.after);
            self.plan_line(self.at, from, true);
        }
    }

    /// The beep has sounded.
    pub(crate) fn recording_began(&mut self, now: Timestamp) {
        let from = later(now, DRAWS_BREATH);
        if std::mem::take(&mut self.awaits_beep) {
            self.plan_line(self.at, from, true);
        } else if let Some(line) = self.spoke.take() {
            // The recording that held these words was cancelled; a person asked anew says them anew.
            self.plan_line(line, from, false);
            self.spoke = Some(line);
        }
    }

    /// A recording is over. If it was cancelled, what was said, or was about to be, is lost.
    pub(crate) fn recording_ended(&mut self, cancelled: bool) {
        if !cancelled {
            self.spoke = None;
        } else if self.spoke.is_some() {
            self.plan.clear();
        } else if matches!(self.plan.front(), Some(Planned { deed: Deed::Speak(_), opens: true, .. })) {
            self.plan.clear();
            self.awaits_beep = true;
        }
    }

    /// The caller has had enough.
    pub(crate) fn gives_up(&mut self, why: &str) {
        self.given_up = Some(Verdict::Failed { line: self.at + 1, why: why.to_owned() });
    }

    /// What became of the script, now that the call is over.
    pub(crate) fn verdict(&self, ended: &Ended, recordings: u32) -> Verdict {
        if let Some(verdict) = &self.given_up {
            return verdict.clone();
        }
        if let Some(line) = self.lines.get(self.at) {
            let why = format!("the call ended while the caller waited for {:?}", line.hears);
            return Verdict::Failed { line: self.at + 1, why };
        }
        match self.wrong_end(ended, recordings) {
            Some(why) => Verdict::Failed { line: self.lines.len() + 1, why },
            None => Verdict::Fulfilled,
        }
    }

    fn wrong_end(&self, ended: &Ended, recordings: u32) -> Option<String> {
        if !self.plan.is_empty() {
            return Some("the call ended before the caller had done everything".to_owned());
        }
        if let Some(by) = self.ends.by.filter(|by| *by != ended.by) {
            return Some(format!("the call was ended by {:?}, not by {by:?}", ended.by));
        }
        let wanted = self.ends.recordings.filter(|wanted| *wanted != recordings)?;
        Some(format!("{recordings} recordings were kept, not {wanted}"))
    }

    /// The next line's cue counts from now on; one without a cue begins when the caller is `free`.
    fn next_line(&mut self, now: Timestamp, free: Timestamp) {
        self.at += 1;
        match self.lines.get(self.at).filter(|line| line.follows()) {
            Some(line) if line.speaks.is_some() => self.awaits_beep = true,
            Some(line) => {
                let free = self.plan.back().map_or(free, |last| free.max(last.at));
                self.plan_line(self.at, later(free, line.after), true);
            }
            None => self.listen(now),
        }
    }

    /// Compares what can be heard with the cue that is awaited.
    fn listen(&mut self, now: Timestamp) {
        let is_planned = self.plan.iter().any(|planned| planned.opens) || self.awaits_beep;
        let (Some(heard), Some(line)) = (&mut self.hears, self.lines.get(self.at)) else {
            return;
        };
        if is_planned || heard.is_used || !line.awaits(&heard.name, &heard.words) {
            return;
        }
        heard.is_used = true;
        match (line.barge_in, line.speaks) {
            (true, None) => self.plan_line(self.at, later(now, BARGE_IN), true),
            (true, Some(_)) => self.awaits_beep = true,
            (false, _) => self.is_cued = true,
        }
    }

    fn plan_line(&mut self, number: usize, from: Timestamp, mut opens: bool) {
        let line = &self.lines[number];
        // What an earlier line still has to do comes first.
        let mut at = self.plan.back().map_or(from, |last| from.max(later(last.at, BETWEEN_KEYS)));
        let mut plan = |at, deed| {
            let opens = std::mem::take(&mut opens);
            self.plan.push_back(Planned { at, deed, opens });
        };
        if let Some(length) = line.speaks {
            plan(at, Deed::Speak(length));
            at = later(later(at, length), SignedDuration::from_secs(1));
        }
        for key in line.presses.chars() {
            match key {
                PAUSE => at = later(at, HESITATES),
                key => {
                    plan(at, Deed::Press(key));
                    at = later(at, BETWEEN_KEYS);
                }
            }
        }
        if line.hangs_up {
            plan(at, Deed::HangUp);
        }
    }
}

/// `at` and a while; the end of time at most.
pub(crate) fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::{observation::EndedBy, script};

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    fn person(text: &str) -> Person {
        let script = script::parse(text).unwrap();
        Person::new(script.does, script.ends)
    }

    fn verdict(person: &Person, by: EndedBy) -> Verdict {
        person.verdict(&Ended { at: at(0), by, code: 0, subcode: 0, message: String::new() }, 0)
    }

    #[test]
    fn keys_are_pressed_one_by_one_after_the_prompt_has_been_heard() {
        let mut ada = person("[[does]]\nhears = \"pin\"\npresses = \"12\"\n");
        ada.prompt_began("welcome", "", at(0));
        ada.prompt_ended(true, at(1_000));
        ada.prompt_began("pin", "", at(1_000));
        assert_eq!(ada.next_at(), None);
        ada.prompt_ended(true, at(3_000));
        assert_eq!(ada.next_at(), Some(at(4_000)));
        assert_eq!(ada.due(at(4_000)), Some(Deed::Press('1')));
        assert_eq!(ada.due(at(4_000)), None);
        assert_eq!(ada.due(at(4_500)), Some(Deed::Press('2')));
        assert_eq!(verdict(&ada, EndedBy::Bot), Verdict::Fulfilled);
    }

    #[test]
    fn a_comma_is_a_second_before_the_next_key() {
        let mut ada = person("[[does]]\nhears = \"pin\"\npresses = \"1,,2\"\n");
        ada.prompt_began("pin", "", at(0));
        ada.prompt_ended(true, at(1_000));
        assert_eq!(ada.due(at(2_000)), Some(Deed::Press('1')));
        assert_eq!((ada.next_at(), ada.due(at(4_500))), (Some(at(4_500)), Some(Deed::Press('2'))));
    }

    #[test]
    fn a_prompt_begun_again_is_no_new_cue() {
        let mut ada = person("[[does]]\nhears=\"menu\"\nthen=\"wait\"\n[[does]]\nhears=\"menu\"\npresses=\"9\"");
        ada.prompt_began("menu", "", at(0));
        ada.prompt_ended(false, at(100));
        ada.prompt_began("menu", "", at(200));
        ada.prompt_ended(true, at(2_200));
        assert_eq!(ada.next_at(), None, "the first hearing was for waiting");
        ada.prompt_began("menu", "", at(8_000));
        ada.prompt_ended(true, at(10_000));
        assert_eq!(ada.next_at(), Some(at(11_000)));
    }

    #[test]
    fn the_next_cue_counts_though_it_began_before_the_deed_was_done() {
        let mut ada = person("[[does]]\nhears=\"hello\"\npresses=\"1\"\n[[does]]\nhears=\"menu\"\npresses=\"2\"");
        ada.prompt_began("hello", "", at(0));
        ada.prompt_ended(true, at(1_000));
        ada.prompt_began("menu", "", at(1_000));
        assert_eq!(ada.due(at(2_000)), Some(Deed::Press('1')));
        ada.prompt_ended(true, at(5_000));
        assert_eq!(ada.next_at(), Some(at(6_000)));
    }

    #[test]
    fn a_line_without_a_cue_follows_the_one_before_it() {
        let mut script =
            script::parse("[[does]]\nhears=\"pin\"\nspeaks=\"6s\"\n[[does]]\nhears=\"x\"\npresses=\"1\"\nafter=\"2s\"").unwrap();
        script.does[1].hears.clear();
        let mut ada = Person::new(script.does, script.ends);
        ada.prompt_began("pin", "", at(0));
        ada.prompt_ended(true, at(1_000));
        ada.recording_began(at(1_400));
        assert_eq!(ada.due(at(1_700)), Some(Deed::Speak(SignedDuration::from_secs(6))));
        assert_eq!(ada.next_at(), Some(at(9_700)), "two seconds after the last word");
        assert_eq!(ada.due(at(9_700)), Some(Deed::Press('1')));
        assert_eq!(verdict(&ada, EndedBy::Bot), Verdict::Fulfilled);
    }

    #[test]
    fn barging_in_is_one_second_after_the_begin() {
        let mut ada = person("[[does]]\nhears=\"menu\"\npresses=\"2\"\nbarge_in=true");
        ada.prompt_began("menu", "", at(0));
        assert_eq!(ada.next_at(), Some(at(1_000)));
    }

    #[test]
    fn words_wait_for_the_beep_and_are_said_again_when_their_recording_was_cancelled() {
        let mut ada = person("[[does]]\nhears=\"speak\"\nspeaks=\"6s\"\npresses=\"#\"");
        ada.prompt_began("speak", "", at(0));
        ada.prompt_ended(true, at(1_000));
        assert_eq!(ada.next_at(), None);
        ada.recording_began(at(1_400));
        assert_eq!(ada.due(at(1_700)), Some(Deed::Speak(SignedDuration::from_secs(6))));
        ada.recording_ended(true);
        assert_eq!(ada.next_at(), None);
        ada.recording_began(at(5_000));
        assert_eq!(ada.due(at(5_300)), Some(Deed::Speak(SignedDuration::from_secs(6))));
        assert_eq!(ada.due(at(12_300)), Some(Deed::Press('#')));
        ada.recording_ended(false);
        ada.recording_began(at(20_000));
        assert_eq!(ada.next_at(), None, "these words are kept");
        assert_eq!(verdict(&ada, EndedBy::Bot), Verdict::Fulfilled);
    }

    #[test]
    fn a_recording_cancelled_before_a_word_was_said_is_spoken_into_when_it_begins_again() {
        let mut ada = person("[[does]]\nhears=\"speak\"\nspeaks=\"6s\"");
        ada.prompt_began("speak", "", at(0));
        ada.prompt_ended(true, at(1_000));
        ada.recording_began(at(1_400));
        ada.recording_ended(true);
        assert_eq!(ada.next_at(), None);
        ada.recording_began(at(5_000));
        assert_eq!(ada.next_at(), Some(at(5_300)));
    }

    #[test]
    fn the_verdict_names_the_line_and_the_wrong_end() {
        let mut ada = person("[[does]]\nhears=\"bye\"\n[ends]\nby=\"caller\"\nrecordings=0");
        assert!(matches!(verdict(&ada, EndedBy::Caller), Verdict::Failed { line: 1, .. }));
        ada.prompt_began("bye", "", at(0));
        ada.prompt_ended(true, at(1_000));
        assert_eq!(verdict(&ada, EndedBy::Caller), Verdict::Fulfilled);
        assert!(matches!(verdict(&ada, EndedBy::Bot), Verdict::Failed { line: 2, .. }));
        ada.gives_up("heard nothing");
        assert!(matches!(verdict(&ada, EndedBy::Caller), Verdict::Failed { line: 2, .. }));
    }
}
