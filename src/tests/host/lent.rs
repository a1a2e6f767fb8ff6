//! A request's body, lent to each try at passing it on until something was read of it.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};

/// A body to lend.
pub(super) struct Lender(Arc<Shared>);

/// A body, as one try has it.
pub(super) struct Lent(Arc<Shared>);

struct Shared {
    body: Mutex<Incoming>,
    size: SizeHint,
    is_read: AtomicBool,
}

impl Lender {
    /// One that nothing was read of.
    pub(super) fn new(body: Incoming) -> Self {
        let size = body.size_hint();
        Self(Arc::new(Shared { body: Mutex::new(body), size, is_read: AtomicBool::new(false) }))
    }

    /// The body; `None` where something was read of it, so that it cannot be sent again.
    pub(super) fn lend(&self) -> Option<Lent> {
        (!self.0.is_read.load(Ordering::Acquire)).then(|| Lent(Arc::clone(&self.0)))
    }
}

impl Body for Lent {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.0.is_read.store(true, Ordering::Release);
        let mut body = self.0.body.lock().unwrap_or_else(PoisonError::into_inner);
        Pin::new(&mut *body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.size.exact() == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size
    }
}
