//! What a request for sound is answered with. <https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2>

use std::ops::{Bound, Range};

use headers::{ETag, Header, HeaderMap, HeaderMapExt, IfNoneMatch, IfRange};
use warp::http::Method;

/// What a request for sound is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Plan {
    /// All of it: 200.
    Whole,
    /// Some of it: 206.
    Part(Range<u64>),
    /// Nothing, as the client has it: 304.
    NotModified,
    /// Nothing, as there is no such part: 416.
    NotSatisfiable,
}

/// Decides from the request's conditions and range. A range that is malformed, or several at once, are answered with all of it, as
/// HTTP allows.
pub(super) fn plan(method: &Method, headers: &HeaderMap, etag: &ETag, length: u64) -> Plan {
    if headers.typed_get::<IfNoneMatch>().is_some_and(|condition| !condition.precondition_passes(etag)) {
        return Plan::NotModified;
    }
    match headers.typed_get::<headers::Range>() {
        Some(range) if method == Method::GET && range_is_meant(headers, etag) => part(&range, length),
        _ => Plan::Whole,
    }
}

/// A range counts only for the bytes that the client has the beginning of.
fn range_is_meant(headers: &HeaderMap, etag: &ETag) -> bool {
    match headers.typed_get::<IfRange>() {
        Some(condition) => !condition.is_modified(Some(etag), None),
        None => !headers.contains_key(IfRange::name()),
    }
}

fn part(range: &headers::Range, length: u64) -> Plan {
    let mut parts = range.satisfiable_ranges(length);
    let (Some((Bound::Included(start), end)), None) = (parts.next(), parts.next()) else { return Plan::Whole };
    let end = match end {
        Bound::Included(last) if last < start => return Plan::Whole,
        Bound::Included(last) => length.min(last.saturating_add(1)),
        Bound::Excluded(end) => length.min(end),
        Bound::Unbounded => length,
    };
    if start < end { Plan::Part(start..end) } else { Plan::NotSatisfiable }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use warp::http::{HeaderName, HeaderValue};

    use super::*;

    fn planned(method: Method, headers: &[(&str, &str)]) -> Plan {
        let name = |name: &str| name.parse::<HeaderName>().unwrap();
        let headers = headers.iter().map(|(key, value)| (name(key), HeaderValue::from_str(value).unwrap())).collect();
        plan(&method, &headers, &"\"abc\"".parse().unwrap(), 1000)
    }

    fn ranged(range: &str) -> Plan {
        planned(Method::GET, &[("range", range)])
    }

    #[test]
    fn without_conditions_all_of_it_is_sent() {
        assert_eq!(planned(Method::GET, &[]), Plan::Whole);
        assert_eq!(planned(Method::HEAD, &[]), Plan::Whole);
    }

    #[test]
    fn one_range_is_sent_as_far_as_it_goes() {
        assert_eq!(ranged("bytes=0-0"), Plan::Part(0..1));
        assert_eq!(ranged("bytes=10-19"), Plan::Part(10..20));
        assert_eq!(ranged("bytes=990-5000"), Plan::Part(990..1000));
        assert_eq!(ranged("bytes=999-"), Plan::Part(999..1000));
        assert_eq!(ranged("bytes=-100"), Plan::Part(900..1000));
        assert_eq!(ranged(&format!("bytes=1-{}", u64::MAX)), Plan::Part(1..1000));
    }

    #[test]
    fn a_range_beyond_the_end_cannot_be_satisfied() {
        assert_eq!(ranged("bytes=1000-"), Plan::NotSatisfiable);
        assert_eq!(ranged("bytes=1000-1001"), Plan::NotSatisfiable);
        assert_eq!(ranged("bytes=-0"), Plan::NotSatisfiable);
    }

    #[test]
    fn ranges_that_are_many_or_make_no_sense_are_passed_over() {
        for range in ["bytes=0-1,5-9", "bytes=9-5", "bytes=x-y", "bytes=", "bytes=-", "bytes=-5000", "lines=1-2", "bytes"] {
            assert_eq!(ranged(range), Plan::Whole, "{range}");
        }
    }

    #[test]
    fn what_the_client_has_is_not_sent_again() {
        for tags in ["\"abc\"", "\"x\", \"abc\"", "W/\"abc\"", "*"] {
            assert_eq!(planned(Method::GET, &[("if-none-match", tags), ("range", "bytes=0-1")]), Plan::NotModified, "{tags}");
            assert_eq!(planned(Method::HEAD, &[("if-none-match", tags)]), Plan::NotModified, "{tags}");
        }
        assert_eq!(planned(Method::GET, &[("if-none-match", "\"x\"")]), Plan::Whole);
    }

    #[test]
    fn a_range_of_another_file_is_passed_over() {
        let of = |tag| planned(Method::GET, &[("range", "bytes=0-9"), ("if-range", tag)]);
        assert_eq!(of("\"abc\""), Plan::Part(0..10));
        for tag in ["\"x\"", "W/\"abc\"", "Sat, 29 Oct 1994 19:43:31 GMT", "nonsense"] {
            assert_eq!(of(tag), Plan::Whole, "{tag}");
        }
    }

    #[test]
    fn a_range_has_no_meaning_for_head() {
        assert_eq!(planned(Method::HEAD, &[("range", "bytes=0-9")]), Plan::Whole);
    }

    proptest! {
        #[test]
        fn whatever_is_asked_for_a_part_is_within_the_file(range in "(bytes=)?[0-9,-]{0,30}") {
            if let Plan::Part(part) = ranged(&range) {
                prop_assert!(part.start < part.end && part.end <= 1000);
            }
        }
    }
}
