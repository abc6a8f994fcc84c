//! Every refusal of the control plane: AWS's exception name and status in one table.

use crate::emulator::store::StoreError;

/// An exception of API Gateway or Lambda, as the service models name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exception {
    BadRequest,
    Conflict,
    NotFound,
    /// A quota is used up.
    LimitExceeded,
    /// HTTP APIs: a quota is used up (reports of users).
    LimitConflict,
    ServiceUnavailable,
    /// The input does not meet a constraint of the service model.
    Validation,
    /// A member of the input has the wrong JSON type.
    Serialization,
    /// The body is larger than any that means something.
    RequestEntityTooLarge,
    /// The body has not come.
    RequestTimeout,
    /// There is no such operation: API Gateway's name for it.
    AccessDenied,
    /// Lambda: a function, version, alias or policy is missing.
    ResourceNotFound,
    /// Lambda: it is there already.
    ResourceConflict,
    /// Lambda: a parameter is out of range.
    InvalidParameterValue,
    /// Lambda: the body is no JSON.
    InvalidRequestContent,
    /// Lambda: the revision is not the one asked for.
    PreconditionFailed,
    /// Lambda: as many invocations as may be are under way.
    TooManyRequests,
}

impl Exception {
    /// Returns the name on the wire and the status.
    pub(crate) fn row(self) -> (&'static str, u16) {
        match self {
            Self::BadRequest => ("BadRequestException", 400),
            Self::Conflict => ("ConflictException", 409),
            Self::NotFound => ("NotFoundException", 404),
            Self::LimitExceeded => ("LimitExceededException", 429),
            Self::LimitConflict => ("ConflictException", 429),
            Self::ServiceUnavailable => ("ServiceUnavailableException", 503),
            Self::Validation => ("ValidationException", 400),
            Self::Serialization => ("SerializationException", 400),
            Self::RequestEntityTooLarge => ("RequestEntityTooLargeException", 413),
            Self::RequestTimeout => ("RequestTimeoutException", 408),
            Self::AccessDenied => ("AccessDeniedException", 403),
            Self::ResourceNotFound => ("ResourceNotFoundException", 404),
            Self::ResourceConflict => ("ResourceConflictException", 409),
            Self::InvalidParameterValue => ("InvalidParameterValueException", 400),
            Self::InvalidRequestContent => ("InvalidRequestContentException", 400),
            Self::PreconditionFailed => ("PreconditionFailedException", 412),
            Self::TooManyRequests => ("TooManyRequestsException", 429),
        }
    }
}

/// Why a call is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The exception.
    pub(crate) exception: Exception,
    /// AWS's words.
    pub(crate) message: String,
    /// Members beside the message, such as `Type` of Lambda's and `resourceType` of HTTP APIs'.
    pub(crate) members: Vec<(&'static str, String)>,
}

impl Refusal {
    pub(crate) fn new(exception: Exception, message: impl Into<String>) -> Self {
        Self { exception, message: message.into(), members: Vec::new() }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(Exception::BadRequest, message)
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(Exception::Conflict, message)
    }

    /// Returns the refusal of one more of `things` than their owner, such as `this API`, may have.
    pub(crate) fn limit_exceeded(things: &str, owner: &str) -> Self {
        Self::new(Exception::LimitExceeded, crate::gateway::quota::reached(things, owner))
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(Exception::NotFound, message)
    }

    /// Adds a member beside the message.
    pub(crate) fn with(mut self, member: &'static str, value: impl Into<String>) -> Self {
        self.members.push((member, value.into()));
        self
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::new(Exception::ServiceUnavailable, error.to_string())
    }
}
