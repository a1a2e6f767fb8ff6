use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const APP: &str = "0F4E1C2A-6B7D-4C3E-9A58-1D2E3F405162";
const TENANT: &str = "7a8b9c0d-1e2f-4a3b-8c4d-5e6f70819203";
const GUEST: &str = "9c0d1e2f-3a4b-4c5d-8e6f-708192031425";

const LEAST: &[(&str, &str)] = &[
    ("BOT_APP_ID", APP),
    ("BOT_TENANT_ID", TENANT),
    ("BOT_APP_SECRET", "open sesame"),
    ("BOT_BASE_URL", "https://bot.example.com"),
];

/// The least that must be set, and then `more`; an empty value takes away.
fn read(more: &[(&str, &str)]) -> Result<Settings, Vec<SettingError>> {
    let values: BTreeMap<&str, &str> = LEAST.iter().chain(more).copied().collect();
    Settings::read(|name| values.get(name).map(|value| (*value).to_owned()))
}

fn fault(name: &str, value: &str) -> String {
    let faults = read(&[(name, value)]).unwrap_err();
    assert_eq!(faults.iter().map(|fault| fault.name).collect::<Vec<_>>(), [name]);
    faults[0].to_string()
}

#[test]
fn the_least_that_must_be_set_is_who_the_bot_is_and_where() {
    let settings = read(&[]).unwrap();
    assert_eq!(settings.bot.app_id, APP.to_lowercase());
    assert_eq!(settings.bot.allowed_tenants, [TENANT]);
    assert_eq!(settings.cloud.graph_base_url.as_str(), "https://graph.microsoft.com/v1.0");
    assert!(matches!(settings.keeping.state_store, StateStore::File(_)));
    assert!(!settings.server.is_under_host);
    assert!(settings.host_storage.is_none());
}

#[test]
fn every_fault_is_told_at_once_with_its_variable_and_a_right_value() {
    let faults = Settings::read(|name| (name == "CALL_MAX_MINUTES").then(|| "0".to_owned())).unwrap_err();
    let told: Vec<_> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "BOT_APP_ID is not set; for example BOT_APP_ID=0f4e1c2a-6b7d-4c3e-9a58-1d2e3f405162",
            "BOT_TENANT_ID is not set; for example BOT_TENANT_ID=7a8b9c0d-1e2f-4a3b-8c4d-5e6f70819203",
            "BOT_APP_SECRET is not set; for example BOT_APP_SECRET=the-value-shown-once-in-the-portal",
            "BOT_BASE_URL is not set; for example BOT_BASE_URL=https://bot.example.com",
            "CALL_MAX_MINUTES is not a whole number from 1 to 1440; for example CALL_MAX_MINUTES=240",
        ]
    );
}

#[test]
fn every_example_in_the_list_is_itself_a_right_value() {
    for store in ["file:calls.redb", "cosmos"] {
        for setting in SETTINGS {
            let faults =
                read(&[("STATE_STORE", store), ("COSMOS_ENDPOINT", "https://localhost:8081"), (setting.name, setting.example)]);
            let own = faults.err().unwrap_or_default().into_iter().find(|fault| fault.name == setting.name);
            assert_eq!(own, None);
        }
    }
}

#[test]
fn a_wrong_value_is_never_repeated() {
    for setting in SETTINGS {
        let Err(faults) = read(&[(setting.name, "hush hush")]) else { continue };
        assert!(!faults[0].to_string().contains("hush"), "{}", faults[0]);
    }
}

#[test]
fn a_secret_is_not_printed_with_the_settings() {
    let printed = format!(
        "{:?}",
        read(&[("CALLS_API_KEY", "0123456789abcdef"), ("AzureWebJobsStorage", "AccountName=a;AccountKey=hush")]).unwrap()
    );
    for secret in ["sesame", "0123456789abcdef", "hush"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[test]
fn on_azure_the_host_name_gives_the_address() {
    let settings = read(&[("BOT_BASE_URL", ""), ("WEBSITE_HOSTNAME", "ivr.azurewebsites.net")]).unwrap();
    assert_eq!(settings.bot.base_url.as_str(), "https://ivr.azurewebsites.net");
}

#[test]
fn a_managed_identity_needs_no_secret_but_its_own_id() {
    let faults = read(&[("BOT_CREDENTIAL", "managed-identity"), ("BOT_APP_SECRET", "")]).unwrap_err();
    assert_eq!(faults[0].name, "BOT_IDENTITY_CLIENT_ID");
    let own = read(&[("BOT_CREDENTIAL", "managed-identity"), ("BOT_IDENTITY_CLIENT_ID", GUEST)]).unwrap();
    assert!(matches!(own.bot.credential, Credential::ManagedIdentity { client_id } if client_id == GUEST));
    let direct = read(&[("BOT_CREDENTIAL", "managed-identity-direct")]).unwrap();
    assert!(matches!(direct.bot.credential, Credential::ManagedIdentityDirect { client_id } if client_id == APP.to_lowercase()));
}

#[test]
fn several_tenants_may_call() {
    let settings = read(&[("ALLOWED_TENANTS", &format!("{TENANT}, {GUEST}"))]).unwrap();
    assert_eq!(settings.bot.allowed_tenants, [TENANT, GUEST]);
    assert!(fault("ALLOWED_TENANTS", &format!("{TENANT},contoso")).contains("item 2"));
}

#[test]
fn cosmos_is_opened_by_identity_and_by_key_only_on_this_machine() {
    let cosmos = |endpoint, key| read(&[("STATE_STORE", "cosmos"), ("COSMOS_ENDPOINT", endpoint), ("COSMOS_KEY", key)]);
    assert!(cosmos("https://example.documents.azure.com", "").is_ok());
    assert!(cosmos("https://localhost:8081", "key").is_ok());
    assert_eq!(cosmos("https://example.documents.azure.com", "key").unwrap_err()[0].name, "COSMOS_KEY");
    assert_eq!(cosmos("", "").unwrap_err()[0].name, "COSMOS_ENDPOINT");
}

#[test]
fn the_queues_are_where_the_host_keeps_its_own_things() {
    let named = read(&[("AzureWebJobsStorage__accountName", "ivrstore")]).unwrap().host_storage;
    assert!(
        matches!(named, Some(HostStorage::Identity { queues, .. }) if queues.as_str() == "https://ivrstore.queue.core.windows.net")
    );
    let addressed = read(&[("AzureWebJobsStorage__queueServiceUri", "https://q.example.com/")]).unwrap().host_storage;
    assert!(matches!(addressed, Some(HostStorage::Identity { queues, .. }) if queues.as_str() == "https://q.example.com"));
    let local = read(&[("AzureWebJobsStorage", "UseDevelopmentStorage=true")]).unwrap().host_storage;
    assert!(matches!(local, Some(HostStorage::Key { account, .. }) if account == "devstoreaccount1"));
}

#[test]
fn the_storage_account_is_opened_by_the_app_in_azure_and_by_who_is_signed_in_at_a_desk() {
    let account = ("AzureWebJobsStorage__accountName", "ivrstore");
    let who = |more: &[_]| match read(&[&[account], more].concat()).unwrap().host_storage {
        Some(HostStorage::Identity { who, .. }) => who,
        other => panic!("{other:?}"),
    };
    let managed = ("AzureWebJobsStorage__credential", "managedidentity");
    assert_eq!(who(&[]), Identity::SignedIn);
    assert_eq!(who(&[managed]), Identity::Managed(None));
    assert_eq!(who(&[managed, ("AzureWebJobsStorage__clientId", GUEST)]), Identity::Managed(Some(GUEST.to_owned())));
}

#[test]
fn under_a_functions_host_the_host_says_so_and_gives_the_port() {
    let server = read(&[("FUNCTIONS_CUSTOMHANDLER_PORT", "41211"), ("FUNCTIONS_CUSTOMHANDLER_WORKER_ID", "one")]).unwrap().server;
    assert_eq!((server.port, server.is_under_host), (41211, true));
}

#[test]
fn what_is_wrong_is_refused_by_name() {
    for (name, value) in [
        ("BOT_APP_ID", "contoso"),
        ("BOT_CREDENTIAL", "certificate"),
        ("BOT_BASE_URL", "http://bot.example.com"),
        ("GRAPH_BASE_URL", "graph.microsoft.com"),
        ("STATE_STORE", "redis"),
        ("STATE_STORE", "file:"),
        ("RECORDINGS", "ftp://example.com"),
        ("RECORDINGS", "https://example.blob.core.windows.net/r?sig=1"),
        ("CALL_RETENTION_DAYS", "-1"),
        ("CALLS_API_KEY", "short"),
        ("SECRETS_KEY", "c2hvcnQ="),
        ("LOG_LEVEL", "loud"),
        ("FUNCTIONS_CUSTOMHANDLER_PORT", "65536"),
        ("AzureWebJobsStorage__accountName", "No/Such"),
    ] {
        fault(name, value);
    }
}

proptest! {
    #[test]
    fn no_value_of_any_setting_makes_reading_panic(n in 0..SETTINGS.len(), value in ".{0,60}") {
        let _ = read(&[(SETTINGS[n].name, &value)]);
    }
}
