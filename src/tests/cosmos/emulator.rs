//! A Cosmos DB account on this machine, over HTTP: Microsoft's own in-memory emulator, with everything written down that is asked of
//! it, and mishaps on demand. The only file that knows the emulator, whose interface comes without a promise.
//!
//! It keeps no calls when it is dropped, removes nothing whose time is over, and believes every key.

use std::{
    future::pending,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use azure_core::http::{Method as CoreMethod, Request as CoreRequest, Url};
use azure_data_cosmos_driver::{
    in_memory_emulator::{
        ConsistencyLevel, ContainerConfig, InMemoryEmulatorHttpClient as InMemory, VirtualAccountConfig, VirtualRegion,
    },
    models::PartitionKeyDefinition,
};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use tokio::{
    net::TcpListener,
    task::{AbortHandle, JoinSet},
};

/// The database that the account has.
pub(crate) const DATABASE: &str = "switchboard";

/// A key that the account takes; it takes any.
pub(crate) const KEY: &str = "a2V5";

/// What somebody asks of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Asked {
    /// Where the account is, and what its containers are like.
    Topology,
    /// One item.
    Read,
    /// An item that shall not be there yet.
    Create,
    /// An item in place of another.
    Replace,
    /// Items that fit.
    Query,
}

/// What happens to a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mishap {
    /// It is refused with this status and nothing is done.
    Refused(u16),
    /// It is done, but answered with this status.
    DoneAndDenied(u16),
    /// It is done, but the answer is lost with the connection.
    DoneAndLost,
    /// It is done, but never answered.
    DoneAndSilent,
}

/// The account. Down as soon as it is dropped.
pub(crate) struct Emulator {
    account: Arc<Account>,
    address: SocketAddr,
    door: Option<AbortHandle>,
}

struct Account {
    memory: InMemory,
    base: Url,
    log: Mutex<Log>,
}

#[derive(Default)]
struct Log {
    asked: Vec<Asked>,
    mishaps: Vec<(Asked, Mishap)>,
}

impl Emulator {
    /// An account with the containers that the program wants.
    pub(crate) async fn start() -> Self {
        Self::with(&["calls", "flows"]).await
    }

    /// An account with some containers, each in four partitions, as one that has grown.
    pub(crate) async fn with(containers: &[&str]) -> Self {
        Self::at(None, containers).await
    }

    /// An account that is reached at a URL of somebody in front of it, and says so.
    pub(crate) async fn known_as(url: &str) -> Self {
        Self::at(Some(url), &["calls", "flows"]).await
    }

    async fn at(url: Option<&str>, containers: &[&str]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let base = url.map_or_else(|| format!("http://{address}"), str::to_owned);
        let base: Url = base.parse().expect("an address makes a URL");
        let account = Arc::new(Account { memory: memory(&base, containers), base, log: Mutex::default() });
        let door = Some(open(&account, listener));
        Self { account, address, door }
    }

    /// Its address, e.g. `http://127.0.0.1:8081`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was asked of it since the last time this was asked.
    pub(crate) fn take_asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.account.log().asked)
    }

    /// Lets the next requests of a kind fail, as many as there are mishaps, in this order.
    pub(crate) fn fail(&self, asked: Asked, mishaps: impl IntoIterator<Item = Mishap>) {
        self.account.log().mishaps.extend(mishaps.into_iter().map(|mishap| (asked, mishap)));
    }

    /// Mishaps that have not happened yet.
    pub(crate) fn pending_mishaps(&self) -> usize {
        self.account.log().mishaps.len()
    }

    /// Breaks every connection and refuses new ones. What is stored stays.
    pub(crate) fn go_down(&mut self) {
        if let Some(door) = self.door.take() {
            door.abort();
        }
    }

    /// Takes connections again, at the same address.
    pub(crate) async fn come_back(&mut self) {
        self.go_down();
        // The port is free when the task that held it has ended, which takes the runtime a moment.
        let listener = loop {
            match TcpListener::bind(self.address).await {
                Ok(listener) => break listener,
                Err(_) => tokio::task::yield_now().await,
            }
        };
        self.door = Some(open(&self.account, listener));
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.go_down();
    }
}

fn memory(base: &Url, containers: &[&str]) -> InMemory {
    let region = VirtualRegion::new("East US", base.clone());
    let config = VirtualAccountConfig::new(vec![region]).expect("one region is enough");
    let memory = InMemory::new(config.with_consistency(ConsistencyLevel::Session));
    memory.store().create_database(DATABASE);
    for container in containers {
        let partitions = ContainerConfig::new().with_partition_count(4).build().expect("there may be four partitions");
        memory.store().create_container_with_config(DATABASE, container, PartitionKeyDefinition::from("/id"), partitions);
    }
    memory
}

/// Serves an account, until the task is ended and every connection with it.
fn open(account: &Arc<Account>, listener: TcpListener) -> AbortHandle {
    let account = Arc::clone(account);
    let serve = async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            // Else an answer of several frames waits for what acknowledges the first.
            let _ = stream.set_nodelay(true);
            let account = Arc::clone(&account);
            let service = service_fn(move |request| answer(Arc::clone(&account), request));
            connections.spawn(async move {
                // A connection that ends is no news.
                let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
            });
        }
    };
    tokio::spawn(serve).abort_handle()
}

async fn answer(account: Arc<Account>, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let asked = asked(&request);
    let mishap = account.log().note(asked);
    if let Some(Mishap::Refused(status)) = mishap {
        return Ok(denial(status));
    }
    let answer = account.perform(request).await?;
    match mishap {
        Some(Mishap::DoneAndDenied(status)) => Ok(denial(status)),
        Some(Mishap::DoneAndLost) => Err(io::Error::other("the answer is lost")),
        Some(Mishap::DoneAndSilent) => pending().await,
        Some(Mishap::Refused(_)) | None => Ok(answer),
    }
}

fn asked<B>(request: &Request<B>) -> Asked {
    let is_query = request.headers().contains_key("x-ms-documentdb-isquery");
    match (request.method().as_str(), request.uri().path().split('/').nth(5)) {
        (_, None) | (_, Some("pkranges")) => Asked::Topology,
        ("PUT", _) => Asked::Replace,
        ("POST", _) if is_query => Asked::Query,
        ("POST", _) => Asked::Create,
        _ => Asked::Read,
    }
}

fn denial(status: u16) -> Response<Full<Bytes>> {
    let body = format!(r#"{{"code":"{status}","message":"a mishap"}}"#);
    let response = Response::builder().status(status).header("content-type", "application/json");
    // What the service asks for when it is asked too often.
    let response = response.header("x-ms-retry-after-ms", "10");
    response.body(Full::new(body.into())).expect("it is made of good parts")
}

impl Account {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn perform(&self, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        let mut url = self.base.clone();
        url.set_path(head.uri.path());
        url.set_query(head.uri.query());
        let method: CoreMethod = head.method.as_str().parse().map_err(io::Error::other)?;
        let mut asked = CoreRequest::new(url, method);
        for (name, value) in &head.headers {
            asked.headers_mut().insert(name.as_str().to_owned(), value.to_str().map_err(io::Error::other)?.to_owned());
        }
        asked.set_body(body.collect().await.map_err(io::Error::other)?.to_bytes());
        let answer = self.memory.execute_request(&asked).await.map_err(io::Error::other)?;
        let answer = answer.try_into_raw_response().await.map_err(io::Error::other)?;
        let mut response = Response::builder().status(u16::from(answer.status()));
        for (name, value) in answer.headers().iter().filter(|(name, _)| name.as_str() != "content-length") {
            response = response.header(name.as_str(), value.as_str());
        }
        response.body(Full::new(Bytes::copy_from_slice(answer.body().as_ref()))).map_err(io::Error::other)
    }
}

impl Log {
    fn note(&mut self, asked: Asked) -> Option<Mishap> {
        self.asked.push(asked);
        let at = self.mishaps.iter().position(|(of, _)| *of == asked)?;
        Some(self.mishaps.remove(at).1)
    }
}
