//! Whether what is wanted of a new order can be: every fault at once, each by its place in the body.

use std::ops::RangeInclusive;

use jiff::{Timestamp, civil::Time, tz::TimeZone};

use super::wanted::{QuietHours, Someone, Wanted, Way};
use crate::{
    call::Hook,
    flow::{Calendar, Flow, Target},
    functions::api::{
        check::{Against, check_flow, check_target, check_values, object_id},
        problem::Fault,
        wanted::Who,
    },
    order::{
        Mode, Person, Plan, Quiet,
        plan::{MOST_PEOPLE, MOST_ROUNDS},
    },
};

/// How long each is rung, in seconds, where nothing is said, and how long that may be.
const RING_S: u16 = 30;
const RINGS_S: RangeInclusive<u16> = 5..=600;

/// How long between two rounds, in seconds, where nothing is said, and at the most.
const PAUSE_S: u32 = 60;
const LONGEST_PAUSE_S: u32 = 86_400;

/// The most days of the week that are quiet: on one of them somebody may be rung.
const MOST_QUIET_DAYS: usize = 6;

/// The longest name of a person, in characters.
const LONGEST_NAME: usize = 100;

/// What a new order is to be. `knows_hook` says of a hook whether the settings know it.
///
/// # Errors
/// Everything that is wrong with it.
pub fn check(wanted: Wanted, against: Against<'_>, knows_hook: impl Fn(&str) -> bool) -> Result<Plan, Vec<Fault>> {
    let mut faults = Vec::new();
    check_flow(against, &mut faults);
    if against.flow.is_some_and(|flow| !flow.call.is_two()) {
        faults.push(Fault::new("/flow", "is for a meeting or a call of several: an order rings one at a time in each call"));
    }
    let people = check_people(&wanted.people, &mut faults);
    let source = wanted.source.as_ref().and_then(|id| object_id(id, "/source", &mut faults));
    let phone = people.iter().position(|person| matches!(person.target, Target::Phone(_)));
    if let (None, Some(_)) = (&wanted.source, phone) {
        faults.push(Fault::new("/source", "is missing: a number is called for a resource account"));
    }
    if let Some(flow) = against.flow {
        check_values(&wanted.variables, "/variables", |name| flow.declares(name) && !flow.guards_with(name), &mut faults);
    }
    let (rounds, ring_s, pause_s) = (wanted.rounds.unwrap_or(1), wanted.ring.unwrap_or(RING_S), wanted.pause.unwrap_or(PAUSE_S));
    within(u32::from(rounds), 1..=u32::from(MOST_ROUNDS), "/rounds", &mut faults);
    within(u32::from(ring_s), u32::from(*RINGS_S.start())..=u32::from(*RINGS_S.end()), "/ring", &mut faults);
    within(pause_s, 0..=LONGEST_PAUSE_S, "/pause", &mut faults);
    let quiet = wanted.quiet.as_ref().and_then(|hours| check_quiet(hours, &mut faults));
    let notify = wanted.notify.as_ref().and_then(|name| check_hook(name, against.flow, knows_hook, &mut faults));
    let (true, Some(flow)) = (faults.is_empty(), against.flow) else { return Err(faults) };
    Ok(Plan {
        flow: flow.name.clone(),
        flow_version: flow.version.clone(),
        people,
        source,
        mode: match wanted.mode {
            Way::InTurn => Mode::InTurn,
            Way::AtOnce => Mode::AtOnce,
        },
        rounds,
        ring_s,
        pause_s,
        stop_at_first: wanted.stop_at_first.unwrap_or(true),
        quiet,
        variables: wanted.variables,
        notify,
    })
}

fn within(number: u32, range: RangeInclusive<u32>, field: &str, faults: &mut Vec<Fault>) {
    if !range.contains(&number) {
        faults.push(Fault::new(field, format!("is not from {} to {}", range.start(), range.end())));
    }
}

fn check_people(people: &[Someone], faults: &mut Vec<Fault>) -> Vec<Person> {
    if people.is_empty() || people.len() > MOST_PEOPLE {
        faults.push(Fault::new("/people", format!("has {} members; it takes 1 to {MOST_PEOPLE}", people.len())));
        return Vec::new();
    }
    let mut checked: Vec<Person> = Vec::new();
    for (n, someone) in people.iter().enumerate() {
        let at = format!("/people/{n}");
        if someone.name.as_ref().is_some_and(|name| name.trim().is_empty() || name.chars().count() > LONGEST_NAME) {
            faults.push(Fault::new(format!("{at}/name"), format!("is not 1 to {LONGEST_NAME} characters")));
        }
        let others: Vec<Target> = checked.iter().map(|person| person.target.clone()).collect();
        let who = who(someone).or_else(|| {
            faults.push(Fault::new(at.clone(), "is reached by exactly one of user, phone and applicationInstance"));
            None
        });
        let target = who.and_then(|who| check_target(&who, &at, &others, faults));
        checked.extend(target.map(|target| Person { name: someone.name.clone(), target }));
    }
    checked
}

fn who(someone: &Someone) -> Option<Who> {
    match (&someone.user, &someone.phone, &someone.application_instance) {
        (Some(id), None, None) => Some(Who::User(id.clone())),
        (None, Some(number), None) => Some(Who::Phone(number.clone())),
        (None, None, Some(id)) => Some(Who::ApplicationInstance(id.clone())),
        _ => None,
    }
}

fn check_hook(name: &str, flow: Option<&Flow>, knows: impl Fn(&str) -> bool, faults: &mut Vec<Fault>) -> Option<Hook> {
    let url = flow.and_then(|flow| flow.hooks.get(name));
    match url {
        Some(url) => Some(Hook { name: name.to_owned(), url: url.clone() }),
        None if knows(name) => Some(Hook { name: name.to_owned(), url: None }),
        None => {
            faults.push(Fault::new("/notify", "is a hook neither of the flow nor of HOOK_URLS"));
            None
        }
    }
}

fn check_quiet(hours: &QuietHours, faults: &mut Vec<Fault>) -> Option<Quiet> {
    let before = faults.len();
    if TimeZone::get(&hours.timezone).is_err() {
        faults.push(Fault::new("/quiet/timezone", "is no time zone, such as Europe/Berlin"));
    }
    let mut minute = |text: &str, field: &str| {
        let minute = minute(text);
        if minute.is_none() {
            faults.push(Fault::new(field, "is no time of day, such as 22:00"));
        }
        minute.unwrap_or_default()
    };
    let span = (minute(&hours.from, "/quiet/from"), minute(&hours.to, "/quiet/to"));
    if faults.len() == before && span.0 == span.1 {
        faults.push(Fault::new("/quiet/to", "is the same as from"));
    }
    if hours.days.len() > MOST_QUIET_DAYS {
        faults.push(Fault::new("/quiet/days", format!("has {} members; {MOST_QUIET_DAYS} are the most", hours.days.len())));
    }
    if faults.len() > before {
        return None;
    }
    let mut week = Calendar { week: std::array::from_fn(|_| vec![span]), ..Calendar::default() };
    for day in &hours.days {
        week.week[*day as usize].push((0, 24 * 60));
    }
    let quiet = Quiet { timezone: hours.timezone.clone(), week };
    if quiet.over_at(Timestamp::UNIX_EPOCH).is_none() {
        faults.push(Fault::new("/quiet/days", "leaves no time at which somebody may be rung"));
        return None;
    }
    Some(quiet)
}

/// `22:00` as minutes since midnight.
fn minute(text: &str) -> Option<u16> {
    let time: Time = (text.len() == 5).then(|| text.parse().ok())??;
    u16::try_from(i32::from(time.hour()) * 60 + i32::from(time.minute())).ok()
}
