//! How the call of a test begins: somebody rings, or the bot is asked for it as anybody asks: by `POST /api/calls`.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use switchboard::{
    flow::trial::{Begins, Gathering, Lobby, Trial},
    simulator::{
        contact::Contact,
        meeting::{Attendee, Meeting},
        observation::Observation,
    },
    stage::Stage,
};

use super::script::{lines, rung, script};

/// The meeting's organiser and thread, which a test has no need to know.
const ORGANISER: &str = "6a0c1d3e-58f2-4b97-8e14-d2c7b9f05a36";
const THREAD: &str = "19:meeting_c3dpdGNoYm9hcmQ@thread.v2";

/// Whom the bot of a test may call: everybody.
pub(super) const DIAL_ALLOW: &str = "users,instances,meetings,+*";

/// The call of a test.
pub(super) struct Begun {
    /// Graph's id of it; `None` where Graph has no such call.
    pub(super) call: Option<String>,
    /// The bot's name of it.
    pub(super) key: String,
}

impl Begun {
    /// What was seen of it so far. What Graph refused before there was a call it tells under no call's name.
    pub(super) fn seen(&self, stage: &Stage) -> Vec<Observation> {
        stage.teams.observed(self.call.as_deref().unwrap_or_default())
    }
}

/// Begins the call of a test.
///
/// # Errors
/// The bot will not place it: why.
pub(super) async fn begin(trial: &Trial, flow: &str, stage: &Stage) -> Result<Begun, String> {
    let Some(begins) = &trial.given.begins else {
        let _hold = stage.hold();
        let call = stage.teams.ring(script(trial));
        return Ok(Begun { key: call.clone(), call: Some(call) });
    };
    let wanted = wanted(begins, trial, flow);
    let response = post(stage, "/api/calls", &wanted).await?;
    let key = response["id"].as_str().ok_or("the bot does not say which call it places")?.to_owned();
    let call = stage.teams.calls().pop();
    Ok(Begun { call, key })
}

/// Asks the bot's API for something, while time stands still.
pub(super) async fn post(stage: &Stage, path: &str, body: &Value) -> Result<Value, String> {
    let _hold = stage.hold();
    let client = Client::builder().no_proxy().build().map_err(|error| error.to_string())?;
    let request = client.post(format!("{}{path}", stage.bot_url)).json(body);
    let request = request.header("x-functions-key", &stage.api_key).header("idempotency-key", "test");
    let response = request.send().await.map_err(|error| format!("the bot cannot be asked: {error}"))?;
    let is_taken = response.status().is_success();
    let said = Response::text(response).await.map_err(|error| format!("the bot cannot be heard: {error}"))?;
    match is_taken {
        true => Ok(serde_json::from_str(&said).unwrap_or_default()),
        false => Err(format!("the bot will not do it: {said}")),
    }
}

fn wanted(begins: &Begins, trial: &Trial, flow: &str) -> Value {
    let mut wanted = json!({ "flow": flow, "variables": trial.given.variables });
    if let Some(instance) = &trial.given.instance {
        wanted["source"] = json!(instance);
    }
    match begins {
        Begins::Places(placed) => {
            let target = |id: &String| json!({ if id.starts_with('+') { "phone" } else { "user" }: id });
            wanted["targets"] = placed.to.iter().map(target).collect();
            if let Some(seconds) = placed.ring_s {
                wanted["ring"] = json!(seconds);
            }
        }
        Begins::Joins(_) => wanted["meeting"] = json!({ "organiser": ORGANISER, "thread": THREAD }),
    }
    wanted
}

/// Whom the bot can ring. Whoever it calls first does what the talk says.
pub(super) fn contacts(trial: &Trial) -> BTreeMap<String, Contact> {
    let first = match &trial.given.begins {
        Some(Begins::Places(placed)) => placed.to.first(),
        _ => None,
    };
    let contact = |name: &String, person: &switchboard::flow::trial::Person| {
        let does = if Some(&person.id) == first { lines(&trial.talk) } else { Vec::new() };
        (person.id.clone(), Contact { name: name.clone(), rings: vec![rung(person.does, does)] })
    };
    trial.given.people.iter().map(|(name, person)| contact(name, person)).collect()
}

/// The meeting that the bot joins. The first of its people does what the talk says.
pub(super) fn meetings(trial: &Trial) -> Vec<Meeting> {
    match &trial.given.begins {
        Some(Begins::Joins(gathering)) => vec![meeting(gathering, trial)],
        _ => Vec::new(),
    }
}

fn meeting(gathering: &Gathering, trial: &Trial) -> Meeting {
    let time = |ms: u32| SignedDuration::from_millis(ms.into());
    let people = gathering.people.iter().enumerate().map(|(place, (name, attendee))| Attendee {
        user: attendee.id.clone(),
        name: name.clone(),
        joins: attendee.joins.map(time),
        leaves: attendee.leaves.map(time),
        does: if place == 0 { lines(&trial.talk) } else { Vec::new() },
        ..Attendee::default()
    });
    let (admits, turns_away) = match gathering.lobby {
        Some(Lobby::Admits(ms)) => (Some(time(ms)), None),
        Some(Lobby::TurnsAway(ms)) => (None, Some(time(ms))),
        None => (None, None),
    };
    Meeting {
        organizer: ORGANISER.to_owned(),
        thread: THREAD.to_owned(),
        people: people.collect(),
        admits,
        turns_away,
        puts_out: gathering.puts_out.map(time),
        ..Meeting::default()
    }
}
