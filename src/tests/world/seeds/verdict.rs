//! Whether a call came to what it should: nothing lost, nothing doubled.

use std::collections::BTreeSet;

use switchboard::{
    call::{Call, CallKey},
    simulator::ledger::{Ledger, Verdict},
};

use super::{callers::Caller, play::Fault, teams::Teams};
use crate::world::gate::GatedStore;

/// What is wrong with a call that was played; nothing where all is well.
pub(super) fn faults(
    caller: &Caller,
    fault: Fault,
    ledger: &Ledger,
    call: &Call,
    store: &GatedStore,
    teams: &Teams,
) -> Vec<String> {
    let mut faults = doubled(ledger, store);
    faults.extend(lost(ledger, call, teams));
    if ledger.answers == 0 && !caller.is_fickle {
        faults.push("it was never answered".to_owned());
    }
    if fault == Fault::None {
        faults.extend(otherwise(caller, ledger));
    }
    faults
}

/// Two effects of one action.
fn doubled(ledger: &Ledger, store: &GatedStore) -> Vec<String> {
    let owed = store.ever_owed();
    let owed = |kind| owed.values().filter(|owed| **owed == kind).count() as u32;
    let counts = [
        ("answer", ledger.answers, 1),
        ("hang_up", ledger.hang_ups, 1),
        ("transfer", ledger.transfers, owed("transfer")),
        ("record_response", ledger.recordings, owed("record_response")),
    ];
    let doubled = counts.into_iter().filter(|(_, done, most)| done > most);
    doubled.map(|(kind, done, most)| format!("{kind} took effect {done} times, not {most}")).collect()
}

/// What was owed and is not there.
fn lost(ledger: &Ledger, call: &Call, teams: &Teams) -> Option<String> {
    let kept = kept(teams, &call.key);
    let told: BTreeSet<u32> = call.recordings.iter().map(|kept| kept.n).collect();
    let made = ledger.recordings as usize;
    let is_whole = kept == told && kept.len() == made && told.len() == call.recordings.len();
    (!is_whole).then(|| format!("{made} recordings were made, {kept:?} kept, the document tells of {:?}", call.recordings))
}

fn kept(teams: &Teams, call: &CallKey) -> BTreeSet<u32> {
    teams.state().kept.keys().filter(|(of, _)| of == call).map(|(_, n)| *n).collect()
}

/// The script went otherwise than it should.
fn otherwise(caller: &Caller, ledger: &Ledger) -> Vec<String> {
    let mut faults = Vec::new();
    if ledger.script != Verdict::Fulfilled {
        faults.push(format!("{:?}", ledger.script));
    }
    if caller.transfers.is_some_and(|transfers| transfers != ledger.transfers) {
        faults.push(format!("{} transfers", ledger.transfers));
    }
    faults
}
