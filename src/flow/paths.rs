//! Where a call can get to: every step is reached, and no way goes round without giving the caller a turn.

use std::collections::BTreeMap;

use super::{
    names::{list, nearest},
    report::Report,
    steps::StepEntry,
    verb::VERBS,
};

/// Checks all ways through the flow from `start`. A name that is not defined counts as the one that was probably meant.
pub(super) fn check(start: Option<&str>, steps: &[StepEntry], report: &mut Report<'_>) {
    let index: BTreeMap<&str, usize> = steps.iter().enumerate().map(|(n, step)| (step.name.get_ref().as_str(), n)).collect();
    let names: Vec<&str> = index.keys().copied().collect();
    let find = |name: &str| index.get(name).or_else(|| index.get(nearest(name, &names)?)).copied();
    let ways: Vec<Vec<usize>> = steps.iter().map(|step| step.leads().filter_map(find).collect()).collect();
    if let Some(start) = start.and_then(find) {
        check_reached(start, steps, &ways, report);
    }
    check_unanswered(steps, &ways, report);
    check_unheard(steps, find, report);
    check_turns(steps, &ways, report);
}

fn check_reached(start: usize, steps: &[StepEntry], ways: &[Vec<usize>], report: &mut Report<'_>) {
    let mut reached = vec![false; steps.len()];
    let mut open = vec![start];
    while let Some(at) = open.pop() {
        if !std::mem::replace(&mut reached[at], true) {
            open.extend(&ways[at]);
        }
    }
    for (step, _) in steps.iter().zip(reached).filter(|(_, reached)| !reached) {
        let what = format!("step `{}` is never reached", step.name.get_ref());
        report.error(step.name.span(), what, "lead an outcome of another step to it, or remove it");
    }
}

/// What only a call that still rings can go through comes after no step that answers.
fn check_unanswered(steps: &[StepEntry], ways: &[Vec<usize>], report: &mut Report<'_>) {
    let answering = (0..steps.len()).filter(|&step| !steps[step].needs_no_ears());
    let mut answered = vec![false; steps.len()];
    let mut open: Vec<usize> = answering.flat_map(|step| ways[step].iter().copied()).collect();
    while let Some(at) = open.pop() {
        if !std::mem::replace(&mut answered[at], true) {
            open.extend(&ways[at]);
        }
    }
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
