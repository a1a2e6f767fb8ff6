//! Who calls, and what must come of it.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use switchboard::simulator::script::{self, Script};

use super::CALLERS;

/// A caller of `first_call`.
pub(super) struct Caller {
    pub(super) name: &'static str,
    pub(super) script: Script,
    /// How many transfers take effect, where that is certain.
    pub(super) transfers: Option<u32>,
    /// Presses keys and hangs up whenever chance wants it.
    pub(super) is_fickle: bool,
}

const VOICEMAIL: &str = r##"
[[does]]
hears = "main_menu"
presses = "3"
[[does]]
hears = "leave_message"
speaks = "1s"
presses = "#"
[[does]]
hears = "thanks"
[[does]]
hears = "goodbye"
[ends]
by = "bot"
recordings = 1
"##;

const TRANSFER: &str = r#"
people."5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945" = { answers = "4s" }
[[does]]
hears = "main_menu"
presses = "1"
[ends]
by = "transfer"
recordings = 0
"#;

const DECLINED: &str = r##"
people."b81e42f6-0c5d-4a97-8e13-6f7d29a4c053" = { declines = "3s" }
[[does]]
hears = "main_menu"
presses = "2"
[[does]]
hears = "nobody_there"
[[does]]
hears = "leave_message"
speaks = "1s"
presses = "#"
[[does]]
hears = "thanks"
barge_in = true
hangs_up = true
[ends]
by = "caller"
recordings = 1
"##;

const ERRS: &str = r#"
[[does]]
hears = "main_menu"
presses = "9"
[[does]]
hears = "not_a_choice"
[[does]]
hears = "main_menu"
presses = "9"
[[does]]
hears = "not_a_choice"
[[does]]
hears = "main_menu"
presses = "1"
[ends]
by = "transfer"
recordings = 0
"#;

const NO_INPUT: &str = r#"
[[does]]
hears = "main_menu"
[[does]]
hears = "nothing_heard"
[[does]]
hears = "nothing_heard"
[[does]]
hears = "goodbye"
[ends]
by = "bot"
recordings = 0
"#;

/// Everyone who calls.
pub(super) fn callers() -> [Caller; CALLERS as usize] {
    let caller = |name, script, transfers, is_fickle| {
        let script = script::parse(script).unwrap_or_else(|error| panic!("{name}: {error}"));
        Caller { name, script, transfers, is_fickle }
    };
    [
        caller("leaves a message", VOICEMAIL, Some(0), false),
        caller("is passed on", TRANSFER, Some(1), false),
        caller("is declined and leaves a message", DECLINED, Some(1), false),
        caller("errs twice and is passed on", ERRS, Some(1), false),
        caller("presses nothing", NO_INPUT, Some(0), false),
        caller("does anything at any time", "", None, true),
    ]
}

/// What a fickle caller does next, and after how many milliseconds.
pub(super) enum Whim {
    Press(char),
    HangUp,
}

impl Whim {
    pub(super) fn next(dice: &mut ChaCha8Rng) -> (i64, Self) {
        let ms = dice.random_range(1..=14_000);
        match dice.random_range(0..10) {
            0..3 => (ms, Self::HangUp),
            n => (ms, Self::Press(b"1233#90"[n - 3].into())),
        }
    }
}
