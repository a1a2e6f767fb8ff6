//! What holds of every call that is over, whatever happened in it.

use std::collections::BTreeSet;

use super::journey::Played;

/// What is wrong with a call that is over, if anything is: it did not end, something is owed, lost or doubled.
pub(super) fn fault(played: &Played) -> Option<String> {
    let Played { call, ledger, .. } = played;
    let kept: BTreeSet<u32> = call.recordings.iter().map(|kept| kept.n).collect();
    // As many as the platform made: those that others are made of count, and those that the caller did not want.
    let made = call.recordings.iter().map(|kept| kept.parts.len().max(1)).sum::<usize>() + call.forgotten.len();
    let faults = [
        (ledger.ended.is_none(), "the platform has not ended it"),
        (!call.phase.is_over(), "the bot does not know that it is over"),
        (!call.owed.is_empty(), "something is still owed"),
        (call.acting.is_some(), "somebody still acts for it"),
        (ledger.answers > 1, "it was answered twice"),
        (ledger.hang_ups > 1, "it was hung up twice"),
        (kept.len() != call.recordings.len(), "a recording was kept twice"),
        (u32::try_from(made) != Ok(ledger.recordings), "not as many recordings were kept as were made"),
    ];
    faults.into_iter().find(|(is_so, _)| *is_so).map(|(_, what)| what.to_owned())
}
