//! How a body becomes what it must be.

use bytes::Bytes;
use futures_util::Stream;
use serde::de::DeserializeOwned;
use serde_json::Value;
use warp::{Buf, http::StatusCode};

use super::{
    asked::Asked,
    problem::{Fault, Problem, pointer_part},
};
use crate::{app::App, functions::body::read_whole};

/// The longest body that is read, in bytes: room for ten thousand targets, to be told that they are too many.
pub const LARGEST_BODY: usize = 512 * 1024;

/// A body that can be read.
pub trait Body: DeserializeOwned {
    /// Where it has objects: JSON pointers, in which `*` is each member of a list.
    const OBJECTS: &'static [&'static str];
    /// The member that must be there.
    const REQUIRED: &'static str;
}

/// Reads a body into what it must be.
///
/// # Errors
/// The problem that whoever sent it is told of.
pub async fn read<T, S, B>(app: &App, asked: &Asked<'_>, body: S) -> Result<T, Problem>
where
    T: Body,
    S: Stream<Item = Result<B, warp::Error>> + Send + 'static,
    B: Buf + Send + 'static,
{
    parse(&whole(app, asked, body, LARGEST_BODY).await?)
}

/// Reads a body of at most so many bytes.
///
/// # Errors
/// The problem that whoever sent it is told of.
pub async fn whole<S, B>(app: &App, asked: &Asked<'_>, body: S, most: usize) -> Result<Bytes, Problem>
where
    S: Stream<Item = Result<B, warp::Error>> + Send + 'static,
    B: Buf + Send + 'static,
{
    read_whole(app, asked.headers, body, most).await.map_err(|status| match status {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(status, "too_large", "The body is too large.").detail(format!("a body has at most {most} bytes"))
        }
        StatusCode::REQUEST_TIMEOUT => Problem::new(status, "too_slow", "The body did not arrive in time."),
        _ => Problem::unreadable("it broke off"),
    })
}

fn parse<T: Body>(body: &Bytes) -> Result<T, Problem> {
    let value: Value = serde_json::from_slice(body).map_err(|error| Problem::unreadable(format!("it is no JSON: {error}")))?;
    // A list could be read as the members of an object, one after the other.
    if let Some(at) = T::OBJECTS.iter().find_map(|at| list_at(&value, at)) {
        return Err(Problem::invalid(vec![Fault::new(at, "is a list where an object is wanted")]));
    }
    if value.is_object() && value.get(T::REQUIRED).is_none() {
        return Err(Problem::invalid(vec![Fault::new(format!("/{}", T::REQUIRED), "is missing")]));
    }
    let read = serde_path_to_error::deserialize(value);
    read.map_err(|error| Problem::invalid(vec![Fault::new(pointer(error.path()), error.inner().to_string())]))
}

/// The first list at a pointer, in which `*` is each member of a list.
fn list_at(value: &Value, at: &str) -> Option<String> {
    let Some((list, rest)) = at.split_once("/*") else {
        return value.pointer(at).is_some_and(Value::is_array).then(|| at.to_owned());
    };
    let mut members = value.pointer(list)?.as_array()?.iter().enumerate();
    members.find_map(|(n, member)| list_at(member, rest).map(|rest| format!("{list}/{n}{rest}")))
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let part = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", pointer_part(key)),
        Segment::Enum { variant } => format!("/{}", pointer_part(variant)),
        Segment::Unknown => String::new(),
    };
    path.iter().map(part).collect()
}
