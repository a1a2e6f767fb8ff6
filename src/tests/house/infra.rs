//! What the templates in `infra` must keep to that no check of a single template can see: that they fit the program, the functions
//! and each other, and that nothing in them opens with a key.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::{
    config::{Recordings, SETTINGS, Settings, StateStore},
    telemetry::FIELDS,
};

use super::{
    bicep::{Template, block, properties, strings, template, templates},
    folders, queue_functions, read, source,
};

/// What the host itself is told by app settings, where everything is opened by a user-assigned identity.
const HOSTS_OWN: [&str; 5] = [
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "AzureWebJobsStorage__accountName",
    "AzureWebJobsStorage__clientId",
    "AzureWebJobsStorage__credential",
];

/// What Flex Consumption refuses or does not heed, and what would bring an older plan's ways back.
const FORBIDDEN: [&str; 24] = [
    "ENABLE_ORYX_BUILD",
    "FUNCTIONS_EXTENSION_VERSION",
    "FUNCTIONS_WORKER_RUNTIME",
    "SCM_DO_BUILD_DURING_DEPLOYMENT",
    "WEBSITES_CONTAINER_START_TIME_LIMIT",
    "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
    "WEBSITE_CONTENTSHARE",
    "WEBSITE_LOAD_CERTIFICATES",
    "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT",
    "WEBSITE_MOUNT_ENABLED",
    "WEBSITE_RUN_FROM_PACKAGE",
    "WEBSITE_TIME_ZONE",
    " TZ:",
    "alwaysOn",
    "ftpsState",
    "functionAppScaleLimit",
    "functionsRuntimeScaleMonitoringEnabled",
    "linuxFxVersion",
    "minimumElasticInstanceCount",
    "netFrameworkVersion",
    "preWarmedInstanceCount",
    "use32BitWorkerProcess",
    "windowsFxVersion",
    "AzureFunctionsJobHost:",
];

/// Ids that are Microsoft's, and the same everywhere. One wrong digit is found only when somebody rings.
const IDS: [(&str, &str); 12] = [
    ("Storage Blob Data Owner", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"),
    ("Storage Queue Data Contributor", "974c5e8b-45b9-4653-ba55-5f855dd0fb88"),
    ("Storage Table Data Contributor", "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"),
    ("Monitoring Metrics Publisher", "3913510d-42f4-4e42-8a64-420c390055eb"),
    ("Key Vault Secrets User", "4633458b-17de-408a-b874-0445c86b69e6"),
    ("Built-in Data Contributor", "00000000-0000-0000-0000-000000000002"),
    ("Microsoft Graph", "00000003-0000-0000-c000-000000000000"),
    ("Calls.Initiate.All", "284383ee-7f6e-4e40-a2a8-e85dcb029101"),
    ("Calls.InitiateGroupCall.All", "4c277553-8a09-487b-8023-29ee378d8324"),
    ("Calls.JoinGroupCall.All", "f6b49018-60ab-4f81-83bd-22caeabfed2d"),
    ("Calls.JoinGroupCallAsGuest.All", "fd7ccf6b-3d28-418b-9701-cd10f5cd2fd4"),
    ("Calls.AccessMedia.All", "a7a681dc-756e-4909-b988-f160edc6655f"),
];

/// What keeps a door shut to keys, and where.
const KEYLESS: [(&str, &str); 9] = [
    ("bot", "disableLocalAuth: true"),
    ("cosmos", "disableKeyBasedMetadataWriteAccess: true"),
    ("cosmos", "disableLocalAuth: true"),
    ("monitoring", "DisableLocalAuth: true"),
    ("monitoring", "features: { disableLocalAuth: true }"),
    ("storage", "allowBlobPublicAccess: false"),
    ("storage", "allowSharedKeyAccess: false"),
    ("storage", "defaultToOAuthAuthentication: true"),
    ("vault", "enableRbacAuthorization: true"),
];

#[test]
fn an_app_setting_is_known_to_the_program_or_to_the_host() {
    let app = template("app");
    let settings = app_settings(&app);
    let is_known = |name: &str| {
        let ours = SETTINGS.iter().any(|setting| setting.name == name && !setting.is_given);
        ours || HOSTS_OWN.contains(&name)
    };
    let unknown: Vec<_> = settings.keys().filter(|name| !is_known(name)).collect();
    assert!(unknown.is_empty(), "infra/app.bicep sets {unknown:?}");
    let missing: Vec<_> = HOSTS_OWN.iter().filter(|name| !settings.contains_key(*name)).collect();
    assert!(missing.is_empty(), "infra/app.bicep does not set {missing:?}");
}

/// With each credential. A value that the templates compute stands for itself by the setting's example.
#[test]
fn the_program_takes_the_app_settings_and_keeps_nothing_on_the_instance() {
    let (app, main) = (template("app"), template("main"));
    let written = app_settings(&app);
    let value = |name: &str| match written.get(name)?.trim_matches('\'') {
        literal if format!("'{literal}'") == written[name] && !literal.contains('$') => Some(literal.to_owned()),
        _ => SETTINGS.iter().find(|setting| setting.name == name).map(|setting| setting.example.to_owned()),
    };
    let credentials = allowed(&main, "botCredential");
    assert_eq!(credentials, BTreeSet::from(["managed-identity", "managed-identity-direct", "secret"]));
    for credential in credentials {
        let settings = Settings::read(|name| match name {
            "BOT_CREDENTIAL" => value(name).and(Some(credential.to_owned())),
            "BOT_APP_SECRET" if credential != "secret" => None,
            "WEBSITE_HOSTNAME" => Some("switchboard.azurewebsites.net".to_owned()),
            _ => value(name),
        });
        let settings = settings.unwrap_or_else(|faults| panic!("with {credential}: {faults:?}"));
        assert!(!matches!(settings.keeping.state_store, StateStore::File(_)), "an instance's disk cannot be written");
        assert!(!matches!(settings.keeping.recordings, Recordings::File(_)), "an instance's disk cannot be written");
        assert!(settings.host_storage.is_some(), "there would be no queues");
        let insights = settings.telemetry.application_insights;
        assert!(insights.is_some_and(|insights| insights.writer.is_some()), "Application Insights knows identities only");
    }
}

#[test]
fn a_secret_is_given_only_by_where_it_is() {
    let app = template("app");
    let settings = app_settings(&app);
    assert!(settings["BOT_APP_SECRET"].contains("@Microsoft.KeyVault(SecretUri="), "{}", settings["BOT_APP_SECRET"]);
    for name in ["CALLS_API_KEY", "COSMOS_KEY", "AzureWebJobsStorage"] {
        assert!(!settings.contains_key(name), "infra/app.bicep sets {name}");
    }
}

#[test]
fn there_is_a_queue_and_a_poison_queue_for_each_function_that_has_one() {
    let storage = template("storage");
    let listed: BTreeSet<_> = strings(&storage.block("param queueFunctions array = [")).into_iter().map(str::to_owned).collect();
    assert_eq!(listed, queue_functions(), "infra/storage.bicep: queueFunctions");
    for line in [
        "var queueNames = map(queueFunctions, function => replace(function, '_', '-'))",
        "var poisonQueueNames = map(queueNames, queueName => '${queueName}-poison')",
        "  for queueName in concat(queueNames, poisonQueueNames): {",
    ] {
        assert!(storage.lines().contains(&line), "infra/storage.bicep lacks {line}");
    }
}

#[test]
fn the_containers_that_are_used_are_there() {
    let containers = |template: &str, opening: &str| -> BTreeSet<String> {
        let template = super::bicep::template(template);
        let lines = template.lines();
        let begun = lines.iter().enumerate().filter(|(_, line)| line.contains(opening));
        begun.map(|(at, _)| properties(&block(&lines[at..], "resource "))["name"].trim_matches('\'').to_owned()).collect()
    };
    let set = |names: [&str; 2]| names.map(str::to_owned).into();
    assert_eq!(containers("storage", "/blobServices/containers@"), set(["deployment", "recordings"]));
    assert_eq!(containers("cosmos", "/sqlDatabases/containers@"), set(["calls", "flows"]));
    let cosmos = template("cosmos");
    for container in ["resource calls ", "resource flows "] {
        let block = cosmos.block(container);
        assert!(block.iter().any(|line| line.contains("paths: ['/id']")), "{container}: the program reads by /id");
    }
}

#[test]
fn nothing_is_set_that_flex_consumption_refuses() {
    for Template { name, code } in templates() {
        let found: Vec<_> = FORBIDDEN.iter().filter(|word| code.contains(*word)).collect();
        assert!(found.is_empty(), "infra/{name}.bicep has {found:?}");
    }
    let app = template("app");
    let site: Vec<_> = properties(&app.block("siteConfig: {")).into_keys().collect();
    assert_eq!(site, ["appSettings", "minTlsVersion"], "infra/app.bicep: siteConfig");
}

#[test]
fn the_runtime_is_the_only_one_that_starts() {
    let app = template("app");
    let lines = app.lines();
    assert_eq!(allowed(&app, "runtimeVersion"), BTreeSet::from(["1.0"]));
    assert_eq!(app.declared("param")["runtimeVersion"], "string = '1.0'");
    assert!(lines.iter().any(|line| line.trim() == "runtime: { name: 'custom', version: runtimeVersion }"));
}

#[test]
fn an_id_of_microsofts_is_what_its_name_says() {
    let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let guide = ("docs/deploy.md".to_owned(), read("docs/deploy.md"));
    let files = templates().into_iter().map(|template| (format!("infra/{}.bicep", template.name), template.code));
    let mut seen = BTreeSet::new();
    for (file, text) in files.chain([guide]) {
        for (line, id) in text.lines().flat_map(|line| ids(line).map(move |id| (line, id))) {
            let known = IDS.iter().find(|(_, known)| *known == id);
            let (name, _) = known.unwrap_or_else(|| panic!("{file}: {id} is none of Microsoft's that are known here"));
            assert!(plain(line).contains(&plain(name)), "{file}: {id} is {name}, but the line says: {line}");
            seen.insert(id.to_owned());
        }
    }
    assert_eq!(seen, IDS.iter().map(|(_, id)| (*id).to_owned()).collect(), "ids that nothing uses");
}

#[test]
fn nothing_opens_with_a_key() {
    for (name, line) in KEYLESS {
        assert!(template(name).lines().iter().any(|found| found.trim() == line), "infra/{name}.bicep lacks {line}");
    }
    for Template { name, code } in templates() {
        let asks = ["listKeys", "listSecrets", "listAccountSas", "listServiceSas", ".list("];
        let found: Vec<_> = asks.iter().filter(|word| code.contains(*word)).collect();
        assert!(found.is_empty(), "infra/{name}.bicep has {found:?}");
    }
}

#[test]
fn no_secret_leaves_a_template() {
    for template in templates() {
        let secure = template.secure();
        for (output, value) in template.declared("output") {
            let leaks = words(value).any(|word| secure.contains(word));
            assert!(!leaks, "infra/{}.bicep: output {output} is {value}", template.name);
        }
        for parameter in template.declared("param").keys().filter(|name| name.to_lowercase().ends_with("secret")) {
            assert!(secure.contains(parameter), "infra/{}.bicep: {parameter} is not @secure()", template.name);
        }
    }
    assert!(template("main").secure().contains("botAppSecret") && template("vault").secure().contains("value"));
}

#[test]
fn a_module_is_given_what_it_asks_for_and_asked_for_what_it_gives() {
    let main = template("main");
    for (module, rest) in main.declared("module") {
        let file = template(rest.split('\'').nth(1).and_then(|file| file.strip_suffix(".bicep")).expect("a module has a file"));
        let given: BTreeSet<_> = properties(&block(&main.block(&format!("module {module} ")), "params: {")).into_keys().collect();
        let declared = file.declared("param");
        let required: BTreeSet<_> = declared.iter().filter(|(_, rest)| !rest.contains(" = ")).map(|(name, _)| *name).collect();
        let known: BTreeSet<_> = declared.keys().copied().collect();
        assert!(given.is_subset(&known) && required.is_subset(&given), "{module}: given {given:?}, asked for {required:?}");
        for output in outputs(&main.code, module) {
            assert!(file.declared("output").contains_key(output), "infra/main.bicep: {module} has no output {output}");
        }
    }
}

#[test]
fn every_role_is_there_before_the_app_starts() {
    let main = template("main");
    let app = main.block("module app ").join("\n");
    for (module, rest) in main.declared("module") {
        let file = template(rest.split('\'').nth(1).and_then(|file| file.strip_suffix(".bicep")).expect("a module has a file"));
        let assigns = file.code.to_lowercase().contains("roleassignments@");
        assert!(!assigns || !outputs(&app, module).is_empty(), "infra/main.bicep: the app does not wait for {module}");
    }
}

#[test]
fn each_parameter_has_a_line_of_meaning() {
    let text = read("infra/main.bicepparam");
    let lines: Vec<_> = text.lines().collect();
    let is_set = |line: &str, name: &str| {
        let line = line.strip_prefix("// ").unwrap_or(line);
        line.strip_prefix("param ").and_then(|rest| rest.split_once(" = ")).is_some_and(|(found, _)| found == name)
    };
    for name in template("main").declared("param").into_keys() {
        let at = lines.iter().position(|line| is_set(line, name)).unwrap_or_else(|| panic!("main.bicepparam lacks {name}"));
        assert!(at > 0 && lines[at - 1].starts_with("// "), "infra/main.bicepparam does not say what {name} means");
    }
}

/// An alert that looks for what is never written stays silent for ever.
#[test]
fn an_alert_looks_for_what_the_program_writes() {
    let alerts = template("alerts");
    let functions = folders("functions");
    let library = source::library();
    let writes = |text: &str| library.iter().any(|source| source.code().contains(text));
    for line in alerts.lines() {
        for field in line.split("line.").skip(1).filter_map(|rest| words(rest).next()) {
            assert!(FIELDS.contains(&field), "infra/alerts.bicep: no log line has {field}");
        }
        if let Some(name) = line.split("| where name == '").nth(1).and_then(|rest| rest.split('\'').next()) {
            let is_counted = name.starts_with("switchboard.") && writes(&format!("\"{name}\""));
            assert!(
                is_counted || functions.contains(name),
                "infra/alerts.bicep: neither a function nor a count is called {name}"
            );
        }
        if let Some(attribute) = line.split("customDimensions['").nth(1).and_then(|rest| rest.split('\'').next()) {
            assert!(writes(&format!("\"{attribute}\"")), "infra/alerts.bicep: nothing is told of {attribute}");
        }
        for word in line.split(" in (").skip(1).flat_map(|list| list.split('\'').skip(1).step_by(2)) {
            assert!(writes(&format!("\"{word}\"")), "infra/alerts.bicep: nothing is called {word}");
        }
        if let Some(words) = line.split(" startswith '").nth(1).and_then(|rest| rest.split('\'').next()) {
            assert!(writes(&format!("\"{words}")), "infra/alerts.bicep: nothing logs {words}");
        }
    }
}

fn app_settings(app: &Template) -> BTreeMap<&str, &str> {
    properties(&app.block("var settings = {"))
}

/// What a parameter may be.
fn allowed<'a>(template: &'a Template, parameter: &str) -> BTreeSet<&'a str> {
    let lines = template.lines();
    let at = lines.iter().position(|line| line.starts_with(&format!("param {parameter} ")));
    let above = at.and_then(|at| lines.get(at.checked_sub(1)?)).filter(|line| line.starts_with("@allowed("));
    above.map(|line| strings(&[*line])).unwrap_or_default()
}

/// The outputs of a module that a text reads.
fn outputs<'a>(text: &'a str, module: &str) -> BTreeSet<&'a str> {
    let read = |mark: String| text.split(&mark).skip(1).filter_map(|rest| words(rest).next()).collect::<Vec<_>>();
    [format!(" {module}.outputs."), format!(" {module}!.outputs.")].into_iter().flat_map(read).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// The ids in a line: 8-4-4-4-12 hex digits.
fn ids(line: &str) -> impl Iterator<Item = &str> {
    let is_id = |word: &&str| {
        let parts: Vec<_> = word.split('-').map(str::len).collect();
        parts == [8, 4, 4, 4, 12] && word.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
    };
    line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').filter(is_id)
}
