//! A storage account's queues, small: enough of the REST API of Azure Queue Storage to try everything that is done with queues
//! here, without an emulator. <https://learn.microsoft.com/rest/api/storageservices/queue-service-rest-api>
//!
//! It is strict where Azure is: requests must be signed with the account's key, a message over 64 KiB is refused, so is a queue that
//! nobody made, and a pop receipt that is not the last one given out. Its clock is the machine's, and can be moved forward.
//!
//! It does not play: shared keys in a header, Entra tokens, stored access policies, listing of queues, metadata other than the count.

mod account;
mod guard;
mod rest;
mod xml;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use data_encoding::BASE64;
use jiff::Timestamp;
use switchboard::{
    functions::FUNCTIONS,
    queues::{poison_queue_of, queue_of},
};
use tokio::{net::TcpListener, task::JoinHandle};

pub(crate) use account::{Account, Letter};

const ACCOUNT: &str = "ivrstore";
const KEY: &[u8] = b"the key of an account that is nowhere";

/// A storage account that answers on a loopback address until it is dropped.
pub(crate) struct StorageServer {
    address: SocketAddr,
    inside: Arc<Inside>,
    task: JoinHandle<()>,
}

/// What a request finds.
struct Inside {
    account: Mutex<Account>,
    ahead: Mutex<Duration>,
    refusals: Mutex<Vec<rest::Refusal>>,
}

impl StorageServer {
    /// An account without queues.
    pub(crate) async fn start() -> Self {
        let inside = Arc::new(Inside { account: Mutex::default(), ahead: Mutex::default(), refusals: Mutex::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(warp::serve(rest::routes(Arc::clone(&inside))).incoming(listener).run());
        Self { address, inside, task }
    }

    /// An account with the queues and poison queues of every function that has one.
    pub(crate) async fn provisioned() -> Self {
        let server = Self::start().await;
        for function in FUNCTIONS {
            let queue = queue_of(function.name);
            for queue in [poison_queue_of(&queue), queue] {
                server.with(|account| account.create(&queue)).unwrap();
            }
        }
        server
    }

    /// The queue service's address.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/{ACCOUNT}", self.address)
    }

    /// What opens it.
    pub(crate) fn connection_string(&self) -> String {
        format!("AccountName={ACCOUNT};AccountKey={};QueueEndpoint={}", BASE64.encode(KEY), self.url())
    }

    /// Does in process with the queues what a Functions host does over HTTP.
    pub(crate) fn with<T>(&self, deed: impl FnOnce(&mut Account) -> T) -> T {
        let mut account = self.inside.account.lock().unwrap();
        account.now = self.inside.now();
        deed(&mut account)
    }

    /// Every message of a queue, those not to be seen yet included, with its text before base64.
    pub(crate) fn get_messages(&self, queue: &str) -> Vec<String> {
        let text = |letter: &Letter| String::from_utf8(BASE64.decode(letter.body.as_bytes()).unwrap()).unwrap();
        self.with(|account| account.all(queue).unwrap().iter().map(text).collect())
    }

    /// Moves the account's clock forward.
    pub(crate) fn forward(&self, by: Duration) {
        *self.inside.ahead.lock().unwrap() += by;
    }

    /// Refuses the next requests.
    pub(crate) fn refuse(&self, times: usize, status: u16, code: &'static str) {
        *self.inside.refusals.lock().unwrap() = vec![rest::Refusal { status, code }; times];
    }
}

impl Drop for StorageServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Inside {
    fn now(&self) -> Timestamp {
        Timestamp::now() + *self.ahead.lock().unwrap()
    }
}
