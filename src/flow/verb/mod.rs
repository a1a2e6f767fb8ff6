//! The verbs: what a step can do. One file each, and one row in [`VERBS`].

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::json;
use toml::de::DeTable;

use super::{
    model::Step,
    names::Names,
    read::read,
    report::{Report, Span},
};

mod acknowledge;
mod answer;
mod ask;
mod branch;
mod collect;
mod go;
mod hang_up;
mod hold;
mod hours;
mod invite;
mod language;
mod menu;
mod mute;
mod notify;
mod play;
mod record;
mod redirect;
mod reject;
mod remove;
mod retry;
mod say;
mod send_keys;
mod set;
mod transfer;
mod unhold;
mod unmute;
mod wait;
mod who;

/// Every verb of the language, in the order of the reference.
pub(super) const VERBS: &[Row] = &[
    row::<play::Play>(),
    row::<menu::Menu>(),
    row::<collect::Collect>(),
    row::<record::Record>(),
    row::<transfer::Transfer>(),
    row::<invite::Invite>(),
    row::<remove::Remove>(),
    row::<mute::Mute>(),
    row::<unmute::Unmute>(),
    row::<hold::Hold>(),
    row::<unhold::Unhold>(),
    row::<answer::Answer>(),
    row::<reject::Reject>(),
    row::<redirect::Redirect>(),
    row::<say::Say>(),
    row::<send_keys::SendKeys>(),
    row::<wait::Wait>(),
    row::<set::Set>(),
    row::<branch::Branch>(),
    row::<hours::Hours>(),
    row::<language::Language>(),
    row::<go::Go>(),
    row::<ask::Ask>(),
    row::<notify::Notify>(),
    row::<acknowledge::Acknowledge>(),
    row::<hang_up::HangUp>(),
];

/// A verb: the attributes that its steps have, as they are written. Doc comments become the schema's descriptions, and hints.
pub(super) trait Verb: DeserializeOwned + JsonSchema {
    /// What `do` says.
    const NAME: &'static str;

    /// It gives the caller a turn, so that a flow may go round through it.
    const LISTENS: bool;

    /// Reports what no attribute can know by itself. The step's name is `at`.
    fn check(&self, _at: &Span, _report: &mut Report<'_>) {}

    /// The checked step, every name taken through `names`.
    fn step(self, names: &mut Names) -> Step;
}

/// A verb in the table.
pub(super) struct Row {
    /// What `do` says.
    pub(super) name: &'static str,
    /// See [`Verb::LISTENS`].
    pub(super) listens: bool,
    /// Reads a step's table without its `do`, and notes the names that it uses.
    pub(super) read: fn(DeTable<'_>, Span, &mut Names, &mut Report<'_>) -> Option<Step>,
    /// The schema of such a step, `do` included.
    pub(super) schema: fn(&mut SchemaGenerator) -> Schema,
}

const fn row<V: Verb>() -> Row {
    Row { name: V::NAME, listens: V::LISTENS, read: read_step::<V>, schema: step_schema::<V> }
}

fn read_step<V: Verb>(table: DeTable<'_>, at: Span, names: &mut Names, report: &mut Report<'_>) -> Option<Step> {
    let verb: V = read(table, &format!("`{}`", V::NAME), at.clone(), report)?;
    verb.check(&at, report);
    let step = verb.step(names);
    names.tell_faults(report);
    Some(step)
}

fn step_schema<V: Verb>(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = V::json_schema(generator);
    let what = schema.get("description").cloned();
    let object = schema.ensure_object();
    let properties = object.entry("properties").or_insert_with(|| json!({}));
    properties["do"] = json!({ "const": V::NAME, "description": what });
    let required = object.entry("required").or_insert_with(|| json!([]));
    if let Some(required) = required.as_array_mut() {
        required.insert(0, "do".into());
    }
    schema
}
