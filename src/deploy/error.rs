//! Why a call to the service failed.

use aws_sdk_apigateway::config::http::HttpResponse;
use aws_sdk_apigateway::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use thiserror::Error;

/// A failure on the way to, or at, the service.
#[derive(Debug, Error)]
pub enum DeployError {
    /// Nobody answered.
    #[error("cannot reach {endpoint} for {call} on {subject}: {reason}")]
    Unreachable {
        /// The API call.
        call: &'static str,
        /// What it was about.
        subject: String,
        /// Where it went.
        endpoint: String,
        /// Why it did not get there.
        reason: String,
    },
    /// There are no credentials, or they have expired.
    #[error("there are no valid AWS credentials for {call}: {reason}")]
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
        /// The HTTP status.
        status: u16,
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
    /// Two API keys, or two usage plans, have the name that the configuration declares.
    #[error("two API keys or usage plans are named `{0}`: which one is meant?")]
    AmbiguousUsage(String),
    /// A usage plan names a key that is neither declared nor there.
    #[error("usage plan `{plan}` names the API key `{key}`, which is neither declared nor there")]
    NoApiKey {
        /// The plan.
        plan: String,
        /// The key.
        key: String,
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
    /// Someone else has changed the stage in the meantime.
    #[error("{what} of API `{api}` was changed by someone else: {done}")]
    Changed {
        /// The API.
        api: String,
        /// What was changed.
        what: String,
        /// What came of this import.
        done: String,
    },
    /// What is about to be done could not be noted, so it was not done.
    #[error(transparent)]
    Unrecorded(#[from] super::history::HistoryError),
    /// The caller asked to stop.
    #[error("the import into API `{0}` was interrupted")]
    Interrupted(String),
    /// There is nothing to deploy.
    #[error("the document has no operations, and API Gateway deploys no API without one")]
    NoOperations,
    /// An apply failed; what was there before has been put back.
    #[error("{failure}; {undone}")]
    Undone {
        /// What failed.
        failure: Box<DeployError>,
        /// What was done about it.
        undone: String,
        /// Whether everything is as it was before.
        complete: bool,
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
                status,
                code: metadata.code().map_or_else(|| format!("HTTP status {status}"), str::to_owned),
                message: metadata.message().unwrap_or("the answer says no more").to_owned(),
            };
        }
        let reason = innermost(&error);
        let chain = format!("{}", DisplayErrorContext(&error));
        if chain.contains("credentials") || chain.contains("Credentials") {
            return Self::Credentials { call, reason };
        }
        Self::Unreachable { call, subject: subject.into(), endpoint: endpoint.to_owned(), reason }
    }

    /// Returns whether the service says that the thing does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "NotFoundException")
    }

    /// Returns whether the service says that an API cannot be exported: it has models for other media types than JSON
    /// alone.
    #[must_use]
    pub fn is_unexportable(&self) -> bool {
        matches!(self, Self::Refused { message, .. } if message.contains("non-JSON body models"))
    }

    /// Returns whether the service asks to be called less often. A quota that is full (`LimitExceededException`) has the
    /// same status and does not pass with time.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        match self {
            Self::Refused { code, status, .. } => match code.as_str() {
                "TooManyRequestsException" | "ThrottlingException" | "Throttling" => true,
                "LimitExceededException" => false,
                _ => *status == 429,
            },
            _ => false,
        }
    }

    /// Returns whether the call may succeed when it is sent again. Whether it was carried out is not known then.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused { status, .. } => *status >= 500,
            _ => false,
        }
    }

    /// Returns whether the service says that it is there already.
    pub(super) fn is_conflict(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "ConflictException")
    }

    /// Returns whether the service has certainly done nothing.
    pub(super) fn is_refusal(&self) -> bool {
        match self {
            Self::Refused { status, .. } => *status < 500,
            Self::Credentials { .. } => true,
            _ => false,
        }
    }

    /// Returns what to do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unreachable { .. } => Some("check the address, and that the service is running"),
            Self::Credentials { .. } => Some(
                "sign in (`aws sso login`), or set AWS_PROFILE (or `--profile`), or AWS_ACCESS_KEY_ID and \
                 AWS_SECRET_ACCESS_KEY",
            ),
            // An export is how plans and checks see what is deployed.
            Self::Refused { .. } if self.is_unexportable() => Some(
                "API Gateway exports no API with a method that has models for other media types than JSON alone: give it one \
                 for `application/json` too, or none (`gatewright explain body-model-non-json`)",
            ),
            Self::Refused { code, .. } => match code.as_str() {
                "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => {
                    Some("the credentials have expired: sign in again (`aws sso login`), or renew AWS_SESSION_TOKEN")
                }
                "UnrecognizedClientException"
                | "InvalidClientTokenId"
                | "InvalidAccessKeyId"
                | "SignatureDoesNotMatch"
                | "InvalidSignatureException"
                | "MissingAuthenticationTokenException"
                | "MissingAuthenticationToken"
                | "IncompleteSignature" => Some(
                    "the credentials are not valid: check AWS_PROFILE, or AWS_ACCESS_KEY_ID with its secret and session \
                     token",
                ),
                "AccessDenied" | "AccessDeniedException" | "UnauthorizedException" | "ForbiddenException" => {
                    Some("the credentials do not allow this call: ask for the permission, or use another `--profile`")
                }
                "ConflictException" => Some("another change to it is under way; run this again when it is done"),
                "TooManyRequestsException" => Some("the service is busy; run this again later"),
                _ => None,
            },
            Self::Ambiguous { .. } => Some("name one with `--api ID`"),
            Self::Unrecorded(_) => Some(
                "make the folder writable, or name a `gatewright.toml` in one that is with `--config`: what is kept there \
                 undoes an import that is cut off",
            ),
            Self::NoApi(_) => Some(
                "names are those of one account and region: `--env`, `--target`, `--endpoint-url`, `--region` and `--profile` \
                 say which",
            ),
            Self::NoStage { .. } => Some(
                "name one that is there (`diff` takes `NAME@STAGE`, other commands `--stage`); `gatewright import --stage NAME` \
                 makes one",
            ),
            Self::NoOperations => Some("add an operation below `paths`"),
            Self::Changed { .. } => Some("run the import again: it plans from what is there now"),
            Self::Undone { failure, .. } => failure.hint(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_that_cannot_be_exported_is_explained() {
        let refused = |message: &str| DeployError::Refused {
            call: "GetExport",
            subject: "stage `dev`".into(),
            code: "BadRequestException".into(),
            status: 400,
            message: message.into(),
        };
        let hint = refused("Only found non-JSON body models for POST /pets").hint();
        assert!(hint.is_some_and(|hint| hint.contains("gatewright explain body-model-non-json")), "{hint:?}");
        assert_eq!(refused("Invalid stage identifier specified").hint(), None);
    }
}
