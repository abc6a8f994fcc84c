//! From a target's settings to a client.

use std::sync::Arc;
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_sdk_apigateway::config::retry::RetryConfig;
use aws_sdk_apigateway::config::timeout::TimeoutConfig;
use aws_smithy_http_client::{Builder, tls};
use aws_types::region::Region;

use crate::gateway::ApiKind;

use super::call::{Patience, Repeat, call};

/// Where the service is and who calls.
#[derive(Clone, Debug, Default)]
pub struct TargetConfig {
    /// The address of something that speaks the protocol; AWS itself when absent.
    pub endpoint_url: Option<String>,
    /// The AWS region; the AWS configuration's when absent.
    pub region: Option<String>,
    /// The profile of the AWS configuration.
    pub profile: Option<String>,
    /// Credentials to use instead of the AWS configuration's.
    pub credentials: Option<Credentials>,
}

/// An access key. Its secret never appears in output.
#[derive(Clone)]
pub struct Credentials {
    /// The key's id.
    pub access_key_id: String,
    /// The secret.
    pub secret_access_key: String,
    /// The session token of temporary credentials.
    pub session_token: Option<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

impl Credentials {
    /// Returns credentials that the embedded gateway, which checks none, accepts.
    #[must_use]
    pub fn unchecked() -> Self {
        Self { access_key_id: "gatewright".into(), secret_access_key: "gatewright".into(), session_token: None }
    }
}

/// A configured client. It speaks to one of API Gateway's two services, that of REST APIs unless told otherwise.
#[derive(Clone, Debug)]
pub struct Connection {
    pub(super) client: aws_sdk_apigateway::Client,
    pub(super) http_apis: aws_sdk_apigatewayv2::Client,
    pub(super) kind: ApiKind,
    pub(super) endpoint: String,
    pub(super) region: String,
    pub(super) sdk: aws_types::SdkConfig,
    pub(super) patience: Patience,
    region_is_known: bool,
    listener: Option<Listener>,
}

/// Hears what is being waited for: a verb, and on what.
#[derive(Clone)]
struct Listener(Arc<Hear>);

type Hear = dyn Fn(&str, &str) + Send + Sync;

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Listener")
    }
}

/// How long one attempt at a call may take: AWS ends its own work on a large document before.
const ATTEMPT: Duration = Duration::from_secs(90);

impl Connection {
    /// Reads the AWS configuration and makes a client; calls nothing yet.
    pub async fn open(target: &TargetConfig) -> Self {
        let plain_http = target.endpoint_url.as_deref().is_some_and(|url| url.starts_with("http://"));
        let http_client = if plain_http {
            Builder::new().build_http()
        } else {
            Builder::new().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build_https()
        };
        // [`call`] repeats and waits.
        let timeouts =
            TimeoutConfig::builder().connect_timeout(Duration::from_secs(5)).operation_attempt_timeout(ATTEMPT).build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http_client)
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts);
        if let Some(url) = &target.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        if let Some(profile) = &target.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(c) = &target.credentials {
            loader = loader.credentials_provider(aws_credential_types::Credentials::new(
                &c.access_key_id,
                &c.secret_access_key,
                c.session_token.clone(),
                None,
                "gatewright",
            ));
        }
        if let Some(region) = target.region.clone().or_else(|| target.endpoint_url.is_some().then(default_region)) {
            loader = loader.region(Region::new(region));
        }
        let sdk = loader.load().await;
        let region_is_known = sdk.region().is_some();
        let patience = if plain_http { Patience::NEAR } else { Patience::FAR };
        let region = sdk.region().map_or_else(default_region, ToString::to_string);
        let endpoint =
            target.endpoint_url.clone().unwrap_or_else(|| format!("https://apigateway.{region}.amazonaws.com"));
        Self {
            client: aws_sdk_apigateway::Client::new(&sdk),
            http_apis: aws_sdk_apigatewayv2::Client::new(&sdk),
            kind: ApiKind::Rest,
            endpoint,
            region,
            sdk,
            patience,
            region_is_known,
            listener: None,
        }
    }

    /// Returns the connection with someone who hears what is being waited for.
    #[must_use]
    pub fn heard_by(mut self, listener: impl Fn(&str, &str) + Send + Sync + 'static) -> Self {
        self.listener = Some(Listener(Arc::new(listener)));
        self
    }

    /// Returns the same connection to the service of this kind of API.
    #[must_use]
    pub fn to(&self, kind: ApiKind) -> Self {
        Self { kind, ..self.clone() }
    }

    /// Returns the kind of API that is spoken about.
    #[must_use]
    pub fn kind(&self) -> ApiKind {
        self.kind
    }

    /// Returns whether HTTP APIs are spoken about.
    pub(super) fn is_http(&self) -> bool {
        self.kind == ApiKind::Http
    }

    pub(super) fn tell(&self, verb: &str, what: &str) {
        if let Some(Listener(hear)) = &self.listener {
            hear(verb, what);
        }
    }

    /// Returns whether the region was given or configured, rather than assumed.
    #[must_use]
    pub fn region_is_known(&self) -> bool {
        self.region_is_known
    }

    /// Returns the address calls go to.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Returns the region.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Returns the partition of the region's ARNs.
    #[must_use]
    pub fn partition(&self) -> &'static str {
        crate::gateway::partition(&self.region)
    }

    /// Returns the account that the credentials belong to (STS GetCallerIdentity).
    ///
    /// # Errors
    /// When STS refuses or cannot be reached.
    pub async fn account_id(&self) -> Result<String, super::DeployError> {
        let client = aws_sdk_sts::Client::new(&self.sdk);
        let attempt = || client.get_caller_identity().send();
        let identity = call(self, "GetCallerIdentity", "the account", Repeat::Freely, attempt).await?;
        Ok(identity.account().unwrap_or_default().to_owned())
    }
}

fn default_region() -> String {
    "us-east-1".into()
}
