//! Whatever is posted, even by the platform itself: the right status, no panic, and what can be read takes effect.
//!
//! Each run begins from the fixtures and spoils them. A failure prints the body it shrank to.

use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
};

use proptest::{prelude::*, sample::Index, test_runner::TestRunner};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::{Door, call_id, ring};

/// How many bodies each test tries.
const BODIES: u32 = 150;

/// Every notification there is a fixture of.
fn notifications() -> Vec<Value> {
    let root: &Path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/fixtures").as_ref();
    let folders = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>());
    let mut posts: Vec<PathBuf> = files.filter(|path| !path.to_string_lossy().ends_with(".expected.json")).collect();
    posts.sort();
    let read = |path: PathBuf| serde_json::from_str::<Value>(&fs::read_to_string(path).unwrap()).unwrap();
    posts.into_iter().map(read).filter_map(|post| post["value"].as_array().cloned()).flatten().collect()
}

/// Something that does not belong where it is put, as JSON text.
fn intruder() -> impl Strategy<Value = String> {
    let nested = |(open, close): (&str, &str), depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
    prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
        Just("1e999".to_owned()),
        Just("-0.5".to_owned()),
        Just("123456789012345678901234567890".to_owned()),
        Just(r#""\ud800""#.to_owned()),
        Just(r#""\u0000""#.to_owned()),
        Just(r#""/communications/calls/../../x""#.to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        "\\PC{0,40}".prop_map(|text| json!(text).to_string()),
        (1usize..3_000).prop_map(|n| json!("x".repeat(n)).to_string()),
        (1usize..2_000).prop_map(move |depth| nested(("[", "]"), depth)),
        (1usize..2_000).prop_map(move |depth| nested((r#"{"a":"#, "}"), depth)),
    ]
}

/// A notification of which some members hold an intruder or are gone.
fn spoiled() -> impl Strategy<Value = String> {
    let change = (any::<Index>(), proptest::option::of(intruder()));
    (any::<Index>(), prop::collection::vec(change, 1..4)).prop_map(|(which, changes)| {
        let all = notifications();
        let mut item = which.get(&all).clone();
        let mut intruders = Vec::new();
        for (place, intruder) in changes {
            let pointers = pointers(&item);
            let pointer = place.get(&pointers);
            match intruder {
                Some(text) => {
                    *item.pointer_mut(pointer).unwrap() = json!(format!("<{}>", intruders.len()));
                    intruders.push(text);
                }
                None => remove(&mut item, pointer),
            }
        }
        let with = |text: String, (n, intruder): (usize, &String)| text.replace(&format!("\"<{n}>\""), intruder);
        intruders.iter().enumerate().fold(item.to_string(), with)
    })
}

/// Where everything in a value is.
fn pointers(value: &Value) -> Vec<String> {
    let inside: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (escaped(name), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(n, value)| (n.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    let below =
        inside.into_iter().flat_map(|(name, value)| pointers(value).into_iter().map(move |rest| format!("/{name}{rest}")));
    std::iter::once(String::new()).chain(below).collect()
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn remove(value: &mut Value, pointer: &str) {
    let Some((parent, name)) = pointer.rsplit_once('/') else { return };
    if let Some(Value::Object(members)) = value.pointer_mut(parent) {
        members.remove(&name.replace("~1", "/").replace("~0", "~"));
    }
}

/// Bodies that are hardly JSON any more: a post cut off, with bytes overwritten, or nothing but noise.
fn torn() -> impl Strategy<Value = Vec<u8>> {
    let noise = prop::collection::vec(any::<u8>(), 0..600);
    let cut = (spoiled(), any::<Index>()).prop_map(|(item, at)| {
        let mut body = format!("{{\"value\":[{item}]}}").into_bytes();
        body.truncate(at.index(body.len()));
        body
    });
    let overwritten = (spoiled(), prop::collection::vec((any::<Index>(), any::<u8>()), 1..5)).prop_map(|(item, bytes)| {
        let mut body = format!("{{\"value\":[{item}]}}").into_bytes();
        for (at, byte) in bytes {
            let at = at.index(body.len());
            body[at] = byte;
        }
        body
    });
    let deep = (100usize..60_000).prop_map(|depth| "[".repeat(depth).into_bytes());
    prop_oneof![noise, cut, overwritten, deep]
}

/// Tries many bodies on one bot.
fn try_many<B: std::fmt::Debug>(bodies: impl Strategy<Value = B>, test: impl AsyncFn(&Door, B) -> Result<(), TestCaseError>) {
    let runtime = Runtime::new().unwrap();
    let door = runtime.block_on(Door::open());
    let _hold = door.stage.hold();
    let mut runner = TestRunner::new(ProptestConfig { cases: BODIES, failure_persistence: None, ..ProptestConfig::default() });
    let tried = runner.run(&bodies, |body| runtime.block_on(test(&door, body)));
    if let Err(error) = tried {
        panic!("{error}\n{runner}");
    }
}

#[test]
fn spoiled_notifications_spoil_no_other() {
    let count = Cell::new(0);
    try_many(prop::collection::vec(spoiled(), 1..4), async |door, items| {
        count.set(count.get() + 1);
        let good = call_id(count.get());
        let body = format!("{{\"value\":[{},{}]}}", items.join(","), ring(&good));
        prop_assert_eq!(door.post(body).await, 202);
        prop_assert!(door.call(&good).await.is_some(), "the readable one took no effect");
        Ok(())
    });
}

#[test]
fn torn_bodies_are_rubbish_or_nothing() {
    try_many(torn(), async |door, body| {
        let status = door.post(body).await;
        prop_assert!(matches!(status, 202 | 204 | 400), "{status}");
        Ok(())
    });
}

#[test]
fn a_stranger_never_takes_effect_whatever_is_posted() {
    let any_body = prop_oneof![torn(), spoiled().prop_map(|item| format!("{{\"value\":[{item}]}}").into_bytes())];
    try_many(any_body, async |door, body| {
        let status = door.post_as(None, "/api/notifications", body).await;
        prop_assert!(matches!(status, 204 | 401), "{status}");
        Ok(())
    });
}

#[test]
fn spoiled_notifications_on_a_calls_own_url_do_not_break_it() {
    try_many((prop::collection::vec(spoiled(), 1..4), "\\PC{0,50}"), async |door, (items, secret)| {
        let body = format!("{{\"value\":[{}]}}", items.join(","));
        let path = |secret: &str| format!("/api/notifications/c0de.{secret}");
        let secret = secret.replace(|c: char| !c.is_ascii_alphanumeric(), "x");
        let token = door.token();
        prop_assert_eq!(door.post_as(Some(&token), &path(&"0".repeat(32)), body.clone()).await, 202);
        let status = door.post_as(Some(&token), &path(&secret), body).await;
        prop_assert!(matches!((secret.len(), status), (32, 202) | (_, 403)), "{status}");
        Ok(())
    });
}
