//! The requests in docs/api.md do what the page says.

use reqwest::Method;
use serde_json::Value;

use super::desk::{Desk, answers};
use crate::house;

/// A request as the page writes it.
struct Written {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Value>,
}

fn written(page: &str) -> Vec<Written> {
    let blocks = page.split("```http\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.map(request).collect()
}

fn request(block: &str) -> Written {
    let (head, body) = block.split_once("\n\n").unwrap_or((block.trim_end(), ""));
    let mut lines = head.lines();
    let (method, path) = lines.next().unwrap().split_once(' ').unwrap();
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
    Written {
        method: method.parse().unwrap(),
        path: path.strip_prefix("/api/calls").unwrap().to_owned(),
        headers: lines.map(header).collect(),
        body: (!body.trim().is_empty()).then(|| serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"))),
    }
}

#[tokio::test]
async fn every_request_on_the_page_is_taken() {
    let desk = Desk::open("calls_documented", &answers()).await;
    let _hold = desk.stage.hold();
    let requests = written(&house::read("docs/api.md"));
    assert!(requests.len() >= 4);
    let mut id = String::new();
    for Written { method, path, headers, body } in requests {
        let request = desk.request(method.clone(), &path.replace("{id}", &id));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        let reply = desk.send(body.iter().fold(request, |request, body| request.json(body))).await;
        assert!((200..300).contains(&reply.status), "{method} {path}: {reply:?}");
        if let Some(placed) = reply.body["id"].as_str() {
            id = placed.to_owned();
        }
    }
}
