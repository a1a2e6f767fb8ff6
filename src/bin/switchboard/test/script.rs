//! What the simulated caller is told of a test: each thing that is heard is a cue, each deed follows what came before it.

use jiff::SignedDuration;
use switchboard::{
    flow::trial::{Answering, Caller, Cue, Line, Said, Trial},
    simulator::{
        contact::Rung,
        script::{self, Ends, Script},
        setup::Caption,
    },
};

/// Between something heard or said and the caller's next deed, unless the test says otherwise.
pub(super) const THINKS: SignedDuration = SignedDuration::from_secs(1);

/// Between two keys.
const BETWEEN_KEYS: SignedDuration = SignedDuration::from_millis(500);

/// The script of a test.
pub(super) fn script(trial: &Trial) -> Script {
    Script {
        caller: trial.given.caller.as_ref().map(caller),
        instance: trial.given.instance.clone(),
        does: lines(&trial.talk),
        ends: Ends::default(),
        ..Script::default()
    }
}

fn caller(caller: &Caller) -> script::Caller {
    match caller {
        Caller::User { id, name } => {
            script::Caller::User { id: id.clone(), name: name.clone().unwrap_or_else(|| "Caller".to_owned()) }
        }
        Caller::Phone(number) => script::Caller::Phone { number: number.clone() },
    }
}

/// What somebody does who is rung, and in the call once they have taken it.
pub(super) fn rung(does: Answering, in_call: Vec<script::Line>) -> Rung {
    match does {
        Answering::Answers(ms) => Rung::Answers { after: time(ms), does: in_call, ends: Ends::default() },
        Answering::Busy => Rung::Busy,
        Answering::Unreachable => Rung::Unreachable,
        Answering::Declines(ms) => Rung::Declines(time(ms)),
        Answering::Ignores => Rung::Ignores,
    }
}

/// What the one who does what the talk says does.
pub(super) fn lines(talk: &[Said]) -> Vec<script::Line> {
    let mut lines: Vec<script::Line> = Vec::new();
    let mut silence = None;
    let mut before: Option<&Line> = None;
    for said in talk {
        match &said.what {
            Line::Hears(cue) => lines.push(line(cue, false)),
            Line::Interrupts(cue) => lines.push(line(cue, true)),
            Line::Silence(ms) => silence = Some(time(*ms) + silence.unwrap_or_default()),
            deed @ (Line::Presses(_) | Line::Speaks(_) | Line::HangsUp) => {
                let is_next_key = matches!((before, deed), (Some(Line::Presses(_)), Line::Presses(_)));
                let after = silence.take().unwrap_or(if is_next_key { BETWEEN_KEYS } else { THINKS });
                // The first deed after a cue is the cue's own.
                if lines.last().is_none_or(|last| !is_cue_alone(last)) {
                    lines.push(unasked(false));
                }
                if let Some(line) = lines.last_mut() {
                    line.after = after;
                    act(line, deed);
                }
            }
            Line::Recorded(_) | Line::TransfersTo(_) | Line::RedirectsTo(_) | Line::Refused(_) | Line::Ends(_) => {}
            Line::Somebody(..) | Line::SendsKeys(_) | Line::Told { .. } => {}
        }
        if !matches!(said.what, Line::Silence(_)) {
            silence = None;
        }
        before = Some(&said.what);
    }
    lines
}

fn line(cue: &Cue, barge_in: bool) -> script::Line {
    let hears = match cue {
        Cue::Prompt(cue) => cue.clone(),
        Cue::Recording(nth) => Caption::of_recording((*nth).into()).name,
    };
    script::Line { hears, ..unasked(barge_in) }
}

/// A line that waits for nothing to be heard.
fn unasked(barge_in: bool) -> script::Line {
    script::Line { hears: String::new(), after: THINKS, barge_in, speaks: None, presses: String::new(), hangs_up: false }
}

fn is_cue_alone(line: &script::Line) -> bool {
    !line.hears.is_empty() && line.speaks.is_none() && line.presses.is_empty() && !line.hangs_up
}

fn act(line: &mut script::Line, deed: &Line) {
    match deed {
        Line::Presses(key) => line.presses.push(*key),
        Line::Speaks(ms) => line.speaks = Some(time(*ms)),
        Line::HangsUp => line.hangs_up = true,
        _ => {}
    }
}

fn time(ms: u32) -> SignedDuration {
    SignedDuration::from_millis(ms.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(lines: &[Line]) -> Vec<Said> {
        lines.iter().map(|what| Said { line: 1, column: 1, what: what.clone() }).collect()
    }

    #[test]
    fn the_first_deed_belongs_to_its_cue_and_the_others_follow() {
        let talk = [
            Line::Hears(Cue::Prompt("welcome".into())),
            Line::Hears(Cue::Prompt("menu".into())),
            Line::Silence(3_000),
            Line::Presses('1'),
            Line::Presses('2'),
            Line::TransfersTo("x".into()),
            Line::Interrupts(Cue::Prompt("message".into())),
            Line::Speaks(6_000),
            Line::Silence(2_000),
            Line::HangsUp,
        ];
        let lines = lines(&said(&talk));
        let shape: Vec<_> = lines.iter().map(|l| (l.hears.as_str(), l.presses.as_str(), l.after.as_millis())).collect();
        assert_eq!(shape[..4], [("welcome", "", 1_000), ("menu", "1", 3_000), ("", "2", 500), ("message", "", 1_000)]);
        assert!(lines[3].barge_in && lines[3].speaks == Some(SignedDuration::from_secs(6)));
        assert!(lines[4].hangs_up && lines[4].after == SignedDuration::from_secs(2));
    }

    #[test]
    fn silence_before_something_heard_moves_no_deed() {
        let talk = [
            Line::Hears(Cue::Prompt("menu".into())),
            Line::Silence(5_000),
            Line::Hears(Cue::Prompt("again".into())),
            Line::Presses('1'),
        ];
        assert_eq!(lines(&said(&talk))[1].after, THINKS);
    }
}
