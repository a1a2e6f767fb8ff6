//! What is where, and how to place a call.

use std::io::{self, Write, stdout};

use switchboard::stage::Stage;

use super::Args;

/// A user whom nobody has told the simulated Teams of: they answer after three seconds, and listen.
const ANYONE: &str = "0f3a9c52-7d41-4be6-8a15-2c9e60d7b314";

/// Prints it.
pub(super) fn print(args: &Args, stage: &Stage) -> io::Result<()> {
    writeln!(stdout(), "{}", text(args, &stage.bot_url, stage.teams.base_url(), &stage.api_key))
}

fn text(args: &Args, bot: &str, teams: &str, key: &str) -> String {
    let calls = format!("{teams}/simulator/calls");
    let script = args.flows.join(&args.flow).join("dial.toml");
    let script = script.display();
    let flow = &args.flow;
    let anyone = ANYONE;
    format!(
        "\
The bot:             {bot}
The simulated Teams: {teams}
CALLS_API_KEY:       {key}

From a second terminal:

  a caller with a script   curl -sX POST {calls} --data-binary @{script}
  a caller whom you lead   curl -sX POST {calls}
  press keys               curl -sX POST {calls}/CALL/keys -d 3
  hang up                  curl -sX DELETE {calls}/CALL
  let the bot call         CALLS_API_KEY={key} switchboard calls place --url {bot} --flow {flow} --to {anyone}
  see its calls            CALLS_API_KEY={key} switchboard calls list --url {bot}
  the call, to the bot     curl -s {bot}/api/calls/CALL -H 'x-functions-key: {key}'
  the call, to Teams       curl -s {calls}/CALL

CALL is what the first two answer. Anyone whom the bot calls answers after three seconds, and listens. Ctrl-C stops both; the calls stay."
    )
}
