//! Why a post is turned away, in words for the operator. Nothing of a token is in them.

use crate::signed::{Fault, NoKeys};

/// Why a post is turned away.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No `Authorization: Bearer`.
    #[error("the post carries no bearer token, so it is not from the calling platform")]
    Unsigned,
    /// Not a token, or one without what every token has.
    #[error("the token of the post cannot be read")]
    Unreadable,
    /// Anything but RS256, `none` included.
    #[error("the token of the post is not signed with RS256")]
    WrongAlgorithm,
    /// No `kid`.
    #[error("the token of the post does not name its signing key")]
    NoKeyId,
    /// A key the platform does not publish.
    #[error(
        "the token of the post is signed with a key that is not published; CALLING_OPENID_METADATA says where keys are looked for"
    )]
    UnknownKey,
    /// The signature does not fit.
    #[error("the signature of the post's token is forged or damaged")]
    Forged,
    /// Issued by somebody else.
    #[error("the token of the post is from another issuer than CALLING_ISSUERS lists")]
    WrongIssuer,
    /// Meant for somebody else.
    #[error("the token of the post is for another application than BOT_APP_ID")]
    WrongAudience,
    /// Too late.
    #[error("the token of the post has expired; if this happens often, look at the machine's clock")]
    Expired,
    /// Too early.
    #[error("the token of the post is not valid yet; look at the machine's clock")]
    NotYetValid,
    /// A good token that names no tenant.
    #[error("the token of the post names no tenant")]
    NoTenant,
    /// A good token of a tenant that is not served.
    #[error("the post is of a tenant that ALLOWED_TENANTS does not list")]
    ForeignTenant,
    /// Nothing can be checked.
    #[error("no post can be checked: {0}; look at CALLING_OPENID_METADATA and the way there")]
    NoKeys(#[from] NoKeys),
}

impl Refusal {
    /// The HTTP status to answer with.
    pub fn status(&self) -> u16 {
        match self {
            Self::NoTenant | Self::ForeignTenant => 403,
            Self::NoKeys(_) => 503,
            _ => 401,
        }
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unreadable => Self::Unreadable,
            Fault::WrongAlgorithm => Self::WrongAlgorithm,
            Fault::NoKeyId => Self::NoKeyId,
            Fault::UnknownKey => Self::UnknownKey,
            Fault::Forged => Self::Forged,
            Fault::WrongIssuer => Self::WrongIssuer,
            Fault::WrongAudience => Self::WrongAudience,
            Fault::Expired => Self::Expired,
            Fault::NotYetValid => Self::NotYetValid,
            Fault::NoKeys(none) => Self::NoKeys(none),
        }
    }
}
