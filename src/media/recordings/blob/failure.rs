//! What an error of the storage account means for who can mend it.

use azure_core::{Error, error::ErrorKind};

use crate::media::recordings::KeepError;

/// There is no such blob.
pub(super) fn is_missing(error: &Error) -> bool {
    code(error) == Some("BlobNotFound")
}

/// There is such a blob already.
pub(super) fn is_there(error: &Error) -> bool {
    code(error) == Some("BlobAlreadyExists")
}

/// The storage account's code. <https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes>
fn code(error: &Error) -> Option<&str> {
    match error.kind() {
        ErrorKind::HttpResponse { error_code, .. } => error_code.as_deref(),
        _ => None,
    }
}

pub(super) const NO_CONTAINER: &str = "there is no such container: the templates in infra/ make it";

const FORBIDDEN: &str = "who asks may not write there: give it the role Storage Blob Data Contributor on the storage account";

const UNKNOWN_ASKER: &str = "the storage account does not take the key or token: check who asks, and this machine's clock";

const CLOSED: &str = "the storage account lets neither this key nor this network in: check who asks, and its network rules";

pub(super) const UNREADABLE: &str = "the storage account's answer cannot be read";

/// What an error means for who can mend it. Its own text is not passed on: it may hold an address, and in that a signature.
/// Recordings are worth trying again for as long as Graph keeps them: what is wrong can be mended meanwhile.
pub(super) fn failure(error: &Error) -> KeepError {
    let words = match (error.kind(), code(error)) {
        (_, Some("ContainerNotFound")) => NO_CONTAINER.to_owned(),
        (_, Some("AuthorizationPermissionMismatch")) => FORBIDDEN.to_owned(),
        (_, Some("AuthenticationFailed")) => UNKNOWN_ASKER.to_owned(),
        (_, Some("AuthorizationFailure")) => CLOSED.to_owned(),
        (ErrorKind::HttpResponse { status, .. }, code) => {
            format!("the storage account refused with {} {}", u16::from(*status), code.unwrap_or_default())
        }
        (ErrorKind::Credential, _) => "no token for the storage account: give the app its identity".to_owned(),
        _ => "the storage account cannot be reached".to_owned(),
    };
    KeepError::Passing(words)
}
