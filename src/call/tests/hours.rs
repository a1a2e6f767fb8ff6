//! `hours`: by the calendar, or by a switch.

use std::collections::BTreeSet;

use super::told::*;
use crate::{
    call::*,
    flow::{Calendar, Flow, Hours, Step},
};

/// Open on Fridays from 9:00 to 17:00 in Berlin, where it is Friday and nine.
fn office(holidays: &[&str]) -> Flow {
    let mut calendar = Calendar { holidays: holidays.iter().map(|day| (*day).to_owned()).collect(), ..Calendar::default() };
    calendar.week[4] = vec![(540, 1020)];
    let step = |name: &str| name.to_owned();
    let hours = Hours {
        calendar,
        switch: Some("storm".to_owned()),
        open: step("welcome"),
        closed: step("bye"),
        holiday: step("voicemail"),
        switched: step("main"),
    };
    let mut flow = a_flow();
    flow.steps.insert("office".to_owned(), Step::Hours(hours));
    Flow { start: "office".to_owned(), timezone: Some("Europe/Berlin".to_owned()), ..flow }
}

fn begun(flow: Flow, switches: &[&str]) -> Told {
    let mut told = Told::silent_on(flow);
    let on: BTreeSet<String> = switches.iter().map(|name| (*name).to_owned()).collect();
    told.when(Event::SwitchesSeen { on }).when(ring());
    told.all_done().when(audible());
    told
}

#[test]
fn the_clock_and_the_calendar_choose_the_way() {
    assert_eq!(begun(office(&[]), &[]).step(), "welcome");
    assert_eq!(begun(office(&["01-15"]), &[]).step(), "voicemail");
    let closed = Flow { timezone: None, ..office(&[]) };
    assert_eq!(begun(closed, &[]).step(), "hanging_up");
}

#[test]
fn a_switch_that_is_on_overrides_both() {
    assert_eq!(begun(office(&["01-15"]), &["storm"]).step(), "main");
    assert_eq!(begun(office(&[]), &["strike"]).step(), "welcome");
}

#[test]
fn a_switch_that_is_seen_again_as_it_was_changes_nothing() {
    let mut told = begun(office(&[]), &["storm"]);
    let before = told.call.clone();
    told.when(Event::SwitchesSeen { on: BTreeSet::from(["storm".to_owned()]) });
    assert_eq!(told.call, before);
}
