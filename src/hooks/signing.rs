//! Signs what is sent, as Standard Webhooks has it: <https://www.standardwebhooks.com>

use aws_lc_rs::hmac;
use data_encoding::BASE64;
use secrecy::{ExposeSecret, SecretString};

/// The keys that sign. Several while one takes another's place: whoever knows either can check.
pub struct Keys(Vec<hmac::Key>);

impl Keys {
    /// Takes keys in base64; one that is none is left out.
    pub fn new(keys: &[SecretString]) -> Self {
        let bytes = keys.iter().filter_map(|key| BASE64.decode(key.expose_secret().as_bytes()).ok());
        Self(bytes.map(|bytes| hmac::Key::new(hmac::HMAC_SHA256, &bytes)).collect())
    }

    /// There is no key, so that nothing can be signed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of `webhook-signature`: a signature by each key of the id, the Unix time in seconds and the body.
    pub fn sign(&self, id: &str, second: i64, body: &str) -> String {
        let signed = format!("{id}.{second}.{body}");
        let signatures = self.0.iter().map(|key| BASE64.encode(hmac::sign(key, signed.as_bytes()).as_ref()));
        signatures.map(|signature| format!("v1,{signature}")).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn a_signature_is_the_one_that_standard_webhooks_shows() {
        // The example of the specification's libraries.
        let signature = Keys::new(&[KEY.into()]).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn while_a_key_is_changed_both_sign() {
        let other = BASE64.encode(&[7; 24]);
        let both = Keys::new(&[KEY.into(), other.as_str().into()]).sign("a", 1, "{}");
        let each = [KEY, other.as_str()].map(|key| Keys::new(&[key.into()]).sign("a", 1, "{}"));
        assert_eq!(both, each.join(" "));
    }
}
