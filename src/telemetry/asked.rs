//! How often Cosmos DB was asked for something, for the log line of whatever it was for.

use std::{cell::Cell, future::Future};

tokio::task_local! {
    static ASKED: Cell<u64>;
}

/// Runs a deed; yields also how many requests it noted, `None` for none at all, as where calls are kept in a file.
pub async fn counting<T>(deed: impl Future<Output = T>) -> (T, Option<u64>) {
    let counted = async {
        let done = deed.await;
        (done, ASKED.with(Cell::get))
    };
    let (done, count) = ASKED.scope(Cell::new(0), counted).await;
    (done, (count > 0).then_some(count))
}

/// Notes requests that were made, repeated ones included. Outside of [`counting`] they are nobody's.
pub fn note_requests(count: usize) {
    let _ = ASKED.try_with(|asked| asked.set(asked.get() + count as u64));
}

/// How many requests were noted in the [`counting`] around so far; none outside of one.
pub fn asked() -> u64 {
    ASKED.try_with(Cell::get).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_deed_counts_what_it_asked_itself() {
        let deed = |count| {
            counting(async move {
                note_requests(count);
                tokio::task::yield_now().await;
                note_requests(1);
            })
        };
        let (two, four) = tokio::join!(deed(1), deed(3));
        assert_eq!((two.1, four.1), (Some(2), Some(4)));
        note_requests(1);
        assert_eq!(counting(async {}).await.1, None);
    }
}
