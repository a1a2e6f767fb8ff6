//! How a call reads: who did what, when, in words.

use jiff::Timestamp;
use serde_json::Value;
use switchboard::{
    call::{Call, Ending, Phase, Reached},
    order::{How, Order, Ring, RingEnding},
    simulator::observation::{EndedBy, NotTaken, Observation, RecordingEnd, Seen},
};

/// Who a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// The person who calls.
    Caller,
    /// The bot.
    Bot,
    /// Graph, or somebody else in Teams.
    Teams,
    /// The bot's store.
    Store,
    /// A server that the bot tells.
    Hook,
}

impl Who {
    fn name(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Bot => "bot",
            Self::Teams => "teams",
            Self::Store => "stored",
            Self::Hook => "hook",
        }
    }
}

/// One line of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) who: Who,
    /// What whoever calls, or is called, is called, where that is known.
    pub(super) name: Option<String>,
    pub(super) words: String,
}

impl Line {
    fn new(who: Who, words: impl Into<String>) -> Option<Self> {
        Some(Self { who, name: None, words: words.into() })
    }

    /// The line as it is printed, `since` the call began; dim where it is about the store and the terminal can do that.
    pub(super) fn print(&self, at: Timestamp, since: Timestamp, is_terminal: bool) -> String {
        let ms = at.as_millisecond() - since.as_millisecond();
        let time = format!("{:>2}:{:04.1}", ms / 60_000, (ms % 60_000) as f64 / 1000.0);
        let who = self.name.as_deref().unwrap_or(self.who.name());
        match (self.who, is_terminal) {
            (Who::Store, true) => format!("\x1b[2m  {time}  {who:<7} {}\x1b[0m", self.words),
            _ => format!("  {time}  {who:<7} {}", self.words),
        }
    }
}

/// What was observed, as a line; `None` for what says nothing new.
pub(super) fn observed(observation: &Observation) -> Option<Line> {
    match &observation.what {
        Seen::Rang { caller } => Line::new(Who::Caller, format!("{caller} rings")),
        Seen::Placed { to } => Line::new(Who::Bot, format!("calls {}", to.join(", "))),
        Seen::Ringing { to } => Line::new(Who::Teams, format!("rings {to}")),
        Seen::Taken { by } => Line::new(Who::Teams, format!("{by} takes the call")),
        Seen::NotTaken { to, why } => Line::new(Who::Teams, format!("{to} {}", not_taken(*why))),
        Seen::Invited { to } => Line::new(Who::Bot, format!("invites {}", to.join(", "))),
        Seen::Joined { who } => Line::new(Who::Teams, format!("{who} joins")),
        Seen::Left { who } => Line::new(Who::Teams, format!("{who} leaves")),
        Seen::Removed { who } => Line::new(Who::Bot, format!("removes {who}")),
        Seen::Muted { who } => Line::new(Who::Bot, format!("mutes {who}")),
        Seen::Unmuted { who } => Line::new(Who::Bot, format!("unmutes {who}")),
        Seen::OnHold { who } => Line::new(Who::Bot, format!("puts {who} on hold")),
        Seen::OffHold { who } => Line::new(Who::Bot, format!("takes {who} off hold")),
        Seen::InLobby => Line::new(Who::Bot, "waits in the lobby"),
        Seen::Answered => Line::new(Who::Bot, "answers"),
        Seen::Connected => Line::new(Who::Teams, "connects the call"),
        Seen::Rejected { reason } => Line::new(Who::Bot, format!("declines: {reason}")),
        Seen::Redirected { to } => Line::new(Who::Bot, format!("sends the call to {}", to.join(", "))),
        Seen::PromptBegan { silence: true, ms, .. } => Line::new(Who::Bot, format!("waits {} for a key", seconds(*ms))),
        Seen::PromptBegan { name, words, ms, .. } => Line::new(Who::Bot, format!("says \"{words}\" ({name}, {})", seconds(*ms))),
        Seen::PromptEnded { .. } => None,
        Seen::Pressed { key, sent: true } => Line::new(Who::Caller, format!("presses {key}")),
        Seen::Pressed { key, sent: false } => {
            Line::new(Who::Caller, format!("presses {key}, which the bot has not asked to be told"))
        }
        Seen::Spoke { seconds } => Line::new(Who::Caller, format!("speaks for {seconds} s")),
        Seen::RecordingBegan => Line::new(Who::Bot, "beeps and records"),
        Seen::RecordingEnded { seconds, why } => {
            Line::new(Who::Bot, format!("has recorded {seconds} s: {}", recording_end(*why)))
        }
        Seen::TonesSent { count } => Line::new(Who::Bot, format!("sends {count} tones")),
        Seen::TransferAsked { to } => Line::new(Who::Bot, format!("passes the call on to {to}")),
        Seen::TransferAnswered { to } => Line::new(Who::Teams, format!("{to} takes the call")),
        Seen::TransferDeclined { to } => Line::new(Who::Teams, format!("{to} declines, the call comes back")),
        Seen::TransferIgnored { to } => Line::new(Who::Teams, format!("{to} does not answer, the call comes back")),
        Seen::Ended { by, .. } => Line::new(ended_by(*by), "ends the call"),
        Seen::Refused { action, status, code } => Line::new(Who::Teams, format!("refuses {action}: {status}, code {code}")),
        Seen::Undelivered { status: 0 } => Line::new(Who::Teams, "cannot reach the bot"),
        Seen::Undelivered { status } => Line::new(Who::Teams, format!("has a notification refused with {status}")),
        Seen::Mishap { kind } => Line::new(Who::Teams, format!("mishap: {kind}")),
    }
}

/// Who did what, for one line of its own; `None` for what says nothing new.
pub(crate) fn in_words(observation: &Observation) -> Option<(&'static str, String)> {
    observed(observation).map(|line| (line.who.name(), line.words))
}

/// What was stored, as a line; `None` where nothing that matters to a listener has changed since `before`.
pub(super) fn stored(call: &Call, before: Option<&Call>) -> Option<Line> {
    let words = standing(call);
    match before.map(standing) {
        Some(same) if same == words => None,
        _ => Line::new(Who::Store, words),
    }
}

/// What was stored of an order, as a line; `None` where it stands as before, even if it owes less.
pub(super) fn ordered(order: &Order, before: Option<&Order>) -> Option<Line> {
    let place = place_of(order);
    let is_new = before.is_none_or(|before| place_of(before) != place || order.next_n > before.next_n);
    let owed: Vec<_> = order.owed.iter().map(|owed| owed.deed.kind()).collect();
    let owes = if owed.is_empty() { String::new() } else { format!(", owes {}", owed.join(", ")) };
    is_new.then(|| Line::new(Who::Store, format!("the order: {place}{owes}")))?
}

fn place_of(order: &Order) -> String {
    let names = |people: Vec<usize>| people.into_iter().map(|person| order.plan.name_of(person)).collect::<Vec<_>>().join(", ");
    let (live, round) = (names(order.live().map(|ring| ring.person).collect()), order.round);
    let place = match (&order.conclusion, order.not_before) {
        (Some(_), _) => outcome_words(order),
        (None, Some(_)) if order.rings.is_empty() => format!("for {}", names((0..order.plan.people.len()).collect())),
        (None, Some(at)) => format!("rings nobody before {}", at.strftime("%H:%M:%S UTC")),
        (None, None) if order.plan.rounds > 1 => format!("rings {live}, round {round}"),
        (None, None) => format!("rings {live}"),
    };
    if order.over_at.is_some() { format!("{place}, over") } else { place }
}

/// What an order has come to, in words.
pub(crate) fn outcome_words(order: &Order) -> String {
    let who: Vec<_> = order.rings.iter().filter(|ring| ring.acknowledged.is_some()).collect();
    let who = who.iter().map(|ring| order.plan.name_of(ring.person)).collect::<Vec<_>>().join(", ");
    match order.conclusion.as_ref().map(|conclusion| conclusion.how) {
        Some(How::Acknowledged) => format!("acknowledged by {who}"),
        Some(How::Partly) => format!("acknowledged by {who} alone"),
        Some(How::Nobody) => "acknowledged by nobody".to_owned(),
        Some(How::Stopped) => "stopped".to_owned(),
        None => "going on".to_owned(),
    }
}

/// How a call of an order ended, in words.
pub(crate) fn ring_words(ring: &Ring) -> String {
    let ending = match ring.end.as_ref().map(|end| &end.ending) {
        Some(RingEnding::Call(ending)) => ending_words(*ending).to_owned(),
        Some(RingEnding::Refused(why)) => format!("not placed: {why}"),
        Some(RingEnding::Missing) => "not placed".to_owned(),
        None => "going on".to_owned(),
    };
    match ring.acknowledged {
        Some(_) => format!("acknowledged; {ending}"),
        None => ending,
    }
}

/// What a hook was told, as a line.
pub(super) fn told(event: &Value) -> Option<Line> {
    let (kind, data) = (event["type"].as_str()?, &event["data"]);
    let name = |by: &Value| by["name"].as_str().map_or_else(|| format!("person {}", by["person"]), str::to_owned);
    let more = match kind {
        "switchboard.order.acknowledged" => format!(" by {}", name(&data["by"])),
        "switchboard.order.over" => format!(": {}", data["outcome"].as_str().unwrap_or_default()),
        _ => String::new(),
    };
    Line::new(Who::Hook, format!("is told {kind}{more}"))
}

/// What was stored of a call of an order, as a line; `None` where it stands as before, even if it owes less.
pub(super) fn stored_of(call: &Call, whose: &str, before: Option<&Call>) -> Option<Line> {
    let is_new = before.is_none_or(|before| place(before) != place(call) || call.next_n > before.next_n);
    is_new.then(|| Line::new(Who::Store, format!("{whose}: {}", standing(call))))?
}

fn standing(call: &Call) -> String {
    let owed: Vec<_> = call.owed.iter().map(|owed| owed.action.kind()).collect();
    let owes = if owed.is_empty() { String::new() } else { format!(", owes {}", owed.join(", ")) };
    let kept = match call.recordings.len() {
        0 => String::new(),
        1 => ", 1 recording kept".to_owned(),
        more => format!(", {more} recordings kept"),
    };
    format!("{}{owes}{kept}", place(call))
}

fn place(call: &Call) -> String {
    let place = match &call.phase {
        Phase::Ringing { .. } => "ringing".to_owned(),
        Phase::Placing { reached: Reached::Asked, .. } => "being placed".to_owned(),
        Phase::Placing { reached: Reached::Rings, .. } => "ringing".to_owned(),
        Phase::Placing { reached: Reached::Taken, .. } => "taken".to_owned(),
        Phase::InStep { step, .. } => format!("in step {step}"),
        Phase::HangingUp { .. } => "ending".to_owned(),
        Phase::Ended { ending, .. } => format!("ended: {}", ending_words(*ending)),
    };
    match call.report().acknowledged {
        Some(_) => format!("{place}, acknowledged"),
        None => place,
    }
}

/// How a call ended, in words.
pub(crate) fn ending_words(ending: Ending) -> &'static str {
    match ending {
        Ending::CallerHungUp => "the caller hung up",
        Ending::CalledHungUp => "the one called hung up",
        Ending::BotHungUp => "the bot hung up",
        Ending::Declined => "declined by the one called",
        Ending::Busy => "busy",
        Ending::NoAnswer => "no answer",
        Ending::Unreachable => "nobody to be rung",
        Ending::NotTaken => "not taken",
        Ending::NotPlaced => "not placed",
        Ending::CalledOff => "called off",
        Ending::Transferred => "passed on",
        Ending::Rejected => "declined",
        Ending::Redirected => "sent elsewhere",
        Ending::Missed => "missed",
        Ending::NotAnswered => "not answered",
        Ending::Gone => "no longer there",
    }
}

fn ended_by(by: EndedBy) -> Who {
    match by {
        EndedBy::Caller => Who::Caller,
        EndedBy::Bot | EndedBy::Rejected | EndedBy::Redirected | EndedBy::Replaced => Who::Bot,
        EndedBy::Transfer | EndedBy::Platform | EndedBy::PutOut | EndedBy::NotTaken => Who::Teams,
    }
}

fn not_taken(why: NotTaken) -> &'static str {
    match why {
        NotTaken::Declined => "declines",
        NotTaken::Busy => "is busy",
        NotTaken::NoAnswer => "does not answer",
        NotTaken::Unreachable => "cannot be reached",
        NotTaken::Cancelled => "is not called any more",
    }
}

fn recording_end(why: RecordingEnd) -> &'static str {
    match why {
        RecordingEnd::InitialSilence => "nobody spoke",
        RecordingEnd::MaxSilence => "the caller fell silent",
        RecordingEnd::StopTone => "the caller pressed a key",
        RecordingEnd::MaxDuration => "it reached its longest length",
        RecordingEnd::Cancelled => "it was cancelled",
        RecordingEnd::CallEnded => "the call ended",
    }
}

fn seconds(ms: u64) -> String {
    format!("{:.1} s", ms as f64 / 1000.0)
}
