//! Clients that are slow, or send what no client sends.

use jiff::SignedDuration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Duration, timeout},
};

use super::{Door, batch, call_id, ring};

/// Far more than anything here takes where it works.
const AT_MOST: Duration = Duration::from_secs(20);

async fn connect(door: &Door) -> TcpStream {
    TcpStream::connect(door.stage.bot_url.trim_start_matches("http://")).await.unwrap()
}

/// The status line's number; 0 if the connection was closed without one.
async fn status(stream: &mut TcpStream) -> u16 {
    let mut line = [0; 12];
    match timeout(AT_MOST, stream.read_exact(&mut line)).await.expect("the bot answers in time") {
        Ok(_) => std::str::from_utf8(&line[9..]).unwrap().parse().unwrap(),
        Err(_) => 0,
    }
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up_after_five_seconds() {
    let door = Door::open().await;
    let held = door.stage.hold();
    let began = door.stage.app.clock.now();
    let mut stream = connect(&door).await;
    let head = "POST /api/notifications HTTP/1.1\r\nhost: bot\r\nexpect: 100-continue\r\ncontent-length: 1000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(status(&mut stream).await, 100, "the bot waits for the body from now on");
    stream.write_all(b"{\"value\":[").await.unwrap();
    let mut rest = vec![0; " Continue\r\n\r\n".len()];
    stream.read_exact(&mut rest).await.unwrap();
    let clock = &door.stage.app.clock;
    let [early, late] = [4, 6].map(|seconds| clock.sleep_until(began + SignedDuration::from_secs(seconds)));
    drop(held);
    let held = early.await;
    assert!(stream.try_read(&mut [0]).is_err(), "it still waits");
    drop(held);
    let _held = late.await;
    assert_eq!(status(&mut stream).await, 408);
}

#[tokio::test]
async fn a_body_in_pieces_is_one_body() {
    let door = Door::open().await;
    let _held = door.stage.hold();
    let body = batch(&[ring(&call_id(1))]);
    let mut stream = connect(&door).await;
    let token = door.token();
    let head = format!(
        "POST /api/notifications HTTP/1.1\r\nhost: bot\r\nauthorization: Bearer {token}\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    for piece in body.as_bytes().chunks(7) {
        let piece = [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
        stream.write_all(&piece).await.unwrap();
        stream.flush().await.unwrap();
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    assert_eq!(status(&mut stream).await, 202);
    assert!(door.call(&call_id(1)).await.is_some());
}

#[tokio::test]
async fn a_body_announced_too_large_is_refused_unread() {
    let door = Door::open().await;
    let _held = door.stage.hold();
    let mut stream = connect(&door).await;
    let head = "POST /api/notifications HTTP/1.1\r\nhost: bot\r\ncontent-length: 1048576\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(status(&mut stream).await, 413, "no byte of the body was sent");
}

#[tokio::test]
async fn a_body_of_unknown_length_is_read_so_far_and_no_further() {
    let door = Door::open().await;
    let _held = door.stage.hold();
    let mut stream = connect(&door).await;
    let head = "POST /api/notifications HTTP/1.1\r\nhost: bot\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let piece = [b"10000\r\n", &[b' '; 0x10000][..], b"\r\n"].concat();
    for _ in 0..5 {
        stream.write_all(&piece).await.unwrap();
    }
    assert_eq!(status(&mut stream).await, 413, "its end was not sent");
}

#[tokio::test]
async fn a_client_that_goes_away_takes_nothing_with_it() {
    let door = Door::open().await;
    let mut stream = connect(&door).await;
    let head = "POST /api/notifications HTTP/1.1\r\nhost: bot\r\ncontent-length: 1000\r\n\r\n{\"value\":[";
    stream.write_all(head.as_bytes()).await.unwrap();
    drop(stream);
    assert_eq!(door.post(batch(&[ring(&call_id(1))])).await, 202);
}

#[tokio::test]
async fn headers_without_end_are_refused() {
    let door = Door::open().await;
    let many: String = (0..1_000).map(|n| format!("x-{n}: y\r\n")).collect();
    let huge = format!("x-huge: {}\r\n", "y".repeat(1_000_000));
    for headers in [many, huge] {
        let mut stream = connect(&door).await;
        let head = format!("POST /api/notifications HTTP/1.1\r\nhost: bot\r\n{headers}content-length: 0\r\n\r\n");
        // The bot may have answered and hung up before all is sent.
        let _ = stream.write_all(head.as_bytes()).await;
        let status = status(&mut stream).await;
        assert!(matches!(status, 0 | 431), "{status}");
    }
    assert_eq!(door.get("/").await.status(), 200);
}

#[tokio::test]
async fn an_authorization_that_is_no_text_is_none() {
    let door = Door::open().await;
    let _held = door.stage.hold();
    let mut stream = connect(&door).await;
    let head = b"POST /api/notifications HTTP/1.1\r\nhost: bot\r\nauthorization: Bearer \xff\xfe\r\ncontent-length: 2\r\n\r\n{}";
    stream.write_all(head).await.unwrap();
    assert_eq!(status(&mut stream).await, 401);
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    let door = Door::open().await;
    for rubbish in
        [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], b"hello\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\0\0\0\0\r\n\r\n"]
    {
        let mut stream = connect(&door).await;
        stream.write_all(rubbish).await.unwrap();
        stream.shutdown().await.unwrap();
        let status = status(&mut stream).await;
        assert!(matches!(status, 0 | 400..=499), "{status}");
    }
    assert_eq!(door.get("/").await.status(), 200);
}
