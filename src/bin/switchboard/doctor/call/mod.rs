//! `--call`: one real call, which settles what only a real Teams can say.
//!
//! [`place`] is the deed; [`reading`] says what the call's journal means.

mod reading;

use std::{
    error::Error,
    io::{IsTerminal, stderr, stdin},
    time::Duration,
};

use serde_json::json;
use switchboard::app::random_bits;
use tokio::time::{sleep, timeout};

use super::finding::Finding;
use crate::calls::client::{Client, Failed, Shown};

/// The flow that the call goes through, as the bot must have it.
const FLOW: &str = "check_call";

/// How long somebody is rung, in seconds.
const RING_S: u16 = 45;

/// How long all of it may take: somebody is rung, listens, and presses a key.
const WITHIN: Duration = Duration::from_secs(180);

/// How often the call is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long the bot may take to end a call that took too long.
const ENDED_WITHIN: Duration = Duration::from_secs(10);

/// Whether somebody may be rung: on a terminal that is asked.
///
/// # Errors
/// Where nobody can be asked.
pub(super) fn may_ring(user: &str) -> Result<bool, Box<dyn Error>> {
    if !(stdin().is_terminal() && stderr().is_terminal()) {
        return Err("--call rings somebody for real, which may cost money; say --yes where nobody can be asked".into());
    }
    eprint!("This rings {user} in the real Teams, which may cost money. Go on? [y/N] ");
    let mut answer = String::new();
    stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Rings somebody, and says what their call shows.
pub(super) async fn place(client: &Client, user: &str) -> Vec<Finding> {
    let name = format!("doctor-{:032x}", random_bits());
    let wanted = json!({ "flow": FLOW, "targets": [{ "user": user }], "ring": RING_S });
    let id = match timeout(WITHIN, client.place(&name, &wanted)).await {
        Ok(Ok(id)) => id,
        Ok(Err(failed)) => return reading::not_asked_for(said(&failed)),
        Err(_) => return reading::not_asked_for("the bot does not answer".to_owned()),
    };
    eprintln!("It rings: take the call, listen, and press 1 or 2 when you are asked.");
    let mut seen = None;
    if timeout(WITHIN, watch(client, &id, &mut seen)).await.is_err() {
        // Whatever comes of this: the call's own limit ends it in the end.
        let _ = timeout(ENDED_WITHIN, client.end(&id)).await;
    }
    match seen {
        Some(call) => reading::findings(&call),
        None => reading::not_asked_for(format!("the call {id} cannot be looked at")),
    }
}

/// Looks at a call until it is over.
async fn watch(client: &Client, id: &str, seen: &mut Option<Shown>) {
    loop {
        sleep(LOOK_EVERY).await;
        // A look that fails is made up for by the next.
        if let Ok(call) = client.show(id).await {
            let is_over = call.outcome.is_some();
            *seen = Some(call);
            if is_over {
                return;
            }
        }
    }
}

/// On one line.
fn said(failed: &Failed) -> String {
    match failed {
        Failed::Refused(problem) => problem.to_string().lines().map(str::trim).collect::<Vec<_>>().join(" "),
        Failed::Broken(why) => why.clone(),
    }
}
