//! `switchboard calls list`: calls as a table.

use jiff::Timestamp;

use super::{
    client::{Refused, Shown},
    line::{Paint, is_good, words},
};

/// List calls, the newest first.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only calls that stand so: placing, ringing, in_step, hanging_up or ended.
    #[arg(long)]
    state: Option<String>,
    /// Only calls of this flow.
    #[arg(long)]
    flow: Option<String>,
    /// Only calls made at this instant or later, e.g. 2026-05-04T08:00:00Z.
    #[arg(long, value_name = "INSTANT")]
    since: Option<Timestamp>,
    /// At most so many.
    #[arg(long, default_value_t = 20)]
    pub(super) limit: usize,
}

impl Args {
    /// What the bot is asked.
    pub(super) fn query(&self) -> Vec<(&'static str, String)> {
        let since = self.since.map(|since| since.to_string());
        let asked = [("state", self.state.clone()), ("flow", self.flow.clone()), ("since", since)];
        asked.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// A line for each call.
pub(super) fn rows(calls: &[Shown], paint: Paint) -> Vec<String> {
    if calls.is_empty() {
        return vec!["no calls".to_owned()];
    }
    let flow = calls.iter().map(|call| call.flow.len()).max().unwrap_or_default();
    calls.iter().map(|call| row(call, flow, paint)).collect()
}

/// A line for each refusal.
pub(super) fn refusals(refused: &[Refused], paint: Paint) -> Vec<String> {
    if refused.is_empty() {
        return vec!["nothing was refused".to_owned()];
    }
    let flow = refused.iter().map(|one| one.flow.len()).max().unwrap_or_default();
    let line = |one: &Refused| {
        let last = paint.dim(&one.last.strftime("%Y-%m-%d %H:%M:%S").to_string());
        let times = if one.times > 1 { format!(", {} times", one.times) } else { String::new() };
        format!("{last}  {:<32}  {:<flow$}  {}{times}", one.id, one.flow, paint.bad(&words(&one.reason)))
    };
    refused.iter().map(line).collect()
}

fn row(call: &Shown, flow: usize, paint: Paint) -> String {
    let made = paint.dim(&call.created.strftime("%Y-%m-%d %H:%M:%S").to_string());
    let stands = match (&call.outcome, &call.step) {
        (Some(outcome), _) if is_good(outcome) => paint.good(&words(outcome)),
        (Some(outcome), _) => paint.bad(&words(outcome)),
        (None, Some(step)) => paint.busy(&format!("in step {step}")),
        (None, None) => paint.busy(&words(&call.phase)),
    };
    format!("{made}  {:<32}  {:<8}  {:<flow$}  {stands}", call.id, call.direction, call.flow)
}
