//! Where a notification points: the path in its `resourceUrl`.

use crate::call::{GraphCallId, OperationId};

/// What a notification is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resource {
    /// The call.
    pub(super) call: GraphCallId,
    /// What of the call.
    pub(super) part: Part,
}

/// A part of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// The call itself.
    Call,
    /// Everyone in it.
    Participants,
    /// One operation; `None` where the path does not name it readably.
    Operation(Option<OperationId>),
    /// What is shared on a screen.
    ContentSharing,
    /// Anything else.
    Other,
}

impl Resource {
    /// Reads `/communications/calls/{id}/...`. The older `/app/calls/...`, a missing first slash, a query and a whole URL are met too.
    pub(super) fn parse(url: &str) -> Option<Self> {
        let path = url.split(['?', '#']).next()?;
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        segments.find(|segment| is(segment, "calls"))?;
        let call = GraphCallId::parse(segments.next()?).ok()?;
        let rest: Vec<&str> = segments.collect();
        Some(Self { call, part: part(&rest) })
    }
}

fn part(rest: &[&str]) -> Part {
    match rest {
        [] => Part::Call,
        [list] if is(list, "participants") => Part::Participants,
        // So in examples of participant-invite, both for the end of the invitation and for the roster that follows.
        [operations, list] if is(operations, "operations") && is(list, "participants") => Part::Operation(None),
        [operations] if is(operations, "operations") => Part::Operation(None),
        [operations, id] if is(operations, "operations") => Part::Operation(OperationId::parse(id).ok()),
        [sessions, ..] if is(sessions, "contentSharingSessions") => Part::ContentSharing,
        _ => Part::Other,
    }
}

fn is(segment: &str, name: &str) -> bool {
    segment.eq_ignore_ascii_case(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: &str = "0a1b2c3d-0000-4000-8000-00000000c0de";
    const OPERATION: &str = "11112222333344445555666677778888";

    fn part_of(url: &str) -> Part {
        let resource = Resource::parse(url).unwrap();
        assert_eq!(resource.call, GraphCallId::parse(CALL).unwrap(), "{url}");
        resource.part
    }

    #[test]
    fn every_way_to_write_a_call_is_the_same_call() {
        for url in [
            "/communications/calls/0a1b2c3d-0000-4000-8000-00000000c0de",
            "communications/calls/0A1B2C3D00004000800000000000C0DE",
            "/app/calls/0a1b2c3d-0000-4000-8000-00000000c0de/",
            "/communications/calls/0a1b2c3d-0000-4000-8000-00000000c0de?region=emea#x",
            "https://graph.microsoft.com/v1.0/communications/calls/0a1b2c3d-0000-4000-8000-00000000c0de",
        ] {
            assert_eq!(part_of(url), Part::Call, "{url}");
        }
    }

    #[test]
    fn a_part_of_a_call_is_told_from_the_others() {
        let operation = OperationId::parse(OPERATION).unwrap();
        let url = |rest: &str| format!("/communications/calls/{CALL}/{rest}");
        assert_eq!(part_of(&url("participants")), Part::Participants);
        assert_eq!(part_of(&url("operations/participants")), Part::Operation(None));
        assert_eq!(part_of(&url(&format!("operations/{OPERATION}"))), Part::Operation(Some(operation)));
        assert_eq!(part_of(&url("operations/no%20id")), Part::Operation(None));
        assert_eq!(part_of(&url("contentsharingsessions/1")), Part::ContentSharing);
        assert_eq!(part_of(&url("participants/1")), Part::Other);
        assert_eq!(part_of(&url("somethingNew")), Part::Other);
    }

    #[test]
    fn what_names_no_call_is_no_resource() {
        for url in ["", "/", "/communications", "/communications/calls", "/communications/calls/a%2fb", "/users/1", "calls?id=1"]
        {
            assert_eq!(Resource::parse(url), None, "{url}");
        }
    }
}
