//! What took effect in a call, counted: the proof that nothing was lost or done twice.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{observation::EndedBy, sound::Sound};

/// Within this, a prompt that was cut and is played anew counts as begun again.
const AGAIN_WITHIN: SignedDuration = SignedDuration::from_secs(10);

/// The counts of one call.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Ledger {
    /// The bot placed the call: 1, or 0 for one that came in.
    pub placed: u32,
    /// People whose telephone rang for it.
    pub rung: u32,
    /// Of these, people who took it.
    pub taken: u32,
    /// Answers that took effect.
    pub answers: u32,
    /// Rejections that took effect.
    pub rejects: u32,
    /// Redirections that took effect.
    pub redirects: u32,
    /// Transfers that took effect, whatever came of them.
    pub transfers: u32,
    /// Hang-ups by the bot that took effect.
    pub hang_ups: u32,
    /// Prompts that could be heard, silence included.
    pub prompts: u32,
    /// Of these, audible ones that had been cut less than 10 s before.
    pub prompts_again: u32,
    /// Recordings that are kept.
    pub recordings: u32,
    /// How the call ended; `None` while it is going.
    pub ended: Option<Ended>,
    /// What became of the caller's script.
    pub script: Verdict,
    #[serde(skip)]
    cut: Option<(String, Timestamp)>,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// Who ended it.
    pub by: EndedBy,
    /// As in the last notification's `resultInfo`.
    pub code: u16,
    /// As there.
    pub subcode: u32,
    /// As there.
    pub message: String,
}

/// What became of a caller's script.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// The call is going.
    #[default]
    Going,
    /// All lines were done and the call ended as it should.
    Fulfilled,
    /// It went otherwise.
    Failed {
        /// The line of `[[does]]`, from 1; one more than there are if all were done but the end was wrong.
        line: usize,
        /// In words.
        why: String,
    },
}

impl Ledger {
    /// The bot placed the call and a telephone rang, so that somebody could have answered it.
    pub fn could_be_answered(&self) -> bool {
        self.placed > 0 && self.rung > 0
    }

    pub(crate) fn prompt_began(&mut self, sound: &Sound, now: Timestamp) {
        self.prompts += 1;
        let again = |(cut, at): &(String, Timestamp)| *cut == sound.sha256 && now.duration_since(*at) <= AGAIN_WITHIN;
        if self.cut.take().as_ref().is_some_and(again) {
            self.prompts_again += 1;
        }
    }

    pub(crate) fn prompt_cut(&mut self, sound: &Sound, now: Timestamp) {
        self.cut = (!sound.is_silence).then(|| (sound.sha256.clone(), now));
    }
}
