//! A call for the tests of this folder.

use jiff::Timestamp;

use crate::call::{Call, CallbackSecret, GraphCallId, Incoming, Terms};

/// A call that rings, with Graph id `3b1f0a52-77d4-4c1e-9a60-5f2e8c4d9b07`.
pub(crate) fn call() -> Call {
    let incoming = Incoming {
        call: GraphCallId::parse("3b1f0a52-77d4-4c1e-9a60-5f2e8c4d9b07").unwrap(),
        from: None,
        to: None,
        is_group: false,
    };
    let terms = Terms {
        tenant: "c7d1a3f0-0000-4000-8000-00000000007e".to_owned(),
        flow: "front_desk".to_owned(),
        flow_version: "0f".repeat(16),
        secret: CallbackSecret::new(0xbeef),
        max_minutes: 60,
        kept_for_s: 3600,
    };
    Call::ringing(&incoming, terms, Timestamp::UNIX_EPOCH)
}
