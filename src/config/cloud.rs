//! Where the platform is. National clouds and the simulated one differ in these addresses alone.

use super::{
    base_url::BaseUrl,
    reader::{Reader, any, list},
};

/// Where Graph, Entra and the calling platform are.
#[derive(Debug, Clone)]
pub struct Cloud {
    /// Graph, with its version: `https://graph.microsoft.com/v1.0`.
    pub graph_base_url: BaseUrl,
    /// Entra: tokens are at `{entra_authority}/{tenant}/oauth2/v2.0/token`.
    pub entra_authority: BaseUrl,
    /// Where the keys are found that the platform signs its posts with.
    pub calling_openid_metadata: BaseUrl,
    /// Who may have issued the token of a post; at least one.
    pub calling_issuers: Vec<String>,
}

impl Cloud {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let graph_base_url = reader.required("GRAPH_BASE_URL", BaseUrl::parse);
        let entra_authority = reader.required("ENTRA_AUTHORITY", BaseUrl::parse);
        let calling_openid_metadata = reader.required("CALLING_OPENID_METADATA", BaseUrl::parse);
        let calling_issuers = reader.required("CALLING_ISSUERS", list(any));
        Some(Self {
            graph_base_url: graph_base_url?,
            entra_authority: entra_authority?,
            calling_openid_metadata: calling_openid_metadata?,
            calling_issuers: calling_issuers?,
        })
    }
}
