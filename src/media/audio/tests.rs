use std::net::SocketAddr;

use reqwest::{RequestBuilder, header::*};
use tokio::net::TcpListener;
use warp::Filter;

use super::*;

const HASH: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// Any sound, served on a socket, so that the length and the body are what a client really sees.
async fn served(audio: impl Fn() -> Audio + Clone + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let route = warp::method()
        .and(warp::header::headers_cloned())
        .map(move |method: Method, headers: HeaderMap| respond(&method, &headers, audio()));
    tokio::spawn(warp::serve(route).incoming(listener).run());
    address
}

fn get(address: SocketAddr) -> RequestBuilder {
    reqwest::Client::new().get(format!("http://{address}/"))
}

fn head(address: SocketAddr) -> RequestBuilder {
    reqwest::Client::new().head(format!("http://{address}/"))
}

/// Status, length as the header says it, range as the header says it, and the body.
async fn answer(request: RequestBuilder) -> (u16, Option<String>, Option<String>, Bytes) {
    let response = request.send().await.unwrap();
    let header = |name| response.headers().get(name).map(|value: &HeaderValue| value.to_str().unwrap().to_owned());
    let (length, range) = (header(CONTENT_LENGTH), header(CONTENT_RANGE));
    (response.status().as_u16(), length, range, response.bytes().await.unwrap())
}

fn some(text: impl ToString) -> Option<String> {
    Some(text.to_string())
}

fn prompt() -> Audio {
    Audio::prompt(&PromptHash::parse(HASH).unwrap(), Bytes::from_static(b"RIFF and so on"))
}

fn silence() -> Audio {
    Audio::silence(Silence::new(5_000).unwrap())
}

#[tokio::test]
async fn a_prompt_is_sent_whole_and_may_be_kept_for_ever() {
    let response = get(served(prompt).await).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let headers = response.headers();
    assert_eq!(headers[CONTENT_TYPE], "audio/wav");
    assert_eq!(headers[CONTENT_LENGTH], "14");
    assert_eq!(headers[ETAG], format!("\"{HASH}\""));
    assert_eq!(headers[ACCEPT_RANGES], "bytes");
    let cache = headers[CACHE_CONTROL].to_str().unwrap();
    assert!(["public", "immutable", "max-age=31536000"].iter().all(|word| cache.contains(word)), "{cache}");
    assert_eq!(response.bytes().await.unwrap(), "RIFF and so on");
}

#[tokio::test]
async fn the_head_of_a_sound_tells_its_length_and_has_no_body() {
    assert_eq!(answer(head(served(prompt).await)).await, (200, some(14), None, Bytes::new()));
    assert_eq!(answer(head(served(silence).await)).await, (200, some(160_044), None, Bytes::new()));
}

#[tokio::test]
async fn silence_is_sent_piece_by_piece_with_its_length() {
    let (status, length, _, body) = answer(get(served(silence).await)).await;
    assert_eq!((status, length), (200, some(160_044)));
    assert_eq!(crate::media::wav::check(&body), Ok(crate::media::Wav { ms: 5_000 }));
}

#[tokio::test]
async fn a_part_is_sent_as_such() {
    let part = get(served(prompt).await).header(RANGE, "bytes=5-7");
    assert_eq!(answer(part).await, (206, some(3), some("bytes 5-7/14"), Bytes::from_static(b"and")));
    let part = get(served(silence).await).header(RANGE, "bytes=-2");
    assert_eq!(answer(part).await, (206, some(2), some("bytes 160042-160043/160044"), Bytes::from_static(&[0, 0])));
}

#[tokio::test]
async fn what_is_not_sent_says_why() {
    let address = served(prompt).await;
    let beyond = get(address).header(RANGE, "bytes=14-");
    assert_eq!(answer(beyond).await, (416, some(0), some("bytes */14"), Bytes::new()));
    let known = get(address).header(IF_NONE_MATCH, format!("\"{HASH}\""));
    assert_eq!(answer(known).await, (304, None, None, Bytes::new()));
}

#[tokio::test]
async fn a_recording_is_sent_from_its_file_and_kept_nowhere_on_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1.wav");
    let sound: Vec<u8> = (0..200_000_u32).map(|n| n as u8).collect();
    std::fs::write(&path, &sound).unwrap();
    let recording = move || {
        let file = std::fs::File::open(&path).unwrap();
        Audio::recording(1, File::from_std(file), 200_000)
    };
    let address = served(recording).await;

    let response = get(address).send().await.unwrap();
    assert_eq!(response.headers()[CACHE_CONTROL], "no-store, private");
    assert_eq!(response.bytes().await.unwrap(), sound);
    let part = get(address).header(RANGE, "bytes=65000-140000");
    let expected = Bytes::copy_from_slice(&sound[65_000..=140_000]);
    assert_eq!(answer(part).await, (206, some(75_001), some("bytes 65000-140000/200000"), expected));
}

#[tokio::test]
async fn a_recording_that_became_shorter_is_not_passed_off_as_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1.wav");
    std::fs::write(&path, [0; 100]).unwrap();
    let address = served(move || Audio::recording(1, File::from_std(std::fs::File::open(&path).unwrap()), 101)).await;
    assert!(async { get(address).send().await?.bytes().await }.await.is_err());
}

#[test]
fn each_prompt_has_one_path() {
    assert_eq!(PromptPath::parse(&format!("{HASH}.wav")), PromptHash::parse(HASH).map(PromptPath::Prompt));
    assert_eq!(PromptPath::parse("silence/5000.wav"), Silence::new(5000).map(PromptPath::Silence));
    let upper = HASH.to_uppercase();
    let others = [
        "",
        ".wav",
        HASH,
        "silence/99.wav",
        "silence/120001.wav",
        "silence/0500.wav",
        "silence/+500.wav",
        "silence/.wav",
        "silence/500",
        "../x.wav",
        &format!("{HASH}0.wav"),
        &format!("{upper}.wav"),
        &format!("a/{HASH}.wav"),
    ];
    for path in others {
        assert_eq!(PromptPath::parse(path), None, "{path}");
    }
}
