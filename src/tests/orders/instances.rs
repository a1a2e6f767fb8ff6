//! Orders on two processes, which share nothing but an account of Cosmos DB and queues. In real time, since no other clock reaches into a
//! process.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use switchboard::simulator::{ledger::Verdict, observation::Seen};

use super::desk::{contacts, presses, told_once, user};
use crate::{
    cosmos::emulator::{Asked, Mishap},
    host::{Deployed, Role, Terms},
    journeys::hooked::HookServer,
    killed::goes_on::something_happens,
};

/// How long between two looks at an order.
const LOOK_EACH: Duration = Duration::from_millis(100);

/// How long an order may take in which nothing goes wrong.
const OVER_WITHIN: Duration = Duration::from_secs(60);

/// How many orders are under way while handlers are killed.
const ORDERS: usize = 6;

/// How often a handler is killed, or one after the other.
const KILLS: usize = 10;

/// How long they may take then. A ring that nobody knows to have been asked for is asked for again after a minute, and each order rings
/// six times.
const KILLED_OVER_WITHIN: Duration = Duration::from_secs(420);

/// Two processes, and a server that is told what comes of their orders.
struct Instances {
    deployed: Deployed,
    hook: HookServer,
}

impl Instances {
    async fn start(roles: &[Role], people: &str, hook: HookServer) -> Self {
        let incidents = format!("incidents={}", hook.url);
        let settings = [("HOOK_URLS", incidents.as_str()), ("DIAL_PER_MINUTE", "600"), ("DIAL_AT_ONCE", "100")];
        let terms = Terms {
            roles,
            is_on_cosmos: true,
            settings: &settings,
            contacts: people,
            shipped: Some("alarm"),
            schedule: "* * * * * *",
            deaths_borne: usize::MAX,
            ..Terms::default()
        };
        let deployed = Deployed::new(terms).await;
        deployed.ready().await;
        Self { deployed, hook }
    }

    /// Gives an order at one place, again as long as that does not take it, as whoever got no answer does. Yields the order's id.
    async fn give(&self, at: &str, name: &str, wanted: &Value) -> String {
        let by = Instant::now() + OVER_WITHIN;
        loop {
            let request = self.deployed.client.post(format!("{at}/api/orders")).header("x-functions-key", &self.deployed.key);
            let answer = request.header("idempotency-key", name).json(wanted).send().await;
            let said = match answer {
                Ok(answer) if answer.status() == 202 => {
                    let body: Value = answer.json().await.unwrap();
                    return body["id"].as_str().unwrap().to_owned();
                }
                Ok(answer) => answer.status().to_string(),
                Err(error) => error.to_string(),
            };
            assert!(Instant::now() < by, "the order is not taken: {said}");
            tokio::time::sleep(LOOK_EACH).await;
        }
    }

    /// Waits until an order is over and owes nothing, nor does any call of it; yields it as it is shown.
    async fn over(&self, id: &str, by: Instant) -> Value {
        loop {
            let shown = self.deployed.get(&format!("/api/orders/{id}")).await;
            if shown["phase"] == "over" && shown["owed"] == json!([]) && self.calls_are_over(&shown).await {
                return shown;
            }
            assert!(Instant::now() < by, "the order does not come to its end: {shown:#}");
            tokio::time::sleep(LOOK_EACH).await;
        }
    }

    async fn calls_are_over(&self, order: &Value) -> bool {
        for call in order["calls"].as_array().into_iter().flatten() {
            let shown = self.deployed.show(call["id"].as_str().unwrap()).await;
            if shown["phase"] != "ended" || shown["owed"] != json!([]) {
                return false;
            }
        }
        true
    }

    /// How often a kill fell between what was saved of a call and what was done about it.
    async fn actors_lost(&self, orders: &[Value]) -> usize {
        let mut lost = 0;
        for call in orders.iter().flat_map(|order| order["calls"].as_array().unwrap()) {
            let shown = self.deployed.show(call["id"].as_str().unwrap()).await;
            lost += shown["journal"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "actor_lost").count();
        }
        lost
    }

    /// Waits until one of the handlers has stored something and waits in vain to be told so; not for ever, as there may be nothing left to
    /// be stored.
    async fn something_is_stored(&self) {
        let cosmos = self.deployed.cosmos.as_ref().expect("the calls are there");
        cosmos.fail(Asked::Replace, [Mishap::DoneAndSilent]);
        let stored = async {
            while cosmos.pending_mishaps() > 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let _ = tokio::time::timeout(Duration::from_secs(3), stored).await;
    }

    /// Kills a handler, and waits until it is begun again.
    async fn kill(&self, host: usize) {
        let host = &self.deployed.hosts[host];
        host.kill_handler().await;
        assert!(host.is_up().await, "the handler is begun again");
    }

    /// How often each telephone rang, by its user's id.
    fn rang(&self) -> BTreeMap<String, usize> {
        let teams = &self.deployed.teams;
        let mut rang = BTreeMap::new();
        for observation in teams.calls().iter().flat_map(|call| teams.observed(call)) {
            if let Seen::Ringing { to } = observation.what {
                *rang.entry(to).or_default() += 1;
            }
        }
        rang
    }

    /// The types of what the hook was told of an order, each notice once.
    fn told(&self, id: &str) -> Vec<String> {
        let of_it = |(_, data): &(String, Value)| data["id"] == id;
        told_once(self.hook.sent()).into_iter().filter(of_it).map(|(event, _)| event).collect()
    }
}

/// An order of `alarm` for three people, from this number on.
fn alarm(first: usize, more: Value) -> Value {
    let people: Vec<_> = (first..first + 3).map(|n| json!({ "name": format!("P{n}"), "user": user(n) })).collect();
    let mut order = json!({ "flow": "alarm", "people": people, "ring": 5, "notify": "incidents" });
    order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    order
}

/// Each call of an order: who was rung, in which round, and how it ended.
fn calls(order: &Value) -> Vec<(u64, u64, &str)> {
    let number = |value: &Value| value.as_u64().unwrap();
    let of = |call: &'_ Value| (number(&call["person"]), number(&call["round"]));
    let calls = order["calls"].as_array().unwrap().iter();
    calls.map(|call| (of(call).0, of(call).1, call["ending"].as_str().unwrap_or("none"))).collect()
}

/// The one that takes HTTP listens to no queue, and the other one is reached by nobody but who gives the order: so that is given where no
/// notification comes, and what a call tells goes through a queue to where its order is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_is_given_at_one_process_goes_on_with_what_is_notified_at_the_other() {
    let people = contacts(&["ignores = true", "declines = \"1s\"", &presses("1")]);
    let instances = Instances::start(&[Role::Function("wake"), Role::Http], &people, HookServer::answering(204, "").await).await;
    let hosts = &instances.deployed.hosts;
    let id = instances.give(hosts[0].handler_url(), "incident 1", &alarm(0, json!({}))).await;
    let shown = instances.over(&id, Instant::now() + OVER_WITHIN).await;
    assert_eq!(shown["outcome"], "acknowledged");
    assert_eq!(calls(&shown), [(1, 1, "no_answer"), (2, 1, "declined"), (3, 1, "bot_hung_up")]);
    assert_eq!(shown["acknowledged"][0]["call"], format!("{id}_3"));
    assert_eq!(instances.rang(), (0..3).map(|n| (user(n), 1)).collect());
    assert_eq!(instances.told(&id), ["switchboard.order.acknowledged", "switchboard.order.over"]);
    assert_eq!(instances.hook.sent().len(), 2, "nothing went wrong, so nothing is told twice");

    let took = |host: usize, event: &str| hosts[host].log().iter().filter(|line| line["event"] == event).count();
    assert!(took(0, "wake") > 0 && took(1, "wake") == 0, "the order is where it was given");
    assert!(took(1, "tone_received") == 1 && took(0, "tone_received") == 0, "its calls are told of at the other");
    assert!(instances.deployed.poisoned().is_empty(), "{:?}", instances.deployed.poisoned());
}

/// Who does not answer, who declines, and who takes it when rung the second time.
fn three() -> [String; 3] {
    let second = "[[contacts.rings]]\ndeclines = \"1s\"\n[[contacts.rings]]\nanswers = \"1s\"\nends = { by = \"bot\" }";
    let takes_it = format!("{second}\n[[contacts.rings.does]]\nhears = \"choices\"\npresses = \"1\"");
    ["ignores = true".to_owned(), "declines = \"1s\"".to_owned(), takes_it]
}

#[ignore = "takes minutes; .ci/run has it: cargo test --test integration orders_go_on_however -- --ignored --nocapture"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_go_on_however_often_a_handler_is_killed_and_nobody_is_rung_too_often() {
    let seed = std::env::var("KILL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand::random::<u64>);
    println!("KILL_SEED={seed}");
    let began = Instant::now();
    let of_one = three();
    let people: Vec<&str> = (0..ORDERS).flat_map(|_| of_one.iter().map(String::as_str)).collect();
    let instances = Instances::start(&[Role::All; 2], &contacts(&people), HookServer::often_busy().await).await;
    let mut seen = instances.deployed.teams.observations();
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let given = async {
        let mut ids = Vec::new();
        for n in 0..ORDERS {
            let wanted = alarm(3 * n, json!({ "rounds": 3, "pause": 1 }));
            ids.push(instances.give(&instances.deployed.url, &format!("incident {n}"), &wanted).await);
        }
        ids
    };
    let killed = async {
        for _ in 0..KILLS {
            tokio::time::sleep(Duration::from_millis(dice.random_range(0..1_000))).await;
            let first = dice.random_range(0..2);
            if dice.random() {
                instances.something_is_stored().await;
                // Which of them has stored it is not known.
                instances.kill(1 - first).await;
            } else {
                something_happens(&mut seen).await;
                tokio::time::sleep(Duration::from_micros(dice.random_range(0..30_000))).await;
            }
            instances.kill(first).await;
        }
    };
    let (ids, ()) = tokio::join!(given, killed);
    let mut orders = Vec::new();
    for id in &ids {
        orders.push(instances.over(id, began + KILLED_OVER_WITHIN).await);
    }
    for order in &orders {
        let rings = [(1, 1), (2, 1), (3, 1), (1, 2), (2, 2), (3, 2)];
        let endings = ["no_answer", "declined", "declined", "no_answer", "declined", "bot_hung_up"];
        let wanted: Vec<_> = rings.iter().zip(endings).map(|((person, round), ending)| (*person, *round, ending)).collect();
        assert_eq!(calls(order), wanted, "KILL_SEED={seed}: {order:#}");
        assert_eq!(order["outcome"], "acknowledged", "KILL_SEED={seed}: {order:#}");
        let told = instances.told(order["id"].as_str().unwrap());
        assert_eq!(told, ["switchboard.order.acknowledged", "switchboard.order.over"], "KILL_SEED={seed}: {order:#}");
    }
    assert_eq!(instances.rang(), (0..3 * ORDERS).map(|n| (user(n), 2)).collect(), "KILL_SEED={seed}: once in each round");
    let teams = &instances.deployed.teams;
    let failed = teams.calls().into_iter().filter(|call| matches!(teams.ledger(call).unwrap().script, Verdict::Failed { .. }));
    assert_eq!(failed.count(), 0, "KILL_SEED={seed}: a call went otherwise than whoever took it wanted");
    assert!(instances.deployed.poisoned().is_empty(), "KILL_SEED={seed}: {:?}", instances.deployed.poisoned());
    let (sent, lost) = (instances.hook.sent().len(), instances.actors_lost(&orders).await);
    println!(
        "over after {:?}; killed {KILLS} times, in the midst of acting for a call {lost} times; {sent} notices",
        began.elapsed()
    );
}
