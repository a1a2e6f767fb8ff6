//! Whom the bot may call.

use jiff::Timestamp;

use crate::{
    call::{Meeting, Placing},
    config::Destination,
    flow::Target,
};

/// Why a call is not placed, as a sentence. Nothing of whom it was for is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Somebody has stopped all calling out.
    #[error("calling out is stopped, by DIAL_STOP or the switch dial_stop")]
    Stopped,
    /// The bot may not call them.
    #[error("DIAL_ALLOW does not let the bot call them")]
    Target {
        /// Which of the targets, from 0.
        index: usize,
    },
    /// The bot may not join it.
    #[error("DIAL_ALLOW does not let the bot join meetings")]
    Meeting,
    /// A meeting of others.
    #[error("the meeting is of a tenant that ALLOWED_TENANTS does not list")]
    ForeignMeeting,
    /// It is, or was, joined by another call.
    #[error("another call of the flow is in the meeting or was, and the flow's `joins` lets no second one in")]
    Joined,
    /// Too many within a minute.
    #[error("DIAL_PER_MINUTE calls have been placed within a minute")]
    TooFast {
        /// When there may be another.
        again: Timestamp,
    },
    /// As many within a month as there may be.
    #[error("DIAL_PER_MONTH calls have been placed in this month")]
    MonthSpent {
        /// When the next one begins.
        again: Timestamp,
    },
    /// Too many at once.
    #[error("there are DIAL_AT_ONCE calls already")]
    TooMany,
}

impl Refusal {
    /// Its name, as logs and the API have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Target { .. } | Self::Meeting => "not_allowed",
            Self::ForeignMeeting => "foreign_meeting",
            Self::Joined => "already_joined",
            Self::TooFast { .. } => "too_fast",
            Self::MonthSpent { .. } => "month_spent",
            Self::TooMany => "too_many",
        }
    }
}

/// Whether a call may be placed: to everyone whom it rings, or into its meeting, which `tenants` may hold.
///
/// # Errors
/// [`Refusal`] of the first that may not be called.
pub fn allow(placing: &Placing, allowed: &[Destination], tenants: &[String]) -> Result<(), Refusal> {
    if let Some(index) = placing.targets.iter().position(|target| !allowed.iter().any(|allowed| covers(allowed, target))) {
        return Err(Refusal::Target { index });
    }
    match &placing.meeting {
        Some(_) if !allowed.contains(&Destination::Meetings) => Err(Refusal::Meeting),
        Some(Meeting::Organised { tenant, .. }) if !tenants.contains(tenant) => Err(Refusal::ForeignMeeting),
        _ => Ok(()),
    }
}

fn covers(allowed: &Destination, target: &Target) -> bool {
    match (allowed, target) {
        (Destination::Users, Target::User(_)) | (Destination::Instances, Target::ApplicationInstance(_)) => true,
        (Destination::Id(id), Target::User(target) | Target::ApplicationInstance(target)) => id == target,
        (Destination::Number(number), Target::Phone(target)) => number == target,
        (Destination::NumbersFrom(start), Target::Phone(target)) => target.starts_with(start.as_str()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: &str = "8a1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c";
    const HOME: &str = "6f1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c";

    fn to(targets: &[Target], meeting: Option<Meeting>) -> Placing {
        Placing { targets: targets.to_vec(), source: None, meeting, ring_s: 60, request: String::new(), tries: Vec::new() }
    }

    fn user(id: &str) -> Target {
        Target::User(id.to_owned())
    }

    fn phone(number: &str) -> Target {
        Target::Phone(number.to_owned())
    }

    fn may(allowed: &[Destination], placing: &Placing) -> Result<(), Refusal> {
        allow(placing, allowed, &[HOME.to_owned()])
    }

    #[test]
    fn a_destination_covers_its_own_kind_and_no_other() {
        let numbers = Destination::NumbersFrom("+4930".to_owned());
        for (allowed, target, is_covered) in [
            (Destination::Users, user(ADA), true),
            (Destination::Users, phone("+4930123456"), false),
            (Destination::Users, Target::ApplicationInstance(ADA.to_owned()), false),
            (Destination::Instances, Target::ApplicationInstance(ADA.to_owned()), true),
            (Destination::Id(ADA.to_owned()), user(ADA), true),
            (Destination::Id(ADA.to_owned()), user(HOME), false),
            (Destination::Number("+4930123456".to_owned()), phone("+4930123456"), true),
            (Destination::Number("+4930123456".to_owned()), phone("+49301234567"), false),
            (numbers.clone(), phone("+4930123456"), true),
            (numbers, phone("+4940123456"), false),
            (Destination::Meetings, user(ADA), false),
        ] {
            let may = may(std::slice::from_ref(&allowed), &to(std::slice::from_ref(&target), None));
            assert_eq!(may.is_ok(), is_covered, "{allowed:?} and {target:?}");
        }
    }

    #[test]
    fn one_who_may_not_be_called_is_enough_to_refuse_all() {
        let several = to(&[user(ADA), phone("+4930123456"), user(HOME)], None);
        assert_eq!(may(&[Destination::Users], &several), Err(Refusal::Target { index: 1 }));
        assert_eq!(may(&[], &several), Err(Refusal::Target { index: 0 }));
    }

    #[test]
    fn a_meeting_must_be_allowed_and_of_a_tenant_that_is_served() {
        let of = |tenant: &str| {
            let meeting = Meeting::Organised {
                organiser: ADA.to_owned(),
                tenant: tenant.to_owned(),
                thread: "19:meeting_x@thread.v2".to_owned(),
                message: "0".to_owned(),
                reply_to: None,
            };
            to(&[], Some(meeting))
        };
        assert_eq!(may(&[Destination::Users], &of(HOME)), Err(Refusal::Meeting));
        assert_eq!(may(&[Destination::Meetings], &of(HOME)), Ok(()));
        assert_eq!(may(&[Destination::Meetings], &of(ADA)), Err(Refusal::ForeignMeeting));
    }
}
