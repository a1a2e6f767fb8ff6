//! The bot places a call: whether it may, and what goes wrong with the request.

use serde_json::Value;

use super::World;
use crate::simulator::{
    asks::{Create, Door, Target, To},
    call::{Call, TOKEN},
    dialect::plain,
    meeting::Meeting,
    mishaps::{Fragility, Luck},
    observation::Seen,
    reply::{Refusal, with_body},
    setup::{INITIATE, INITIATE_GROUP, JOIN_GROUP},
    wire::{Reply, Request},
};

/// When the bot may try again that has too many calls, in seconds.
const TRY_AGAIN_IN: u64 = 5;

/// A call that the bot has placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The call's id.
    pub call: String,
    /// The ids or numbers of those it is for.
    pub to: Vec<String>,
    /// Where its notifications go.
    pub callback_uri: String,
}

impl World {
    /// The calls that the bot has placed, in order.
    pub fn placed(&self) -> Vec<Placed> {
        let placed =
            |call: &Call| Some(Placed { call: call.id.clone(), to: call.placed_to()?, callback_uri: call.callback().to_owned() });
        self.calls.iter().filter_map(placed).collect()
    }

    pub(super) fn create(&mut self, request: &Request) -> Reply {
        let luck = self.creates.as_mut().map_or(Luck::Good, |creates| creates.create());
        if let Luck::Bad(misfortune) = &luck
            && let Some(reply) = self.nothing_done("", "create", misfortune)
        {
            return reply;
        }
        let is_late = luck == Luck::Late;
        match self.place(request.body.as_ref(), is_late) {
            Ok((call, body)) => {
                let lost = luck != Luck::Good && !is_late;
                if let Some(what) = lost.then_some("reply lost").or(is_late.then_some("reply late")) {
                    self.stage.observe(&call, Seen::Mishap { kind: format!("request create: {what}") });
                }
                Reply { lost, late: is_late, ..with_body(201, body) }
            }
            Err(refusal) => self.refuse("", "create", &refusal),
        }
    }

    fn place(&mut self, body: Option<&Value>, is_late: bool) -> Result<(String, Value), Refusal> {
        let ask = Create::read(body)?;
        let to = ask.to().map_err(Refusal::invalid)?;
        self.may_place(&ask, &to)?;
        if self.stage.going >= self.stage.setup.most_calls {
            let refusal = Refusal::new(429, "8530", "The application has as many calls as it may have at once.");
            return Err(Refusal { retry_after: Some(TRY_AGAIN_IN), ..refusal });
        }
        let (number, body) = (self.calls.len(), body.cloned().unwrap_or_default());
        let mut call = match to {
            To::People(targets) => Call::placed(number, &ask, targets, body, &self.stage),
            To::Meeting(door) => Call::joining(number, &ask, open(&door, &self.stage.setup.meetings)?, body, &self.stage),
        };
        if is_late {
            call.first_news = Fragility::Solid;
        }
        let (id, shown) = (call.id.clone(), call.made(&self.stage));
        self.numbers.insert(plain(&id), number);
        self.calls.push(call);
        self.stage.going += 1;
        self.with(number, |call, stage| call.place(ask.media_config, is_late, stage));
        Ok((id, shown))
    }

    /// Tenant, consent and source.
    fn may_place(&self, ask: &Create, to: &To) -> Result<(), Refusal> {
        let setup = &self.stage.setup;
        if ask.tenant_id.as_ref().is_some_and(|tenant| !tenant.eq_ignore_ascii_case(&setup.tenant)) {
            return Err(Refusal::new(403, "7505", "The tenant of the call is not that of the token."));
        }
        self.stage.must_have(match to {
            To::People(targets) if targets.len() == 1 => INITIATE,
            To::People(_) => INITIATE_GROUP,
            To::Meeting(_) => JOIN_GROUP,
        })?;
        let is_to_phone = matches!(to, To::People(targets) if targets.iter().any(Target::is_phone));
        let is = |known: &String, given: &str| known.eq_ignore_ascii_case(given);
        let is_ours = match (ask.instance(), ask.application()) {
            (Some(instance), _) => setup.instances.is_empty() || setup.instances.iter().any(|known| is(known, instance)),
            (None, _) if is_to_phone => false,
            (None, Some(application)) => is(&setup.app_id, application),
            (None, None) => true,
        };
        match is_ours {
            true => Ok(()),
            false => Err(Refusal::new(400, "7507", "The source identity is not one of the application's.")),
        }
    }
}

/// The meeting behind a door, if it lets anyone in.
fn open(door: &Door, meetings: &[Meeting]) -> Result<Meeting, Refusal> {
    let meeting = meetings.iter().find(|meeting| leads_to(door, meeting)).ok_or_else(|| match door {
        Door::Organizer { .. } => Refusal::invalid("There is no meeting of this organizer with this thread."),
        Door::MeetingId { .. } => Refusal::new(400, "8561", "The meeting id or its passcode is not right."),
        Door::Token(_) => Refusal::new(400, "8526", "The join token is not valid."),
    })?;
    match meeting.is_locked {
        true => Err(Refusal::new(403, "8560", "The meeting is locked.")),
        false => Ok(meeting.clone()),
    }
}

fn leads_to(door: &Door, meeting: &Meeting) -> bool {
    match door {
        Door::Organizer { organizer, thread } => meeting.organizer.eq_ignore_ascii_case(organizer) && meeting.thread == *thread,
        Door::MeetingId { id, passcode } => meeting.join_id.as_ref() == Some(id) && meeting.passcode == *passcode,
        Door::Token(token) => token.strip_prefix(TOKEN) == Some(&meeting.thread),
    }
}
