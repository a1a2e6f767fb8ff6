//! Whatever is posted is read or refused, never a panic; and what is read can be kept.

#![no_main]

use libfuzzer_sys::fuzz_target;
use switchboard::{
    call::{CallKey, Event},
    graph::notification::{Post, Reading, read},
};

fuzz_target!(|body: &[u8]| {
    let key = CallKey::parse("c0de").expect("a good key");
    for key in [None, Some(&key)] {
        if let Ok(Post::Batch(items)) = read(body, key) {
            for item in items {
                keep(item.reading);
            }
        }
    }
});

/// An event goes through a queue when it cannot be handled at once, and must come out as it went in.
fn keep(reading: Reading) {
    if let Reading::Event(event) = reading {
        let kept = serde_json::to_vec(&event).expect("every event can be written");
        let read: Event = serde_json::from_slice(&kept).expect("what was written can be read");
        assert_eq!(read, event);
    }
}
