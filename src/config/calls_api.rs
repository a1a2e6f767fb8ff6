//! Who may use `/api/calls`.

use secrecy::SecretString;

use super::reader::{Reader, any, secret};

/// Who may use `/api/calls` without a key of the host.
#[derive(Debug, Clone)]
pub struct CallsApi {
    /// Whoever shows this key. `None`: nobody.
    pub key: Option<SecretString>,
    /// Whoever shows an Entra token of the home tenant for this audience. `None`: nobody.
    pub audience: Option<String>,
}

impl CallsApi {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let key = reader.optional("CALLS_API_KEY", |text| match text.len() {
            16.. => secret(text),
            _ => Err("is shorter than 16 characters, so that it could be guessed".to_owned()),
        });
        let audience = reader.optional("CALLS_API_AUDIENCE", any);
        Self { key, audience }
    }
}
