//! The promises, on Microsoft's emulator. Only where `AZURITE_CONNECTION_STRING` names one, e.g. with its usual key
//! `AccountName=devstoreaccount1;AccountKey=…;QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1`.

use super::promises::promise_tests;

const VARIABLE: &str = "AZURITE_CONNECTION_STRING";

async fn azurite() -> Option<String> {
    let named = std::env::var(VARIABLE).ok().filter(|value| !value.is_empty());
    if named.is_none() {
        println!("skipped: {VARIABLE} is not set");
    }
    named
}

promise_tests!(azurite);
