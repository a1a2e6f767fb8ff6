//! Starting a simulator, and what can be done with one that runs.

use std::{io, net::Ipv4Addr, sync::Arc};

use secrecy::SecretString;
use serde_json::Value;
use tokio::{net::TcpListener, sync::mpsc, task::JoinSet};

use super::{
    super::{
        clock::Clock,
        keys::{Claims, ISSUER, Keys, NoKey},
        ledger::Ledger,
        observation::Observation,
        script::Script,
        setup::Setup,
        wire::Request,
        world::{Placed, World},
    },
    carrier::Carrier,
    door,
    entra::{Consent, Entra},
    ids::Ids,
    platform::{Parts, Platform},
    routes,
    senders::Senders,
};

/// What a simulator is told before it starts.
pub struct Options {
    /// The bot, its people and the seeds. `base_url` is filled in at the start.
    pub setup: Setup,
    /// The secret that the bot's application has in Entra.
    pub client_secret: SecretString,
    /// The port on 127.0.0.1; 0 is any that is free.
    pub port: u16,
    /// Whose time it is.
    pub clock: Clock,
    /// What the bot's application is granted.
    pub consent: Consent,
    /// Who signs notifications, as their tokens say.
    pub issuer: String,
    /// The signing keys; fresh ones if none are given, which costs some 50 ms.
    pub keys: Option<Keys>,
}

impl Options {
    /// A simulator on any free port, in real time, with the platform's own issuer.
    pub fn new(setup: Setup, client_secret: SecretString) -> Self {
        let (clock, consent) = (Clock::real(), Consent::default());
        Self { setup, client_secret, port: 0, clock, consent, issuer: ISSUER.to_owned(), keys: None }
    }
}

/// A small Teams.
pub struct Simulator;

/// A simulator that runs, until dropped.
pub struct Running {
    platform: Arc<Platform>,
    /// The door and the carrier; they end when this is dropped.
    _tasks: JoinSet<()>,
}

impl Simulator {
    /// Starts one on the present Tokio runtime. Fails if the port is taken or no signing key can be made.
    pub async fn start(options: Options) -> Result<Running, io::Error> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let clock = options.clock.clone();
        let (parts, world) = build(options, base_url).map_err(io::Error::other)?;
        let (platform, errands) = Platform::new(parts, world);
        let platform = Arc::new(platform);
        let carrier = Carrier::new(Arc::clone(&platform)).map_err(io::Error::other)?;
        let carrier = Arc::new(carrier);
        let mut tasks = JoinSet::new();
        tasks.spawn(door::serve(listener, routes::all(&platform), clock));
        tasks.spawn(carrier.run(errands));
        Ok(Running { platform, _tasks: tasks })
    }
}

fn build(options: Options, base_url: String) -> Result<(Parts, World), NoKey> {
    let mut setup = options.setup;
    setup.base_url.clone_from(&base_url);
    setup.roles.clone_from(&options.consent.roles);
    let claims = Claims { issuer: options.issuer, app_id: setup.app_id.clone(), service_url: base_url.clone() };
    let keys = options.keys.map_or_else(Keys::generate, Ok)?;
    let parts = Parts {
        base_url,
        tenant: setup.tenant.clone(),
        clock: options.clock,
        senders: Senders::new(keys, claims),
        entra: Entra::new(setup.app_id.clone(), options.client_secret, options.consent),
        ids: Ids::new(setup.seed),
    };
    Ok((parts, World::new(setup)))
}

impl Running {
    /// Where it is, e.g. `http://127.0.0.1:4001`. Graph is at `{base_url}/v1.0`, Entra at the base itself.
    pub fn base_url(&self) -> &str {
        &self.platform.parts.base_url
    }

    /// Its clock.
    pub fn clock(&self) -> &Clock {
        &self.platform.parts.clock
    }

    /// Its signing keys, with which forgeries can be made too.
    pub fn keys(&self) -> &Keys {
        &self.platform.parts.senders.keys
    }

    /// The claims of an honest notification token issued now; change some for one that is not.
    pub fn claims(&self, tenant: &str) -> Value {
        self.platform.parts.senders.claims(tenant, self.clock().now())
    }

    /// Someone calls the bot; answers the call's id.
    pub fn ring(&self, script: Script) -> String {
        self.platform.touch(|world, now| world.ring(script, now))
    }

    /// The ids of all calls, in order.
    pub fn calls(&self) -> Vec<String> {
        self.platform.touch(|world, _| world.calls())
    }

    /// The calls that the bot has placed, in order, each with where its notifications go.
    pub fn placed(&self) -> Vec<Placed> {
        self.platform.touch(|world, _| world.placed())
    }

    /// The person who is rung for a call of the bot takes it; `false` if nobody is rung for it.
    pub fn answer(&self, call: &str) -> bool {
        self.platform.touch(|world, now| world.answer(call, now))
    }

    /// The person who is rung for a call of the bot declines it; `false` if nobody is rung for it.
    pub fn decline(&self, call: &str) -> bool {
        self.platform.touch(|world, now| world.decline(call, now))
    }

    /// The person in the call presses these keys; `false` if nobody is in such a call.
    pub fn press(&self, call: &str, keys: &str) -> bool {
        self.platform.touch(|world, now| world.press(call, keys, now))
    }

    /// The person in the call hangs up; `false` if nobody is in such a call.
    pub fn hang_up(&self, call: &str) -> bool {
        self.platform.touch(|world, now| world.hang_up(call, now))
    }

    /// Everything that happens from now on, in order and without loss. There is one listener: an earlier one hears no more.
    pub fn observations(&self) -> mpsc::UnboundedReceiver<Observation> {
        self.platform.journal(|journal| journal.listen())
    }

    /// What happened in a call so far, the latest 1,000.
    pub fn observed(&self, call: &str) -> Vec<Observation> {
        self.platform.journal(|journal| journal.seen(call).cloned().collect())
    }

    /// The effects in a call, counted; `None` if there is no such call.
    pub fn ledger(&self, call: &str) -> Option<Ledger> {
        self.platform.ledger(call)
    }

    /// The bot's requests to Graph that were let in, in order, the latest 100,000.
    pub fn requests(&self) -> Vec<Request> {
        self.platform.journal(|journal| journal.requests().cloned().collect())
    }

    /// Waits until the call has ended and nothing about it is in flight, however long that takes.
    pub async fn settled(&self, call: &str) {
        // An error would say that the platform is gone, which `self` prevents.
        drop(self.platform.settled(call).await);
    }

    /// Waits until no call is going on and nothing is in flight or due.
    pub async fn quiet(&self) {
        drop(self.platform.quiet().await);
    }

    /// Signs with a fresh key from now on; the old one stays published if `keep_old`.
    pub fn rotate_keys(&self, keep_old: bool) -> Result<(), NoKey> {
        self.keys().rotate(keep_old)
    }
}
