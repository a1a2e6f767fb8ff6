//! How long calls may last and things are kept.

use super::reader::{Reader, number};

/// How long calls may last and things are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest call, in minutes; 1 to 1,440.
    pub call_max_minutes: u32,
    /// How long a call's document is kept after its end, in days; 1 to 3,650.
    pub call_retention_days: u32,
    /// How long a recording is kept, in days; 1 to 3,650.
    pub recording_retention_days: u32,
}

impl Limits {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let call_max_minutes = reader.required("CALL_MAX_MINUTES", number(1, 1440));
        let call_retention_days = reader.required("CALL_RETENTION_DAYS", number(1, 3650));
        let recording_retention_days = reader.required("RECORDING_RETENTION_DAYS", number(1, 3650));
        Some(Self {
            call_max_minutes: call_max_minutes?,
            call_retention_days: call_retention_days?,
            recording_retention_days: recording_retention_days?,
        })
    }
}
