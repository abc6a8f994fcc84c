//! Why a call to the service failed.

use aws_sdk_apigateway::config::http::HttpResponse;
use aws_sdk_apigateway::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use thiserror::Error;

/// A failure on the way to, or at, the service.
#[derive(Debug, Error)]
pub enum DeployError {
    /// Nobody answered.
    #[error("cannot reach {endpoint} for {call}: {reason}")]
    Unreachable {
        /// The API call.
        call: &'static str,
        /// Where it went.
        endpoint: String,
        /// Why it did not get there.
        reason: String,
    },
    /// There are no credentials, or they have expired.
    #[error("{call} has no valid credentials: {reason}")]
    Credentials {
        /// The API call.
        call: &'static str,
        /// The credential chain's own words.
        reason: String,
    },
    /// The service refused.
    #[error("{call} on {subject} was refused: {code}: {message}")]
    Refused {
        /// The API call.
        call: &'static str,
        /// What it was about.
        subject: String,
        /// The exception's name, such as `BadRequestException`.
        code: String,
        /// The service's words.
        message: String,
    },
    /// Two APIs have the name asked for.
    #[error("{} APIs are named `{name}`: {}", ids.len(), ids.join(", "))]
    Ambiguous {
        /// The name.
        name: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// There is no such API.
    #[error("there is no API `{0}`")]
    NoApi(String),
    /// The API has no such stage.
    #[error("API `{api}` has no stage `{stage}`")]
    NoStage {
        /// The API.
        api: String,
        /// The stage.
        stage: String,
    },
    /// What the service exports cannot be read back.
    #[error("the export of API `{api}` cannot be read: {reason}")]
    UnreadableExport {
        /// The API.
        api: String,
        /// Why.
        reason: String,
    },
    /// The document would be refused.
    #[error("API Gateway refuses the document: {0}")]
    Document(#[from] crate::gateway::import::ImportRefusal),
    /// An apply failed; what was there before has been put back.
    #[error("{failure}; {undone}")]
    Undone {
        /// What failed.
        failure: Box<DeployError>,
        /// What was done about it.
        undone: String,
    },
}

impl DeployError {
    /// Returns the failure of `call` about `subject`.
    pub(super) fn of<E>(
        call: &'static str,
        subject: impl Into<String>,
        endpoint: &str,
        error: SdkError<E, HttpResponse>,
    ) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        if let SdkError::ServiceError(service) = &error {
            let metadata = service.err().meta();
            let status = service.raw().status().as_u16();
            return Self::Refused {
                call,
                subject: subject.into(),
                code: metadata.code().map_or_else(|| format!("HTTP status {status}"), str::to_owned),
                message: metadata.message().unwrap_or("the answer says no more").to_owned(),
            };
        }
        let reason = innermost(&error);
        let chain = format!("{}", DisplayErrorContext(&error));
        if chain.contains("credentials") || chain.contains("Credentials") {
            return Self::Credentials { call, reason };
        }
        Self::Unreachable { call, endpoint: endpoint.to_owned(), reason }
    }

    /// Returns whether the service says that the thing does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "NotFoundException")
    }

    /// Returns whether the service asks to be called less often.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "TooManyRequestsException" || code == "ThrottlingException")
    }

    /// Returns what to do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unreachable { .. } => Some("check the address, and that the service is running"),
            Self::Credentials { .. } => Some("sign in (`aws sso login`), or set AWS_PROFILE or AWS_ACCESS_KEY_ID"),
            Self::Refused { code, .. } if code.contains("ExpiredToken") => Some("sign in again: `aws sso login`"),
            Self::Ambiguous { .. } => Some("name one with `--api ID`"),
            _ => None,
        }
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut current = error;
    while let Some(source) = current.source() {
        current = source;
    }
    current.to_string()
}
