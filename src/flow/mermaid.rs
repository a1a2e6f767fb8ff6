//! A flow as a picture, in the language of Mermaid: <https://mermaid.js.org/syntax/flowchart.html>

use std::fmt::Write;

use super::model::{Flow, Step};

/// The flow's chart: every step with its verb, every way with its outcome's name. What a call may be told anywhere is a dotted way from the call.
pub fn mermaid(flow: &Flow) -> String {
    let mut chart = String::from("flowchart TD\n");
    // Writing into a string cannot fail.
    let _ = writeln!(chart, "    call(({}))\n    call --> {}", flow.name, node(&flow.start));
    for way in flow.ways() {
        let _ = writeln!(chart, "    call -.->|\"{}\"| {}", way.outcome, node(way.to));
    }
    for (name, step) in &flow.steps {
        let _ = writeln!(chart, "    {}", shape(name, step));
        for way in step.ways() {
            let _ = writeln!(chart, "    {} -->|\"{}\"| {}", node(name), way.outcome, node(way.to));
        }
    }
    chart
}

/// A node's name. Mermaid keeps some words for itself, `end` among them.
fn node(step: &str) -> String {
    format!("step_{step}")
}

/// A step by name and verb; one that nothing follows has round ends.
fn shape(name: &str, step: &Step) -> String {
    let (node, verb) = (node(name), step.verb());
    match step.ways().is_empty() {
        true => format!("{node}([\"{name}: {verb}\"])"),
        false => format!("{node}[\"{name}: {verb}\"]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::model::Play;

    #[test]
    fn every_step_and_every_way_is_drawn() {
        let play = Step::Play(Play { prompts: Vec::new(), times: 1, barge_in: false, keys: [].into(), then: "end".to_owned() });
        let flow = Flow {
            name: "desk".to_owned(),
            start: "welcome".to_owned(),
            steps: [("welcome".to_owned(), play), ("end".to_owned(), Step::HangUp)].into(),
            ..Flow::default()
        };
        let chart = "flowchart TD\n    call((desk))\n    call --> step_welcome\n    step_end([\"end: hang_up\"])\n    \
                     step_welcome[\"welcome: play\"]\n    step_welcome -->|\"then\"| step_end\n";
        assert_eq!(mermaid(&flow), chart);
    }
}
