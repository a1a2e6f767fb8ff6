use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::SystemTime,
};

use bytes::Bytes;
use futures_util::{future::join_all, stream};
use tempfile::TempDir;
use tokio::net::TcpListener;
use warp::{Filter, Reply, http::StatusCode, reply::Response};

use super::*;
use crate::media::Silence;

const TOKEN: &str = "opensesame";

/// A small stand-in for Graph's storage: answers each request by its path, and counts them.
struct Storage {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
}

impl Storage {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(AtomicUsize::new(0));
        let counted = requests.clone();
        let route = warp::path::param()
            .and(warp::header::optional("authorization"))
            .and(warp::query::raw().or_else(|_| async { Ok::<_, warp::Rejection>((String::new(),)) }));
        let route = route.map(move |path: String, token: Option<String>, query: String| {
            counted.fetch_add(1, Ordering::SeqCst);
            answer(&path, token.as_deref(), &query)
        });
        tokio::spawn(warp::serve(route).incoming(listener).run());
        Self { address, requests }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

fn answer(path: &str, token: Option<&str>, query: &str) -> Response {
    let with_token = token == Some("Bearer opensesame");
    match path {
        "sound" if with_token => sound(2_000).into_response(),
        "anyone" if token.is_none() => sound(1_000).into_response(),
        "sent_on" => warp::http::Response::builder().status(302).header("location", query).body("").into_response(),
        "page" => "<html>".into_response(),
        "torn" => {
            let pieces = [Ok(Bytes::from(sound(1_000))), Err(io::Error::other("cut"))];
            warp::reply::stream(stream::iter(pieces)).into_response()
        }
        "slow" => warp::reply::stream(stream::pending::<io::Result<Bytes>>()).into_response(),
        "endless" => warp::reply::stream(stream::repeat_with(|| Ok::<_, io::Error>(Bytes::from(sound(100))))).into_response(),
        _ => match path.parse().ok().and_then(|code| StatusCode::from_u16(code).ok()) {
            Some(status) => status.into_response(),
            None => StatusCode::UNAUTHORIZED.into_response(),
        },
    }
}

fn sound(ms: u32) -> Vec<u8> {
    Silence::new(ms).unwrap().pieces(0..u64::MAX).flatten().collect()
}

struct Kit {
    storage: Storage,
    recordings: Recordings,
    folder: TempDir,
    call: CallKey,
}

impl Kit {
    async fn new() -> Self {
        Self::patient_for(Duration::from_secs(60)).await
    }

    async fn patient_for(time: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { bytes: 100_000, time };
        let recordings = Recordings::in_folder(folder.path().join("recordings"), limits);
        Self { storage: Storage::start().await, recordings, folder, call: CallKey::parse("57dab8b1").unwrap() }
    }

    async fn keep(&self, n: u32, location: &str) -> Result<Kept, KeepError> {
        self.recordings.keep(&self.call, n, location, &RecordingToken::new(TOKEN.to_owned())).await
    }

    async fn keep_from(&self, path: &str) -> Result<Kept, KeepError> {
        self.keep(1, &self.storage.url(path)).await
    }

    /// What lies in the call's folder.
    fn files(&self) -> BTreeSet<String> {
        let files = std::fs::read_dir(self.folder.path().join("recordings/57dab8b1")).into_iter().flatten();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("recordings/57dab8b1").join(name)
    }
}

fn set_age(path: &Path, seconds: u64) {
    let then = SystemTime::now() - Duration::from_secs(seconds);
    std::fs::File::open(path).unwrap().set_modified(then).unwrap();
}

fn seconds_ago(seconds: i64) -> Timestamp {
    Timestamp::now() - jiff::SignedDuration::from_secs(seconds)
}

#[tokio::test]
async fn a_recording_is_kept_with_its_length() {
    let kit = Kit::new().await;
    assert_eq!(kit.keep_from("sound").await, Ok(Kept { n: 1, ms: 2_000, parts: Vec::new() }));
    assert_eq!(std::fs::read(kit.file("1.wav")).unwrap(), sound(2_000));
    let audio = kit.recordings.open(&kit.call, 1).await.unwrap().unwrap();
    assert_eq!(audio.length(), 64_044);
    assert!(kit.recordings.open(&kit.call, 2).await.unwrap().is_none());
}

#[tokio::test]
async fn a_recording_that_is_kept_is_not_fetched_again() {
    let kit = Kit::new().await;
    let first = kit.keep_from("sound").await;
    assert_eq!(kit.keep_from("410").await, first);
    assert_eq!(kit.storage.requests(), 1);
}

#[tokio::test]
async fn a_recording_kept_twice_at_once_is_one_file() {
    let kit = Kit::new().await;
    let url = kit.storage.url("sound");
    for kept in join_all((0..8).map(|_| kit.keep(1, &url))).await {
        assert_eq!(kept, Ok(Kept { n: 1, ms: 2_000, parts: Vec::new() }));
    }
    assert_eq!(kit.files(), ["1.wav".to_owned()].into());
}

#[tokio::test]
async fn an_answer_that_will_not_change_is_a_refusal_and_any_other_passes() {
    let kit = Kit::new().await;
    for status in ["401", "403", "404", "410"] {
        assert_eq!(kit.keep_from(status).await, Err(KeepError::Refused(format!("the answer was {status}"))));
    }
    for status in ["408", "429", "500", "503"] {
        assert_eq!(kit.keep_from(status).await, Err(KeepError::Passing(format!("the answer was {status}"))));
    }
    assert_eq!(kit.keep(1, "http://127.0.0.1:1/x").await, Err(KeepError::Passing("there was no connection".to_owned())));
}

#[tokio::test]
async fn what_is_not_kept_leaves_no_file() {
    let kit = Kit::new().await;
    assert!(matches!(kit.keep_from("page").await, Err(KeepError::Refused(why)) if why.contains("not a WAV file")));
    assert!(matches!(kit.keep_from("endless").await, Err(KeepError::Refused(why)) if why.contains("larger than 100000 bytes")));
    assert!(matches!(kit.keep_from("torn").await, Err(KeepError::Passing(_))));
    assert_eq!(kit.files(), BTreeSet::new());
}

#[tokio::test]
async fn what_takes_too_long_is_given_up_for_now() {
    let kit = Kit::patient_for(Duration::from_millis(50)).await;
    assert_eq!(kit.keep_from("slow").await, Err(KeepError::Passing("it did not come in time".to_owned())));
    assert_eq!(kit.files(), BTreeSet::new());
}

#[tokio::test]
async fn who_stops_waiting_leaves_no_file() {
    let kit = Kit::new().await;
    let given_up = tokio::time::timeout(Duration::from_millis(100), kit.keep_from("slow")).await;
    assert!(given_up.is_err());
    assert_eq!(kit.files(), BTreeSet::new());
}

#[tokio::test]
async fn a_token_goes_over_https_or_stays_on_this_machine() {
    let kit = Kit::new().await;
    let refused = Err(KeepError::Refused("its address is neither https nor on this machine".to_owned()));
    for location in ["http://example.com/x", "http://127.0.0.1.example.com/x", "file:///etc/passwd", "ftp://127.0.0.1/x", "x", ""]
    {
        assert_eq!(kit.keep(1, location).await, refused, "{location}");
    }
    for here in ["http://localhost:1/x", "http://[::1]:1/x", "http://127.9.9.9:1/x"] {
        assert!(matches!(kit.keep(1, here).await, Err(KeepError::Passing(_))), "{here}");
    }
}

#[tokio::test]
async fn a_token_is_not_sent_on_to_another_host() {
    let (kit, other) = (Kit::new().await, Storage::start().await);
    assert_eq!(kit.keep_from("sent_on?/sound").await, Ok(Kept { n: 1, ms: 2_000, parts: Vec::new() }));
    let elsewhere = kit.storage.url(&format!("sent_on?{}", other.url("anyone")));
    assert_eq!(kit.keep(2, &elsewhere).await, Ok(Kept { n: 2, ms: 1_000, parts: Vec::new() }));
    let elsewhere = kit.storage.url(&format!("sent_on?{}", other.url("sound")));
    assert_eq!(kit.keep(3, &elsewhere).await, Err(KeepError::Refused("the answer was 401".to_owned())));
}

#[tokio::test]
async fn a_recording_is_not_looked_for_where_it_cannot_be() {
    let kit = Kit::new().await;
    for target in ["http://example.com/x", "/sent_on?/sent_on?/sent_on?/sound"] {
        let answer = kit.keep_from(&format!("sent_on?{target}")).await;
        assert_eq!(answer, Err(KeepError::Refused("it was sent on to where it cannot be fetched".to_owned())), "{target}");
    }
    assert_eq!(kit.keep_from("sent_on?/sent_on?/sent_on?/sound").await, Ok(Kept { n: 1, ms: 2_000, parts: Vec::new() }));
}

#[tokio::test]
async fn an_error_tells_neither_address_nor_token() {
    let kit = Kit::new().await;
    for path in ["404", "torn", "page", "sent_on?http://example.com/secret"] {
        let words = format!("{:?}", kit.keep_from(path).await.unwrap_err());
        assert!(!words.contains("127.0.0.1") && !words.contains(TOKEN) && !words.contains("example"), "{words}");
    }
}

#[tokio::test]
async fn recordings_are_forgotten_when_they_are_old() {
    let kit = Kit::new().await;
    for n in 1..=3 {
        kit.keep(n, &kit.storage.url("sound")).await.unwrap();
    }
    std::fs::write(kit.file("4.0123456789abcdef.part"), "RIFF").unwrap();
    for (name, age) in [("1.wav", 100), ("2.wav", 50), ("4.0123456789abcdef.part", 100)] {
        set_age(&kit.file(name), age);
    }
    assert_eq!(kit.recordings.forget_older_than(seconds_ago(75)).await.unwrap(), 2);
    assert_eq!(kit.files(), ["2.wav".to_owned(), "3.wav".to_owned()].into());
    assert_eq!(kit.recordings.forget_older_than(seconds_ago(75)).await.unwrap(), 0);
    assert_eq!(kit.recordings.forget_older_than(seconds_ago(-10)).await.unwrap(), 2);
    assert!(!kit.folder.path().join("recordings/57dab8b1").exists());
}

#[tokio::test]
async fn what_is_no_recording_is_left_alone() {
    let kit = Kit::new().await;
    let root = kit.folder.path().join("recordings");
    assert_eq!(kit.recordings.forget_older_than(Timestamp::MAX).await.unwrap(), 0);
    let others = ["57dab8b1/letter.txt", "57dab8b1/mine.wav", "My Music/1.wav", "1.wav"].map(|name| root.join(name));
    for other in &others {
        std::fs::create_dir_all(other.parent().unwrap()).unwrap();
        std::fs::write(other, "mine").unwrap();
        set_age(other, 100);
    }
    assert_eq!(kit.recordings.forget_older_than(seconds_ago(50)).await.unwrap(), 0);
    assert!(others.iter().all(|other| other.exists()));
}

#[tokio::test]
async fn many_old_recordings_are_removed_some_at_a_time() {
    let kit = Kit::new().await;
    let root = kit.folder.path().join("recordings");
    for call in 0..7 {
        std::fs::create_dir_all(root.join(format!("call{call}"))).unwrap();
        for n in 0..100 {
            std::fs::write(root.join(format!("call{call}/{n}.wav")), "").unwrap();
        }
    }
    let later = seconds_ago(-10);
    assert_eq!(kit.recordings.forget_older_than(later).await.unwrap(), 500);
    assert_eq!(kit.recordings.forget_older_than(later).await.unwrap(), 200);
    assert_eq!(std::fs::read_dir(&root).unwrap().count(), 0);
}
