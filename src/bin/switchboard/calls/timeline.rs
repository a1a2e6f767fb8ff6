//! A call as a timeline: what happened, what is owed, what was recorded.

use super::{
    client::{Entry, Participant, Shown},
    line::{Paint, after, is_good, words},
};

/// A call that is drawn, as far as it has gone.
pub(super) struct Timeline {
    paint: Paint,
    title: Vec<String>,
    /// The last line that was drawn.
    last: Option<Entry>,
}

impl Timeline {
    pub(super) fn of(call: &Shown, paint: Paint) -> Self {
        let about = format!("{}, {}, {}", call.direction, call.flow, call.created.strftime("%Y-%m-%d %H:%M:%S UTC"));
        let title = vec![format!("{}  {}", paint.bold(&call.id), paint.dim(&about)), String::new()];
        Self { paint, title, last: None }
    }

    pub(super) fn title(&self) -> Vec<String> {
        self.title.clone()
    }

    /// What happened since it was drawn last.
    pub(super) fn next(&mut self, call: &Shown) -> Vec<String> {
        let drawn = self.last.as_ref().and_then(|last| call.journal.iter().rposition(|entry| entry == last));
        let new = &call.journal[drawn.map_or(0, |drawn| drawn + 1)..];
        self.last = new.last().cloned().or(self.last.take());
        new.iter().map(|entry| self.line(call, entry)).collect()
    }

    /// How the call stands, what it owes, what was recorded, and its variables.
    pub(super) fn rest(&self, call: &Shown) -> Vec<String> {
        let owed = call.owed.iter().map(|owed| {
            let until = owed.until.map(|until| format!(", not before {}", after(call.created, until))).unwrap_or_default();
            format!("  owes      {} ({}{until})", words(&owed.kind), owed.n)
        });
        let recordings = call.recordings.iter().map(|kept| format!("  recorded  {:.1} s, number {}", kept.seconds, kept.n));
        let variables = call.variables.iter().map(|(name, value)| format!("  {name} = {value:?}"));
        [String::new(), self.stands(call)]
            .into_iter()
            .chain(why(call))
            .chain(present(call))
            .chain(owed)
            .chain(recordings)
            .chain(variables)
            .collect()
    }

    fn line(&self, call: &Shown, entry: &Entry) -> String {
        let paint = self.paint;
        let time = paint.dim(&format!("{:>9}", after(call.created, entry.at)));
        let number = entry.n.map(|n| format!(" {}", paint.dim(&format!("({n})")))).unwrap_or_default();
        match entry.kind.as_str() {
            "step" => {
                let by = entry.by.as_ref().map(|by| paint.dim(&format!("  by {}", words(by)))).unwrap_or_default();
                format!("{time}  {} {}{by}", paint.busy("step"), paint.bold(&entry.result))
            }
            kind => format!("{time}    {:<22} {}{number}", words(kind), entry.result),
        }
    }

    fn stands(&self, call: &Shown) -> String {
        let paint = self.paint;
        match (&call.outcome, &call.step) {
            (Some(outcome), _) if is_good(outcome) => format!("  {}", paint.good(&format!("ended: {}", words(outcome)))),
            (Some(outcome), _) => format!("  {}", paint.bad(&format!("ended: {}", words(outcome)))),
            (None, Some(step)) => format!("  {}", paint.busy(&format!("in step {step}"))),
            (None, None) => format!("  {}", paint.busy(&words(&call.phase))),
        }
    }
}

/// What Graph says of the end.
fn why(call: &Shown) -> Option<String> {
    let why = call.result.as_ref()?;
    let meaning = why.meaning.as_ref().map(|meaning| format!(": {meaning}")).unwrap_or_default();
    Some(format!("  Graph     {}/{}{meaning}", why.code, why.subcode))
}

/// Who is in a call that goes on.
fn present(call: &Shown) -> Option<String> {
    let who = |one: &Participant| {
        let kind = one.kind.as_ref().map_or_else(|| "somebody".to_owned(), |kind| words(kind));
        let how = [(one.is_in_lobby, " in the lobby"), (one.is_muted, ", muted")];
        how.into_iter().filter(|(is_so, _)| *is_so).fold(kind, |who, (_, how)| who + how)
    };
    let is_there = call.outcome.is_none() && !call.participants.is_empty();
    is_there.then(|| format!("  there     {}", call.participants.iter().map(who).collect::<Vec<_>>().join("; ")))
}
