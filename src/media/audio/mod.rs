//! How an HTTP request for sound is answered.

mod plan;
#[cfg(test)]
mod tests;

use std::{fmt::Debug, io, io::SeekFrom, ops::Range, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, stream};
use headers::{AcceptRanges, CacheControl, ContentLength, ContentRange, ETag, HeaderMap, HeaderMapExt};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt},
    sync::mpsc,
};
use warp::{
    Reply,
    http::{HeaderValue, Method, StatusCode, header::CONTENT_TYPE},
    reply::Response,
};

use self::plan::Plan;
use super::silence::Silence;
use crate::call::CallKey;

/// What is read of a file at once.
const PIECE: usize = 64 * 1024;

/// What is fetched from elsewhere at once.
const FETCHED: u64 = 1024 * 1024;

/// A year, as long as caches keep anything.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Sound that can be asked for.
#[derive(Debug)]
pub struct Audio {
    content: Content,
    length: u64,
    etag: ETag,
    cache: CacheControl,
}

#[derive(Debug)]
enum Content {
    Bytes(Bytes),
    Silence(Silence),
    File(File),
    Elsewhere(Arc<dyn Elsewhere>),
}

/// Sound on another machine.
#[async_trait]
pub trait Elsewhere: Debug + Send + Sync {
    /// A part of it, in bytes; never an empty one.
    ///
    /// # Errors
    /// Why it cannot be had.
    async fn read(&self, range: Range<u64>) -> io::Result<Bytes>;
}

/// What follows `/api/prompts/` in a prompt's URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromptPath {
    /// `{sha256}.wav`: a flow's prompt, by the hash of its bytes.
    Prompt(PromptHash),
    /// `silence/{ms}.wav`.
    Silence(Silence),
    /// `recordings/{call}.{word}/{n}.wav`: what was said in a call, for whoever knows the word.
    Recording {
        /// The call.
        call: CallKey,
        /// What opens its recordings.
        word: String,
        /// The recording's number.
        n: u32,
    },
}

/// The SHA-256 of a prompt's bytes: 64 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptHash(String);

impl PromptPath {
    /// Reads it. Each prompt has one path, so that no cache holds it twice; anything else is `None`.
    pub fn parse(path: &str) -> Option<Self> {
        let name = path.strip_suffix(".wav")?;
        if let Some(recording) = name.strip_prefix("recordings/") {
            let (call, rest) = recording.split_once('.')?;
            let (word, n) = rest.split_once('/')?;
            return Some(Self::Recording { call: CallKey::parse(call).ok()?, word: word.to_owned(), n: n.parse().ok()? });
        }
        match name.strip_prefix("silence/") {
            Some(ms) => {
                let silence = Silence::new(ms.parse().ok()?)?;
                (silence.ms().to_string() == ms).then_some(Self::Silence(silence))
            }
            None => PromptHash::parse(name).map(Self::Prompt),
        }
    }
}

impl PromptHash {
    /// Reads 64 lower-case hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        let is_hex = |b| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == 64 && text.bytes().all(is_hex)).then(|| Self(text.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Audio {
    /// A flow's prompt. Never changes, so it may be kept for ever.
    pub fn prompt(hash: &PromptHash, wav: Bytes) -> Self {
        let length = wav.len() as u64;
        Self { content: Content::Bytes(wav), length, etag: etag(hash.as_str()), cache: for_ever() }
    }

    /// Silence. Never changes either.
    pub fn silence(silence: Silence) -> Self {
        let etag = etag(&format!("silence-{}", silence.ms()));
        Self { content: Content::Silence(silence), length: silence.length(), etag, cache: for_ever() }
    }

    /// The `n`th recording of a call, of so many bytes. What somebody said is kept nowhere on the way.
    pub fn recording(n: u32, file: File, length: u64) -> Self {
        let cache = CacheControl::new().with_private().with_no_store();
        Self { content: Content::File(file), length, etag: etag(&format!("recording-{n}-{length}")), cache }
    }

    /// The `n`th recording of a call, of so many bytes, from elsewhere. Kept nowhere on the way either.
    pub fn recording_elsewhere(n: u32, length: u64, sound: Arc<dyn Elsewhere>) -> Self {
        let cache = CacheControl::new().with_private().with_no_store();
        Self { content: Content::Elsewhere(sound), length, etag: etag(&format!("recording-{n}-{length}")), cache }
    }

    /// The length of all of it, in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    fn body(self, range: Range<u64>) -> Response {
        match self.content {
            Content::Bytes(bytes) => Response::new(bytes.slice(range.start as usize..range.end as usize).into()),
            Content::Silence(silence) => {
                warp::reply::stream(stream::iter(silence.pieces(range).map(Ok::<_, io::Error>))).into_response()
            }
            Content::File(file) => warp::reply::stream(pieces(file, range)).into_response(),
            Content::Elsewhere(sound) => warp::reply::stream(fetched(sound, range)).into_response(),
        }
    }
}

/// Answers a `GET` or `HEAD` for this sound: with all of it, the part asked for, or the reason why not.
pub fn respond(method: &Method, headers: &HeaderMap, audio: Audio) -> Response {
    let (length, etag, cache) = (audio.length, audio.etag.clone(), audio.cache.clone());
    let plan = plan::plan(method, headers, &etag, length);
    let (status, range) = match &plan {
        Plan::Whole => (StatusCode::OK, 0..length),
        Plan::Part(part) => (StatusCode::PARTIAL_CONTENT, part.clone()),
        Plan::NotModified => (StatusCode::NOT_MODIFIED, 0..0),
        Plan::NotSatisfiable => (StatusCode::RANGE_NOT_SATISFIABLE, 0..0),
    };
    let sent = range.end - range.start;
    let has_body = method != Method::HEAD && sent > 0;
    let mut response = if has_body { audio.body(range.clone()) } else { Response::default() };
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.typed_insert(etag);
    headers.typed_insert(cache);
    headers.typed_insert(AcceptRanges::bytes());
    match plan {
        Plan::Part(_) => headers.typed_insert(ContentRange::bytes(range, length).expect("a part is within the whole")),
        Plan::NotSatisfiable => headers.typed_insert(ContentRange::unsatisfied_bytes(length)),
        Plan::Whole | Plan::NotModified => {}
    }
    if sent > 0 {
        headers.typed_insert(ContentLength(sent));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("audio/wav"));
    }
    response
}

/// Part of a file, piece by piece. A file that is shorter by now ends the reply with an error, and so the connection.
fn pieces(file: File, range: Range<u64>) -> impl Stream<Item = io::Result<Bytes>> + Send + Sync + 'static {
    stream::try_unfold((file, range), async |(mut file, mut range): (File, Range<u64>)| {
        let wanted = (range.end - range.start).min(PIECE as u64) as usize;
        if wanted == 0 {
            return Ok(None);
        }
        file.seek(SeekFrom::Start(range.start)).await?;
        let mut piece = BytesMut::zeroed(wanted);
        file.read_exact(&mut piece).await?;
        range.start += wanted as u64;
        Ok(Some((piece.freeze(), (file, range))))
    })
}

/// Part of what is elsewhere, piece by piece, one of which is fetched while the one before is sent.
fn fetched(sound: Arc<dyn Elsewhere>, range: Range<u64>) -> impl Stream<Item = io::Result<Bytes>> + Send + Sync + 'static {
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        for start in (range.start..range.end).step_by(FETCHED as usize) {
            let piece = sound.read(start..range.end.min(start + FETCHED)).await;
            let is_last = piece.is_err();
            // Whoever asked may be gone.
            if sender.send(piece).await.is_err() || is_last {
                return;
            }
        }
    });
    stream::unfold(receiver, async |mut receiver| receiver.recv().await.map(|piece| (piece, receiver)))
}

fn etag(name: &str) -> ETag {
    format!("\"{name}\"").parse().expect("letters, digits and dashes in quotes are an entity tag")
}

fn for_ever() -> CacheControl {
    CacheControl::new().with_public().with_max_age(FOR_EVER).with_immutable()
}
