//! What the embedded store's promises cost: `cargo bench --bench store`.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run may stop")]

use divan::{Bencher, counter::ItemsCount};
use futures_util::future::join_all;
use jiff::Timestamp;
use switchboard::{
    call::{Call, CallbackSecret, GraphCallId, Incoming, Terms},
    store::{Calls, Embedded},
};
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

/// One compare-and-set each on so many calls at once, each on the disk when it returns.
#[divan::bench(args = [1, 8, 64, 512])]
fn replace(bencher: Bencher, at_once: u64) {
    let (runtime, folder) = (Runtime::new().unwrap(), tempfile::tempdir().unwrap());
    let store = &Embedded::open(&folder.path().join("calls.redb")).unwrap();
    let calls: Vec<_> = (0..at_once).map(call).collect();
    let create = |call| async move { store.create(call, Timestamp::UNIX_EPOCH).await.unwrap() };
    let mut versions = runtime.block_on(join_all(calls.iter().map(create)));
    bencher.counter(ItemsCount::new(at_once)).bench_local(|| {
        let replace = |(call, read)| async move { store.replace(call, read, Timestamp::UNIX_EPOCH).await.unwrap() };
        versions = runtime.block_on(join_all(calls.iter().zip(&versions).map(replace)));
    });
}

/// One read.
#[divan::bench]
fn load(bencher: Bencher) {
    let (runtime, folder) = (Runtime::new().unwrap(), tempfile::tempdir().unwrap());
    let store = &Embedded::open(&folder.path().join("calls.redb")).unwrap();
    let call = call(1);
    runtime.block_on(store.create(&call, Timestamp::UNIX_EPOCH)).unwrap();
    bencher.bench_local(|| runtime.block_on(store.load(&call.key, Timestamp::UNIX_EPOCH)).unwrap().unwrap());
}

/// A call in the middle of things, about 6 KiB of JSON.
fn call(n: u64) -> Call {
    let incoming = Incoming { call: GraphCallId::parse(&format!("{n:032x}")).unwrap(), from: None, to: None, is_group: false };
    let terms = Terms {
        tenant: "contoso".to_owned(),
        flow: "first_call".to_owned(),
        flow_version: "0123456789abcdef0123456789abcdef".to_owned(),
        secret: CallbackSecret::new(7),
        max_minutes: 60,
        kept_for_s: 60,
    };
    let mut call = Call::ringing(&incoming, terms, Timestamp::UNIX_EPOCH);
    for n in 0..60 {
        call.journal.write(Timestamp::UNIX_EPOCH, "prompt_finished", Some(n), "done");
    }
    call
}
