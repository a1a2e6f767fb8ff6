//! How a receiver learns which keys sign the notifications.

use serde_json::json;
use warp::{http::StatusCode, reply::Response};

use super::{platform::Platform, respond};

/// `GET /.well-known/openid-configuration`
pub(super) fn metadata(platform: &Platform) -> Response {
    let body = json!({
        "issuer": platform.parts.senders.issuer(),
        "jwks_uri": format!("{}/keys", platform.parts.base_url),
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    let mut response = respond::json(StatusCode::OK, &body);
    let now = platform.parts.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    respond::set(&mut response, "date", &now);
    response
}

/// `GET /keys`
pub(super) fn keys(platform: &Platform) -> Response {
    respond::json(StatusCode::OK, &platform.parts.senders.keys.published())
}
