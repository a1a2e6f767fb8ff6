//! What the journal of a call through `check_call` means.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use switchboard::graph::meaning::{meaning, refusal};

use super::{
    super::finding::{Finding, Verdict},
    FLOW,
};
use crate::calls::client::{Entry, Shown};

/// How long the silence of the step `timed` is.
const SILENCE: SignedDuration = SignedDuration::from_secs(3);

/// How much earlier or later its end may be told: notifications do not come to the millisecond.
const OFF: SignedDuration = SignedDuration::from_secs(1);

/// Graph's subcodes for prompts that the end of the call, or a key, cut off: they say nothing of the prompt.
const CUT_OFF: [i64; 2] = [8508, 8528];

/// Something that a call shows.
type Look = (&'static str, fn(&Shown) -> Finding);

/// What must be so before anything else can.
const WAY: [Look; 4] = [("placed", placed), ("taken", taken), ("audio", audio), ("prompt", prompt)];

/// What each call shows that has come so far.
const SHOWN: [Look; 3] = [("timer", timer), ("order", order), ("keys", keys)];

/// What a call shows.
pub(super) fn findings(call: &Shown) -> Vec<Finding> {
    let mut stuck = None;
    let on_the_way = WAY.into_iter().map(|(check, look)| match stuck {
        Some(at) => Finding::unknown(check, format!("the call did not come so far: see {at}")),
        None => {
            let finding = look(call);
            stuck = (finding.verdict != Verdict::Good).then_some(check);
            finding
        }
    });
    let mut findings: Vec<Finding> = on_the_way.collect();
    findings.extend(SHOWN.into_iter().map(|(check, look)| match stuck {
        Some(at) => Finding::unknown(check, format!("the call did not come so far: see {at}")),
        None => look(call),
    }));
    findings
}

/// The bot did not take the order, and this is why.
pub(super) fn not_asked_for(why: String) -> Vec<Finding> {
    let cure = format!("look at --url, the key and DIAL_ALLOW, and publish the flow {FLOW}");
    let rest = WAY.into_iter().chain(SHOWN).skip(1);
    let rest = rest.map(|(check, _)| Finding::unknown(check, "no call was placed"));
    [Finding::bad("placed", why, cure)].into_iter().chain(rest).collect()
}

fn placed(call: &Shown) -> Finding {
    let check = "placed";
    match (last(call, "create_call", ""), call.outcome.as_deref()) {
        (Some(entry), _) if entry.result == "done" || entry.result == "had happened" => {
            Finding::good(check, format!("Graph placed the call, {} after it was asked", since(call.created, entry.at)))
        }
        (Some(entry), _) if entry.result.starts_with("refused") => Finding::told(check, refused(&entry.result)),
        (_, Some("not_placed")) => {
            Finding::bad(check, "Graph did not place the call", "look at the app's log, and at what doctor says without --call")
        }
        _ => Finding::unknown(check, "nobody knows yet whether Graph placed the call"),
    }
}

fn taken(call: &Shown) -> Finding {
    let check = "taken";
    let again = "have them take the call, and try again";
    if let Some(entry) = first(call, "call_updated", "taken").or_else(|| first(call, "call_updated", "audible")) {
        let asked = last(call, "create_call", "").map_or(call.created, |entry| entry.at);
        return Finding::good(check, format!("somebody was rung, and took the call after {}", since(asked, entry.at)));
    }
    match call.outcome.as_deref() {
        Some("declined") => Finding::bad(check, "whom was called declined", again),
        Some("busy") => Finding::bad(check, "whom was called is busy", again),
        Some("no_answer") => Finding::bad(check, "whom was called did not answer", again),
        Some("unreachable") => Finding::bad(check, "nothing rings for whom was called", "sign in to Teams as them"),
        Some("not_taken") => {
            let cure = "see that the user is of the bot's tenant and may use Teams calling, and try again";
            Finding::bad(check, "nobody took the call; Graph does not say why", cure)
        }
        Some(outcome) => Finding::bad(check, format!("the call ended: {}", outcome.replace('_', " ")), "try again"),
        None => Finding::bad(check, "it took too long", again),
    }
}

fn audio(call: &Shown) -> Finding {
    let audible = first(call, "call_updated", "audible");
    let taken = first(call, "call_updated", "taken");
    match audible {
        Some(entry) => {
            let taken = taken.map_or(entry.at, |taken| taken.at);
            Finding::good("audio", format!("it came {} after the call was taken", since(taken, entry.at)))
        }
        None => Finding::bad(
            "audio",
            "the call was taken, but its audio never became active",
            "see that the posts of Graph reach the app: its log names each one that was taken",
        ),
    }
}

fn prompt(call: &Shown) -> Finding {
    let check = "prompt";
    if let Some(entry) = first(call, "play_prompt", "refused") {
        return Finding::told(check, refused(&entry.result));
    }
    let ends: Vec<&Entry> = call.journal.iter().filter(|entry| entry.kind == "prompt_finished").collect();
    let failed = ends.iter().filter_map(|entry| codes(&entry.result)).find(|(_, subcode)| !CUT_OFF.contains(subcode));
    match (failed, played(call, "hello").first()) {
        (Some((code, subcode)), _) => {
            let why = meaning(code, subcode).unwrap_or("the code is not known here");
            Finding::told(check, format!("a prompt was not played, {code}/{subcode}: {why}"))
        }
        (None, Some(lasted)) => {
            Finding::good(check, format!("Graph downloaded them and played them; the first took {}", seconds(*lasted)))
        }
        (None, None) if ends.is_empty() => Finding::unknown(check, "the call ended before the end of one was told"),
        (None, None) => Finding::unknown(check, "the end of the first was not told in time to be measured"),
    }
}

/// Whether a prompt and the silence after it are one operation, whose end is told when the silence is over. It is measured against
/// the same prompt by itself, so that what every request takes counts for nothing.
fn timer(call: &Shown) -> Finding {
    let check = "timer";
    let (alone, timed) = (played(call, "alone"), played(call, "timed"));
    // Too early once is too early, even if the next is told late for it; too late may be a download, which happens once.
    let shortest = timed.iter().min().filter(|shortest| alone.first().is_some_and(|alone| **shortest - *alone < SILENCE - OFF));
    let (Some(alone), Some(timed)) = (alone.first(), shortest.or(timed.last())) else {
        let is_cut = step(call, "counted").is_some_and(|entry| entry.by.as_deref() == Some("keys"));
        let why = if is_cut {
            "a key was pressed in the silence"
        } else {
            "the call ended, or was not told of, before the silence did"
        };
        return Finding::unknown(check, format!("{why}: try again"));
    };
    let silence = *timed - *alone;
    let is = format!("{} after the prompt's, where {} were asked for", seconds(silence), seconds(SILENCE));
    match silence - SILENCE {
        off if off.abs() <= OFF => Finding::good(check, format!("a prompt and the silence after it have one end, {is}")),
        off if off.is_negative() => Finding::bad(
            check,
            format!("the end of a prompt and the silence after it is told too early, {is}: people have no time to press a key"),
            "set barge_in = false in menus and collects, which has the silence played by a request of its own, and tell the project",
        ),
        _ => Finding::bad(
            check,
            format!("the end of a prompt and the silence after it is told too late, {is}"),
            "make the timeout of menus and collects shorter by as much, and tell the project",
        ),
    }
}

fn order(call: &Shown) -> Finding {
    let check = "order";
    match (step(call, "in_order"), step(call, "not_in_order")) {
        (Some(_), _) => Finding::good(check, "who listened heard the prompts of one request in their order and without a pause"),
        (_, Some(_)) => Finding::bad(
            check,
            "who listened heard a pause between the prompts of one request, or another order",
            "put what belongs together into one prompt, and tell the project",
        ),
        (None, None) => Finding::unknown(check, "nobody said what they heard, by pressing 1 or 2"),
    }
}

fn keys(call: &Shown) -> Finding {
    let check = "keys";
    let by_key = |entry: &&Entry| entry.by.as_deref().is_some_and(|by| by.starts_with("keys") || by.starts_with("no_match"));
    match (call.journal.iter().find(by_key), first(call, "subscribe_to_tone", "refused")) {
        (Some(_), _) => Finding::good(check, "a key press arrived"),
        (None, Some(entry)) => Finding::told(check, refused(&entry.result)),
        (None, None) => {
            Finding::unknown(check, "nobody pressed a key, or none arrived: if one was pressed, see what doctor says of roles")
        }
    }
}

/// How long each request of a step played that was told to be completed: from when Graph took it until its end came.
fn played(call: &Shown, name: &str) -> Vec<SignedDuration> {
    let mut begun: HashMap<u32, Timestamp> = HashMap::new();
    let (mut at, mut lasted) = ("", Vec::new());
    for entry in &call.journal {
        match (entry.kind.as_str(), entry.n) {
            ("step", _) => at = &entry.result,
            ("play_prompt", Some(n)) if entry.result == "done" => {
                begun.insert(n, entry.at);
            }
            ("prompt_finished", Some(n)) if at == name && entry.result.starts_with("completed") => {
                lasted.extend(begun.get(&n).map(|begun| entry.at.duration_since(*begun)));
            }
            _ => {}
        }
    }
    lasted
}

fn first<'a>(call: &'a Shown, kind: &str, beginning: &str) -> Option<&'a Entry> {
    call.journal.iter().find(|entry| entry.kind == kind && entry.result.starts_with(beginning))
}

fn last<'a>(call: &'a Shown, kind: &str, beginning: &str) -> Option<&'a Entry> {
    call.journal.iter().rfind(|entry| entry.kind == kind && entry.result.starts_with(beginning))
}

/// That the call has come to a step.
fn step<'a>(call: &'a Shown, name: &str) -> Option<&'a Entry> {
    call.journal.iter().find(|entry| entry.kind == "step" && entry.result == name)
}

/// `refused, 403 7504`, explained.
fn refused(result: &str) -> String {
    let code = result.rsplit(' ').next().unwrap_or_default();
    format!("Graph {result}: {}", refusal(code).unwrap_or("the code is not known here"))
}

/// The code and subcode of `failed, 400/8536`.
fn codes(result: &str) -> Option<(i64, i64)> {
    let (code, subcode) = result.strip_prefix("failed, ")?.split_once('/')?;
    Some((code.parse().ok()?, subcode.parse().ok()?))
}

fn since(from: Timestamp, to: Timestamp) -> String {
    seconds(to.duration_since(from))
}

fn seconds(length: SignedDuration) -> String {
    format!("{:.1} s", length.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of a journal: milliseconds after the call was asked for, kind, number, result, and the outcome that led there.
    type Line<'a> = (i64, &'a str, Option<u32>, &'a str, Option<&'a str>);

    /// A call whose journal has these lines.
    fn call(outcome: Option<&str>, journal: &[Line<'_>]) -> Shown {
        let at = |ms: i64| Timestamp::from_millisecond(1_800_000_000_000 + ms).unwrap().to_string();
        let entries = journal.iter().map(
            |(ms, kind, n, result, by)| serde_json::json!({ "at": at(*ms), "kind": kind, "n": n, "result": result, "by": by }),
        );
        let shown = serde_json::json!({
            "id": "c1", "direction": "outgoing", "created": at(0), "flow": FLOW, "phase": "ended", "step": null,
            "outcome": outcome, "journal": entries.collect::<Vec<_>>(),
        });
        serde_json::from_value(shown).unwrap()
    }

    /// A call up to the end of `timed`, whose silence lasted so long.
    fn timed(silence_ms: i64) -> Shown {
        let end = 10_000 + 900 + silence_ms;
        call(
            Some("called_hung_up"),
            &[
                (300, "create_call", Some(1), "done", None),
                (5_000, "call_updated", None, "taken", None),
                (5_400, "call_updated", None, "audible", None),
                (5_400, "step", None, "hello", None),
                (5_500, "play_prompt", Some(2), "done", None),
                (8_500, "prompt_finished", Some(2), "completed, 200/0", None),
                (8_500, "step", None, "alone", None),
                (8_600, "play_prompt", Some(3), "done", None),
                (9_500, "prompt_finished", Some(3), "completed, 200/0", None),
                (9_500, "step", None, "timed", None),
                (10_000, "play_prompt", Some(4), "done", None),
                (end, "prompt_finished", Some(4), "completed, 200/0", None),
            ],
        )
    }

    fn verdicts(call: &Shown) -> Vec<Verdict> {
        findings(call).iter().map(|finding| finding.verdict).collect()
    }

    #[test]
    fn a_silence_may_be_off_by_a_second_and_no_more() {
        for (ms, verdict) in [
            (3_000, Verdict::Good),
            (2_000, Verdict::Good),
            (4_000, Verdict::Good),
            (1_999, Verdict::Bad),
            (4_001, Verdict::Bad),
            (0, Verdict::Bad),
            (-3_000, Verdict::Bad),
        ] {
            assert_eq!(timer(&timed(ms)).verdict, verdict, "{ms}");
        }
    }

    /// The silence that is told too early goes on, and the prompt that is played again has to wait for its end.
    #[test]
    fn an_end_that_is_too_early_is_not_made_up_for_by_one_that_waited() {
        let mut call = timed(0);
        let again = |ms: i64, kind: &str, result: &str| {
            let at = call.created + SignedDuration::from_millis(ms);
            Entry { at, kind: kind.to_owned(), n: Some(5), result: result.to_owned(), by: None }
        };
        let entries = [again(11_000, "play_prompt", "done"), again(14_900, "prompt_finished", "completed, 200/0")];
        call.journal.extend(entries);
        assert_eq!(timer(&call).verdict, Verdict::Bad);
    }

    #[test]
    fn who_hangs_up_leaves_the_rest_unknown() {
        use Verdict::{Good, Unknown};
        assert_eq!(verdicts(&timed(3_000)), [Good, Good, Good, Good, Good, Unknown, Unknown]);
    }

    #[test]
    fn what_graph_refuses_is_explained() {
        for code in ["7503", "7504", "7505", "7507", "8522"] {
            let refused = call(Some("not_placed"), &[(300, "create_call", Some(1), &format!("refused, 403 {code}"), None)]);
            let told = findings(&refused)[0].to_string();
            assert!(told.starts_with("bad") && told.contains(refusal(code).unwrap()), "{told}");
        }
    }

    #[test]
    fn a_prompt_that_cannot_be_downloaded_is_named_and_one_that_was_cut_off_is_not() {
        let until = |end: &str| {
            call(
                Some("bot_hung_up"),
                &[
                    (300, "create_call", Some(1), "done", None),
                    (5_400, "call_updated", None, "audible", None),
                    (5_400, "step", None, "hello", None),
                    (5_500, "play_prompt", Some(2), "done", None),
                    (8_500, "prompt_finished", Some(2), end, None),
                ],
            )
        };
        let told = prompt(&until("failed, 400/8536")).to_string();
        assert!(told.starts_with("bad") && told.contains("BOT_BASE_URL"), "{told}");
        assert_eq!(prompt(&until("failed, 400/8528")).verdict, Verdict::Unknown);
    }
}
