//! A bot of a few lines: answers, plays its prompt, hangs up when that is over.

use std::{
    io::Cursor,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use hound::WavWriter;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use warp::{
    Filter,
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
};

use super::{Options, Running, Simulator, TENANT, access_token};
use crate::simulator::{clock::Clock, voice::FORMAT};

/// How long the bot's prompt is.
pub(super) const PROMPT_SECONDS: u32 = 60;

/// A simulator with this bot, and what the bot was posted.
pub(super) struct Scene {
    pub(super) simulator: Arc<Running>,
    pub(super) posted: Posts,
    /// Where the bot takes notifications.
    pub(super) webhook: String,
}

/// Headers and body of each post.
pub(super) type Posts = Arc<Mutex<Vec<(HeaderMap, Value)>>>;

/// Starts both, under this clock.
pub(super) async fn scene(clock: Clock) -> Scene {
    scene_with(clock, |_| {}).await
}

/// The same with other options.
pub(super) async fn scene_with(clock: Clock, change: impl FnOnce(&mut Options)) -> Scene {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut options: Options = super::options(clock);
    let webhook = format!("http://{address}/calls");
    options.setup.webhook.clone_from(&webhook);
    change(&mut options);
    let simulator = Arc::new(Simulator::start(options).await.unwrap());
    let posted = Posts::default();
    let bot = Arc::new(Bot {
        base_url: simulator.base_url().to_owned(),
        token: access_token(simulator.base_url(), TENANT).await,
        address,
        client: Client::new(),
    });
    tokio::spawn(serve(listener, bot, Arc::clone(&posted)));
    Scene { simulator, posted, webhook }
}

async fn serve(listener: TcpListener, bot: Arc<Bot>, posted: Posts) {
    let calls = warp::path!("calls").and(warp::header::headers_cloned()).and(warp::body::json()).then(
        move |headers: HeaderMap, body: Value| {
            let (bot, posted) = (Arc::clone(&bot), Arc::clone(&posted));
            async move {
                posted.lock().unwrap().push((headers, body.clone()));
                for notification in body["value"].as_array().unwrap() {
                    bot.notified(notification).await;
                }
                StatusCode::ACCEPTED
            }
        },
    );
    let wav = prompt();
    let prompts = warp::path!("prompt.wav")
        .map(move || warp::reply::with_header(warp::reply::Response::new(wav.clone().into()), CONTENT_TYPE, "audio/wav"));
    warp::serve(calls.or(prompts)).incoming(listener).run().await;
}

struct Bot {
    base_url: String,
    token: String,
    address: SocketAddr,
    client: Client,
}

impl Bot {
    /// Asks Graph for whatever comes next, before the notification is answered.
    async fn notified(&self, notification: &Value) {
        let url = notification["resourceUrl"].as_str().unwrap().to_lowercase();
        let mut path = url.trim_start_matches('/').split('/').skip(2);
        let (call, part) = (path.next().unwrap(), path.next());
        let data = &notification["resourceData"];
        let is = |value: &Value, word: &str| value.as_str().is_some_and(|v| v.eq_ignore_ascii_case(word));
        let is_audible = is(&data["mediaState"]["audio"], "active") && data["chatInfo"].is_null();
        if is(&data["state"], "incoming") {
            self.ask(call, "/answer", Some(self.answer())).await;
        } else if is_audible && is(&data["state"], "established") {
            self.ask(call, "/playPrompt", Some(self.play_prompt())).await;
        } else if part == Some("operations") {
            self.ask(call, "", None).await;
        }
    }

    fn answer(&self) -> Value {
        json!({
            "callbackUri": format!("http://{}/calls", self.address),
            "acceptedModalities": ["audio"],
            "mediaConfig": { "@odata.type": "#microsoft.graph.serviceHostedMediaConfig" },
        })
    }

    fn play_prompt(&self) -> Value {
        json!({
            "clientContext": "the only one",
            "prompts": [{
                "@odata.type": "#microsoft.graph.mediaPrompt",
                "mediaInfo": {
                    "@odata.type": "#microsoft.graph.mediaInfo",
                    "uri": format!("http://{}/prompt.wav", self.address),
                    "resourceId": "prompt",
                },
            }],
        })
    }

    /// POSTs an action, or deletes the call.
    async fn ask(&self, call: &str, action: &str, body: Option<Value>) {
        let url = format!("{}/v1.0/communications/calls/{call}{action}", self.base_url);
        let request = match body {
            Some(body) => self.client.post(url).json(&body),
            None => self.client.delete(url),
        };
        let response = request.bearer_auth(&self.token).send().await.unwrap();
        assert!(response.status().is_success(), "{action}: {:?}", response.text().await);
    }
}

fn prompt() -> Bytes {
    let mut file = Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut file, FORMAT).unwrap();
    for n in 0..PROMPT_SECONDS * FORMAT.sample_rate {
        writer.write_sample(if n % 80 < 40 { 900_i16 } else { -900 }).unwrap();
    }
    writer.finalize().unwrap();
    file.into_inner().into()
}
