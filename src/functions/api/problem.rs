//! What is answered when something is wrong: problem details, <https://www.rfc-editor.org/rfc/rfc9457>

use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use warp::{
    http::{HeaderValue, Method, StatusCode, header},
    reply::{Reply, Response, json, with_header, with_status},
};

use crate::store::StoreError;

/// The most faults that are told at once.
const MOST_FAULTS: usize = 20;

/// What the name of a kind of problem begins with.
const KIND: &str = "urn:switchboard:problem:";

/// What is wrong, as `application/problem+json` has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct Problem {
    /// What kind of problem it is: a URN that stays the same, by which a program may tell one from another.
    #[serde(rename = "type", serialize_with = "urn")]
    kind: &'static str,
    /// The kind of problem, in words that stay the same.
    title: &'static str,
    /// The HTTP status.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    /// What is wrong this time, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Box<str>>,
    /// The member of the body that is at fault, where a single one is: a JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<Box<str>>,
    /// Each member at fault, where there are several; the first 20.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    errors: Vec<Fault>,
    /// After how many seconds it may be tried again; the header `Retry-After` says so too.
    #[serde(skip)]
    retry_after_s: Option<u32>,
    /// Which methods there are; the header `Allow` says so.
    #[serde(skip)]
    allow: &'static [Method],
}

/// What is wrong with one member of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fault {
    /// The member: a JSON pointer.
    pub field: String,
    /// What is wrong with it.
    pub detail: String,
}

impl Fault {
    /// What is wrong with the member that a pointer names.
    pub fn new(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { field: field.into(), detail: detail.into() }
    }
}

/// A name as a part of a JSON pointer: <https://www.rfc-editor.org/rfc/rfc6901>
pub fn pointer_part(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

impl Problem {
    /// A problem by its kind and title.
    pub fn new(status: StatusCode, kind: &'static str, title: &'static str) -> Self {
        let status = status.as_u16();
        Self { kind, title, status, detail: None, field: None, errors: Vec::new(), retry_after_s: None, allow: &[] }
    }

    /// What is wrong this time.
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into().into()), ..self }
    }

    /// The members at fault.
    pub fn faults(self, faults: Vec<Fault>) -> Self {
        match <[Fault; 1]>::try_from(faults) {
            Ok([fault]) => Self { field: Some(fault.field.into()), detail: Some(fault.detail.into()), ..self },
            Err(mut faults) => {
                let detail = format!("{} members are at fault", faults.len());
                faults.truncate(MOST_FAULTS);
                Self { errors: faults, detail: Some(detail.into()), ..self }
            }
        }
    }

    /// After how many seconds it may be tried again.
    pub fn again_after(self, seconds: u64) -> Self {
        Self { retry_after_s: Some(u32::try_from(seconds).unwrap_or(u32::MAX)), ..self }
    }
}

/// What may be wrong with anything that is asked.
impl Problem {
    /// The body is not what can be read at all.
    pub fn unreadable(why: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unreadable", "The body cannot be read.").detail(why)
    }

    /// A parameter of the query is not what it can be.
    pub fn bad_parameter(name: &str) -> Self {
        let problem = Self::new(StatusCode::BAD_REQUEST, "bad_parameter", "A parameter is not valid.");
        problem.detail(format!("{name} is not what it can be"))
    }

    /// Members of a body are not as they must be.
    pub fn invalid(faults: Vec<Fault>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "The request is not valid.").faults(faults)
    }

    /// The name of an order is taken.
    pub fn other_order() -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "other_order", "The Idempotency-Key is of another order.")
            .detail("what was asked for with this Idempotency-Key before was something else: choose another one")
    }

    /// There is nothing of that name.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here.")
    }

    /// There is something, which takes other methods.
    pub fn wrong_method(methods: &'static [Method]) -> Self {
        let problem = Self::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", "This is not done here.");
        Self { allow: methods, ..problem }
    }

    /// The store does not answer.
    pub fn unavailable(error: &StoreError) -> Self {
        tracing::error!("what is kept cannot be read or changed: {error}");
        Self::not_now()
    }

    /// It may succeed a little later.
    pub fn not_now() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "It cannot be done now.").again_after(5)
    }
}

fn urn<S: Serializer>(kind: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{KIND}{kind}"))
}

impl Reply for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (retry_after_s, allow) = (self.retry_after_s, self.allow.iter().map(Method::as_str).collect::<Vec<_>>().join(", "));
        let told = with_header(with_status(json(&self), status), header::CONTENT_TYPE, "application/problem+json");
        let mut response = told.into_response();
        let headers = response.headers_mut();
        headers.extend(retry_after_s.map(|seconds| (header::RETRY_AFTER, seconds.into())));
        headers.extend(HeaderValue::from_str(&allow).ok().filter(|allow| !allow.is_empty()).map(|allow| (header::ALLOW, allow)));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_fault_is_named_and_several_are_listed_up_to_a_bound() {
        let problem = |n: usize| {
            let faults = (0..n).map(|n| Fault::new(format!("/variables/{n}"), "is unknown")).collect();
            serde_json::to_value(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "invalid").faults(faults)).unwrap()
        };
        assert_eq!((problem(1)["field"].as_str(), problem(1)["detail"].as_str()), (Some("/variables/0"), Some("is unknown")));
        assert_eq!((problem(2)["errors"].as_array().unwrap().len(), &problem(2)["field"]), (2, &serde_json::Value::Null));
        assert_eq!(
            (problem(99)["errors"].as_array().unwrap().len(), problem(99)["detail"].as_str()),
            (20, Some("99 members are at fault"))
        );
    }

    #[test]
    fn a_name_in_a_pointer_leads_nowhere_else() {
        assert_eq!(pointer_part("a/b~c"), "a~1b~0c");
    }
}
