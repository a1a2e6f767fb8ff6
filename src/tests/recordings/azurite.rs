//! The promises, on Microsoft's emulator. Only where `AZURITE_CONNECTION_STRING` names one that has blobs.

use std::sync::Arc;

use azure_core::http::Url;
use azure_storage_blob::{BlobContainerClient, BlobContainerClientOptions};
use data_encoding::BASE64;
use switchboard::{
    azure::{Service, Signing, client_options, transport},
    clock::SystemClock,
    config::BaseUrl,
};

use super::promises::{Place, promise_tests};

const VARIABLE: &str = "AZURITE_CONNECTION_STRING";

/// A container of its own for each test.
async fn azurite() -> Option<Place> {
    let connection = std::env::var(VARIABLE).ok().filter(|value| value.contains("BlobEndpoint="));
    let Some(connection) = connection else {
        println!("skipped: {VARIABLE} is not set, or has no BlobEndpoint");
        return None;
    };
    let part = |name: &str| connection.split(';').find_map(|pair| pair.strip_prefix(name)).unwrap().to_owned();
    let container = format!("{}/recordings{:08x}", part("BlobEndpoint="), getrandom::u32().unwrap());
    create(&container, &part("AccountName="), &part("AccountKey=")).await;
    Some(Place { connection, container })
}

async fn create(container: &str, account: &str, key: &str) {
    let mut client_options = client_options(transport(&BaseUrl::parse(container).unwrap()).unwrap());
    let key = BASE64.decode(key.as_bytes()).unwrap();
    let signing = Signing::new(account, Service::Blobs, &key, true, Arc::new(SystemClock));
    client_options.per_try_policies.push(Arc::new(signing));
    let options = BlobContainerClientOptions { client_options, ..BlobContainerClientOptions::default() };
    let client = BlobContainerClient::new(Url::parse(container).unwrap(), None, Some(options)).unwrap();
    client.create(None).await.unwrap();
}

promise_tests!(azurite);
