//! What is wrong with a token, for whoever checks it to say in words of their own. Nothing of a token is in them.

/// What is wrong with a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not a token, or one without what every token has.
    #[error("the token cannot be read")]
    Unreadable,
    /// Anything but RS256, `none` included.
    #[error("the token is not signed with RS256")]
    WrongAlgorithm,
    /// No `kid`.
    #[error("the token does not name its signing key")]
    NoKeyId,
    /// A key that is not published.
    #[error("the token is signed with a key that is not published")]
    UnknownKey,
    /// The signature does not fit.
    #[error("the signature of the token is forged or damaged")]
    Forged,
    /// Issued by somebody else.
    #[error("the token is from another issuer")]
    WrongIssuer,
    /// Meant for somebody else.
    #[error("the token is for another audience")]
    WrongAudience,
    /// Too late.
    #[error("the token has expired")]
    Expired,
    /// Too early.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// Nothing can be checked.
    #[error("no token can be checked: {0}")]
    NoKeys(#[from] NoKeys),
}

/// Why the keys that tokens are signed with could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoKeys {
    /// An address that anybody in between could answer for.
    #[error("the address of the OpenID metadata, or the jwks_uri there, is no https address")]
    NotSecure,
    /// No reply, or none in time.
    #[error("the signing keys could not be fetched: {0}")]
    Unreachable(&'static str),
    /// A reply that is no success.
    #[error("the signing keys could not be fetched: status {0}")]
    Status(u16),
    /// A reply longer than is read.
    #[error("the signing keys are longer than is reasonable")]
    TooLarge,
    /// A reply that is something else.
    #[error("where the signing keys should be is no OpenID metadata or no list of keys")]
    Unreadable,
    /// A list without one key that could sign.
    #[error("the signing keys hold no RSA key with an id")]
    NoneUsable,
    /// The program is ending.
    #[error("fetching the signing keys was interrupted")]
    Interrupted,
}
