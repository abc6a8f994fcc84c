//! From a target's settings to a client.

use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_sdk_apigateway::config::retry::RetryConfig;
use aws_smithy_http_client::{Builder, tls};
use aws_types::region::Region;

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

/// A configured client.
#[derive(Clone, Debug)]
pub struct Connection {
    pub(super) client: aws_sdk_apigateway::Client,
    pub(super) endpoint: String,
    pub(super) region: String,
    pub(super) sdk: aws_types::SdkConfig,
}

impl Connection {
    /// Reads the AWS configuration and makes a client; calls nothing yet.
    pub async fn open(target: &TargetConfig) -> Self {
        let plain_http = target.endpoint_url.as_deref().is_some_and(|url| url.starts_with("http://"));
        let http_client = if plain_http {
            Builder::new().build_http()
        } else {
            Builder::new().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build_https()
        };
        // Across the internet a call is tried for a while; what is on this machine answers at once or is not there.
        let retries = if plain_http {
            let standard = RetryConfig::standard().with_max_attempts(4);
            standard.with_initial_backoff(Duration::from_millis(100)).with_max_backoff(Duration::from_millis(500))
        } else {
            RetryConfig::standard().with_max_attempts(6)
        };
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http_client).retry_config(retries);
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
        let region = sdk.region().map_or_else(default_region, ToString::to_string);
        let endpoint =
            target.endpoint_url.clone().unwrap_or_else(|| format!("https://apigateway.{region}.amazonaws.com"));
        Self { client: aws_sdk_apigateway::Client::new(&sdk), endpoint, region, sdk }
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
        match self.region.as_str() {
            r if r.starts_with("cn-") => "aws-cn",
            r if r.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }

    /// Returns the account that the credentials belong to (STS GetCallerIdentity).
    ///
    /// # Errors
    /// When STS refuses or cannot be reached.
    pub async fn account_id(&self) -> Result<String, super::DeployError> {
        let identity = aws_sdk_sts::Client::new(&self.sdk)
            .get_caller_identity()
            .send()
            .await
            .map_err(|e| super::DeployError::of("GetCallerIdentity", "the account", &self.endpoint, e))?;
        Ok(identity.account().unwrap_or_default().to_owned())
    }
}

fn default_region() -> String {
    "us-east-1".into()
}
