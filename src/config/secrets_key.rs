//! What seals the secrets that callers type.

use std::fmt;

use data_encoding::BASE64;
use secrecy::{ExposeSecret, SecretBox};

use super::reader::Reader;

/// A key of 32 random bytes. Never printed.
pub struct SecretsKey(SecretBox<[u8; 32]>);

impl SecretsKey {
    /// Reads the base64 of 32 bytes, as `openssl rand -base64 32` prints it.
    ///
    /// # Errors
    /// What is wrong with it, without repeating it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bytes = BASE64.decode(text.as_bytes()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        bytes.map(|bytes| Self(SecretBox::new(Box::new(bytes)))).ok_or_else(|| "is not the base64 of 32 bytes".to_owned())
    }

    /// The bytes, for sealing and nothing else.
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }

    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        reader.optional("SECRETS_KEY", Self::parse)
    }
}

impl Clone for SecretsKey {
    fn clone(&self) -> Self {
        Self(SecretBox::new(Box::new(*self.expose())))
    }
}

impl fmt::Debug for SecretsKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[a key]")
    }
}
