//! The caller's keypad, on a terminal: a line of keys at a time.

use std::io::{BufRead, stdin};

use switchboard::simulator::server::Running;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// What is typed.
pub(super) struct Keypad {
    lines: UnboundedReceiver<String>,
}

/// Begins to read keys. `h` hangs up; so does the end of the input.
pub(super) fn start() -> Keypad {
    println!("You are the caller. Type keys (0-9 * #) and Enter; h and Enter to hang up.\n");
    let (typed, lines) = unbounded_channel();
    // A thread of its own, not a task: nothing can take back a read of a terminal, and it may outlive the call.
    std::thread::spawn(move || {
        for line in stdin().lock().lines().map_while(Result::ok) {
            if typed.send(line).is_err() {
                return;
            }
        }
    });
    Keypad { lines }
}

impl Keypad {
    /// Presses what is typed until the caller hangs up; then waits for ever.
    pub(super) async fn press(&mut self, teams: &Running, call: &str) {
        while let Some(line) = self.lines.recv().await {
            let line = line.trim();
            if line.eq_ignore_ascii_case("h") {
                break;
            }
            let keys: String = line.chars().filter(|key| "0123456789*#".contains(*key)).collect();
            teams.press(call, &keys);
        }
        teams.hang_up(call);
        std::future::pending().await
    }
}
