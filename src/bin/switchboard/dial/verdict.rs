//! Whether a call went as it should.

use std::path::Path;

use switchboard::{
    call::{Call, Phase},
    simulator::ledger::{Ledger, Verdict},
};

use crate::conversation::ending_words;

/// Whether the call went as its script says, nothing was left over and nothing happened twice; else why not.
pub(super) fn judge(ledger: &Ledger, call: Option<&Call>) -> Result<(), String> {
    match &ledger.script {
        Verdict::Fulfilled => {}
        Verdict::Going => return Err("the call did not come to its end".to_owned()),
        Verdict::Failed { line, why } => return Err(format!("line {line} of the script: {why}")),
    }
    sound(ledger, call)
}

/// Whether the bot knows that the call is over, and nothing is left over, lost or done twice; else what is wrong.
pub(crate) fn sound(ledger: &Ledger, call: Option<&Call>) -> Result<(), String> {
    let Some(call) = call else { return Err("the bot has stored nothing of the call".to_owned()) };
    if !call.phase.is_over() {
        return Err("the call is over, and the bot does not know it".to_owned());
    }
    if let Some(owed) = call.owed.first() {
        return Err(format!("the bot still owes {} (number {})", owed.action.kind(), owed.n));
    }
    let doubled = [("answered", ledger.answers), ("hung up", ledger.hang_ups)].into_iter().find(|(_, count)| *count > 1);
    if let Some((what, count)) = doubled {
        return Err(format!("the bot {what} {count} times"));
    }
    let kept = kept_or_unwanted(call);
    match u32::try_from(kept) == Ok(ledger.recordings) {
        true => Ok(()),
        false => Err(format!("{} recordings were made and {kept} were kept", ledger.recordings)),
    }
}

/// How many recordings were kept, and those that others are made of, and those that the caller did not want.
fn kept_or_unwanted(call: &Call) -> usize {
    call.recordings.iter().map(|kept| kept.parts.len().max(1)).sum::<usize>() + call.forgotten.len()
}

/// The verdict in words, and where the recordings are.
pub(super) fn tell(verdict: &Result<(), String>, call: Option<&Call>, recordings: &Path) -> String {
    let mut lines = Vec::new();
    if let Some(call) = call {
        for kept in &call.recordings {
            let file = recordings.join(call.key.as_str()).join(format!("{}.wav", kept.n));
            lines.push(format!("Recorded: {} ({:.1} s)", file.display(), f64::from(kept.ms) / 1000.0));
        }
        if let Phase::Ended { ending, .. } = &call.phase {
            lines.push(format!("The call is over: {}.", ending_words(*ending)));
        }
    }
    lines.push(match verdict {
        Ok(()) => "It went as its script says; nothing was lost and nothing happened twice.".to_owned(),
        Err(why) => format!("It did not go as it should: {why}."),
    });
    lines.join("\n")
}
