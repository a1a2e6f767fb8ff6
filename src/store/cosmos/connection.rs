//! The connection: made while the port already listens, so that nobody waits for it who need not.

use std::sync::Arc;

use tokio::{
    sync::watch::{self, Receiver, Sender},
    task::AbortHandle,
    time::timeout,
};

use super::{
    account::{Account, Containers, OPERATION},
    failure::ConnectError,
};
use crate::{
    clock::{Clock, SystemClock, after_ms},
    store::StoreError,
};

/// How long to wait after the first failure, in milliseconds; each time twice as long.
const FIRST_WAIT_MS: u64 = 250;

/// How long to wait at most between two attempts, in milliseconds.
const LONGEST_WAIT_MS: u64 = 5_000;

/// How far the connection is.
enum State {
    /// Nothing is known yet.
    Begun,
    /// The last attempt failed, and why.
    Failed(String),
    /// It stands. From here on the client itself finds the account again when it was away.
    Stands(Arc<Containers>),
}

/// The connection to the account.
pub(super) struct Connection {
    state: Receiver<State>,
    task: AbortHandle,
}

impl Connection {
    /// Begins to connect.
    pub(super) fn begin(account: Account) -> Self {
        let (sender, state) = watch::channel(State::Begun);
        let task = tokio::spawn(connect(account, sender)).abort_handle();
        Self { state, task }
    }

    /// The containers. Waits for them for as long as one operation may take.
    pub(super) async fn containers(&self) -> Result<Arc<Containers>, StoreError> {
        let mut state = self.state.clone();
        let standing = state.wait_for(|state| matches!(state, State::Stands(_)));
        // Both a time that is over and a task that has ended leave the reason in the state.
        let _ = timeout(OPERATION, standing).await;
        match &*self.state.borrow() {
            State::Stands(containers) => Ok(Arc::clone(containers)),
            State::Failed(why) => Err(StoreError::Unavailable(why.clone())),
            State::Begun => Err(StoreError::Unavailable("it is not connected yet".to_owned())),
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Connects, however often it takes. The network has the machine's own time, whatever clock the calls go by.
async fn connect(account: Account, state: Sender<State>) {
    let mut wait_ms = FIRST_WAIT_MS;
    let mut last = None;
    loop {
        match account.connect().await {
            Ok(containers) => {
                tracing::info!("connected to Cosmos DB at {}", account.name());
                state.send_replace(State::Stands(Arc::new(containers)));
                return;
            }
            Err(error) => {
                say_once(&error, &mut last);
                state.send_replace(State::Failed(error.to_string()));
            }
        }
        SystemClock.sleep_until(after_ms(SystemClock.now(), wait_ms)).await;
        wait_ms = (wait_ms * 2).min(LONGEST_WAIT_MS);
    }
}

/// Says what is wrong, once for each thing that is.
fn say_once(error: &ConnectError, last: &mut Option<ConnectError>) {
    if last.as_ref() != Some(error) {
        tracing::error!("no calls can be kept: {error}");
        *last = Some(error.clone());
    }
}
