//! Where a call first went otherwise than its test says. Pure.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use switchboard::{
    call::Call,
    flow::trial::{Cue, End, Line, Moves, Recorded, Trial, is_meant},
    simulator::{
        ledger::Ledger,
        observation::{EndedBy, Observation, RecordingEnd, Seen},
        setup::Caption,
    },
};

use super::hooks::Told;
use crate::{conversation::in_words, dial::sound};

/// How far a silence may be from what the test says.
const GIVE_OR_TAKE: SignedDuration = SignedDuration::from_secs(1);

/// The first difference between a call and its test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Difference {
    /// The line of the expectation in the file, from 1.
    pub(super) line: usize,
    /// Its column, from 1.
    pub(super) column: usize,
    /// What the test says.
    pub(super) expected: String,
    /// What came instead.
    pub(super) found: String,
    /// How many observations lead up to it, the one that differs included.
    #[serde(skip)]
    pub(super) shown: usize,
}

/// Compares what was observed with the talk, in order, and when the call was told something. Everything that can be heard or that the caller does must be in it.
pub(super) fn in_talk(trial: &Trial, seen: &[Observation], told_at: &[Timestamp]) -> Option<Difference> {
    let mut events = counted(seen);
    let mut tellings = told_at.iter();
    let mut last_told = None;
    let mut silence: Option<(SignedDuration, &Line)> = None;
    for said in &trial.talk {
        if let Line::Silence(ms) = &said.what {
            silence = Some((SignedDuration::from_millis((*ms).into()), &said.what));
            continue;
        }
        let differs = |expected: &Line, found: String, shown: usize| {
            Some(Difference { line: said.line, column: said.column, expected: words(expected), found, shown })
        };
        if let Line::Told { .. } = &said.what {
            last_told = tellings.next().copied();
            if last_told.is_none() {
                return differs(&said.what, "the call was over before".to_owned(), seen.len());
            }
            silence = None;
            continue;
        }
        let Some((place, event)) = events.next() else {
            return differs(&said.what, "nothing more happens".to_owned(), seen.len());
        };
        if !fits(&said.what, &event.what) {
            return differs(&said.what, told(event), place + 1);
        }
        let since = quiet_since(&seen[..place]).max(last_told.unwrap_or(Timestamp::MIN));
        let quiet = event.at.duration_since(since);
        if let Some((length, line)) = silence.take()
            && (quiet - length).abs() > GIVE_OR_TAKE
        {
            return differs(line, format!("{}, after {:.1} s", told(event), quiet.as_secs_f64()), place + 1);
        }
    }
    let (place, event) = events.next()?;
    let last = trial.talk.last()?;
    let expected = "nothing more".to_owned();
    Some(Difference { line: last.line, column: last.column, expected, found: told(event), shown: place + 1 })
}

/// Looks at what is left when the call is over.
pub(super) fn in_rest(trial: &Trial, shown: usize, ledger: &Ledger, call: Option<&Call>) -> Option<Difference> {
    let differs = |expected: String, found: String| Some(Difference { line: trial.line, column: 1, expected, found, shown });
    if let Err(found) = sound(ledger, call) {
        return differs("nothing is lost, left over or done twice".to_owned(), found);
    }
    let call = call?;
    if let Some(wanted) = trial.leaves.recordings.filter(|wanted| *wanted as usize != call.recordings.len()) {
        return differs(format!("{wanted} recordings are kept"), format!("{} are", call.recordings.len()));
    }
    for (name, wanted) in &trial.leaves.variables {
        match call.variables.get(name) {
            Some(value) if value == wanted => {}
            Some(value) => return differs(format!("the variable {name} is \"{wanted}\""), format!("it is \"{value}\"")),
            None => return differs(format!("the variable {name} is \"{wanted}\""), "it has no value".to_owned()),
        }
    }
    None
}

/// Looks at what hooks were told.
pub(super) fn in_told(trial: &Trial, shown: usize, told: &[Told]) -> Option<Difference> {
    let wanted = trial.leaves.notified.as_ref()?;
    let differs = |expected: String, found: String| Some(Difference { line: trial.line, column: 1, expected, found, shown });
    for (place, wanted) in wanted.iter().enumerate() {
        let expected = format!("hook {} is told {}", wanted.hook, wanted.event.as_deref().unwrap_or("something"));
        let Some(Told { hook, event }) = told.get(place) else { return differs(expected, "nothing more is told".to_owned()) };
        let kind = event["type"].as_str().unwrap_or_default();
        if *hook != wanted.hook || wanted.event.as_deref().is_some_and(|event| event != kind) {
            return differs(expected, format!("hook {hook} is told {kind}"));
        }
        let variables = &event["data"]["variables"];
        if let Some((name, value)) = wanted.variables.iter().find(|(name, value)| variables[name.as_str()] != value.as_str()) {
            return differs(format!("{expected}, with {name} = \"{value}\""), format!("{name} is {}", variables[name.as_str()]));
        }
    }
    match told.get(wanted.len()) {
        Some(more) => differs("nothing more is told".to_owned(), format!("hook {} is told {}", more.hook, more.event["type"])),
        None => None,
    }
}

/// What a test must name, each with its place.
pub(super) fn counted(seen: &[Observation]) -> impl Iterator<Item = (usize, &Observation)> {
    let invited = |who: &str, before: usize| {
        seen[..before].iter().any(|earlier| matches!(&earlier.what, Seen::Invited { to } if to.iter().any(|to| to == who)))
    };
    let is_in = |before: usize| seen[..before].iter().any(|earlier| earlier.what == Seen::Connected);
    let is_counted = move |(place, observation): &(usize, &Observation)| match &observation.what {
        // Whom the bot invites is rung, and comes or not; whom it calls is rung, and then is heard to take the call.
        Seen::Ringing { to } => !invited(to, *place),
        Seen::Taken { by } => invited(by, *place),
        // Who comes to a meeting and leaves before the bot is in it is nobody that it can know.
        Seen::Joined { .. } | Seen::Left { .. } => is_in(*place),
        what => counts(what),
    };
    seen.iter().enumerate().filter(is_counted)
}

/// Whether a test must name it, whatever came before.
fn counts(seen: &Seen) -> bool {
    match seen {
        Seen::PromptBegan { silence, .. } => !silence,
        Seen::RecordingEnded { why, .. } => *why != RecordingEnd::CallEnded,
        // The caller has just gone, and the bot could not know.
        Seen::Refused { status, .. } => *status != 404,
        Seen::Pressed { .. }
        | Seen::Spoke { .. }
        | Seen::TonesSent { .. }
        | Seen::TransferAsked { .. }
        | Seen::Redirected { .. }
        | Seen::Invited { .. }
        | Seen::Joined { .. }
        | Seen::Left { .. }
        | Seen::Removed { .. }
        | Seen::Muted { .. }
        | Seen::Unmuted { .. }
        | Seen::OnHold { .. }
        | Seen::OffHold { .. }
        | Seen::Ended { .. }
        | Seen::Undelivered { .. } => true,
        _ => false,
    }
}

fn fits(line: &Line, seen: &Seen) -> bool {
    match (line, seen) {
        (Line::Hears(cue) | Line::Interrupts(cue), Seen::PromptBegan { name, words, .. }) => is_heard(cue, name, words),
        (Line::Presses(wanted), Seen::Pressed { key, .. }) => wanted == key,
        (Line::Speaks(_), Seen::Spoke { .. }) => true,
        (Line::Recorded(wanted), Seen::RecordingEnded { why, .. }) => Some(*wanted) == recorded(*why),
        (Line::TransfersTo(wanted), Seen::TransferAsked { to }) => wanted == to,
        (Line::RedirectsTo(wanted), Seen::Redirected { to }) => wanted == to,
        (Line::Refused(wanted), Seen::Refused { action, .. }) => wanted == action,
        (Line::SendsKeys(wanted), Seen::TonesSent { count }) => usize::from(*wanted) == *count,
        (Line::Somebody(moves, who), seen) => {
            somebody(seen).is_some_and(|(seen, whom)| seen == *moves && whom.eq_ignore_ascii_case(who))
        }
        (Line::Ends(End::Person), Seen::Ended { by: EndedBy::Caller, .. }) => true,
        (Line::HangsUp, Seen::Ended { by: EndedBy::Caller, .. }) => true,
        (Line::Ends(wanted), Seen::Ended { by, .. }) => *wanted == end(*by),
        _ => false,
    }
}

/// What becomes of whom.
fn somebody(seen: &Seen) -> Option<(Moves, &str)> {
    match seen {
        Seen::Ringing { to } => Some((Moves::Rings, to)),
        Seen::Invited { to } => Some((Moves::Invited, to.first()?)),
        Seen::Taken { by: who } | Seen::Joined { who } => Some((Moves::Joins, who)),
        Seen::Left { who } => Some((Moves::Leaves, who)),
        Seen::Removed { who } => Some((Moves::Removed, who)),
        Seen::Muted { who } => Some((Moves::Muted, who)),
        Seen::Unmuted { who } => Some((Moves::Unmuted, who)),
        Seen::OnHold { who } => Some((Moves::Held, who)),
        Seen::OffHold { who } => Some((Moves::Unheld, who)),
        _ => None,
    }
}

fn is_heard(cue: &Cue, name: &str, words: &str) -> bool {
    match cue {
        Cue::Prompt(cue) => is_meant(cue, name, words),
        Cue::Recording(nth) => name == Caption::of_recording((*nth).into()).name,
    }
}

/// Since when nothing has been heard or done.
fn quiet_since(seen: &[Observation]) -> Timestamp {
    let mut since = seen.first().map_or(Timestamp::UNIX_EPOCH, |first| first.at);
    let mut is_silence = false;
    for Observation { at, what, .. } in seen {
        match what {
            Seen::PromptBegan { silence, .. } => is_silence = *silence,
            Seen::PromptEnded { .. } if !is_silence => since = since.max(*at),
            Seen::Spoke { seconds } => since = *at + SignedDuration::from_secs(i64::try_from(*seconds).unwrap_or(0)),
            // One that ends with the call ends nothing that was to be heard.
            Seen::RecordingEnded { why, .. } if *why != RecordingEnd::CallEnded => since = since.max(*at),
            Seen::Connected
            | Seen::Pressed { .. }
            | Seen::RecordingBegan
            | Seen::TonesSent { .. }
            | Seen::Taken { .. }
            | Seen::Joined { .. }
            | Seen::Left { .. }
            | Seen::TransferAsked { .. } => since = since.max(*at),
            _ => {}
        }
    }
    since
}

fn recorded(why: RecordingEnd) -> Option<Recorded> {
    match why {
        RecordingEnd::StopTone => Some(Recorded::Key),
        RecordingEnd::MaxSilence => Some(Recorded::Silence),
        RecordingEnd::MaxDuration => Some(Recorded::Longest),
        RecordingEnd::InitialSilence => Some(Recorded::Nothing),
        RecordingEnd::Cancelled => Some(Recorded::Cancelled),
        RecordingEnd::CallEnded => None,
    }
}

fn end(by: EndedBy) -> End {
    match by {
        EndedBy::NotTaken => End::NotTaken,
        EndedBy::PutOut => End::PutOut,
        EndedBy::Caller => End::Caller,
        EndedBy::Bot => End::Bot,
        EndedBy::Transfer => End::Transfer,
        EndedBy::Rejected => End::Rejected,
        EndedBy::Redirected => End::Redirected,
        // The latter three are of calls that the bot places or joins, which no test does.
        EndedBy::Platform | EndedBy::Replaced => End::Platform,
    }
}

/// What happened, in words.
fn told(event: &Observation) -> String {
    in_words(event).map_or_else(|| "something else".to_owned(), |(who, words)| format!("{who} {words}"))
}

/// What a line expects, in words.
fn words(line: &Line) -> String {
    match line {
        Line::Hears(Cue::Prompt(cue)) | Line::Interrupts(Cue::Prompt(cue)) => format!("bot says {cue}"),
        Line::Hears(Cue::Recording(nth)) | Line::Interrupts(Cue::Recording(nth)) => format!("bot plays recording {nth}"),
        Line::Silence(ms) => format!("silence for {:.1} s", f64::from(*ms) / 1000.0),
        Line::Presses(key) => format!("caller presses {key}"),
        Line::Speaks(ms) => format!("caller speaks for {:.1} s", f64::from(*ms) / 1000.0),
        Line::Recorded(Recorded::Key) => "recording ends: the caller pressed a key".to_owned(),
        Line::Recorded(Recorded::Silence) => "recording ends: the caller fell silent".to_owned(),
        Line::Recorded(Recorded::Longest) => "recording ends: it reached its longest length".to_owned(),
        Line::Recorded(Recorded::Nothing) => "recording ends: nobody spoke".to_owned(),
        Line::Recorded(Recorded::Cancelled) => "recording ends: it was cancelled".to_owned(),
        Line::TransfersTo(to) => format!("bot passes the call on to {to}"),
        Line::RedirectsTo(to) => format!("bot sends the call to {}", to.join(", ")),
        Line::Refused(action) => format!("teams refuses {action}"),
        Line::HangsUp => "caller ends the call".to_owned(),
        Line::Somebody(Moves::Rings, who) => format!("teams rings {who}"),
        Line::Somebody(Moves::Invited, who) => format!("bot invites {who}"),
        Line::Somebody(Moves::Joins, who) => format!("teams {who} joins"),
        Line::Somebody(Moves::Leaves, who) => format!("teams {who} leaves"),
        Line::Somebody(Moves::Removed, who) => format!("bot removes {who}"),
        Line::Somebody(Moves::Muted, who) => format!("bot mutes {who}"),
        Line::Somebody(Moves::Unmuted, who) => format!("bot unmutes {who}"),
        Line::Somebody(Moves::Held, who) => format!("bot puts {who} on hold"),
        Line::Somebody(Moves::Unheld, who) => format!("bot takes {who} off hold"),
        Line::SendsKeys(count) => format!("bot sends {count} tones"),
        Line::Told { event, .. } => format!("the call is told {event}"),
        Line::Ends(End::Person) => "whom the bot called ends the call".to_owned(),
        Line::Ends(End::NotTaken) => "nobody takes the call".to_owned(),
        Line::Ends(End::PutOut) => "teams ends the call: the bot is put out".to_owned(),
        Line::Ends(End::Caller) => "caller ends the call".to_owned(),
        Line::Ends(End::Bot) => "bot ends the call".to_owned(),
        Line::Ends(End::Transfer) => "the call ends, passed on".to_owned(),
        Line::Ends(End::Rejected) => "bot declines the call".to_owned(),
        Line::Ends(End::Redirected) => "the call ends, sent elsewhere".to_owned(),
        Line::Ends(End::Platform) => "teams ends the call".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use switchboard::flow::trial::{Given, Leaves, Said};

    use super::*;

    fn trial(talk: &[Line]) -> Trial {
        let said = |(n, what): (usize, &Line)| Said { line: n + 10, column: 5, what: what.clone() };
        let talk = talk.iter().enumerate().map(said).collect();
        Trial { name: "a call".to_owned(), line: 9, given: Given::default(), talk, leaves: Leaves::default() }
    }

    fn prompt(name: &str, silence: bool) -> Seen {
        Seen::PromptBegan {
            name: name.to_owned(),
            words: format!("The words of {name}."),
            sha256: String::new(),
            ms: 1_000,
            silence,
        }
    }

    fn ended(name: &str) -> Seen {
        Seen::PromptEnded { name: name.to_owned(), completed: true }
    }

    fn over(by: EndedBy) -> Seen {
        Seen::Ended { by, code: 200, subcode: 0, message: String::new() }
    }

    fn seen(events: &[(i64, Seen)]) -> Vec<Observation> {
        let at = |s: i64| Timestamp::from_second(s).unwrap();
        events.iter().map(|(s, what)| Observation { at: at(*s), call: String::new(), what: what.clone() }).collect()
    }

    /// A menu of one second, five seconds of silence, a word of farewell.
    fn call() -> Vec<Observation> {
        seen(&[
            (0, Seen::Connected),
            (0, prompt("menu", false)),
            (1, ended("menu")),
            (1, prompt("", true)),
            (6, ended("")),
            (6, prompt("bye", false)),
            (7, ended("bye")),
            (7, over(EndedBy::Bot)),
        ])
    }

    #[test]
    fn a_call_that_goes_as_it_should_differs_in_nothing() {
        let talk = [
            Line::Hears(Cue::Prompt("menu".into())),
            Line::Silence(5_000),
            Line::Hears(Cue::Prompt("WORDS of bye".into())),
            Line::Ends(End::Bot),
        ];
        assert_eq!(in_talk(&trial(&talk), &call(), &[]), None);
    }

    #[test]
    fn the_first_difference_is_told_with_its_place() {
        let hears = |name: &str| Line::Hears(Cue::Prompt(name.into()));
        for (talk, line, found, shown) in [
            (vec![hears("menu"), hears("sorry"), Line::Ends(End::Bot)], 11, "bot says \"The words of bye.\" (bye, 1.0 s)", 6),
            (vec![hears("menu"), Line::Presses('1'), Line::Ends(End::Bot)], 11, "bot says \"The words of bye.\" (bye, 1.0 s)", 6),
            (vec![hears("menu"), Line::Ends(End::Bot)], 11, "bot says \"The words of bye.\" (bye, 1.0 s)", 6),
            (
                vec![hears("menu"), Line::Silence(8_000), hears("bye"), Line::Ends(End::Bot)],
                12,
                "bot says \"The words of bye.\" (bye, 1.0 s), after 5.0 s",
                6,
            ),
            (vec![hears("menu"), hears("bye"), Line::Ends(End::Caller)], 12, "bot ends the call", 8),
            (vec![hears("menu"), hears("bye"), Line::Ends(End::Bot), Line::Ends(End::Bot)], 13, "nothing more happens", 8),
        ] {
            let difference = in_talk(&trial(&talk), &call(), &[]).unwrap();
            assert_eq!((difference.line, difference.found.as_str(), difference.shown), (line, found, shown), "{talk:?}");
        }
    }
}
