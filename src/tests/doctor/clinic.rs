//! A bot with everything that it has in Azure, on loopback, and a doctor for it.

use std::{
    collections::BTreeMap,
    fs,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::Output,
    sync::Arc,
};

use data_encoding::BASE64;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use switchboard::{
    clock::SystemClock,
    config::Settings,
    server::Program,
    simulator::{
        clock::Clock,
        server::{Consent, Options, Running, Simulator},
        setup::Setup,
    },
    stage::{APP_ID, Scene, TENANT, environment},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, process::Command, task::JoinSet};

use crate::{
    cosmos::emulator::{self, Emulator},
    queues::storage::StorageServer,
    recordings::container,
};

/// A flow without a fault.
pub(super) const FLOW: &str = r#"
start = "hello"
prompts.hello.text = "Hello."
[steps.hello]
do = "play"
prompt = "hello"
then = "bye"
[steps.bye]
do = "hang_up"
"#;

/// A bot, until dropped.
pub(super) struct Clinic {
    /// What the doctor is told.
    pub(super) settings: BTreeMap<String, String>,
    /// The account with its queues.
    pub(super) storage: StorageServer,
    /// A folder of this clinic's own.
    pub(super) folder: TempDir,
    _teams: Running,
    _cosmos: Emulator,
    _bot: JoinSet<()>,
}

/// What the doctor found.
pub(super) struct Diagnosis {
    /// How it ended.
    pub(super) code: Option<i32>,
    findings: Vec<Value>,
}

impl Clinic {
    /// A bot that lacks nothing, in a tenant that has consented to this.
    pub(super) async fn of(consent: Consent) -> Self {
        Self::with(consent, SignedDuration::ZERO).await
    }

    /// The same where the platform's clock differs from this machine's.
    pub(super) async fn with(consent: Consent, ahead: SignedDuration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_flow(&folder.path().join("flows"), 900);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let teams = start_teams(&url, consent, ahead).await;
        let (storage, cosmos) = (StorageServer::provisioned().await, Emulator::start().await);
        let scene = Scene::new(folder.path().join("flows"), "desk", folder.path());
        let mut settings: BTreeMap<_, _> = environment(&scene, &url, teams.base_url(), "hush", "")
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let (connection, recordings) = with_blobs(&storage).await;
        let kept = [
            ("STATE_STORE", "cosmos".to_owned()),
            ("COSMOS_ENDPOINT", cosmos.url()),
            ("COSMOS_KEY", emulator::KEY.to_owned()),
            ("AzureWebJobsStorage", connection),
            ("RECORDINGS", recordings),
        ];
        settings.extend(kept.map(|(name, value)| (name.to_owned(), value)));
        let read = Settings::read(|name| settings.get(name).cloned()).unwrap();
        let mut bot = JoinSet::new();
        bot.spawn(Program::open(&read, Arc::new(SystemClock)).unwrap().serve(listener));
        Self { settings, storage, folder, _teams: teams, _cosmos: cosmos, _bot: bot }
    }

    /// Has the doctor look, with some settings changed.
    pub(super) async fn examined(&self, changed: &[(&str, &str)]) -> Diagnosis {
        self.examined_with(changed, &self.folder.path().join("dist")).await
    }

    /// The same with a package.
    pub(super) async fn examined_with(&self, changed: &[(&str, &str)], package: &Path) -> Diagnosis {
        let output = Command::new(env!("CARGO_BIN_EXE_switchboard"))
            .args(["doctor", "--format", "json", "--package"])
            .arg(package)
            .env_clear()
            .envs(&self.settings)
            .envs(changed.iter().copied())
            .output()
            .await
            .unwrap();
        Diagnosis::of(&output)
    }

    /// Another folder of flows, whose one prompt sounds otherwise.
    pub(super) fn other_flows(&self, name: &str) -> PathBuf {
        let flows = self.folder.path().join(name);
        write_flow(&flows, 1_200);
        flows
    }
}

impl Diagnosis {
    /// What the command printed, as JSON.
    pub(super) fn of(output: &Output) -> Self {
        let findings = serde_json::from_slice(&output.stdout);
        let findings = findings.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        Self { code: output.status.code(), findings }
    }

    /// What was found of this verdict: the check, and in words what and how to mend it.
    pub(super) fn all(&self, verdict: &str) -> Vec<(&str, String)> {
        let text = |finding: &Value| format!("{} {}", finding["what"].as_str().unwrap(), finding["cure"].as_str().unwrap_or(""));
        let such = self.findings.iter().filter(|finding| finding["verdict"] == verdict);
        such.map(|finding| (finding["check"].as_str().unwrap(), text(finding))).collect()
    }
}

async fn start_teams(bot_url: &str, consent: Consent, ahead: SignedDuration) -> Running {
    let setup = Setup {
        app_id: APP_ID.to_owned(),
        tenant: TENANT.to_owned(),
        webhook: format!("{bot_url}/api/notifications"),
        ..Setup::default()
    };
    let mut options = Options::new(setup, "hush".into());
    options.consent = Consent { tenants: vec![TENANT.to_owned()], ..consent };
    if !ahead.is_zero() {
        options.clock = Clock::virtual_from(Timestamp::now() + ahead);
    }
    Simulator::start(options).await.unwrap()
}

/// The connection string of the account with blobs too, and its container.
async fn with_blobs(storage: &StorageServer) -> (String, String) {
    let connection = storage.connection_string();
    let part = |name: &str| connection.split(';').find_map(|pair| pair.strip_prefix(name)).unwrap().to_owned();
    let key = BASE64.decode(part("AccountKey=").as_bytes()).unwrap();
    let blobs = container::start(&part("AccountName="), &key).await;
    (format!("{connection};BlobEndpoint={blobs}"), format!("{blobs}/recordings"))
}

fn write_flow(flows: &Path, height: i16) {
    let prompts = flows.join("desk/prompts");
    fs::create_dir_all(&prompts).unwrap();
    fs::write(flows.join("desk/flow.toml"), FLOW).unwrap();
    let spec = hound::WavSpec { channels: 1, sample_rate: 16_000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut writer = hound::WavWriter::create(prompts.join("hello.wav"), spec).unwrap();
    (0..3_200).for_each(|n| writer.write_sample(if n % 40 < 20 { height } else { -height }).unwrap());
    writer.finalize().unwrap();
}
