//! The queues over HTTP.

use std::{collections::BTreeMap, convert::Infallible, sync::Arc, time::Duration};

use bytes::Bytes;
use reqwest::Url;
use warp::{
    Filter, Reply,
    http::{HeaderMap, Method, Response, StatusCode},
};

use super::{
    ACCOUNT, Inside,
    account::Account,
    guard::{Wish, check},
    xml,
};

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
}

type Answer = Response<String>;

/// A request, taken apart.
struct Ask {
    method: Method,
    /// After the account: the queue, `messages`, a message's id.
    path: Vec<String>,
    query: BTreeMap<String, String>,
    headers: HeaderMap,
    body: String,
}

pub(super) fn routes(inside: Arc<Inside>) -> impl Filter<Extract = (impl Reply,), Error = Infallible> + Clone {
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    let request = warp::method().and(warp::path::full()).and(query).and(warp::header::headers_cloned()).and(warp::body::bytes());
    let answer = request.map(move |method: Method, path: warp::path::FullPath, query: String, headers, body: Bytes| {
        let url = Url::parse(&format!("http://storage{}?{query}", path.as_str())).unwrap();
        let mut path = url.path().split('/').skip(1).map(str::to_owned);
        let account = path.next().unwrap_or_default();
        let query = url.query_pairs().into_owned().collect();
        let body = String::from_utf8(body.to_vec()).unwrap_or_default();
        let ask = Ask { method, path: path.collect(), query, headers, body };
        inside.answer(&account, &ask).unwrap_or_else(refused)
    });
    let unreadable = warp::any().map(|| refused(Refusal { status: 400, code: "InvalidInput" }));
    answer.or(unreadable).unify()
}

impl Inside {
    fn answer(&self, account: &str, ask: &Ask) -> Result<Answer, Refusal> {
        if let Some(refusal) = self.refusals.lock().unwrap().pop() {
            return Err(refusal);
        }
        if account != ACCOUNT {
            return Err(Refusal { status: 400, code: "InvalidUri" });
        }
        if !ask.headers.contains_key("x-ms-version") {
            return Err(Refusal { status: 400, code: "MissingRequiredHeader" });
        }
        let mut account = self.account.lock().unwrap();
        account.now = self.now();
        ask.run(&mut account)
    }
}

impl Ask {
    fn run(&self, account: &mut Account) -> Result<Answer, Refusal> {
        let path: Vec<_> = self.path.iter().map(String::as_str).collect();
        match (self.method.as_str(), &path[..]) {
            ("PUT", [queue]) => {
                self.may('c', "cw", account)?;
                let is_new = account.create(queue)?;
                Ok(empty(if is_new { StatusCode::CREATED } else { StatusCode::NO_CONTENT }))
            }
            ("DELETE", [queue]) => {
                self.may('c', "d", account)?;
                account.remove(queue).map(|()| empty(StatusCode::NO_CONTENT))
            }
            ("GET" | "HEAD", [queue]) if self.query.get("comp").is_some_and(|comp| comp == "metadata") => {
                self.may('c', "r", account)?;
                let count = account.count(queue)?;
                Ok(Response::builder().header("x-ms-approximate-messages-count", count).body(String::new()).unwrap())
            }
            ("POST", [queue, "messages"]) => self.put(account, queue),
            ("GET", [queue, "messages"]) => self.get(account, queue),
            ("DELETE", [queue, "messages"]) => {
                self.may('o', "d", account)?;
                account.clear(queue).map(|()| empty(StatusCode::NO_CONTENT))
            }
            ("DELETE", [queue, "messages", id]) => {
                self.may('o', "p", account)?;
                account.delete(queue, id, self.receipt()?).map(|()| empty(StatusCode::NO_CONTENT))
            }
            ("PUT", [queue, "messages", id]) => self.update(account, queue, id),
            _ => Err(Refusal { status: 400, code: "InvalidUri" }),
        }
    }

    fn put(&self, account: &mut Account, queue: &str) -> Result<Answer, Refusal> {
        self.may('o', "a", account)?;
        let body = xml::message_text(&self.body).ok_or(Refusal { status: 400, code: "InvalidXmlDocument" })?;
        let hidden = self.seconds("visibilitytimeout")?.unwrap_or_default();
        let lives = match self.query.get("messagettl").map(String::as_str) {
            Some("-1") => Some(Duration::ZERO),
            Some("0") => return Err(Refusal { status: 400, code: "InvalidQueryParameterValue" }),
            _ => self.seconds("messagettl")?,
        };
        let letter = account.put(queue, &body, hidden, lives)?;
        Ok(document(StatusCode::CREATED, xml::sent(&letter)))
    }

    fn get(&self, account: &mut Account, queue: &str) -> Result<Answer, Refusal> {
        let most = self.number("numofmessages")?.unwrap_or(1) as usize;
        if self.query.get("peekonly").is_some_and(|only| only == "true") {
            self.may('o', "r", account)?;
            return Ok(document(StatusCode::OK, xml::shown(&account.peek(queue, most)?)));
        }
        self.may('o', "p", account)?;
        let hidden = self.seconds("visibilitytimeout")?.unwrap_or(Duration::from_secs(30));
        Ok(document(StatusCode::OK, xml::given(&account.get(queue, most, hidden)?)))
    }

    fn update(&self, account: &mut Account, queue: &str, id: &str) -> Result<Answer, Refusal> {
        self.may('o', "u", account)?;
        let hidden = self.seconds("visibilitytimeout")?.ok_or(Refusal { status: 400, code: "MissingRequiredQueryParameter" })?;
        let body = match self.body.as_str() {
            "" => None,
            body => Some(xml::message_text(body).ok_or(Refusal { status: 400, code: "InvalidXmlDocument" })?),
        };
        let letter = account.update(queue, id, self.receipt()?, hidden, body)?;
        let answer = Response::builder().status(StatusCode::NO_CONTENT).header("x-ms-popreceipt", letter.receipt);
        Ok(answer.header("x-ms-time-next-visible", xml::date(letter.visible)).body(String::new()).unwrap())
    }

    fn may(&self, resource: char, permissions: &'static str, account: &Account) -> Result<(), Refusal> {
        check(&self.query, Wish { resource, permissions }, account.now)
    }

    fn receipt(&self) -> Result<&str, Refusal> {
        let receipt = self.query.get("popreceipt").ok_or(Refusal { status: 400, code: "MissingRequiredQueryParameter" })?;
        Ok(receipt)
    }

    fn seconds(&self, name: &str) -> Result<Option<Duration>, Refusal> {
        Ok(self.number(name)?.map(Duration::from_secs))
    }

    fn number(&self, name: &str) -> Result<Option<u64>, Refusal> {
        let invalid = Refusal { status: 400, code: "InvalidQueryParameterValue" };
        self.query.get(name).map(|text| text.parse().map_err(|_| invalid)).transpose()
    }
}

fn empty(status: StatusCode) -> Answer {
    Response::builder().status(status).body(String::new()).unwrap()
}

fn document(status: StatusCode, xml: String) -> Answer {
    Response::builder().status(status).header("content-type", "application/xml").body(xml).unwrap()
}

fn refused(Refusal { status, code }: Refusal) -> Answer {
    let answer = Response::builder().status(status).header("x-ms-error-code", code).header("content-type", "application/xml");
    answer.body(xml::error(code)).unwrap()
}
