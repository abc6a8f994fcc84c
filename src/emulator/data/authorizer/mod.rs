//! Who may call a method: authorizers, signatures and the API's resource policy.

mod cache;
mod cognito;
mod iam;
mod jwt;
mod lambda;
mod policy;
mod resource_policy;

pub(crate) use cache::Results;
pub use cognito::{pool_issuer, shown_claims};
pub use iam::{AccessKey, AccessKeys};
pub(crate) use iam::{SentRequest, verify as verify_signature, without_method};
pub(crate) use lambda::unrecognized;
pub(crate) use policy::{Caller, Decision, evaluate, matches as wildcard_matches};

use std::time::Instant;

use super::exchange::Exchange;
use super::gateway_response::{Refusal, ResponseType};
use crate::gateway::{Authorizer, AuthorizerType};

/// Lets a request pass, or says why not; what an authorizer tells goes to `$context.authorizer`.
pub(crate) async fn authorize(exchange: &mut Exchange<'_>) -> Result<(), Refusal> {
    let started = Instant::now();
    let outcome = decide(exchange).await;
    let kind = exchange.method.method.authorization_type.as_str();
    if !matches!(kind, "NONE" | "") {
        note(exchange, kind == "AWS_IAM", started, &outcome);
    }
    outcome
}

/// Returns the refusal of a request to an authorizer whose expression is no regular expression.
fn no_expression(exchange: &mut Exchange<'_>, authorizer: &Authorizer) -> Refusal {
    let expression = authorizer.identity_validation_expression.as_deref().unwrap_or_default();
    let text = format!("`{expression}` of authorizer {} is not a regular expression", authorizer.name);
    refused(exchange, ResponseType::AuthorizerConfigurationError, text)
}

/// Notes for the access log how an authorization went.
fn note(exchange: &mut Exchange<'_>, is_signature: bool, started: Instant, outcome: &Result<(), Refusal>) {
    let status = outcome.as_ref().map_or_else(Refusal::status_code, |()| 200);
    let (latency, context) = (started.elapsed().as_millis(), &mut exchange.context);
    let own = match is_signature {
        true => ("authenticate.status", "authenticate.latency", "authenticate.error"),
        false => ("authorizer.status", "authorizer.latency", "authorizer.error"),
    };
    for (status_name, latency_name, error_name) in [own, ("authorize.status", "authorize.latency", "authorize.error")] {
        context.note(status_name, status);
        context.note(latency_name, latency);
        if let Err(Refusal { log: Some(reason), .. }) = outcome {
            context.note(error_name, reason);
        }
    }
}

async fn decide(exchange: &mut Exchange<'_>) -> Result<(), Refusal> {
    let kind = exchange.method.method.authorization_type.as_str();
    if matches!(kind, "NONE" | "") {
        return resource_policy::check_anonymous(exchange);
    }
    if kind == "AWS_IAM" {
        return iam::authorize(exchange);
    }
    let id = exchange.method.method.authorizer_id.as_deref();
    let definition = std::sync::Arc::clone(&exchange.api.definition);
    let Some(authorizer) = id.and_then(|id| definition.authorizers.get(id)) else {
        let text = format!("the method's authorizer {} does not exist", id.unwrap_or("(none)"));
        return Err(refused(exchange, ResponseType::AuthorizerConfigurationError, text));
    };
    match authorizer.authorizer_type {
        AuthorizerType::Token | AuthorizerType::Request => {
            resource_policy::check_denied(exchange)?;
            Box::pin(lambda::authorize(exchange, authorizer)).await
        }
        AuthorizerType::CognitoUserPools => {
            Box::pin(cognito::authorize(exchange, authorizer)).await?;
            resource_policy::check_authenticated(exchange)
        }
        AuthorizerType::Jwt => {
            Box::pin(jwt::authorize(exchange, authorizer)).await?;
            resource_policy::check_authenticated(exchange)
        }
    }
}

/// Returns the refusal of a request that an authorizer could not decide on, and says why to who runs the gateway.
fn refused(exchange: &mut Exchange<'_>, kind: ResponseType, text: String) -> Refusal {
    exchange.say(&text);
    Refusal::new(kind).log(text)
}

/// Returns the ARN that policies name the request by.
fn method_arn(exchange: &Exchange<'_>) -> String {
    let get = |name| exchange.context.get(name).unwrap_or_default();
    let path = exchange.request.path.strip_prefix('/').unwrap_or(&exchange.request.path);
    let (account, api, stage) = (get("accountId"), get("apiId"), get("stage"));
    format!("arn:aws:execute-api:{}:{account}:{api}/{stage}/{}/{path}", exchange.region, exchange.request.method)
}
