//! What the Functions host is told: `function.json` of each function, and `host.json`.

use serde_json::{Value, json};

use super::{entries, folders, queue_functions, read_json};

/// The bindings of a function.
pub(super) fn bindings(function: &str) -> Vec<Value> {
    let file = format!("functions/{function}/function.json");
    read_json(&file)["bindings"].as_array().unwrap_or_else(|| panic!("{file} has no bindings")).clone()
}

/// The HTTP functions: name, route under `/api`, who may call, methods.
fn http_functions() -> [(&'static str, &'static str, &'static str, Value); 6] {
    [
        ("notifications", "notifications/{key?}", "anonymous", json!(["post"])),
        ("calls", "calls/{*path}", "function", json!(["get", "post", "delete"])),
        ("orders", "orders/{*path}", "function", json!(["get", "post", "delete"])),
        ("switches", "switches/{name}", "function", json!(["get", "put"])),
        ("prompts", "prompts/{*path}", "anonymous", json!(["get", "head"])),
        ("health", "health", "anonymous", json!(["get"])),
    ]
}

#[test]
fn a_function_folder_holds_nothing_but_its_declaration() {
    for function in folders("functions") {
        let files = entries(format!("functions/{function}"));
        assert!(files.len() == 1 && files[0].ends_with("function.json"), "functions/{function} holds {files:?}");
    }
}

#[test]
fn an_http_function_is_of_the_form_that_the_host_passes_on_as_it_came() {
    for (function, route, auth_level, methods) in http_functions() {
        let trigger = json!({
            "type": "httpTrigger", "direction": "in", "name": "request",
            "authLevel": auth_level, "methods": methods, "route": route,
        });
        let reply = json!({ "type": "http", "direction": "out", "name": "reply" });
        assert_eq!(bindings(function), [trigger, reply], "functions/{function}/function.json");
    }
}

#[test]
fn a_queue_has_its_functions_name_with_dashes() {
    let functions = queue_functions();
    assert_eq!(functions.len(), 9);
    for function in functions {
        let queue = function.replace('_', "-");
        let trigger = json!({
            "type": "queueTrigger", "direction": "in", "name": "event", "queueName": queue, "connection": "AzureWebJobsStorage",
        });
        assert_eq!(bindings(&function), [trigger], "functions/{function}/function.json");
    }
}

/// A minute that was missed needs no catching up, since each run looks at all that is overdue: so the host need not keep books.
#[test]
fn housekeeping_runs_each_minute() {
    let trigger =
        json!({ "type": "timerTrigger", "direction": "in", "name": "timer", "schedule": "0 * * * * *", "useMonitor": false });
    assert_eq!(bindings("housekeeping"), [trigger]);
}

#[test]
fn the_host_starts_the_handler_and_passes_http_on() {
    let host = read_json("host.json");
    assert_eq!(host["version"], "2.0");
    assert_eq!(host["customHandler"]["description"], json!({ "defaultExecutablePath": "handler" }), "else it loses its x bit");
    assert_eq!(host["customHandler"]["enableProxyingHttpRequest"], true);
    assert_eq!(host["customHandler"]["http"], Value::Null, "routes here and function.json exclude each other");
    assert_eq!(host["extensions"]["http"]["routePrefix"], "api");
    assert_eq!(host["extensionBundle"], json!({ "id": "Microsoft.Azure.Functions.ExtensionBundle", "version": "[4.*, 5.0.0)" }));
}

#[test]
fn a_message_is_tried_sixty_times_five_seconds_apart() {
    let queues = json!({
        "messageEncoding": "base64", "maxPollingInterval": "00:00:02", "visibilityTimeout": "00:00:05", "maxDequeueCount": 60,
    });
    assert_eq!(read_json("host.json")["extensions"]["queues"], queues);
}

#[test]
fn requests_and_exceptions_are_never_sampled_away() {
    let sampling = &read_json("host.json")["logging"]["applicationInsights"]["samplingSettings"];
    assert_eq!(*sampling, json!({ "isEnabled": true, "excludedTypes": "Request;Exception" }));
}
