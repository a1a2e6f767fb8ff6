//! What a call is told while it goes on: by `POST /api/calls/{id}/events`, as anybody tells it.

use std::{collections::BTreeMap, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use switchboard::{
    flow::trial::{Line, Trial},
    simulator::observation::{Observation, Seen},
    stage::Stage,
};

use super::{
    begin::{Begun, post},
    difference::counted,
    script::THINKS,
};

/// How often it is looked whether the time has come, on the clock of the stage.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What a call is to be told.
struct Telling<'t> {
    event: &'t str,
    data: &'t BTreeMap<String, String>,
    /// How many things happen before.
    before: usize,
    /// The last of them is heard to its end.
    to_its_end: bool,
    /// How long after that.
    after: SignedDuration,
}

/// Tells a call all that its test says, each in its time; yields when that was. Ends with the call.
///
/// # Errors
/// The bot would not be told: why.
pub(super) async fn tell(trial: &Trial, begun: &Begun, stage: &Stage) -> Result<Vec<Timestamp>, String> {
    let clock = stage.teams.clock();
    let mut told = Vec::new();
    for telling in tellings(trial) {
        loop {
            let _hold = clock.sleep(LOOK_EVERY).await;
            let seen = begun.seen(stage);
            if seen.iter().any(|observation| matches!(observation.what, Seen::Ended { .. })) {
                return Ok(told);
            }
            if telling.is_due(&seen, clock.now()) {
                told.push(clock.now());
                let body = json!({ "name": telling.event, "data": telling.data });
                post(stage, &format!("/api/calls/{}/events", begun.key), &body).await?;
                break;
            }
        }
    }
    Ok(told)
}

fn tellings(trial: &Trial) -> Vec<Telling<'_>> {
    let mut tellings = Vec::new();
    let (mut before, mut silence) = (0, None);
    let mut last: Option<&Line> = None;
    for said in &trial.talk {
        match &said.what {
            Line::Silence(ms) => silence = Some(SignedDuration::from_millis((*ms).into())),
            Line::Told { event, data } => tellings.push(Telling {
                event,
                data,
                before,
                to_its_end: matches!(last, Some(Line::Hears(_))),
                after: silence.take().unwrap_or(THINKS),
            }),
            line => {
                (before, silence, last) = (before + 1, None, Some(line));
            }
        }
    }
    tellings
}

impl Telling<'_> {
    fn is_due(&self, seen: &[Observation], now: Timestamp) -> bool {
        self.since(seen).is_some_and(|since| since + self.after <= now)
    }

    /// When what comes before it was over; `None` until then.
    fn since(&self, seen: &[Observation]) -> Option<Timestamp> {
        let Some(last) = self.before.checked_sub(1) else { return seen.first().map(|first| first.at) };
        let (place, event) = counted(seen).nth(last)?;
        match self.to_its_end {
            true => seen[place..].iter().find(|later| matches!(later.what, Seen::PromptEnded { .. })).map(|end| end.at),
            false => Some(event.at),
        }
    }
}
