//! Whether what is wanted of a new call can be: every fault at once, each by its place in the body.

use std::collections::BTreeMap;

use super::wanted::{Wanted, WhichMeeting, Who};
use crate::{
    call::{Meeting, Placing},
    config::guid,
    flow::{Flow, LONGEST_VALUE, Target},
    functions::problem::{Fault, pointer_part},
    graph::join_url,
};

/// The most who are rung at once. <https://learn.microsoft.com/graph/api/application-post-calls>
const MOST_TARGETS: usize = 5;

/// How long it is waited for somebody to take the call, in seconds.
const RING_S: u16 = 60;

/// How long that may be.
const RINGS_S: std::ops::RangeInclusive<u16> = 5..=600;

/// What it is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Against<'a> {
    /// The flow of the name that is wanted; `None` where there is none.
    pub flow: Option<&'a Flow>,
    /// Secrets that callers type can be sealed.
    pub can_seal: bool,
    /// The bot's home tenant.
    pub home: &'a str,
}

/// A call that can be.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// Whom it rings, or what it joins.
    pub placing: Placing,
    /// The tenant in which it is placed.
    pub tenant: String,
}

/// What a new call is to be; `request` is its hash.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check(wanted: &Wanted, request: String, against: Against<'_>) -> Result<Checked, Vec<Fault>> {
    let mut faults = Vec::new();
    check_flow(against, &mut faults);
    let targets = check_targets(&wanted.targets, &mut faults);
    let source = wanted.source.as_ref().and_then(|id| object_id(id, "/source", &mut faults));
    let meeting = wanted.meeting.as_ref().and_then(|which| check_meeting(which, against.home, &mut faults));
    check_together(wanted, &mut faults);
    if let Some(flow) = against.flow {
        check_values(&wanted.variables, "/variables", |name| flow.declares(name) && !flow.guards_with(name), &mut faults);
    }
    let ring_s = wanted.ring.unwrap_or(RING_S);
    if !RINGS_S.contains(&ring_s) {
        faults.push(Fault::new("/ring", format!("is not from {} to {}", RINGS_S.start(), RINGS_S.end())));
    }
    let tenant = match &meeting {
        Some(Meeting::Organised { tenant, .. }) => tenant.clone(),
        _ => against.home.to_owned(),
    };
    match faults.is_empty() {
        true => Ok(Checked { placing: Placing { targets, source, meeting, ring_s, request, tries: Vec::new() }, tenant }),
        false => Err(faults),
    }
}

/// The values of variables, none of which may be another than `may_be_set`.
pub fn check_values(values: &BTreeMap<String, String>, at: &str, may_be_set: impl Fn(&str) -> bool, faults: &mut Vec<Fault>) {
    for (name, value) in values {
        let field = || format!("{at}/{}", pointer_part(name));
        if !may_be_set(name) {
            faults.push(Fault::new(field(), "is no variable of the flow that may be set from outside"));
        } else if value.chars().count() > LONGEST_VALUE {
            faults.push(Fault::new(field(), format!("is longer than {LONGEST_VALUE} characters")));
        }
    }
}

/// Whether the flow can be called through.
pub fn check_flow(against: Against<'_>, faults: &mut Vec<Fault>) {
    match against.flow {
        None => faults.push(Fault::new("/flow", "is the name of no flow that is deployed")),
        Some(flow) if !against.can_seal && flow.all().any(Flow::has_secret) => {
            faults.push(Fault::new("/flow", "collects a secret, which the bot cannot seal: SECRETS_KEY is not set"));
        }
        Some(_) => {}
    }
}

fn check_targets(targets: &[Who], faults: &mut Vec<Fault>) -> Vec<Target> {
    if targets.len() > MOST_TARGETS {
        faults.push(Fault::new("/targets", format!("has {} members; {MOST_TARGETS} are the most", targets.len())));
        return Vec::new();
    }
    let mut checked = Vec::new();
    for (n, who) in targets.iter().enumerate() {
        if let Some(target) = check_target(who, &format!("/targets/{n}"), &checked, faults) {
            checked.push(target);
        }
    }
    checked
}

/// Somebody to ring, who is not among `others`.
pub fn check_target(who: &Who, at: &str, others: &[Target], faults: &mut Vec<Fault>) -> Option<Target> {
    let (target, member, fault) = match who {
        Who::User(id) => (Target::User(id.clone()), "user", NO_ID),
        Who::Phone(number) => (Target::Phone(number.clone()), "phone", NO_NUMBER),
        Who::ApplicationInstance(id) => (Target::ApplicationInstance(id.clone()), "applicationInstance", NO_ID),
    };
    let fault = match target.checked() {
        Some(target) if others.contains(&target) => "is there twice",
        Some(target) => return Some(target),
        None => fault,
    };
    faults.push(Fault::new(format!("{at}/{member}"), fault));
    None
}

const NO_ID: &str = "is no object id, such as 0f3a9c52-7d41-4be6-8a15-2c9e60d7b314";
const NO_NUMBER: &str = "is no phone number in E.164, such as +4930123456";

/// What is right by itself and wrong together.
fn check_together(wanted: &Wanted, faults: &mut Vec<Fault>) {
    let is_user = |who: &Who| matches!(who, Who::User(_));
    let is_phone = |who: &Who| matches!(who, Who::Phone(_));
    let targets = &wanted.targets;
    match (&wanted.meeting, targets.len()) {
        (None, 0) => faults.push(Fault::new("/targets", "is empty: a call rings somebody or joins a meeting")),
        (Some(_), 1..) => faults.push(Fault::new("/targets", "is for nobody where a meeting is joined")),
        (None, 2..=MOST_TARGETS) => {
            let others = targets.iter().enumerate().filter(|(_, who)| !is_user(who));
            faults.extend(
                others.map(|(n, _)| Fault::new(format!("/targets/{n}"), "is no user: several can be rung only if all are")),
            );
        }
        _ => {}
    }
    match (&wanted.source, &wanted.meeting) {
        (None, None) if targets.len() == 1 && targets.iter().any(is_phone) => {
            faults.push(Fault::new("/source", "is missing: a number is called for a resource account"));
        }
        (Some(_), Some(_)) => faults.push(Fault::new("/source", "is for nobody where a meeting is joined")),
        _ => {}
    }
}

fn check_meeting(which: &WhichMeeting, home: &str, faults: &mut Vec<Fault>) -> Option<Meeting> {
    let only = |faults: &mut Vec<Fault>, others: &[(&str, bool)]| {
        let stray = others.iter().filter(|(_, is_there)| *is_there);
        faults.extend(stray.map(|(name, _)| Fault::new(format!("/meeting/{name}"), "goes with another way to name a meeting")));
    };
    let (passcode, organiser) = (("passcode", which.passcode.is_some()), ("organiser", which.organiser.is_some()));
    let (thread, tenant) = (("thread", which.thread.is_some()), ("tenant", which.tenant.is_some()));
    match (&which.join_url, &which.id) {
        (Some(url), id) => {
            only(faults, &[("id", id.is_some()), passcode, organiser, thread, tenant]);
            let read = join_url::parse(url);
            read.map_err(|bad| faults.push(Fault::new("/meeting/joinUrl", bad.to_string()))).ok()
        }
        (None, Some(id)) => {
            only(faults, &[organiser, thread, tenant]);
            let id = join_url::meeting_id(id);
            let id = id.or_else(|| fault(faults, "/meeting/id", "is no id of a meeting: 6 to 20 digits"));
            let passcode = which.passcode.as_ref().map(|text| {
                join_url::passcode(text)
                    .or_else(|| fault(faults, "/meeting/passcode", "is no passcode: up to 64 letters and digits"))
            });
            Some(Meeting::Numbered { id: id?, passcode: passcode.unwrap_or_default() })
        }
        (None, None) if organiser.1 || thread.1 => check_organised(which, home, faults),
        (None, None) => fault(faults, "/meeting", "names no meeting: it takes joinUrl, or id, or organiser and thread"),
    }
}

fn check_organised(which: &WhichMeeting, home: &str, faults: &mut Vec<Fault>) -> Option<Meeting> {
    if which.passcode.is_some() {
        faults.push(Fault::new("/meeting/passcode", "goes with an id"));
    }
    let organiser = match &which.organiser {
        Some(id) => object_id(id, "/meeting/organiser", faults),
        None => fault(faults, "/meeting/organiser", "is missing beside the thread"),
    };
    let thread = match &which.thread {
        Some(text) => {
            join_url::thread(text).or_else(|| fault(faults, "/meeting/thread", "is no thread, such as 19:meeting_…@thread.v2"))
        }
        None => fault(faults, "/meeting/thread", "is missing beside the organiser"),
    };
    let tenant = match &which.tenant {
        Some(id) => object_id(id, "/meeting/tenant", faults),
        None => Some(home.to_owned()),
    };
    Some(Meeting::Organised { organiser: organiser?, tenant: tenant?, thread: thread?, message: "0".to_owned(), reply_to: None })
}

/// An object id, in lower case.
pub fn object_id(text: &str, field: &str, faults: &mut Vec<Fault>) -> Option<String> {
    guid(text).ok().or_else(|| fault(faults, field, NO_ID))
}

fn fault<T>(faults: &mut Vec<Fault>, field: &str, detail: &str) -> Option<T> {
    faults.push(Fault::new(field, detail));
    None
}
