//! What a container of recordings promises, run on each.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use http_body_util::BodyExt;
use switchboard::{
    call::{CallKey, Kept, RecordingToken},
    clock::SystemClock,
    config::{Recordings, Settings},
    media::{BlobRecordings, KeepError, Limits, RecordingStore, audio::respond},
};
use warp::http::{HeaderMap, Method};

use super::source::{LONG_MS, Source, TOKEN, silence, sound};

/// Where blobs are, and a container there.
pub(super) struct Place {
    pub(super) connection: String,
    pub(super) container: String,
}

/// The recordings of a place, opened as the handler opens them.
pub(super) fn open(place: &Place) -> BlobRecordings {
    let settings = Settings::read(|name| match name {
        "BOT_APP_ID" | "BOT_TENANT_ID" => Some("0f4e1c2a-6b7d-4c3e-9a58-1d2e3f405162".to_owned()),
        "BOT_APP_SECRET" => Some("hush".to_owned()),
        "BOT_BASE_URL" => Some("https://bot.example.com".to_owned()),
        "RECORDINGS" => Some(place.container.clone()),
        "AzureWebJobsStorage" => Some(place.connection.clone()),
        _ => None,
    });
    let Recordings::Blob(container) = settings.unwrap().keeping.recordings else { panic!("no container") };
    let limits = Limits { time: Duration::from_secs(20), ..Limits::default() };
    BlobRecordings::new(container, limits, Arc::new(SystemClock))
}

async fn keep(recordings: &BlobRecordings, call: &CallKey, n: u32, location: String) -> Result<Kept, KeepError> {
    recordings.keep(call, n, &location, &RecordingToken::new(TOKEN.to_owned())).await
}

/// A call that no other test has.
fn call(name: &str) -> CallKey {
    CallKey::parse(&format!("{name}{:08x}", getrandom::u32().unwrap())).unwrap()
}

pub(super) async fn a_recording_is_kept_once_and_can_be_heard(place: Place) {
    let (recordings, source, call) = (open(&place), Source::start().await, call("heard"));
    let sound_at = || format!("{}/sound", source.url);
    assert_eq!(keep(&recordings, &call, 1, sound_at()).await, Ok(Kept { n: 1, ms: 2_000, parts: vec![] }));
    assert_eq!(keep(&recordings, &call, 1, sound_at()).await, Ok(Kept { n: 1, ms: 2_000, parts: vec![] }));
    assert_eq!(source.fetched(), 1);
    let audio = recordings.open(&call, 1).await.unwrap().unwrap();
    let reply = respond(&Method::GET, &HeaderMap::new(), audio);
    assert_eq!(reply.headers()["cache-control"], "no-store, private");
    assert!(reply.into_body().collect().await.unwrap().to_bytes() == sound());
    assert!(recordings.open(&call, 2).await.unwrap().is_none());
}

pub(super) async fn a_recording_kept_by_several_at_once_is_one(place: Place) {
    let (recordings, source, call) = (open(&place), Source::start().await, call("several"));
    let kept = join_all((0..6).map(|_| keep(&recordings, &call, 1, format!("{}/sound", source.url)))).await;
    assert!(kept.iter().all(|kept| *kept == Ok(Kept { n: 1, ms: 2_000, parts: vec![] })), "{kept:?}");
}

pub(super) async fn what_is_no_recording_is_not_kept(place: Place) {
    let (recordings, source, call) = (open(&place), Source::start().await, call("nothing"));
    let page = keep(&recordings, &call, 1, format!("{}/page", source.url)).await;
    assert_eq!(page, Err(KeepError::Refused("what came is not a WAV file".to_owned())));
    assert!(matches!(keep(&recordings, &call, 1, format!("{}/other", source.url)).await, Err(KeepError::Refused(_))));
    assert!(recordings.open(&call, 1).await.unwrap().is_none());
}

pub(super) async fn several_recordings_become_one_and_are_no_longer_there(place: Place) {
    let (recordings, source, call) = (open(&place), Source::start().await, call("joined"));
    for (n, name) in [(1, "sound"), (2, "long"), (4, "sound")] {
        keep(&recordings, &call, n, format!("{}/{name}", source.url)).await.unwrap();
    }
    let ms = LONG_MS + 4_000;
    let joined = Ok(Kept { n: 9, ms, parts: vec![] });
    assert_eq!(recordings.join(&call, 9, &[1, 2, 3, 4]).await, joined);
    assert_eq!(recordings.join(&call, 9, &[1, 2, 3, 4]).await, joined, "it is not made again");
    for part in [1, 2, 4] {
        assert!(recordings.open(&call, part).await.unwrap().is_none(), "{part}");
    }
    let audio = recordings.open(&call, 9).await.unwrap().unwrap();
    let heard = respond(&Method::GET, &HeaderMap::new(), audio).into_body().collect().await.unwrap().to_bytes();
    assert!(heard == silence(ms), "{} bytes", heard.len());
}

pub(super) async fn recordings_joined_by_several_at_once_are_one(place: Place) {
    let (recordings, source, call) = (open(&place), Source::start().await, call("together"));
    for n in [1, 2] {
        keep(&recordings, &call, n, format!("{}/sound", source.url)).await.unwrap();
    }
    let joined = join_all((0..4).map(|_| recordings.join(&call, 9, &[1, 2]))).await;
    // Who comes when it is made, and the parts are gone already, finds it at the next try.
    let is_good = |joined: &Result<Kept, KeepError>| match joined {
        Ok(kept) => *kept == Kept { n: 9, ms: 4_000, parts: vec![] },
        Err(error) => matches!(error, KeepError::Passing(_)),
    };
    assert!(joined.iter().all(is_good) && joined.iter().any(Result::is_ok), "{joined:?}");
    assert_eq!(recordings.open(&call, 9).await.unwrap().unwrap().length(), silence(4_000).len() as u64);
}

pub(super) async fn where_no_part_is_there_nothing_is_made(place: Place) {
    let (recordings, call) = (open(&place), call("none"));
    let joined = recordings.join(&call, 9, &[1, 2]).await;
    assert_eq!(joined, Err(KeepError::Refused("none of its parts is there".to_owned())));
    assert!(recordings.open(&call, 9).await.unwrap().is_none());
}

pub(super) async fn a_recording_that_is_forgotten_is_gone_however_often(place: Place) {
    let (recordings, source, call) = (open(&place), Source::start().await, call("forgotten"));
    keep(&recordings, &call, 1, format!("{}/sound", source.url)).await.unwrap();
    for _ in 0..2 {
        assert_eq!(recordings.forget(&call, &[1]).await, Ok(()));
        assert!(recordings.open(&call, 1).await.unwrap().is_none());
    }
}

pub(super) async fn a_container_that_is_not_there_is_told(place: Place) {
    let elsewhere = Place { container: format!("{}x", place.container), connection: place.connection.clone() };
    assert_eq!(open(&place).look().await, Ok(()));
    let missing = open(&elsewhere);
    let told = missing.look().await.unwrap_err();
    assert!(told.to_string().contains("there is no such container"), "{told}");
    let source = Source::start().await;
    let kept = keep(&missing, &call("missing"), 1, format!("{}/sound", source.url)).await;
    assert!(matches!(&kept, Err(KeepError::Passing(why)) if why.contains("there is no such container")), "{kept:?}");
}

pub(super) async fn a_wrong_key_is_told_and_not_shown(place: Place) {
    let key = place.connection.split("AccountKey=").nth(1).and_then(|rest| rest.split(';').next()).unwrap();
    let wrong = Place { connection: place.connection.replace(key, "d3Jvbmcga2V5"), container: place.container.clone() };
    let told = open(&wrong).look().await.unwrap_err().to_string();
    assert!(told.contains("key") && !told.contains("sig="), "{told}");
}

/// Makes a test of each promise, on the places that an async function gives. Where it gives none, there is nothing to test.
macro_rules! promise_tests {
    ($place:ident: $($promise:ident),*) => {
        $(#[tokio::test]
        async fn $promise() {
            if let Some(place) = $place().await {
                super::promises::$promise(place).await;
            }
        })*
    };
    ($place:ident) => {
        $crate::recordings::promises::promise_tests!($place: a_recording_is_kept_once_and_can_be_heard,
            a_recording_kept_by_several_at_once_is_one, what_is_no_recording_is_not_kept,
            several_recordings_become_one_and_are_no_longer_there, recordings_joined_by_several_at_once_are_one,
            where_no_part_is_there_nothing_is_made, a_recording_that_is_forgotten_is_gone_however_often,
            a_container_that_is_not_there_is_told, a_wrong_key_is_told_and_not_shown);
    };
}
pub(super) use promise_tests;
