use crate::app::OutsideSettings;
use clap::Args;

/// An outside identity provider (`OpenID` Connect) whose tokens are accepted; without an issuer there is none.
#[derive(Debug, Clone, Args)]
pub struct OidcArgs {
    /// Accept tokens of this identity provider (OIDC), as their `iss` names it
    #[arg(long, value_name = "URL", env = "MELONMAP_OIDC_ISSUER", requires_all = ["oidc_audience", "oidc_jwks"])]
    pub oidc_issuer: Option<String>,
    /// The `aud` that tokens must name
    #[arg(long, value_name = "NAME", env = "MELONMAP_OIDC_AUDIENCE", requires = "oidc_issuer")]
    pub oidc_audience: Option<String>,
    /// URL or file of the issuer's keys (JWKS)
    #[arg(long, value_name = "URL_OR_FILE", env = "MELONMAP_OIDC_JWKS", requires = "oidc_issuer")]
    pub oidc_jwks: Option<String>,
    /// Claim that names the role; a dot goes into an object, such as `realm_access.roles`
    #[arg(long, value_name = "CLAIM", default_value = "role", env = "MELONMAP_OIDC_ROLE_CLAIM")]
    pub oidc_role_claim: String,
    /// Claim that lists the codes of areas
    #[arg(long, value_name = "CLAIM", default_value = "areas", env = "MELONMAP_OIDC_AREAS_CLAIM")]
    pub oidc_areas_claim: String,
}

impl OidcArgs {
    /// What the app is told.
    #[must_use]
    pub fn outside(&self) -> Option<OutsideSettings> {
        let (issuer, audience, jwks) =
            (self.oidc_issuer.clone()?, self.oidc_audience.clone()?, self.oidc_jwks.clone()?);
        let (role_claim, areas_claim) = (self.oidc_role_claim.clone(), self.oidc_areas_claim.clone());
        Some(OutsideSettings { issuer, audience, jwks, role_claim, areas_claim })
    }
}
