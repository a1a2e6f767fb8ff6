//! A flow so short that calls can be played in real time, and a Teams for the handler.

use std::{fs, path::Path};

use switchboard::{
    flows::Shelf,
    simulator::{
        clock::Clock,
        script::{self, Script},
        server::{Options, Running, Simulator},
        setup::Setup,
    },
    stage::{APP_ID, Scene, TENANT, captions, environment},
};
use tempfile::TempDir;

use super::{Environment, free_port};

const SECRET: &str = "a-secret-of-the-test";
const COLLEAGUE: &str = "5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945";

const FLOW: &str = r##"
start = "welcome"

[prompts]
welcome = { text = "Hello." }
choices = { text = "Press one to leave a message, two for a colleague." }
leave_message = { text = "Speak." }
thanks = { text = "Thanks." }

[steps.welcome]
do = "play"
prompt = "welcome"
then = "choices"

[steps.choices]
do = "menu"
prompt = "choices"
timeout = "10s"
keys = { 1 = "voicemail", 2 = "colleague" }
no_input = { attempts = 3, then = "end" }
no_match = { attempts = 3, then = "end" }

[steps.voicemail]
do = "record"
prompt = "leave_message"
longest = "20s"
silence = "5s"
then = "thanks"
nothing = "end"

[steps.thanks]
do = "play"
prompt = "thanks"
then = "end"

[steps.colleague]
do = "transfer"
to = { user = "5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945" }
failed = "thanks"

[steps.end]
do = "hang_up"
"##;

const LEAVES_A_MESSAGE: &str = r##"
[[does]]
hears = "choices"
after = "300ms"
presses = "1"

[[does]]
hears = "leave_message"
speaks = "1s"
presses = "#"

[[does]]
hears = "thanks"

[ends]
by = "bot"
recordings = 1
"##;

const WANTS_A_COLLEAGUE: &str = r#"
people = { "5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945" = { answers = "500ms" } }

[[does]]
hears = "choices"
after = "700ms"
presses = "2"

[ends]
by = "transfer"
recordings = 0
"#;

/// What a handler needs around it.
pub(super) struct Surroundings {
    /// Teams.
    pub(super) teams: Running,
    /// What the handler is started with.
    pub(super) environment: Environment,
    /// Where it listens.
    pub(super) bot_url: String,
    /// What opens its calls.
    pub(super) api_key: String,
    _data: TempDir,
}

impl Surroundings {
    pub(super) async fn new(seed: u64) -> Self {
        let data = tempfile::tempdir().unwrap();
        write_flow(&data.path().join("flows/short"));
        let scene = Scene { clock: Clock::real(), ..Scene::new(data.path().join("flows"), "short", data.path()) };
        let port = free_port();
        let bot_url = format!("http://127.0.0.1:{port}");
        let setup = Setup {
            app_id: APP_ID.to_owned(),
            tenant: TENANT.to_owned(),
            webhook: format!("{bot_url}/api/notifications"),
            captions: captions(&Shelf::read(&scene.flows).unwrap()),
            seed,
            ..Setup::default()
        };
        let teams = Simulator::start(Options::new(setup, SECRET.to_owned().into())).await.unwrap();
        let api_key = "a-key-of-the-test".to_owned();
        let mut environment = environment(&scene, &bot_url, teams.base_url(), SECRET, &api_key);
        environment.push(("FUNCTIONS_CUSTOMHANDLER_PORT", port.to_string()));
        Self { teams, environment, bot_url, api_key, _data: data }
    }

    /// The same environment but for one variable; unset where it is `None`.
    pub(super) fn but(&self, name: &'static str, value: Option<String>) -> Environment {
        let others = self.environment.iter().filter(|(other, _)| *other != name).cloned();
        others.chain(value.map(|value| (name, value))).collect()
    }
}

/// Callers who do this and that.
pub(super) fn caller(n: usize) -> Script {
    debug_assert!(WANTS_A_COLLEAGUE.contains(COLLEAGUE) && FLOW.contains(COLLEAGUE));
    script::parse([LEAVES_A_MESSAGE, WANTS_A_COLLEAGUE][usize::from(n % 3 == 2)]).unwrap()
}

fn write_flow(folder: &Path) {
    fs::create_dir_all(folder.join("prompts")).unwrap();
    fs::write(folder.join("flow.toml"), FLOW).unwrap();
    for (name, ms) in [("welcome", 300), ("choices", 500), ("leave_message", 350), ("thanks", 400)] {
        write_hum(&folder.join(format!("prompts/{name}.wav")), ms);
    }
}

/// A hum of so many milliseconds, each length with a pitch of its own.
fn write_hum(path: &Path, ms: u32) {
    let format =
        hound::WavSpec { channels: 1, sample_rate: 16_000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut wav = hound::WavWriter::create(path, format).unwrap();
    let period = i32::try_from(ms / 10).unwrap();
    for n in 0..i32::try_from(ms).unwrap() * 16 {
        wav.write_sample(i16::try_from((n % period - period / 2) * 100).unwrap()).unwrap();
    }
    wav.finalize().unwrap();
}
