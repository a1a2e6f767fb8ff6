//! Hooks of a journey: a server that answers as it is told, and a flow that asks and tells it.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

use aws_lc_rs::hmac;
use bytes::Bytes;
use data_encoding::BASE64;
use serde_json::Value;
use switchboard::stage::{Scene, WEBHOOK_SECRET};
use tokio::net::TcpListener;
use warp::{
    Filter,
    http::{HeaderMap, Response},
};

/// What a hook was sent.
#[derive(Clone)]
pub(crate) struct Sent {
    /// Its `webhook-id`.
    pub(crate) id: String,
    /// Its media type.
    pub(crate) media_type: String,
    /// Its body.
    pub(crate) body: Value,
    /// The hook has said that it has it.
    pub(crate) is_taken: bool,
}

/// A hook on loopback. It checks every signature.
pub(crate) struct HookServer {
    pub(crate) url: String,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl HookServer {
    /// `answer` is given what is sent, and how much came before it. What it answers with `None` it never answers.
    pub(super) async fn start(answer: impl Fn(&Sent, usize) -> Option<Response<String>> + Clone + Send + Sync + 'static) -> Self {
        let sent = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&sent);
        let request = warp::post().and(warp::header::headers_cloned()).and(warp::body::bytes());
        let routes = request.then(move |headers: HeaderMap, body: Bytes| {
            let letter = open(&headers, &body);
            let mut log = log.lock().unwrap();
            let answer = answer(&letter, log.len());
            let is_taken = answer.as_ref().is_some_and(|answer| answer.status().is_success());
            log.push(Sent { is_taken, ..letter });
            async move {
                match answer {
                    Some(answer) => answer,
                    None => std::future::pending().await,
                }
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(warp::serve(routes).incoming(listener).run());
        Self { url, sent }
    }

    /// Answers alike whatever is sent.
    pub(crate) async fn answering(status: u16, body: &str) -> Self {
        let body = body.to_owned();
        Self::start(move |_, _| Some(response(status, &body))).await
    }

    /// Takes every other thing that is sent; those between them it is too busy for.
    pub(crate) async fn often_busy() -> Self {
        Self::start(|_, before| Some(response(if before % 2 == 0 { 503 } else { 204 }, ""))).await
    }

    /// Everything that was sent, in order.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }
}

/// A response of a hook.
pub(super) fn response(status: u16, body: &str) -> Response<String> {
    Response::builder().status(status).body(body.to_owned()).unwrap()
}

/// Reads what came, whose signature must be right.
fn open(headers: &HeaderMap, body: &[u8]) -> Sent {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let key = BASE64.decode(WEBHOOK_SECRET.trim_start_matches("whsec_").as_bytes()).unwrap();
    let signed = [header("webhook-id").as_bytes(), b".", header("webhook-timestamp").as_bytes(), b".", body].concat();
    let signature = BASE64.decode(header("webhook-signature").trim_start_matches("v1,").as_bytes()).unwrap();
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &key), &signed, &signature).expect("the signature is right");
    let body = serde_json::from_slice(body).unwrap();
    Sent { id: header("webhook-id"), media_type: header("content-type"), body, is_taken: false }
}

/// Lets the scene play a flow of these steps, which begins with `first`; its hook `crm` is there.
pub(super) fn play_flow(scene: &mut Scene, folder: &Path, steps: &str, hook: &HookServer) {
    write_flow(folder, steps);
    scene.flows = folder.to_owned();
    scene.incoming_flow = "default=reaching".to_owned();
    scene.hooks = BTreeMap::from([("crm".to_owned(), hook.url.clone())]);
}

/// The prompts that the steps may play, and how long each plays, in seconds.
const PROMPTS: [(&str, usize); 5] = [("hello", 2), ("one_moment", 3), ("sorry", 1), ("speak", 1), ("goodbye", 1)];

fn write_flow(folder: &Path, steps: &str) {
    let flow = folder.join("reaching");
    fs::create_dir_all(flow.join("prompts")).unwrap();
    for (pitch, (name, seconds)) in PROMPTS.into_iter().enumerate() {
        write_hum(&flow.join("prompts").join(name).with_extension("wav"), pitch + 20, seconds);
    }
    let prompts: String = PROMPTS.iter().map(|(name, _)| format!("{name} = {{ text = \"{name}\" }}\n")).collect();
    fs::write(
        flow.join("flow.toml"),
        format!("start = \"first\"\n[variables]\ntier = \"\"\n[hooks.crm]\n[prompts]\n{prompts}\n{steps}"),
    )
    .unwrap();
}

/// Something that no other prompt sounds like.
fn write_hum(path: &Path, pitch: usize, seconds: usize) {
    let spec = hound::WavSpec { channels: 1, sample_rate: 16_000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut wav = hound::WavWriter::create(path, spec).unwrap();
    for n in 0..16_000 * seconds {
        wav.write_sample(i16::try_from(n % pitch).unwrap() * 100).unwrap();
    }
    wav.finalize().unwrap();
}
