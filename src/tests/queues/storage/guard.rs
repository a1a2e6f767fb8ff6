//! Who may come in: the check of an account's shared access signature.
//! <https://learn.microsoft.com/rest/api/storageservices/create-account-sas>

use std::collections::BTreeMap;

use aws_lc_rs::hmac;
use data_encoding::BASE64;
use jiff::Timestamp;

use super::{ACCOUNT, KEY, rest::Refusal};

const FORBIDDEN: u16 = 403;

/// What a request wants: of which kind of thing, `c` for a queue and `o` for a message, and which permissions let it, any of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) resource: char,
    pub(super) permissions: &'static str,
}

/// Whether a query is signed, and for what is wished.
pub(super) fn check(query: &BTreeMap<String, String>, wish: Wish, now: Timestamp) -> Result<(), Refusal> {
    let part = |name: &str| query.get(name).map_or("", String::as_str);
    if part("sig").is_empty() {
        return Err(Refusal { status: 401, code: "NoAuthenticationInformation" });
    }
    let lines =
        [ACCOUNT, part("sp"), part("ss"), part("srt"), part("st"), part("se"), part("sip"), part("spr"), part("sv"), part("ses")];
    let signed = lines.map(|line| format!("{line}\n")).concat();
    let signature = BASE64.decode(part("sig").as_bytes()).unwrap_or_default();
    let is_ours = hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, KEY), signed.as_bytes(), &signature).is_ok();
    let is_fresh = part("se").parse::<Timestamp>().is_ok_and(|expiry| expiry > now);
    // The lines are those of this version and later ones.
    if !is_ours || !is_fresh || part("sv") < "2020-12-06" || !part("spr").split(',').any(|protocol| protocol == "http") {
        return Err(Refusal { status: FORBIDDEN, code: "AuthenticationFailed" });
    }
    match (part("ss").contains('q'), part("srt").contains(wish.resource), part("sp").contains(|c| wish.permissions.contains(c))) {
        (false, ..) => Err(Refusal { status: FORBIDDEN, code: "AuthorizationServiceMismatch" }),
        (_, false, _) => Err(Refusal { status: FORBIDDEN, code: "AuthorizationResourceTypeMismatch" }),
        (.., false) => Err(Refusal { status: FORBIDDEN, code: "AuthorizationPermissionMismatch" }),
        (true, true, true) => Ok(()),
    }
}
