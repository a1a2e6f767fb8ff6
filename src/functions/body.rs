//! How a body is read: so far and no further, and no longer than it may take.

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use warp::{
    Buf,
    http::{HeaderMap, StatusCode},
};

use crate::{
    app::App,
    clock::{Sleep, after_ms},
};

/// How long a body may take to arrive, in milliseconds.
const BODY_WITHIN_MS: u64 = 5_000;

/// How much of a body that was refused is read and thrown away, in bytes.
const MOST_DISCARDED: usize = 2 * 1024 * 1024;

/// Reads a body so far and no further, and waits so long and no longer.
pub(super) async fn read_whole<S, B>(app: &App, headers: &HeaderMap, body: S, most: usize) -> Result<Bytes, StatusCode>
where
    S: Stream<Item = Result<B, warp::Error>> + Send + 'static,
    B: Buf + Send + 'static,
{
    let mut body = Box::pin(body);
    let late = app.clock.sleep_until(after_ms(app.clock.now(), BODY_WITHIN_MS));
    let length = headers.get("content-length").and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > most) {
        tokio::spawn(discard(body, late));
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let mut late = late;
    let read = tokio::select! {
        biased;
        read = read_parts(&mut body, most) => read,
        _ = &mut late => return Err(StatusCode::REQUEST_TIMEOUT),
    };
    if read == Err(StatusCode::PAYLOAD_TOO_LARGE) {
        tokio::spawn(discard(body, late));
    }
    read
}

/// Reads on a little after a body was refused: who is still sending when the connection closes may never see the answer.
async fn discard<S, B>(mut body: S, late: Sleep)
where
    S: Stream<Item = Result<B, warp::Error>> + Send + Unpin,
    B: Buf + Send,
{
    let rest = async {
        let mut read = 0;
        while let Some(Ok(part)) = body.next().await {
            read += part.remaining();
            if read > MOST_DISCARDED {
                return;
            }
        }
    };
    tokio::select! {
        () = rest => {}
        _ = late => {}
    }
}

async fn read_parts<S, B>(body: &mut S, most: usize) -> Result<Bytes, StatusCode>
where
    S: Stream<Item = Result<B, warp::Error>> + Unpin,
    B: Buf,
{
    let mut whole = BytesMut::new();
    while let Some(part) = body.next().await {
        let mut part = part.map_err(|_| StatusCode::BAD_REQUEST)?;
        if whole.len() + part.remaining() > most {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        whole.extend_from_slice(&part.copy_to_bytes(part.remaining()));
    }
    Ok(whole.freeze())
}
