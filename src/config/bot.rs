//! Who the bot is, and how it proves that.

use secrecy::SecretString;

use super::{
    base_url::BaseUrl,
    reader::{Reader, guid, list, secret},
};

/// Who the bot is.
#[derive(Debug, Clone)]
pub struct Bot {
    /// The application's id, lower case.
    pub app_id: String,
    /// The home tenant's id, lower case.
    pub tenant_id: String,
    /// How the bot proves who it is.
    pub credential: Credential,
    /// Where Graph reaches the app.
    pub base_url: BaseUrl,
    /// Whose calls are taken: tenant ids in lower case, at least one.
    pub allowed_tenants: Vec<String>,
}

/// How the bot proves who it is when it asks Entra for a token.
#[derive(Debug, Clone)]
pub enum Credential {
    /// A client secret of the application.
    Secret(SecretString),
    /// A managed identity whose token the application takes for its own (a federated credential).
    ManagedIdentity {
        /// The identity's client id, lower case.
        client_id: String,
    },
    /// A managed identity that is the bot itself.
    ManagedIdentityDirect {
        /// The identity's client id, lower case.
        client_id: String,
    },
}

impl Bot {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let app_id = reader.required("BOT_APP_ID", guid);
        let tenant_id = reader.required("BOT_TENANT_ID", guid);
        let credential = read_credential(reader, app_id.as_deref());
        let base_url = read_base_url(reader);
        let allowed_tenants = reader.optional("ALLOWED_TENANTS", list(guid));
        let tenant_id = tenant_id?;
        let allowed_tenants = allowed_tenants.unwrap_or_else(|| vec![tenant_id.clone()]);
        Some(Self { app_id: app_id?, tenant_id, credential: credential?, base_url: base_url?, allowed_tenants })
    }
}

/// The identity that is the bot itself has the bot's id, so there its client id need not be said again.
fn read_credential(reader: &mut Reader, app_id: Option<&str>) -> Option<Credential> {
    match reader.text("BOT_CREDENTIAL")?.as_str() {
        "secret" => reader.required("BOT_APP_SECRET", secret).map(Credential::Secret),
        "managed-identity" => {
            reader.required("BOT_IDENTITY_CLIENT_ID", guid).map(|client_id| Credential::ManagedIdentity { client_id })
        }
        "managed-identity-direct" => {
            let client_id = reader.optional("BOT_IDENTITY_CLIENT_ID", guid).or(app_id.map(str::to_owned))?;
            Some(Credential::ManagedIdentityDirect { client_id })
        }
        _ => reader.fault("BOT_CREDENTIAL", "is none of secret, managed-identity, managed-identity-direct"),
    }
}

fn read_base_url(reader: &mut Reader) -> Option<BaseUrl> {
    match (reader.text("BOT_BASE_URL"), reader.text("WEBSITE_HOSTNAME")) {
        (None, Some(_)) => reader.optional("WEBSITE_HOSTNAME", |host| BaseUrl::parse(&format!("https://{host}"))),
        _ => reader.required("BOT_BASE_URL", BaseUrl::parse),
    }
}
