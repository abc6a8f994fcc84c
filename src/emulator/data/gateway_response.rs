//! What the gateway itself answers: every refusal in one table, and the customised responses.

use hyper::StatusCode;
use indexmap::IndexMap;
use serde_json::Value;

use super::context::RequestContext;
use super::request::{ClientRequest, media_type, percent_decoded};
use crate::gateway::GatewayResponse;

/// A kind of failure (`supported-gateway-response-types` of the developer guide).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResponseType {
    AccessDenied,
    ApiConfigurationError,
    AuthorizerConfigurationError,
    AuthorizerFailure,
    BadRequestParameters,
    BadRequestBody,
    ExpiredToken,
    IntegrationFailure,
    IntegrationTimeout,
    InvalidApiKey,
    InvalidSignature,
    MissingAuthenticationToken,
    QuotaExceeded,
    RequestTooLarge,
    ResourceNotFound,
    Throttled,
    Unauthorized,
    UnsupportedMediaType,
    WafFiltered,
    /// A failure that has no type of its own.
    Default4xx,
}

/// A row of the table.
struct Row {
    kind: ResponseType,
    name: &'static str,
    status: u16,
    /// `x-amzn-ErrorType`
    error_type: &'static str,
    /// Absent is `null`.
    message: Option<&'static str>,
    /// Whether AWS writes a space after the colon of this message (recorded by content length).
    spaced: bool,
}

const fn row(
    kind: ResponseType,
    name: &'static str,
    status: u16,
    error_type: &'static str,
    message: &'static str,
    spaced: bool,
) -> Row {
    Row { kind, name, status, error_type, message: Some(message), spaced }
}

/// A type whose message is `null`: what goes wrong with an authorizer is not for callers.
const fn silent(kind: ResponseType, name: &'static str, status: u16, error_type: &'static str) -> Row {
    Row { kind, name, status, error_type, message: None, spaced: false }
}

/// All types but the fallback `DEFAULT_5XX`, in the order of [`ResponseType`].
const TABLE: [Row; 20] = {
    use ResponseType as T;
    const INTERNAL: &str = "InternalServerErrorException";
    [
        row(T::AccessDenied, "ACCESS_DENIED", 403, "AccessDeniedException", "Forbidden", false),
        row(T::ApiConfigurationError, "API_CONFIGURATION_ERROR", 500, INTERNAL, "Internal server error", true),
        silent(
            T::AuthorizerConfigurationError,
            "AUTHORIZER_CONFIGURATION_ERROR",
            500,
            "AuthorizerConfigurationException",
        ),
        silent(T::AuthorizerFailure, "AUTHORIZER_FAILURE", 500, "AuthorizerFailureException"),
        row(T::BadRequestParameters, "BAD_REQUEST_PARAMETERS", 400, "BadRequestException", "Bad Request", true),
        row(T::BadRequestBody, "BAD_REQUEST_BODY", 400, "BadRequestException", "Invalid request body", true),
        row(
            T::ExpiredToken,
            "EXPIRED_TOKEN",
            403,
            "ExpiredTokenException",
            "The security token included in the request is expired",
            false,
        ),
        row(
            T::IntegrationFailure,
            "INTEGRATION_FAILURE",
            504,
            INTERNAL,
            "Network error communicating with endpoint",
            true,
        ),
        row(T::IntegrationTimeout, "INTEGRATION_TIMEOUT", 504, INTERNAL, "Endpoint request timed out", true),
        row(T::InvalidApiKey, "INVALID_API_KEY", 403, "ForbiddenException", "Forbidden", false),
        row(
            T::InvalidSignature,
            "INVALID_SIGNATURE",
            403,
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided.",
            false,
        ),
        row(
            T::MissingAuthenticationToken,
            "MISSING_AUTHENTICATION_TOKEN",
            403,
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
            false,
        ),
        row(T::QuotaExceeded, "QUOTA_EXCEEDED", 429, "LimitExceededException", "Limit Exceeded", false),
        row(T::RequestTooLarge, "REQUEST_TOO_LARGE", 413, "RequestEntityTooLargeException", "Request Too Long", false),
        row(T::ResourceNotFound, "RESOURCE_NOT_FOUND", 404, "NotFoundException", "Not Found", false),
        row(T::Throttled, "THROTTLED", 429, "TooManyRequestsException", "Too Many Requests", false),
        row(T::Unauthorized, "UNAUTHORIZED", 401, "UnauthorizedException", "Unauthorized", false),
        row(
            T::UnsupportedMediaType,
            "UNSUPPORTED_MEDIA_TYPE",
            415,
            "BadRequestException",
            "Unsupported Media Type",
            true,
        ),
        row(T::WafFiltered, "WAF_FILTERED", 403, "ForbiddenException", "Forbidden", false),
        row(T::Default4xx, "DEFAULT_4XX", 400, "BadRequestException", "Bad Request", true),
    ]
};

impl ResponseType {
    fn row(self) -> &'static Row {
        // A test holds the table to the order of the variants.
        let row = &TABLE[self as usize];
        debug_assert_eq!(row.kind, self);
        row
    }

    /// Returns the name on the wire.
    pub(crate) fn name(self) -> &'static str {
        self.row().name
    }
}

/// A request that the gateway answers itself.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// Why.
    pub(crate) kind: ResponseType,
    /// The status, where it is not the type's own.
    pub(crate) status: Option<u16>,
    /// `$context.error.message`; absent is the type's own.
    pub(crate) message: Option<String>,
    /// Whether the default body says `Message`, as denials by policies do.
    pub(crate) capital: bool,
    /// `$context.error.validationErrorString`
    pub(crate) validation: Option<String>,
    /// `x-amzn-ErrorType`, where it is not the type's own.
    pub(crate) error_type: Option<&'static str>,
    /// Headers that the answer has besides (`www-authenticate`).
    pub(crate) headers: Vec<(&'static str, String)>,
    /// What the execution log says of it.
    pub(crate) log: Option<String>,
}

impl Refusal {
    /// Returns a refusal with the type's own status and message.
    pub(crate) fn new(kind: ResponseType) -> Self {
        Self {
            kind,
            status: None,
            message: None,
            capital: false,
            validation: None,
            error_type: None,
            headers: Vec::new(),
            log: None,
        }
    }

    /// Returns the status, unless the API sets another one.
    pub(crate) fn status_code(&self) -> u16 {
        self.status.unwrap_or_else(|| self.kind.row().status)
    }

    /// Sets the message.
    #[must_use]
    pub(crate) fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Sets the status.
    #[must_use]
    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Sets the error type.
    #[must_use]
    pub(crate) fn error_type(mut self, error_type: &'static str) -> Self {
        self.error_type = Some(error_type);
        self
    }

    /// Sets what the execution log says.
    #[must_use]
    pub(crate) fn log(mut self, log: impl Into<String>) -> Self {
        self.log = Some(log.into());
        self
    }

    /// Returns an API whose own settings cannot work: 500 `Internal server error`.
    pub(crate) fn configuration(log: impl Into<String>) -> Self {
        Self::new(ResponseType::ApiConfigurationError).log(log)
    }

    /// Returns a Lambda function's answer that is none: 502 `Internal server error`.
    pub(crate) fn malformed(log: impl Into<String>) -> Self {
        Self::new(ResponseType::IntegrationFailure).status(502).message("Internal server error").log(log)
    }
}

/// A refusal as it goes out.
#[derive(Debug, PartialEq)]
pub(crate) struct Rendered {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// Returns what a refusal looks like to the client, `customised` being the API's gateway responses by type.
///
/// Sets `$context.error` in passing, for the templates and the access log.
pub(crate) fn render(
    refusal: &Refusal,
    customised: &std::collections::BTreeMap<String, GatewayResponse>,
    request: &ClientRequest,
    context: &mut RequestContext,
    stage_variables: &IndexMap<String, String>,
) -> Rendered {
    let row = refusal.kind.row();
    let message = refusal.message.as_deref().or(row.message).map_or(Value::Null, Value::from);
    let status = refusal.status_code();
    context.set_below("error", "messageString", message.to_string());
    context.set_below("error", "message", message.clone());
    context.set_below("error", "responseType", row.name);
    if let Some(validation) = &refusal.validation {
        context.set_below("error", "validationErrorString", validation.as_str());
    }

    let fallback = if status >= 500 { "DEFAULT_5XX" } else { "DEFAULT_4XX" };
    let own = [row.name, fallback].into_iter().find_map(|n| customised.get(n).filter(|r| !r.default_response));
    let scope = Scope { request, context, stage_variables };
    let mut headers = vec![("x-amzn-ErrorType".to_owned(), refusal.error_type.unwrap_or(row.error_type).to_owned())];
    headers.extend(refusal.headers.iter().map(|(n, v)| ((*n).to_owned(), v.clone())));

    let template = own.and_then(|own| scope.template(&own.response_templates));
    let (content_type, body) = match template {
        Some((content_type, template)) => (content_type, scope.substituted(template)),
        None => {
            let key = if refusal.capital { "Message" } else { "message" };
            let space = if row.spaced && !refusal.capital { " " } else { "" };
            ("application/json", format!("{{\"{key}\":{space}{message}}}"))
        }
    };
    headers.push(("Content-Type".to_owned(), content_type.to_owned()));
    for (target, expression) in own.map(|o| &o.response_parameters).into_iter().flatten() {
        let Some(name) = target.strip_prefix("gatewayresponse.header.") else { continue };
        let Some(value) = scope.mapped(expression) else { continue };
        headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        headers.push((name.to_owned(), value));
    }
    let status = own.and_then(|o| o.status_code.as_deref()).and_then(|s| s.parse().ok()).unwrap_or(status);
    Rendered { status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), headers, body }
}

struct Scope<'a> {
    request: &'a ClientRequest,
    context: &'a RequestContext,
    stage_variables: &'a IndexMap<String, String>,
}

impl Scope<'_> {
    /// Chooses a template by `Accept`, then `application/json`, then the first there is.
    fn template<'t>(&self, templates: &'t IndexMap<String, String>) -> Option<(&'t str, &'t str)> {
        let accepted = self.request.headers.any_case("accept").and_then(media_type);
        let chosen = accepted.and_then(|a| templates.get_key_value(&*a));
        let chosen = chosen.or_else(|| templates.get_key_value("application/json")).or_else(|| templates.first());
        chosen.map(|(content_type, template)| (content_type.as_str(), template.as_str()))
    }

    /// Replaces `$context.…`, `$stageVariables.…` and `$method.request.…`, with and without braces. This is all
    /// that these templates can do.
    fn substituted(&self, template: &str) -> String {
        let mut out = String::with_capacity(template.len());
        let mut rest = template;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            let (braced, inner) = after.strip_prefix('{').map_or((false, after), |inner| (true, inner));
            let end =
                inner.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))).unwrap_or(inner.len());
            // A sentence may end after a variable.
            let name = inner[..end].trim_end_matches('.');
            let tail = &inner[name.len()..];
            let closed = if braced { tail.strip_prefix('}') } else { Some(tail) };
            let known = ["context.", "stageVariables.", "method.request."].iter().any(|p| name.starts_with(p));
            match closed.filter(|_| known) {
                Some(tail) => {
                    out.push_str(&self.mapped(name).unwrap_or_default());
                    rest = tail;
                }
                None => {
                    out.push('$');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        out
    }

    /// Returns the value of a mapping expression.
    fn mapped(&self, expression: &str) -> Option<String> {
        let expression = expression.trim();
        if let Some(literal) = expression.strip_prefix('\'').and_then(|e| e.strip_suffix('\'')) {
            return Some(literal.to_owned());
        }
        if let Some(name) = expression.strip_prefix("context.") {
            return self.context.get(name);
        }
        if let Some(name) = expression.strip_prefix("stageVariables.") {
            return self.stage_variables.get(name).cloned();
        }
        let (kind, name) = expression.strip_prefix("method.request.")?.split_once('.')?;
        match kind {
            "header" => self.request.headers.any_case(name).map(str::to_owned),
            "querystring" => self.request.query.get(name).and_then(|v| v.last()).cloned(),
            "path" => {
                let value = self.request.path_parameters.iter().find(|(n, _)| n == name);
                value.map(|(_, v)| percent_decoded(v))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_types() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.kind as usize, index, "{}", row.name);
        }
        assert_eq!(ResponseType::Default4xx as usize + 1, TABLE.len());
    }
}
