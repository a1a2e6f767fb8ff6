//! Graph's calling routes.

use super::{reply::Refusal, wire::Request};

/// A route to a call that is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    Get,
    Delete,
    Participants,
    Answer,
    Reject,
    Redirect,
    KeepAlive,
    PlayPrompt,
    RecordResponse,
    CancelMediaProcessing,
    SubscribeToTone,
    SendDtmfTones,
    Transfer,
}

impl Route {
    /// As in the path; `get`, `delete` and `participants` for the rest.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Delete => "delete",
            Self::Participants => "participants",
            Self::Answer => "answer",
            Self::Reject => "reject",
            Self::Redirect => "redirect",
            Self::KeepAlive => "keepAlive",
            Self::PlayPrompt => "playPrompt",
            Self::RecordResponse => "recordResponse",
            Self::CancelMediaProcessing => "cancelMediaProcessing",
            Self::SubscribeToTone => "subscribeToTone",
            Self::SendDtmfTones => "sendDtmfTones",
            Self::Transfer => "transfer",
        }
    }
}

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// A call that is to be placed.
    Create,
    /// The call of this id, as written, and the route.
    Call(&'a str, Route),
}

/// What a request is about; or the refusal of what is not there.
pub(crate) fn find(request: &Request) -> Result<Found<'_>, Refusal> {
    let path = request.path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let ["communications", "calls", below @ ..] = parts.as_slice() else {
        return Err(not_found());
    };
    match (request.method.as_str(), below) {
        ("POST", []) => Ok(Found::Create),
        ("GET", [call]) => Ok(Found::Call(call, Route::Get)),
        ("DELETE", [call]) => Ok(Found::Call(call, Route::Delete)),
        ("GET", [call, "participants"]) => Ok(Found::Call(call, Route::Participants)),
        ("POST", [call, action]) => action_named(action).map(|route| Found::Call(call, route)),
        (_, [_] | [_, "participants"]) => Err(wrong_method()),
        (_, [_, action]) => Err(action_named(action).map_or_else(|refusal| refusal, |_| wrong_method())),
        (_, [_, _, part, ..]) => Err(not_simulated(part)),
        (_, []) => Err(wrong_method()),
    }
}

/// An action may be written with its namespace, as the .NET library does.
fn action_named(action: &str) -> Result<Route, Refusal> {
    let name = action.strip_prefix("microsoft.graph.").unwrap_or(action);
    Ok(match name {
        "answer" => Route::Answer,
        "reject" => Route::Reject,
        "redirect" => Route::Redirect,
        "keepAlive" => Route::KeepAlive,
        "playPrompt" => Route::PlayPrompt,
        "recordResponse" => Route::RecordResponse,
        "cancelMediaProcessing" => Route::CancelMediaProcessing,
        "subscribeToTone" => Route::SubscribeToTone,
        "sendDtmfTones" => Route::SendDtmfTones,
        "transfer" => Route::Transfer,
        other => return Err(not_simulated(other)),
    })
}

fn not_found() -> Refusal {
    let message = "The path names no resource of the calling API.";
    Refusal::new(404, "ResourceNotFound", message)
}

fn wrong_method() -> Refusal {
    Refusal::new(405, "MethodNotAllowed", "The method is not allowed here.")
}

fn not_simulated(what: &str) -> Refusal {
    Refusal::new(501, "notSupported", format!("{what} is not simulated"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: &str, path: &str) -> Result<Option<(String, Route)>, u16> {
        let request = Request { method: method.into(), path: path.into(), body: None };
        find(&request).map_err(|refusal| refusal.status).map(|found| match found {
            Found::Create => None,
            Found::Call(call, route) => Some((call.to_owned(), route)),
        })
    }

    #[test]
    fn routes_are_found_by_method_and_path() {
        assert_eq!(found("POST", "/communications/calls"), Ok(None));
        assert_eq!(found("GET", "/communications/calls/a-1"), Ok(Some(("a-1".into(), Route::Get))));
        assert_eq!(found("POST", "/communications/calls/a-1/answer"), Ok(Some(("a-1".into(), Route::Answer))));
        assert_eq!(
            found("POST", "/communications/calls/a-1/microsoft.graph.playPrompt"),
            Ok(Some(("a-1".into(), Route::PlayPrompt)))
        );
    }

    #[test]
    fn what_is_not_there_says_so() {
        assert_eq!(found("GET", "/communications/calls"), Err(405));
        assert_eq!(found("POST", "/communications/calls/a/mute"), Err(501));
        assert_eq!(found("POST", "/communications/calls/a/participants/invite"), Err(501));
        assert_eq!(found("GET", "/communications/calls/a/operations/b"), Err(501));
        assert_eq!(found("GET", "/communications/calls/a/answer"), Err(405));
        assert_eq!(found("PUT", "/communications/calls/a"), Err(405));
        assert_eq!(found("GET", "/me"), Err(404));
    }
}
