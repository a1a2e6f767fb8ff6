//! An order: the bot rings the people of a script, as `POST /api/orders` asks it to.

use std::{collections::BTreeMap, fs, io::Write, io::stdout, process::ExitCode, sync::Arc, time::Duration};

use reqwest::Client;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use switchboard::{
    call::OrderId,
    order::Order,
    ordering,
    simulator::contact::{Contact, Listed},
    stage::Stage,
};

use super::{Args, Format, hook::Hook, scene, script_path, sound, teller::Teller};
use crate::{
    Ended,
    conversation::{Listener, Story, Witness, outcome_words, ring_words},
    scratch::Scratch,
};

/// How often it is looked whether the order is over, and how often at the most: a day.
const LOOK_EVERY: Duration = Duration::from_secs(1);
const LOOKS: usize = 86_400;

/// What a script says of an order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    /// The body of `POST /api/orders`, but for its flow and its people.
    order: Map<String, Value>,
    /// The people, in the order in which they are rung, and what they do.
    contacts: Vec<Listed>,
}

type Fault = Box<dyn std::error::Error>;

/// The order of the script; `None` where it has none.
pub(super) fn read(args: &Args) -> Result<Option<Given>, Fault> {
    let path = script_path(args);
    let Ok(text) = fs::read_to_string(&path) else { return Ok(None) };
    let has_order = toml::from_str::<toml::Table>(&text).is_ok_and(|table| table.contains_key("order"));
    match (has_order, args.interactive) {
        (false, _) => Ok(None),
        (true, true) => Err("an order rings people: it cannot be dialled with --interactive".into()),
        (true, false) => {
            let given = toml::from_str(&text);
            given.map(Some).map_err(|error| format!("{}: {}", path.display(), error.to_string().trim_end()).into())
        }
    }
}

/// Gives the order, and prints what comes of it.
pub(super) async fn play(args: &Args, given: Given) -> Ended {
    let folder = Scratch::new()?;
    let mut listener = Listener::new();
    let hook = Hook::start(listener.sources()).await?;
    let mut scene = scene(args, &folder.0);
    if let Some(name) = given.order.get("notify").and_then(Value::as_str) {
        scene.hooks.insert(name.to_owned(), hook.url.clone());
    }
    scene.settings.insert("DIAL_ALLOW", "users,instances,+*".to_owned());
    let people: Vec<Value> = given.contacts.iter().map(person).collect();
    let contacts: BTreeMap<String, Contact> = given.contacts.into_iter().map(|listed| (listed.id, listed.contact)).collect();
    let names = contacts.iter().map(|(id, contact)| (id.clone(), contact.name.clone())).collect();
    scene.contacts = contacts;
    let mut wanted = given.order;
    wanted.insert("flow".to_owned(), json!(args.flow));
    wanted.insert("people".to_owned(), json!(people));
    let stage = Stage::with(scene, |store| Arc::new(Witness::before(store, &listener))).await?;
    listener.observe(stage.teams.observations());
    let mut teller = Teller::of(Story::of(names), args.format);
    let id = give(&stage, &Value::Object(wanted)).await?;
    let order = tokio::select! {
        order = over(&stage, &id) => order?,
        never = teller.tell_all::<Option<Order>>(&mut listener) => never?,
    };
    listener.rest().into_iter().try_for_each(|heard| teller.tell(heard))?;
    let verdict = judge(&stage, order.as_ref()).await?;
    match args.format {
        Format::Text => writeln!(stdout(), "\n{}", tell(order.as_ref(), &verdict))?,
        Format::Json => verdict.iter().for_each(|why| eprintln!("{why}")),
    }
    Ok(ExitCode::from(u8::from(verdict.is_some())))
}

fn person(listed: &Listed) -> Value {
    let kind = if listed.id.starts_with('+') { "phone" } else { "user" };
    json!({ "name": listed.contact.name, kind: listed.id })
}

/// Gives the order while time stands still.
async fn give(stage: &Stage, wanted: &Value) -> Result<OrderId, Fault> {
    let _hold = stage.hold();
    let request = Client::builder().no_proxy().build()?.post(format!("{}/api/orders", stage.bot_url));
    let request = request.header("x-functions-key", &stage.api_key).header("idempotency-key", "dial");
    let answer: Value = request.json(wanted).send().await?.json().await?;
    let id = answer["id"].as_str().and_then(|id| OrderId::parse(id).ok());
    id.ok_or_else(|| format!("the order is refused: {}", refusal(&answer)).into())
}

/// A problem in words: what is wrong with which member.
fn refusal(problem: &Value) -> String {
    let one = [problem.clone()];
    let faults = problem["errors"].as_array().map_or(&one[..], Vec::as_slice);
    let words =
        |fault: &Value| [&fault["field"], &fault["detail"]].into_iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ");
    faults.iter().map(words).collect::<Vec<_>>().join("; ")
}

/// The order once it is over, has told everything, and so has each of its calls.
async fn over(stage: &Stage, id: &OrderId) -> Result<Option<Order>, Fault> {
    for _ in 0..LOOKS {
        let _hold = stage.teams.clock().sleep(LOOK_EVERY).await;
        let order = ordering::load(&stage.app, id).await?.map(|stored| stored.order);
        let Some(order) = order.filter(|order| order.over_at.is_some() && order.owed.is_empty()) else { continue };
        if unrested(stage, &order).await?.is_none() {
            return Ok(Some(order));
        }
    }
    Ok(None)
}

/// What is wrong with a call of the order, where something is.
async fn unrested(stage: &Stage, order: &Order) -> Result<Option<String>, Fault> {
    for ring in &order.rings {
        let call = stage.app.store.load(&ring.call, stage.app.clock.now()).await?.map(|stored| stored.call);
        let of_teams = call.as_ref().and_then(|call| call.graph_id.as_ref()).map(|id| id.in_url());
        let ledger = of_teams.and_then(|id| stage.teams.ledger(&id)).unwrap_or_default();
        if let Err(why) = sound(&ledger, call.as_ref()) {
            return Ok(Some(format!("{}: {why}", order.plan.name_of(ring.person))));
        }
    }
    Ok(None)
}

/// What is wrong with the order, where something is.
async fn judge(stage: &Stage, order: Option<&Order>) -> Result<Option<String>, Fault> {
    let Some(order) = order else { return Ok(Some("the order did not come to its end".to_owned())) };
    unrested(stage, order).await
}

/// The outcome in words, and whether all went as it should.
fn tell(order: Option<&Order>, verdict: &Option<String>) -> String {
    let mut lines = Vec::new();
    if let Some(order) = order {
        let at = order.conclusion.as_ref().map_or(order.created, |conclusion| conclusion.at);
        let seconds = at.duration_since(order.created).as_secs();
        lines.push(format!("The order is over: {} after {}:{:02}.", outcome_words(order), seconds / 60, seconds % 60));
        let longest = order.rings.iter().map(|ring| order.plan.name_of(ring.person).chars().count()).max().unwrap_or_default();
        for ring in &order.rings {
            lines.push(format!("  {:longest$}  {}", order.plan.name_of(ring.person), ring_words(ring)));
        }
    }
    lines.push(match verdict {
        None => "Nothing was lost and nothing happened twice.".to_owned(),
        Some(why) => format!("It did not go as it should: {why}."),
    });
    lines.join("\n")
}
