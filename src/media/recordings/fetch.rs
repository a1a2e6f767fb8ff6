//! How a recording comes from Graph into a file.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url, redirect};
use tokio::{fs::File, io::AsyncWriteExt};

use super::{KeepError, failed};
use crate::{
    call::RecordingToken,
    config::{is_loopback, is_secure},
};

/// How often one request is sent on.
const REDIRECTS: usize = 3;

/// A client that goes to no address a token must not go to. To another host it goes without the token: `reqwest` sees to that.
pub(super) fn client() -> Result<Client, KeepError> {
    let policy = redirect::Policy::custom(|attempt| {
        let first = attempt.previous().first();
        let stays_here = is_loopback(attempt.url()) && first.is_some_and(is_loopback);
        match attempt.url().scheme() == "https" || stays_here {
            true if attempt.previous().len() <= REDIRECTS => attempt.follow(),
            true => attempt.error("sent on too often"),
            false => attempt.error("sent on to an address without https"),
        }
    });
    let client = Client::builder().redirect(policy).build();
    client.map_err(|_| KeepError::Passing("the system's certificates cannot be read".to_owned()))
}

/// The request for a recording.
pub(super) fn request(
    client: &Client,
    location: &str,
    token: &RecordingToken,
    time: Duration,
) -> Result<RequestBuilder, KeepError> {
    let refused = || KeepError::Refused("its address is neither https nor on this machine".to_owned());
    let url = Url::parse(location).map_err(|_| refused())?;
    match is_secure(&url) {
        true => Ok(client.get(url).bearer_auth(token.expose()).timeout(time)),
        false => Err(refused()),
    }
}

/// Sends the request and writes what comes to a new file, to the disk.
pub(super) async fn fetch(request: RequestBuilder, path: &Path, at_most: u64) -> Result<(), KeepError> {
    let mut pieces = Pieces::of(request, at_most).await?;
    let mut file = File::create_new(path).await.map_err(failed)?;
    while let Some(piece) = pieces.next().await? {
        file.write_all(&piece).await.map_err(failed)?;
    }
    file.sync_all().await.map_err(failed)
}

/// Sends the request and keeps what comes in memory.
pub(super) async fn fetch_whole(request: RequestBuilder, at_most: u64) -> Result<Bytes, KeepError> {
    let mut pieces = Pieces::of(request, at_most).await?;
    let mut whole = BytesMut::new();
    while let Some(piece) = pieces.next().await? {
        whole.extend_from_slice(&piece);
    }
    Ok(whole.freeze())
}

/// What comes, piece by piece, and no more than may.
struct Pieces {
    response: Response,
    length: u64,
    at_most: u64,
}

impl Pieces {
    async fn of(request: RequestBuilder, at_most: u64) -> Result<Self, KeepError> {
        let response = request.send().await.map_err(not_sent)?;
        check(response.status())?;
        Ok(Self { response, length: 0, at_most })
    }

    async fn next(&mut self) -> Result<Option<Bytes>, KeepError> {
        let piece = self.response.chunk().await.map_err(not_sent)?;
        self.length += piece.as_ref().map_or(0, |piece| piece.len() as u64);
        match self.length > self.at_most {
            true => Err(KeepError::Refused(format!("it is larger than {} bytes", self.at_most))),
            false => Ok(piece),
        }
    }
}

/// A file that is being written; removed when dropped, unless it has got its name by then.
pub(super) struct Part(PathBuf);

impl Part {
    /// A file beside `path` that nobody else writes, even where two fetch the same recording.
    pub(super) fn of(path: &Path) -> Result<Self, KeepError> {
        let mark = getrandom::u64().map_err(|error| KeepError::Passing(error.to_string()))?;
        Ok(Self(path.with_extension(format!("{mark:016x}.part"))))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Mostly it is no longer there. What cannot be removed now is forgotten with the recordings.
        let _ = std::fs::remove_file(&self.0);
    }
}

fn check(status: StatusCode) -> Result<(), KeepError> {
    let words = format!("the answer was {}", status.as_u16());
    match status {
        _ if status.is_success() => Ok(()),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => Err(KeepError::Passing(words)),
        _ if status.is_server_error() => Err(KeepError::Passing(words)),
        _ => Err(KeepError::Refused(words)),
    }
}

/// Never the address: it is as good as the recording.
fn not_sent(error: reqwest::Error) -> KeepError {
    match error {
        error if error.is_redirect() => KeepError::Refused("it was sent on to where it cannot be fetched".to_owned()),
        error if error.is_builder() => KeepError::Refused("its token cannot be sent".to_owned()),
        error if error.is_timeout() => KeepError::Passing("it did not come in time".to_owned()),
        error if error.is_connect() => KeepError::Passing("there was no connection".to_owned()),
        error => KeepError::Passing(error.without_url().to_string()),
    }
}
