//! What is due when. Each thing is due at most once at a time; setting it anew moves it.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// Something that time brings about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Due {
    /// For the call of this number.
    Call(usize, Alarm),
    /// The letter of this id is to be posted.
    Letter(u64),
}

/// What a call waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Alarm {
    Unacknowledged,
    Unanswered,
    Establish,
    Media,
    /// What the person of this number has planned.
    Person(usize),
    Patience(usize),
    Fatigue(usize),
    /// The person of this number is rung.
    Rung(usize),
    Transfer,
    Redirect,
    Ending,
    KeepAlive,
}

type Slot = (Timestamp, u64);

/// Due things in the order of time; those of one instant in the order they were set.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    by_time: BTreeMap<Slot, Due>,
    by_due: BTreeMap<Due, Slot>,
    count: u64,
}

impl Agenda {
    pub(crate) fn set(&mut self, due: Due, at: Timestamp) {
        self.clear(due);
        self.count += 1;
        let slot = (at, self.count);
        self.by_time.insert(slot, due);
        self.by_due.insert(due, slot);
    }

    pub(crate) fn clear(&mut self, due: Due) {
        if let Some(slot) = self.by_due.remove(&due) {
            self.by_time.remove(&slot);
        }
    }

    pub(crate) fn has(&self, due: Due) -> bool {
        self.by_due.contains_key(&due)
    }

    /// Forgets all that a call waits for.
    pub(crate) fn clear_call(&mut self, number: usize) {
        let all = Due::Call(number, Alarm::Unacknowledged)..=Due::Call(number, Alarm::KeepAlive);
        let set: Vec<Due> = self.by_due.range(all).map(|(due, _)| *due).collect();
        set.into_iter().for_each(|due| self.clear(due));
    }

    pub(crate) fn next_at(&self) -> Option<Timestamp> {
        self.by_time.keys().next().map(|(at, _)| *at)
    }

    /// The first thing that is due by `now`.
    pub(crate) fn take(&mut self, now: Timestamp) -> Option<(Timestamp, Due)> {
        let (slot, due) = self.by_time.first_key_value()?;
        let (slot, due) = (*slot, *due);
        if slot.0 > now {
            return None;
        }
        self.clear(due);
        Some((slot.0, due))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_time.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(n: i64) -> Timestamp {
        Timestamp::from_second(n).unwrap()
    }

    #[test]
    fn things_come_in_the_order_of_time_and_moving_one_leaves_no_trace() {
        let mut agenda = Agenda::default();
        agenda.set(Due::Letter(1), second(5));
        agenda.set(Due::Letter(2), second(3));
        agenda.set(Due::Letter(1), second(1));
        assert_eq!(agenda.take(second(4)), Some((second(1), Due::Letter(1))));
        assert_eq!(agenda.take(second(4)), Some((second(3), Due::Letter(2))));
        assert_eq!(agenda.take(second(9)), None);
        assert!(agenda.is_empty());
    }

    #[test]
    fn clearing_a_call_leaves_the_others() {
        let mut agenda = Agenda::default();
        agenda.set(Due::Call(1, Alarm::Media), second(1));
        agenda.set(Due::Call(1, Alarm::KeepAlive), second(2));
        agenda.set(Due::Call(2, Alarm::Media), second(3));
        agenda.clear_call(1);
        assert_eq!(agenda.next_at(), Some(second(3)));
    }
}
