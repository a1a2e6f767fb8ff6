//! Whether what is wanted of a new call can be: every fault at once, each by its place in the body.

use super::wanted::{Wanted, WhichMeeting};
use crate::{
    call::{Meeting, Placing},
    flow::Target,
    functions::api::{
        check::{Against, check_flow, check_target, check_values, fault, object_id},
        problem::Fault,
        wanted::Who,
    },
    graph::join_url,
};

/// The most who are rung at once. <https://learn.microsoft.com/graph/api/application-post-calls>
const MOST_TARGETS: usize = 5;

/// How long it is waited for somebody to take the call, in seconds.
const RING_S: u16 = 60;

/// How long that may be.
const RINGS_S: std::ops::RangeInclusive<u16> = 5..=600;

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
