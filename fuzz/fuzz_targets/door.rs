//! Whatever the platform posts, to the webhook or to a live call's own URL, the door answers as it should: the whole bot runs behind
//! it, against a simulated Teams whose time stands still.

#![no_main]

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use switchboard::{
    call::{Call, CallKey, GraphCallId, Phase},
    clock::Awake,
    functions::notifications::door,
    simulator::script::Script,
    stage::{Scene, Stage, TENANT},
    store::Memory,
};
use tokio::runtime::Runtime;

/// The call that the fixtures are about, so that what is made of them reaches the live one.
const OF_FIXTURES: &str = "3f8a1c20-5b7e-4d19-9a42-6c0e1f2a7b01";

/// The bot, with one call that is in its menu.
struct House {
    runtime: Runtime,
    stage: Stage,
    token: String,
    call: Call,
    _still: Awake,
}

thread_local! {
    static HOUSE: House = House::build();
}

impl House {
    fn build() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (stage, call, still) = runtime.block_on(set());
        let token = format!("Bearer {}", stage.teams.keys().sign(&stage.teams.claims(TENANT)));
        Self { runtime, stage, token, call, _still: still }
    }

    fn post(&self, callback: Option<String>, token: Option<&str>, body: &Bytes) -> u16 {
        let answer = door(Arc::clone(&self.stage.app), callback, token.map(str::to_owned), body.clone());
        self.runtime.block_on(answer).as_u16()
    }

    /// Puts the call back into its menu, whatever has become of it.
    fn restore(&self) {
        let (store, now) = (&self.stage.app.store, self.stage.app.clock.now());
        self.runtime.block_on(async {
            let stored = store.load(&self.call.key, now).await.expect("memory").expect("the call is there");
            store.replace(&self.call, &stored.version, now).await.expect("nobody else writes");
        });
    }
}

async fn set() -> (Stage, Call, Awake) {
    let flows = Path::new(env!("CARGO_MANIFEST_DIR")).join("../flows");
    let data = std::env::temp_dir().join(format!("switchboard-fuzz-{}", std::process::id()));
    let scene = Scene::new(flows, "first_call", &data);
    let stage = Stage::with(scene, |_| Arc::new(Memory::new())).await.expect("a stage");
    let id = CallKey::parse(&stage.teams.ring(Script::default())).expect("a good id");
    loop {
        let clock = &stage.app.clock;
        let still = clock.sleep_until(clock.now() + jiff::SignedDuration::from_millis(100)).await;
        let stored = stage.app.store.load(&id, clock.now()).await.expect("memory");
        let in_menu = |call: &Call| matches!(&call.phase, Phase::InStep { step, .. } if step == "main_menu") && call.owed.is_empty();
        if let Some(stored) = stored.filter(|stored| in_menu(&stored.call)) {
            let graph_id = GraphCallId::parse(OF_FIXTURES).expect("a good id");
            return (stage, Call { graph_id: Some(graph_id), ..stored.call }, still);
        }
    }
}

fuzz_target!(|body: &[u8]| {
    HOUSE.with(|house| {
        let body = Bytes::copy_from_slice(body);
        let stranger = house.post(None, None, &body);
        assert!(matches!(stranger, 204 | 401), "a stranger is told {stranger}");
        let webhook = house.post(None, Some(&house.token), &body);
        assert!(matches!(webhook, 202 | 204 | 400), "the platform is told {webhook}");
        let callback = format!("{}.{}", house.call.key, house.call.secret.expose());
        let called = house.post(Some(callback), Some(&house.token), &body);
        assert_eq!(called, webhook, "one body is read alike wherever it comes");
        house.restore();
    });
});
