//! A seat in a meeting is taken: read, decided, written on the version that was read.

use jiff::Timestamp;

use super::{
    allow::Refusal,
    kept::{read, write},
    seat::{Seat, Stands},
};
use crate::{
    app::App,
    call::Call,
    clock::after_ms,
    flow::{Flow, Joins},
    store::{RecordId, RecordKind, StoreError, Version},
};

/// How often a write that lost a race is tried again: what it lost to has most likely taken the seat.
const CONFLICTS_BORNE: usize = 16;

/// How much longer than the longest call and its being kept a seat is kept, in milliseconds: as long as it may ring, and more.
const SPARE_MS: u64 = 3_600_000;

/// Whether a call that is to be placed could have its seat, where it needs one. None is taken.
///
/// # Errors
/// [`StoreError`] where nobody knows whose it is.
pub(super) async fn could_sit(app: &App, call: &Call, flow: &Flow) -> Result<Result<(), Refusal>, StoreError> {
    let Some(id) = seat(call, flow) else { return Ok(Ok(())) };
    Ok(match look(app, &id, call, flow.joins).await? {
        (Stands::Ours | Stands::Free, _) => Ok(()),
        (Stands::Taken, _) => Err(Refusal::Joined),
    })
}

/// Takes the seat of a call that is to be placed, where it needs one.
///
/// # Errors
/// [`StoreError`] where nobody knows whose it is.
pub(super) async fn sit(app: &App, call: &Call, flow: &Flow, deadline: Timestamp) -> Result<Result<(), Refusal>, StoreError> {
    let Some(id) = seat(call, flow) else { return Ok(Ok(())) };
    for _ in 0..CONFLICTS_BORNE {
        let version = match look(app, &id, call, flow.joins).await? {
            (Stands::Ours, _) => return Ok(Ok(())),
            (Stands::Taken, _) => return Ok(Err(Refusal::Joined)),
            (Stands::Free, version) => version,
        };
        let now = app.clock.now();
        if write(app, &id, &Seat { call: call.key.clone(), at: now }, Some(kept_until(app, now)), version.as_ref()).await? {
            return Ok(Ok(()));
        }
        if app.clock.now() >= deadline {
            break;
        }
    }
    Err(StoreError::Unavailable("the seat in the meeting changes too often".to_owned()))
}

/// The seat that a call needs: none where its flow joins as often as it is asked to.
fn seat(call: &Call, flow: &Flow) -> Option<RecordId> {
    let meeting = call.placing.as_ref()?.meeting.as_ref().filter(|_| flow.joins != Joins::Always)?;
    Some(RecordId::new(RecordKind::Seat, &Seat::name(&flow.name, meeting)).expect("32 hexadecimal digits are a name"))
}

/// How a seat stands, and the version that says so.
async fn look(app: &App, id: &RecordId, call: &Call, joins: Joins) -> Result<(Stands, Option<Version>), StoreError> {
    let Some((seat, version)) = read::<Seat>(app, id).await? else { return Ok((Stands::Free, None)) };
    let now = app.clock.now();
    let its_call = app.store.load(&seat.call, now).await?.map(|stored| stored.call.phase);
    Ok((seat.stands(&call.key, its_call.as_ref(), joins, now), Some(version)))
}

/// As long as a call that is placed now could be kept: without its document nobody knows that it was in the meeting.
fn kept_until(app: &App, now: Timestamp) -> Timestamp {
    let (minutes, days) = (u64::from(app.limits.call_max_minutes), u64::from(app.limits.call_retention_days));
    after_ms(now, minutes * 60_000 + days * 86_400_000 + SPARE_MS)
}
