//! A bot that may be told secrets has a key for them before its door opens.

use std::{collections::BTreeMap, sync::Arc};

use switchboard::{
    clock::SystemClock,
    config::Settings,
    server::{Program, StartError},
    stage::{Scene, environment},
    store::Memory,
};

use super::flows;

/// The bot with the flows that come with it, and no key for secrets.
fn without_a_key(incoming_flow: &str) -> Result<Program, StartError> {
    let data = tempfile::tempdir().unwrap();
    let scene = Scene { incoming_flow: incoming_flow.to_owned(), ..Scene::new(flows().to_owned(), "first_call", data.path()) };
    let nowhere = "http://127.0.0.1:9";
    let mut environment: BTreeMap<_, _> = environment(&scene, nowhere, nowhere, "secret", "").into_iter().collect();
    environment.remove("SECRETS_KEY");
    let settings = Settings::read(|name| environment.get(name).cloned()).unwrap();
    Program::on(Arc::new(Memory::new()), &settings, Arc::new(SystemClock))
}

#[tokio::test]
async fn a_bot_whose_calls_may_be_asked_for_a_secret_does_not_start_without_a_key() {
    for incoming_flow in ["default=pin_gate", "default=first_call;b81e42f6-0c5d-4a97-8e13-6f7d29a4c053=pin_gate"] {
        let refusal = without_a_key(incoming_flow).err();
        assert!(matches!(refusal, Some(StartError::NoSecretsKey(flow)) if flow == "pin_gate"), "{incoming_flow}");
    }
}

#[tokio::test]
async fn a_flow_with_a_secret_that_no_call_gets_may_lie_beside_the_others() {
    assert!(without_a_key("default=first_call").is_ok());
}
