//! Every setting there is: the one list that the README and `local.settings.example.json` are held to.

/// A setting: an environment variable, and so an app setting of the Functions app.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The variable's name.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What holds when it is not set; empty for none.
    pub default: &'static str,
    /// A right value, shown where a wrong one was found.
    pub example: &'static str,
    /// The Functions host or Azure sets it; people do not.
    pub is_given: bool,
}

/// Every setting, in reading order.
pub const SETTINGS: &[Setting] = &[
    set("BOT_APP_ID", "The bot's application (client) id", "", "0f4e1c2a-6b7d-4c3e-9a58-1d2e3f405162"),
    set("BOT_TENANT_ID", "The bot's home tenant", "", "7a8b9c0d-1e2f-4a3b-8c4d-5e6f70819203"),
    set(
        "BOT_CREDENTIAL",
        "How the bot proves who it is: `secret`, `managed-identity` (a federated credential on the application), `managed-identity-direct` (the identity is the bot)",
        "secret",
        "managed-identity",
    ),
    set("BOT_APP_SECRET", "The application's client secret, for `secret`", "", "the-value-shown-once-in-the-portal"),
    set(
        "BOT_IDENTITY_CLIENT_ID",
        "The managed identity's client id, for `managed-identity`; for `managed-identity-direct` it is `BOT_APP_ID` unless set",
        "",
        "2b3c4d5e-6f70-4182-93a4-b5c6d7e8f901",
    ),
    set(
        "BOT_BASE_URL",
        "Where Graph reaches the app, without `/api`; where not set, https and `WEBSITE_HOSTNAME`",
        "",
        "https://bot.example.com",
    ),
    set(
        "ALLOWED_TENANTS",
        "Whose calls are taken: tenant ids, comma-separated; where not set, `BOT_TENANT_ID` alone",
        "",
        "7a8b9c0d-1e2f-4a3b-8c4d-5e6f70819203",
    ),
    set("FLOWS_DIR", "The folder of the call flows", "flows", "flows"),
    set(
        "INCOMING_FLOW",
        "Which flow an incoming call gets, by the object id of the resource account called: `default=front_desk;<id>=support`",
        "default=front_desk",
        "default=front_desk;5e4d3c2b-1a09-4f8e-9d7c-6b5a4938271f=support",
    ),
    set(
        "WEBHOOK_SECRET",
        "The key that signs what is sent to hooks: `whsec_` and base64; several, comma-separated, while it is changed. Without it nothing is sent",
        "",
        "whsec_Vm9pY2VzIGNhcnJ5LCBrZXlzIGRvIG5vdCBhbHdheXM=",
    ),
    set(
        "HOOK_URLS",
        "Where hooks are, whatever their flow says: `name=URL`, separated by `;`",
        "",
        "crm=https://crm.example.com/calls;messages=https://example.com/messages?code=abc",
    ),
    set("STATE_STORE", "Where calls are kept: `cosmos` or `file:PATH`", "file:data/calls.redb", "file:data/calls.redb"),
    set("COSMOS_ENDPOINT", "The Cosmos DB account, for `cosmos`", "", "https://example.documents.azure.com"),
    set("COSMOS_DATABASE", "Its database, with the containers `calls` and `flows`", "switchboard", "switchboard"),
    set(
        "COSMOS_KEY",
        "The key of an emulator on this machine; accounts are opened by managed identity",
        "",
        "the-key-of-the-emulator",
    ),
    set(
        "RECORDINGS",
        "Where recordings are kept: `file:PATH` or a blob container's URL",
        "file:data/recordings",
        "https://example.blob.core.windows.net/recordings",
    ),
    set("CALL_MAX_MINUTES", "The longest call, in minutes; 1 to 1440", "240", "240"),
    set("CALL_RETENTION_DAYS", "How long a call is kept after its end, in days; 1 to 3650", "30", "30"),
    set("RECORDING_RETENTION_DAYS", "How long a recording is kept, in days; 1 to 3650", "30", "30"),
    set(
        "CALLS_API_KEY",
        "Whoever shows this key may use `/api/calls` without a key of the host",
        "",
        "at-least-16-random-characters",
    ),
    set(
        "CALLS_API_AUDIENCE",
        "Whom an Entra token of the home tenant must be for so that it may use `/api/calls`, with the role `Calls.Place` or `Calls.Read`",
        "",
        "api://switchboard",
    ),
    set(
        "DIAL_ALLOW",
        "Whom the bot may call, comma-separated: `users` (of the home tenant), `instances`, `meetings`, an object id, a number, the beginning of numbers as `+49*`",
        "users",
        "users,+4930*",
    ),
    set("DIAL_PER_MINUTE", "How many calls may be placed within any 60 seconds; 1 to 600", "20", "20"),
    set(
        "DIAL_PER_MONTH",
        "How many calls may be placed within a calendar month (UTC); Graph allows an application 10,000, those that it answers included",
        "10000",
        "10000",
    ),
    set("DIAL_AT_ONCE", "How many placed calls there may be at once; 1 to 100, which is Graph's own limit", "20", "20"),
    set(
        "DIAL_STOP",
        "`true`: nothing is placed. The switch `dial_stop` does the same at once, without a restart",
        "false",
        "true",
    ),
    set(
        "SECRETS_KEY",
        "What seals the secrets that callers type and hashes those they are compared with: the base64 of 32 random bytes, needed once a flow collects a secret",
        "",
        "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
    ),
    set(
        "GRAPH_BASE_URL",
        "Microsoft Graph, with its version",
        "https://graph.microsoft.com/v1.0",
        "https://graph.microsoft.us/v1.0",
    ),
    set(
        "ENTRA_AUTHORITY",
        "Who gives tokens, at `{ENTRA_AUTHORITY}/{tenant}/oauth2/v2.0/token`",
        "https://login.microsoftonline.com",
        "https://login.microsoftonline.us",
    ),
    set(
        "CALLING_OPENID_METADATA",
        "Where the keys are found that Graph signs its notifications with",
        "https://api.aps.skype.com/v1/.well-known/OpenIdConfiguration",
        "https://api.aps.skype.com/v1/.well-known/OpenIdConfiguration",
    ),
    set(
        "CALLING_ISSUERS",
        "Who may have signed them, comma-separated",
        "https://api.botframework.com,https://graph.microsoft.com",
        "https://api.botframework.com",
    ),
    set("LOG_LEVEL", "From which level on log lines are written: `error`, `warn`, `info`, `debug`, `trace`", "info", "info"),
    set(
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "Where Application Insights is, to which traces and metrics go; the host sends its own there too. Without it and `OTEL_EXPORTER_OTLP_ENDPOINT` there are none",
        "",
        "InstrumentationKey=1d2e3f40-5162-4738-8495-a6b7c8d9e0f1;IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com",
    ),
    set(
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "Who writes there: `Authorization=AAD` for the app's identity, with `ClientId=<id>;` before it for a user-assigned one; where not set, anyone who knows the instrumentation key",
        "",
        "ClientId=2b3c4d5e-6f70-4182-93a4-b5c6d7e8f901;Authorization=AAD",
    ),
    set(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "A collector of OpenTelemetry, to which traces and metrics go: OTLP over HTTP, the address before `/v1/traces`",
        "",
        "http://127.0.0.1:4318",
    ),
    set(
        "OTEL_EXPORTER_OTLP_HEADERS",
        "What each request to it carries: `name=value`, comma-separated, percent-encoded where needed",
        "",
        "api-key=the-key-of-the-collector",
    ),
    set("AzureWebJobsStorage", "The host's storage account, by connection string", "", "UseDevelopmentStorage=true"),
    set("AzureWebJobsStorage__accountName", "The same, by managed identity: the account's name", "", "switchboardstorage"),
    set(
        "AzureWebJobsStorage__queueServiceUri",
        "The same, by managed identity: the queue service's address, where the name does not give it",
        "",
        "https://switchboardstorage.queue.core.windows.net",
    ),
    set(
        "AzureWebJobsStorage__credential",
        "Who opens it: `managedidentity` in Azure; where not set, whoever is signed in with the Azure CLI",
        "",
        "managedidentity",
    ),
    set(
        "AzureWebJobsStorage__clientId",
        "The client id of the user-assigned identity that opens it",
        "",
        "2b3c4d5e-6f70-4182-93a4-b5c6d7e8f901",
    ),
    given("FUNCTIONS_CUSTOMHANDLER_PORT", "The port to listen on, on 127.0.0.1", "3000", "3000"),
    given(
        "FUNCTIONS_CUSTOMHANDLER_WORKER_ID",
        "A Functions host runs the handler; only then are queue and timer requests taken",
        "",
        "c4d5e6f7-0819-42a3-b4c5-d6e7f8091a2b",
    ),
    given("WEBSITE_HOSTNAME", "The app's host name", "", "switchboard.azurewebsites.net"),
];

/// The entry of a setting. Asking for one that the list lacks is a slip of ours, which any test that reads settings finds.
pub(super) fn find(name: &str) -> &'static Setting {
    let found = SETTINGS.iter().find(|setting| setting.name == name);
    found.expect("every setting that is read is in the list")
}

const fn set(name: &'static str, meaning: &'static str, default: &'static str, example: &'static str) -> Setting {
    Setting { name, meaning, default, example, is_given: false }
}

const fn given(name: &'static str, meaning: &'static str, default: &'static str, example: &'static str) -> Setting {
    Setting { is_given: true, ..set(name, meaning, default, example) }
}
