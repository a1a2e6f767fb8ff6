use std::time::Duration;

use serde_json::json;

use super::{super::script_root::ScriptRoot, route::Template, *};

fn settings(pairs: &[(&str, &str)]) -> AppSettings {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn with_storage() -> AppSettings {
    settings(&[("AzureWebJobsStorage", "UseDevelopmentStorage=true")])
}

fn host_json() -> Value {
    json!({
        "version": "2.0",
        "customHandler": { "description": { "defaultExecutablePath": "bot" }, "enableProxyingHttpRequest": true },
    })
}

fn timer() -> Value {
    json!({ "type": "timerTrigger", "direction": "in", "name": "clock", "schedule": "0 * * * * *" })
}

/// What a host says to one function of this name with these bindings.
fn told(name: &str, bindings: &Value) -> String {
    let file = format!("{name}/function.json");
    let root = ScriptRoot::of(&[("host.json", &host_json()), (&file, &json!({ "bindings": bindings }))]).unwrap();
    read(root.path(), &with_storage()).map_or_else(|refusal| refusal.to_string(), |_| "taken".to_owned())
}

fn told_of_host(host: &Value) -> String {
    let root = ScriptRoot::of(&[("host.json", host), ("f/function.json", &json!({ "bindings": [timer()] }))]).unwrap();
    read(root.path(), &with_storage()).map_or_else(|refusal| refusal.to_string(), |_| "taken".to_owned())
}

#[test]
fn the_project_is_taken_whole() {
    let root = ScriptRoot::of_the_project().unwrap();
    let declared = read(root.path(), &with_storage()).unwrap();
    assert_eq!(declared.functions.len(), 16);
    assert_eq!(declared.host.function_timeout, Duration::from_secs(120));
    assert_eq!(declared.host.queues.visibility_timeout, Duration::from_secs(5));
    assert_eq!(declared.host.queues.max_dequeue_count, 60);
    assert_eq!(declared.host.queues.max_polling_interval, Duration::from_secs(2));
}

#[test]
fn app_settings_go_before_host_json() {
    let root = ScriptRoot::of_the_project().unwrap();
    let mut settings = with_storage();
    settings.insert("AzureFunctionsJobHost__extensions__queues__visibilityTimeout".to_owned(), "00:00:00.25".to_owned());
    settings.insert("AzureFunctionsJobHost__extensions__queues__maxDequeueCount".to_owned(), "3".to_owned());
    let queues = read(root.path(), &settings).unwrap().host.queues;
    assert_eq!((queues.visibility_timeout, queues.max_dequeue_count), (Duration::from_millis(250), 3));
    assert_eq!(queues.max_polling_interval, Duration::from_secs(2), "what is not set stays");
}

#[test]
fn functions_are_found_beside_host_json_and_no_deeper() {
    let function = json!({ "bindings": [timer()] });
    let deep = ScriptRoot::of(&[("host.json", &host_json()), ("functions/tick/function.json", &function)]).unwrap();
    assert_eq!(read(deep.path(), &with_storage()).unwrap_err(), Refusal::NoFunctions);
    let beside = ScriptRoot::of(&[("host.json", &host_json()), ("tick/function.json", &function), ("flows/x.json", &json!(1))]);
    assert_eq!(read(beside.unwrap().path(), &with_storage()).unwrap().functions[0].name, "tick");
}

#[test]
fn what_a_host_does_not_start_with_is_refused() {
    assert_eq!(told_of_host(&host_json()), "taken");
    for (path, value, part) in [
        ("/version", json!("1.0"), "version"),
        ("/customHandler/description/defaultExecutablePath", json!(""), "defaultExecutablePath"),
        ("/customHandler/enableProxyingHttpRequest", json!(false), "envelopes"),
    ] {
        let mut host = host_json();
        *host.pointer_mut(path).unwrap() = value;
        assert!(told_of_host(&host).contains(part), "{path}: {}", told_of_host(&host));
    }
    let mut host = host_json();
    host["customHandler"]["http"] = json!({ "routes": [{ "route": "{*all}" }] });
    assert!(told_of_host(&host).contains("exclude each other"));
    let mut host = host_json();
    host["extensions"]["queues"] = json!({ "batchSize": 33 });
    assert!(told_of_host(&host).contains("batchSize"));
}

#[test]
fn a_function_that_a_host_would_not_run_is_refused() {
    assert_eq!(told("tick", &json!([timer()])), "taken");
    let queue = |name: &str, connection: &str| json!([{ "type": "queueTrigger", "direction": "in", "name": "m", "queueName": name, "connection": connection }]);
    assert_eq!(told("mail", &queue("some-mail", "AzureWebJobsStorage")), "taken");
    for (name, bindings, why) in [
        ("host", json!([timer()]), "no name"),
        ("1st", json!([timer()]), "no name"),
        ("tick", json!([]), "no bindings"),
        ("tick", json!([timer(), timer()]), "a name of their own"),
        ("tick", json!([{ "type": "http", "direction": "out", "name": "reply" }]), "0 triggers"),
        ("tick", json!([{ "type": "timerTrigger", "direction": "in", "name": "t", "schedule": "* * * * *" }]), "schedule"),
        ("mail", queue("Some_Mail", "AzureWebJobsStorage"), "queueName"),
        ("mail", queue("some-mail", "OtherStorage"), "OtherStorage"),
    ] {
        assert!(told(name, &bindings).contains(why), "{name}: {}", told(name, &bindings));
    }
}

#[test]
fn an_http_function_with_a_second_output_or_a_reserved_route_is_refused() {
    let reply = json!({ "type": "http", "direction": "out", "name": "reply" });
    let extra = json!({ "type": "queue", "direction": "out", "name": "out", "queueName": "some-mail" });
    let on = |route: &str| json!({ "type": "httpTrigger", "direction": "in", "name": "request", "route": route });
    assert_eq!(told("web", &json!([on("things/{id}"), reply])), "taken");
    assert!(told("web", &json!([on("things/{id}"), reply, extra])).contains("passed on"));
    assert!(told("web", &json!([on("admin/keys"), reply])).contains("the platform's own"));
    assert!(told("web", &json!([on("warmup"), reply])).contains("the platform's own"));
    assert!(told("web", &json!([on("{*all}/more"), reply])).contains("its end"));
}

#[test]
fn a_template_takes_the_paths_of_its_route_and_no_others() {
    for (template, taken, refused) in [
        ("health", &["health", "Health", "health/"][..], &["", "healthy", "health/x"][..]),
        ("notifications/{key?}", &["notifications", "notifications/a.b"], &["notifications/a/b", "other"]),
        ("calls/{*path}", &["calls", "calls/1", "calls/1/recordings/2"], &["call", ""]),
        ("things/{id}", &["things/1"], &["things", "things/1/2"]),
    ] {
        let route = Template::parse(template).unwrap();
        taken.iter().for_each(|path| assert!(route.matches(path), "{template} and {path}"));
        refused.iter().for_each(|path| assert!(!route.matches(path), "{template} and {path}"));
    }
}

#[test]
fn a_schedule_gives_the_next_time_after_an_instant() {
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    for (schedule, from, next) in [
        ("0 * * * * *", "2026-03-01T10:20:30.5Z", "2026-03-01T10:21:00Z"),
        ("0 * * * * *", "2026-03-01T10:21:00Z", "2026-03-01T10:22:00Z"),
        ("*/2 * * * * *", "2026-03-01T10:20:31Z", "2026-03-01T10:20:32Z"),
        ("0 0,30 * * * *", "2026-03-01T10:31:00Z", "2026-03-01T11:00:00Z"),
        ("5 0 3 * * *", "2026-03-01T10:31:00Z", "2026-03-02T03:00:05Z"),
    ] {
        assert_eq!(Schedule::parse(schedule).unwrap().after(at(from)), at(next), "{schedule} after {from}");
    }
    for wrong in ["", "* * * * *", "60 * * * * *", "*/0 * * * * *", "0 0 0 1 * *", "x * * * * *"] {
        assert!(Schedule::parse(wrong).is_err(), "{wrong}");
    }
}
