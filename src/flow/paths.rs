//! Where a call can get to: every step is reached, and no way goes round without giving the caller a turn.

use std::collections::BTreeMap;

use toml::Spanned;

use super::{
    company::CallKind,
    names::{list, nearest},
    report::Report,
    steps::StepEntry,
    verb::VERBS,
};

/// Where the ways through a flow begin.
pub(super) struct Beginnings<'f> {
    /// The step that a call begins with.
    pub(super) start: Option<&'f Spanned<String>>,
    /// Those that a call goes to from anywhere, when it is told so.
    pub(super) told: &'f [&'f Spanned<String>],
    /// What kind of call it is then.
    pub(super) kind: CallKind,
}

/// Checks all ways through the flow, and says of each step whether a call between two may come to it. A name that is not defined counts as
/// the one that was probably meant.
pub(super) fn check(begins: &Beginnings<'_>, steps: &[StepEntry], report: &mut Report<'_>) -> Vec<bool> {
    let index: BTreeMap<&str, usize> = steps.iter().enumerate().map(|(n, step)| (step.name.get_ref().as_str(), n)).collect();
    let names: Vec<&str> = index.keys().copied().collect();
    let find = |name: &str| index.get(name).or_else(|| index.get(nearest(name, &names)?)).copied();
    let ways: Vec<Vec<usize>> = steps.iter().map(|step| step.leads().filter_map(find).collect()).collect();
    let find_step = |name: &Spanned<String>| find(name.get_ref());
    let told: Vec<usize> = begins.told.iter().copied().filter_map(find_step).collect();
    let mut may_be_alone = vec![false; steps.len()];
    if let Some(start) = begins.start.and_then(find_step) {
        let begins_at: Vec<usize> = told.iter().copied().chain([start]).collect();
        check_reached(&reached(begins_at.clone(), &ways), steps, report);
        if begins.kind.is_shared() {
            check_two(steps, report);
        } else {
            let alone: Vec<Vec<usize>> = steps.iter().map(|step| step.leads_alone().filter_map(find).collect()).collect();
            may_be_alone = reached(begins_at, &alone);
            check_company(&may_be_alone, steps, report);
        }
    }
    check_unanswered(steps, told, &ways, report);
    check_unheard(steps, find, report);
    check_turns(steps, &ways, report);
    may_be_alone
}

/// The steps to which some way leads from those that are `open`, these too.
fn reached(mut open: Vec<usize>, ways: &[Vec<usize>]) -> Vec<bool> {
    let mut reached = vec![false; ways.len()];
    while let Some(at) = open.pop() {
        if !std::mem::replace(&mut reached[at], true) {
            open.extend(&ways[at]);
        }
    }
    reached
}

fn check_reached(reached: &[bool], steps: &[StepEntry], report: &mut Report<'_>) {
    for (step, _) in steps.iter().zip(reached).filter(|(_, reached)| !**reached) {
        let what = format!("step `{}` is never reached", step.name.get_ref());
        report.error(step.name.span(), what, "lead an outcome of another step to it, or remove it");
    }
}

/// What Graph does only in a call of several comes only after somebody has come into one between two.
fn check_company(alone: &[bool], steps: &[StepEntry], report: &mut Report<'_>) {
    for (step, _) in steps.iter().zip(alone).filter(|(step, alone)| **alone && step.needs_company()) {
        let what =
            format!("step `{}` may come in a call between two, and Graph does it only in one of several", step.name.get_ref());
        let hint = "lead to it only by `joined` of an `invite`, or say what kind of call the flow is for: `call = \"group\"` or `\"meeting\"`";
        report.error(step.name.span(), what, hint);
    }
}

/// What passes the whole call on comes in none with more than two: Graph would have to be told which of them is meant.
fn check_two(steps: &[StepEntry], report: &mut Report<'_>) {
    for step in steps.iter().filter(|step| step.needs_two()) {
        let what = format!("step `{}` passes a call between two on, and the flow is for one with more", step.name.get_ref());
        report.error(step.name.span(), what, "bring them in with `invite`, and then `hang_up`");
    }
}

/// What only a call that still rings can go through comes after no step that answers, nor where an answered call is `told` to go.
fn check_unanswered(steps: &[StepEntry], told: Vec<usize>, ways: &[Vec<usize>], report: &mut Report<'_>) {
    let answering = (0..steps.len()).filter(|&step| !steps[step].needs_no_ears());
    let open = answering.flat_map(|step| ways[step].iter().copied()).chain(told).collect();
    let answered = reached(open, ways);
    for (step, _) in steps.iter().zip(answered).filter(|(step, answered)| *answered && step.needs_ringing()) {
        let what = format!("step `{}` may come after the answer, when it can do nothing any more", step.name.get_ref());
        report.error(
            step.name.span(),
            what,
            "lead to it only from steps that take no time, such as `branch`; later use `transfer` or `hang_up`",
        );
    }
}

/// What follows the end of the call needs no ears.
fn check_unheard(steps: &[StepEntry], find: impl Fn(&str) -> Option<usize>, report: &mut Report<'_>) {
    for name in steps.iter().filter_map(|step| step.names.unheard.as_ref()) {
        if find(name.get_ref()).is_some_and(|to| !steps[to].needs_no_ears()) {
            let what = format!("`hung_up` leads to step `{}`, and nobody is there to hear it", name.get_ref());
            report.error(name.span(), what, "lead it to a step that takes no time, such as `notify`, or leave it out");
        }
    }
}

/// How far the search for circles has come with a step.
#[derive(Clone, Copy, PartialEq)]
enum Seen {
    No,
    OnTheWay,
    Done,
}

/// Reports every circle of steps that never listen: nothing but a hang-up would end it.
fn check_turns(steps: &[StepEntry], ways: &[Vec<usize>], report: &mut Report<'_>) {
    // A step that listens is a good end of any way.
    let mut seen: Vec<Seen> = steps.iter().map(|step| if step.listens { Seen::Done } else { Seen::No }).collect();
    for start in 0..steps.len() {
        if seen[start] == Seen::No {
            walk(start, ways, &mut seen, &mut Vec::new(), &mut |circle| report_circle(circle, steps, report));
        }
    }
}

/// Follows every way from `at`; `way` is how it got there. At most as deep as there are steps.
fn walk(at: usize, ways: &[Vec<usize>], seen: &mut [Seen], way: &mut Vec<usize>, found: &mut dyn FnMut(&[usize])) {
    seen[at] = Seen::OnTheWay;
    way.push(at);
    for &next in &ways[at] {
        match seen[next] {
            Seen::No => walk(next, ways, seen, way, found),
            Seen::OnTheWay => found(&way[way.iter().position(|&step| step == next).unwrap_or(0)..]),
            Seen::Done => {}
        }
    }
    way.pop();
    seen[at] = Seen::Done;
}

fn report_circle(circle: &[usize], steps: &[StepEntry], report: &mut Report<'_>) {
    let names = |circle: &[usize]| list(circle.iter().map(|&step| steps[step].name.get_ref().as_str()));
    let what = match circle {
        [one] => format!("step {} leads back to itself without giving the caller a turn", names(&[*one])),
        many => format!("steps {} go round without giving the caller a turn", names(many)),
    };
    let listening = list(VERBS.iter().filter(|verb| verb.listens).map(|verb| verb.name));
    let hint = format!("lead out of it to a step that does {listening} or `hang_up`");
    report.error(steps[circle[0]].name.span(), what, hint);
}
