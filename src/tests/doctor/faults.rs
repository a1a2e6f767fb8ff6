//! What is wrong is named, and nothing else.

use std::fs;

use jiff::SignedDuration;
use switchboard::{
    package::{Sources, lay_out},
    simulator::server::Consent,
};
use tokio::net::TcpListener;
use warp::{Filter, http::StatusCode};

use super::clinic::{Clinic, Diagnosis, FLOW};
use crate::{cosmos::emulator::Emulator, queues::storage::StorageServer};

/// Some other application, tenant, whatever has an id.
const OTHER: &str = "b1c2d3e4-f506-4172-8394-a5b6c7d8e9f0";

/// One thing alone is wrong, and these words tell it.
fn assert_named(diagnosis: &Diagnosis, check: &str, words: &str) {
    let bad = diagnosis.all("bad");
    assert_eq!(bad.iter().map(|(check, _)| *check).collect::<Vec<_>>(), [check], "{words}: {bad:?}");
    assert!(bad[0].1.contains(words), "{words}: {}", bad[0].1);
    assert_eq!(diagnosis.code, Some(1));
}

/// Something that answers every request alike, but for its door.
async fn stub(health: StatusCode, door: StatusCode) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let door = warp::path!("api" / "notifications").map(move || door);
    tokio::spawn(warp::serve(door.or(warp::any().map(move || health))).incoming(listener).run());
    url
}

#[tokio::test]
async fn a_bot_that_lacks_nothing_is_well() {
    let clinic = Clinic::of(Consent::default()).await;
    let diagnosis = clinic.examined(&[]).await;
    assert_eq!((diagnosis.code, diagnosis.all("bad")), (Some(0), vec![]));
    let unknown: Vec<_> = diagnosis.all("unknown").into_iter().map(|(check, _)| check).collect();
    assert_eq!(unknown, ["package", "teams"]);
    let good: Vec<_> = diagnosis.all("good").into_iter().map(|(check, _)| check).collect();
    let looked_at = ["flows", "settings", "keys", "clock", "token", "roles", "graph"];
    assert_eq!(good, [&looked_at[..], &["app", "door", "prompt", "calls", "queues", "recordings"]].concat());
}

#[tokio::test]
async fn a_setting_that_is_wrong_is_named() {
    let clinic = Clinic::of(Consent::default()).await;
    let container = format!("{}x", clinic.settings["RECORDINGS"]);
    let nobody = "http://127.0.0.1:9";
    let other_flows = clinic.other_flows("other").display().to_string();
    let cases = [
        ("BOT_APP_SECRET", "wrong", "token", "AADSTS7000215"),
        ("BOT_APP_ID", OTHER, "token", "AADSTS700016"),
        ("BOT_TENANT_ID", OTHER, "token", "AADSTS90002"),
        ("BOT_APP_ID", "", "settings", "BOT_APP_ID is not set"),
        ("BOT_BASE_URL", "http://bot.example.com", "settings", "BOT_BASE_URL"),
        ("BOT_BASE_URL", nobody, "app", "does not answer"),
        ("INCOMING_FLOW", "default=nowhere", "flows", "nowhere"),
        ("FLOWS_DIR", &other_flows, "prompt", "the app does not have it"),
        ("CALLING_OPENID_METADATA", "http://127.0.0.1:9/openid", "keys", "CALLING_OPENID_METADATA"),
        ("CALLING_ISSUERS", "https://issuer.example.com", "keys", "CALLING_ISSUERS"),
        ("RECORDINGS", &container, "recordings", "there is no such container"),
    ];
    for (name, value, check, words) in cases {
        assert_named(&clinic.examined(&[(name, value)]).await, check, words);
    }
}

#[tokio::test]
async fn a_prompt_or_flow_that_cannot_be_used_is_named() {
    let clinic = Clinic::of(Consent::default()).await;
    let mp3 = clinic.other_flows("mp3");
    fs::write(mp3.join("desk/prompts/hello.wav"), b"ID3\x04\0\0\0\0\0\x22TSSE").unwrap();
    assert_named(&clinic.examined(&[("FLOWS_DIR", mp3.to_str().unwrap())]).await, "flows", "hello.wav");
    let broken = clinic.other_flows("broken");
    fs::write(broken.join("desk/flow.toml"), FLOW.replace("then = \"bye\"", "then = \"nowhere\"")).unwrap();
    let bad = clinic.examined(&[("FLOWS_DIR", broken.to_str().unwrap())]).await;
    assert!(bad.all("bad").iter().all(|(check, _)| *check == "flows") && bad.all("bad")[0].1.contains("nowhere"));
}

#[tokio::test]
async fn a_flow_that_collects_a_secret_without_a_key_for_it_is_named() {
    let clinic = Clinic::of(Consent::default()).await;
    let secret = clinic.other_flows("secret");
    let hash = format!("hmac-sha256:{}", "5d".repeat(32));
    let pin =
        "do = \"collect\"\nsecret = true\nmatches = \"{pin}\"\nno_input = { then = \"bye\" }\nno_match = { then = \"bye\" }";
    let flow = FLOW.replace("do = \"play\"", pin).replace("start =", &format!("variables.pin = \"{hash}\"\nstart ="));
    fs::write(secret.join("desk/flow.toml"), flow).unwrap();
    let flows = ("FLOWS_DIR", secret.to_str().unwrap());
    let told = |diagnosis: &Diagnosis, verdict| {
        diagnosis.all(verdict).into_iter().filter(|(check, _)| *check == "secrets").map(|(_, words)| words).collect::<Vec<_>>()
    };
    assert_eq!(told(&clinic.examined(&[flows]).await, "good").len(), 1);
    let without = told(&clinic.examined(&[flows, ("SECRETS_KEY", "")]).await, "bad");
    assert!(without.len() == 1 && without[0].contains("flow desk collects a secret and SECRETS_KEY is not set"), "{without:?}");
    let vault = ("SECRETS_KEY", "@Microsoft.KeyVault(SecretUri=https://vault.example.com/secrets/key)");
    let in_vault = clinic.examined(&[flows, vault]).await;
    assert_eq!(told(&in_vault, "unknown").len(), 1);
    assert!(in_vault.all("bad").iter().all(|(check, _)| *check != "settings"), "{:?}", in_vault.all("bad"));
}

#[tokio::test]
async fn an_app_that_cannot_work_or_lets_anyone_in_is_named() {
    let clinic = Clinic::of(Consent::default()).await;
    let (ok, unsigned) = (StatusCode::OK, StatusCode::UNAUTHORIZED);
    let sick = stub(StatusCode::SERVICE_UNAVAILABLE, unsigned).await;
    let bad = clinic.examined(&[("BOT_BASE_URL", &sick)]).await;
    assert!(bad.all("bad").iter().any(|(check, words)| *check == "app" && words.contains("cannot keep calls")));
    let open = stub(ok, StatusCode::ACCEPTED).await;
    let bad = clinic.examined(&[("BOT_BASE_URL", &open)]).await;
    assert!(bad.all("bad").iter().any(|(check, words)| *check == "door" && words.contains("nobody signed")));
    let elsewhere = stub(StatusCode::NOT_FOUND, StatusCode::NOT_FOUND).await;
    let bad = clinic.examined(&[("BOT_BASE_URL", &elsewhere)]).await;
    assert!(bad.all("bad").iter().any(|(check, words)| *check == "app" && words.contains("is not this bot")));
}

#[tokio::test]
async fn what_is_not_provisioned_is_named() {
    let clinic = Clinic::of(Consent::default()).await;
    let cosmos = Emulator::with(&["calls"]).await;
    assert_named(&clinic.examined(&[("COSMOS_ENDPOINT", &cosmos.url())]).await, "calls", "flows");
    clinic.storage.with(|account| account.remove("wake")).unwrap();
    assert_named(&clinic.examined(&[]).await, "queues", "there is no wake");
}

#[tokio::test]
async fn events_that_were_given_up_are_named() {
    let clinic = Clinic::of(Consent::default()).await;
    let soon = std::time::Duration::from_secs(60);
    clinic.storage.with(|account| account.put("call-ended-poison", "W10=", soon, None)).unwrap();
    assert_named(&clinic.examined(&[]).await, "queues", "call-ended-poison");
}

#[tokio::test]
async fn a_key_of_another_account_is_named() {
    let clinic = Clinic::of(Consent::default()).await;
    let other = StorageServer::provisioned().await.connection_string();
    let key = other.split("AccountKey=").nth(1).and_then(|rest| rest.split(';').next()).unwrap();
    let wrong = clinic.settings["AzureWebJobsStorage"].replace(key, "d3Jvbmcga2V5");
    let diagnosis = clinic.examined(&[("AzureWebJobsStorage", &wrong)]).await;
    let bad: Vec<_> = diagnosis.all("bad").into_iter().map(|(check, _)| check).collect();
    assert_eq!(bad, ["queues", "recordings"]);
}

#[tokio::test]
async fn a_token_for_somebody_else_is_named() {
    let clinic = Clinic::of(Consent { audience: "https://graph.microsoft.us".to_owned(), ..Consent::default() }).await;
    assert_named(&clinic.examined(&[]).await, "token", "another audience");
}

#[tokio::test]
async fn a_role_that_is_not_granted_is_named() {
    let clinic = Clinic::of(Consent { roles: vec!["Calls.Initiate.All".to_owned()], ..Consent::default() }).await;
    let diagnosis = clinic.examined(&[]).await;
    assert_named(&diagnosis, "roles", "Calls.AccessMedia.All, for key presses and recordings");
    assert!(diagnosis.all("bad")[0].1.contains("7504"));
}

#[tokio::test]
async fn a_clock_that_is_off_by_ten_minutes_is_named() {
    let clinic = Clinic::with(Consent::default(), SignedDuration::from_mins(10)).await;
    assert_named(&clinic.examined(&[]).await, "clock", "minutes");
}

#[tokio::test]
async fn a_package_that_lacks_a_function_is_named() {
    let clinic = Clinic::of(Consent::default()).await;
    let dist = clinic.folder.path().join("package");
    let project = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let (flows, handler) = (project.join("flows"), clinic.folder.path().join("handler"));
    fs::write(&handler, "").unwrap();
    lay_out(&Sources { project, flows: &flows, handler: &handler }, &dist).unwrap();
    fs::remove_dir_all(dist.join("wake")).unwrap();
    assert_named(&clinic.examined_with(&[], &dist).await, "package", "wake/function.json");
}
