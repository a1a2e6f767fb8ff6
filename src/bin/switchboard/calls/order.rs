//! `switchboard calls place`: what is asked for.

use serde_json::{Map, Value, json};
use switchboard::app::random_bits;

/// Place a call, and print its id.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The flow that the call goes through.
    #[arg(long)]
    flow: String,
    /// Whom to ring: a user by object id, or a number as +4930123456. Several users are rung together.
    #[arg(long, value_name = "USER|+NUMBER", required_unless_present_any = ["meeting", "to_instance"], conflicts_with = "meeting")]
    to: Vec<String>,
    /// Which resource account to ring, by object id.
    #[arg(long, value_name = "ID", conflicts_with_all = ["to", "meeting"])]
    to_instance: Option<String>,
    /// The resource account that calls, by object id: a number is called for one only.
    #[arg(long, value_name = "ID")]
    source: Option<String>,
    /// The meeting to join, by the address by which people join it.
    #[arg(long, value_name = "URL")]
    meeting: Option<String>,
    /// The value of a variable of the flow.
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = assignment)]
    variables: Vec<(String, String)>,
    /// How long to wait for somebody to take the call, in seconds.
    #[arg(long, value_name = "SECONDS")]
    ring: Option<u16>,
    /// The order's name: the same again is the same call. A random one if none is given.
    #[arg(long, value_name = "NAME")]
    idempotency_key: Option<String>,
}

/// `NAME=VALUE`.
pub(super) fn assignment(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("is not NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl Args {
    /// The order's name.
    pub(super) fn name(&self) -> String {
        self.idempotency_key.clone().unwrap_or_else(|| format!("{:032x}", random_bits()))
    }

    /// The body that asks for the call.
    pub(super) fn body(&self) -> Value {
        let instance = self.to_instance.iter().map(|id| json!({ "applicationInstance": id }));
        let targets: Vec<Value> = self.to.iter().map(|to| target(to)).chain(instance).collect();
        let variables: Map<String, Value> = self.variables.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let mut body = json!({ "flow": self.flow, "targets": targets, "variables": variables });
        if let Some(source) = &self.source {
            body["source"] = json!(source);
        }
        if let Some(url) = &self.meeting {
            body["meeting"] = json!({ "joinUrl": url });
        }
        if let Some(seconds) = self.ring {
            body["ring"] = json!(seconds);
        }
        body
    }
}

fn target(to: &str) -> Value {
    match to.starts_with('+') {
        true => json!({ "phone": to }),
        false => json!({ "user": to }),
    }
}
