//! `transfer`: passes the call on. The flow goes on only when nobody takes it.

use crate::{
    call::{
        action::Action,
        document::later,
        event::ResultInfo,
        moment::Moment,
        not_taken::NotTaken,
        phase::{At, Phase},
    },
    flow::{Step, Transfer},
};

/// How long a transfer may take before the call is looked at, in milliseconds. Graph lets the other side ring for about 60 seconds.
const SETTLED_WITHIN_MS: u64 = 90_000;

impl Moment<'_> {
    pub(in crate::call) fn transfer(&mut self, step: &str, transfer: &Transfer) {
        let Some(to) = transfer.to.target(|text| self.fill(text)) else {
            self.note("transfer", None, "failed: what the variables make is no id or number");
            return self.go(&transfer.failed);
        };
        let n = self.call.owe(Action::Transfer { to });
        self.stand(step, At::Transfer { n, accepted: false, settled_by: later(self.now, SETTLED_WITHIN_MS) });
    }

    /// Graph says that the transfer is under way, or taken: then it was asked for, whatever its reply was.
    pub(in crate::call) fn transfer_moves(&mut self, is_accepted: bool) {
        let Phase::InStep { at: At::Transfer { n, accepted, .. }, .. } = &mut self.call.phase else { return };
        *accepted |= is_accepted;
        let n = *n;
        self.call.owed.retain(|owed| owed.n != n);
    }

    /// Nobody took the call: the flow goes on.
    pub(in crate::call) fn transfer_failed(&mut self, result: Option<&ResultInfo>) {
        let Some((step, At::Transfer { n, .. })) = self.at() else { return };
        let Some(Step::Transfer(transfer)) = self.flow.steps.get(&step) else { return };
        let words =
            result.map_or_else(|| "nobody took it".to_owned(), |result| format!("failed, {}/{}", result.code, result.subcode));
        self.note("transfer", Some(n), &words);
        self.call.owed.retain(|owed| owed.n != n);
        self.go(way(transfer, result));
    }
}

/// Where it leads that nobody took the call.
fn way<'f>(transfer: &'f Transfer, result: Option<&ResultInfo>) -> &'f str {
    let finer = match NotTaken::from(result) {
        NotTaken::Busy => &transfer.busy,
        NotTaken::Declined => &transfer.declined,
        NotTaken::NoAnswer => &transfer.no_answer,
        NotTaken::NotFound => &transfer.not_found,
        NotTaken::Unsaid => &None,
    };
    finer.as_ref().unwrap_or(&transfer.failed)
}
