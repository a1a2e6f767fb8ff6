//! `record`: records what the caller says.

use crate::{
    call::{action::Action, moment::Moment, phase::At},
    flow::{Record, Step},
};

impl Moment<'_> {
    pub(in crate::call) fn record(&mut self, step: &str, record: &Record) {
        let prompt = self.sounds(&record.prompt).pop();
        let action = Action::RecordResponse {
            prompt,
            beep: record.beep,
            longest_s: record.longest_s,
            first_silence_s: record.first_silence_s,
            silence_s: record.silence_s,
            stop_keys: record.stop_keys.clone(),
        };
        let n = self.call.begin(action, self.now);
        self.stand(step, At::Record { n });
    }

    /// The recording has ended: with something in it, with nothing, or badly.
    pub(in crate::call) fn recording_ended(&mut self, n: u32, something: bool, completed: bool) {
        let Some((step, At::Record { n: recording })) = self.at() else { return };
        let Some(Step::Record(record)) = self.flow.steps.get(&step) else { return };
        match (n == recording, something, completed) {
            (false, _, _) => {}
            (true, true, _) => self.go(&record.then),
            (true, false, true) => self.go(&record.nothing),
            (true, false, false) => self.failed(|moment| moment.go(&record.nothing)),
        }
    }
}
