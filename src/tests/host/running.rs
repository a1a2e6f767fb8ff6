//! A host that runs: one instance of the app.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use reqwest::{Client, redirect};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinSet};

use super::{
    declared::{AppSettings, Declared, Refusal, Trigger, read},
    front::answer,
    handler::{Handler, Run, Standing},
    invoking::{Bound, listen, tick},
    judgement::Judgement,
    passing::serve,
};
use crate::queues::storage::StorageServer;

/// What an instance is for. On a Flex plan all HTTP functions share instances, and every other function has its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Everything, as on one's own machine.
    All,
    /// The HTTP functions.
    Http,
    /// One function with a queue or a timer.
    Function(&'static str),
}

/// What a host is told.
pub(crate) struct Options<'a> {
    /// The script root.
    pub(crate) root: &'a Path,
    /// The app settings: the whole environment of the handler.
    pub(crate) settings: AppSettings,
    /// What it is for.
    pub(crate) role: Role,
    /// What opens functions that ask for a key.
    pub(crate) key: String,
    /// Where it takes requests.
    pub(crate) listener: TcpListener,
    /// The account with its queues.
    pub(crate) storage: Arc<StorageServer>,
    /// At this death of the handler it gives up: a host's own number is 3 in 30 minutes.
    pub(crate) deaths_borne: usize,
}

/// Why a host does not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// It refuses the app.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// No port, or no client.
    #[error("the host cannot start: {0}")]
    System(#[from] std::io::Error),
}

/// A host and its handler, until dropped. Both are gone then, as killed: no handler is ever told of its end.
///
/// Dropped in a test that goes well, it panics if the handler did what no handler may do.
pub(crate) struct Host {
    inner: Arc<Inner>,
    _tasks: JoinSet<()>,
}

/// What the parts of a host share.
pub(super) struct Inner {
    pub(super) declared: Declared,
    pub(super) key: String,
    pub(super) handler: Handler,
    pub(super) handler_url: String,
    /// For HTTP that is passed on as it came.
    pub(super) proxy: Client,
    /// For envelopes; follows redirects, as a host does.
    pub(super) client: Client,
    complaints: Mutex<Vec<String>>,
    invocations: Mutex<Vec<(String, Judgement)>>,
}

impl Inner {
    /// Waits until the handler is up; `false` if that will never be, or not in time. One that ended with 0 counts as up: a host
    /// goes on sending to it.
    pub(super) async fn is_up(&self) -> bool {
        let mut standing = self.handler.standing();
        let in_time = self.declared.host.ready_within * 4;
        let settled = standing.wait_for(|standing| *standing != Standing::Starting);
        match tokio::time::timeout(in_time, settled).await {
            Ok(Ok(standing)) => matches!(*standing, Standing::Up | Standing::Ended),
            _ => false,
        }
    }

    /// Keeps what no handler may do.
    pub(super) fn complain(&self, what: String) {
        self.complaints.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }

    /// Keeps what came of an invocation.
    pub(super) fn note(&self, function: &str, judgement: Judgement) {
        self.invocations.lock().unwrap_or_else(PoisonError::into_inner).push((function.to_owned(), judgement));
    }
}

impl Host {
    /// Starts one. Its handler may not be up yet; requests wait for it.
    ///
    /// # Errors
    /// [`StartError`] where a host would not run the app.
    pub(crate) async fn start(options: Options<'_>) -> Result<Self, StartError> {
        let declared = read(options.root, &options.settings)?;
        let port = free_port().await?;
        let handler = Handler::start(Run {
            executable: options.root.join(&declared.host.executable),
            folder: options.root.to_owned(),
            port,
            settings: options.settings,
            ready_within: declared.host.ready_within,
            deaths_borne: options.deaths_borne,
        });
        let inner = Arc::new(Inner {
            declared,
            key: options.key,
            handler,
            handler_url: format!("http://127.0.0.1:{port}"),
            proxy: client(redirect::Policy::none())?,
            client: client(redirect::Policy::default())?,
            complaints: Mutex::default(),
            invocations: Mutex::default(),
        });
        let mut tasks = JoinSet::new();
        if matches!(options.role, Role::All | Role::Http) {
            let front = Arc::clone(&inner);
            tasks.spawn(serve(options.listener, move |request| answer(Arc::clone(&front), request)));
        }
        start_listening(&mut tasks, &inner, options.role, &options.storage);
        Ok(Self { inner, _tasks: tasks })
    }

    /// Kills the handler with SIGKILL; yields when it is gone. The host starts it again.
    pub(crate) async fn kill_handler(&self) {
        self.inner.handler.kill().await;
    }

    /// How the handler stands.
    pub(crate) fn standing(&self) -> Standing {
        self.inner.handler.standing().borrow().clone()
    }

    /// Waits until the handler is up; `false` if that will never be.
    pub(crate) async fn is_up(&self) -> bool {
        self.inner.is_up().await
    }

    /// Where the handler itself listens, which nobody outside can reach.
    pub(crate) fn handler_url(&self) -> &str {
        &self.inner.handler_url
    }

    /// What came of the invocations of a function so far, in the order they ended.
    pub(crate) fn invocations(&self, function: &str) -> Vec<Judgement> {
        let invocations = self.inner.invocations.lock().unwrap_or_else(PoisonError::into_inner);
        invocations.iter().filter(|(name, _)| name == function).map(|(_, judgement)| judgement.clone()).collect()
    }

    /// The handler's latest log lines.
    pub(crate) fn log(&self) -> Vec<Value> {
        self.inner.handler.lines().iter().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// What the handler did that no handler may do, said once.
    pub(crate) fn complaints(&self) -> Vec<String> {
        std::mem::take(&mut *self.inner.complaints.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let complaints = self.complaints();
        if std::thread::panicking() {
            self.inner.handler.lines().iter().for_each(|line| eprintln!("{line}"));
            complaints.iter().for_each(|complaint| eprintln!("{complaint}"));
        } else {
            assert!(complaints.is_empty(), "{complaints:#?}");
        }
    }
}

/// Begins to listen to what is the instance's to listen to.
fn start_listening(tasks: &mut JoinSet<()>, inner: &Arc<Inner>, role: Role, storage: &Arc<StorageServer>) {
    for function in &inner.declared.functions {
        let is_ours = match role {
            Role::All => true,
            Role::Http => false,
            Role::Function(name) => function.name == name,
        };
        let bound = |binding: &str| Bound { function: function.name.clone(), binding: binding.to_owned() };
        match &function.trigger {
            Trigger::Queue { binding, queue } if is_ours => {
                tasks.spawn(listen(Arc::clone(inner), bound(binding), queue.clone(), Arc::clone(storage)));
            }
            Trigger::Timer { binding, schedule } if is_ours => {
                tasks.spawn(tick(Arc::clone(inner), bound(binding), schedule.clone()));
            }
            _ => {}
        }
    }
}

/// A port that is free now, as a host finds one for its handler.
async fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0)).await?.local_addr()?.port())
}

fn client(redirects: redirect::Policy) -> std::io::Result<Client> {
    let builder = Client::builder().no_proxy().redirect(redirects).pool_idle_timeout(Duration::from_secs(30));
    builder.build().map_err(std::io::Error::other)
}
