//! How lines look: with colours on a terminal, without anywhere else.

use std::{
    env,
    io::{IsTerminal, stdout},
};

use jiff::{SignedDuration, Timestamp};

/// Paints words, or does not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    is_on: bool,
}

impl Paint {
    /// As the output bears it. <https://no-color.org>
    pub(super) fn of_stdout() -> Self {
        Self { is_on: stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) }
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    pub(super) fn good(self, text: &str) -> String {
        self.with("32", text)
    }

    pub(super) fn bad(self, text: &str) -> String {
        self.with("31", text)
    }

    pub(super) fn busy(self, text: &str) -> String {
        self.with("36", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        match self.is_on {
            true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            false => text.to_owned(),
        }
    }
}

/// Words as people read them.
pub(super) fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// How long after the beginning something was: `1:02.5`.
pub(super) fn after(start: Timestamp, at: Timestamp) -> String {
    let passed = at.duration_since(start).max(SignedDuration::ZERO);
    let tenths = passed.as_millis() / 100;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

/// Whether a call that ended so reached whom it was for.
pub(super) fn is_good(outcome: &str) -> bool {
    matches!(
        outcome,
        "caller_hung_up" | "called_hung_up" | "bot_hung_up" | "transferred" | "redirected" | "rejected" | "called_off"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_counted_from_the_beginning() {
        let at = |ms: i64| Timestamp::from_millisecond(1_800_000_000_000 + ms).unwrap();
        for (ms, text) in [(0, "0:00.0"), (999, "0:00.9"), (62_540, "1:02.5"), (-5, "0:00.0")] {
            assert_eq!(after(at(0), at(ms)), text);
        }
    }

    #[test]
    fn without_a_terminal_nothing_is_painted() {
        assert_eq!(Paint { is_on: false }.bold("step"), "step");
        assert_eq!(Paint { is_on: true }.bold("step"), "\u{1b}[1mstep\u{1b}[0m");
    }
}
