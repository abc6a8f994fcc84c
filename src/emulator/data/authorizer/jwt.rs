//! Tokens of configured issuers (`JWT`), and what they have in common with those of user pools.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::refused;
use crate::emulator::data::exchange::Exchange;
use crate::emulator::data::gateway_response::{Refusal, ResponseType};
use crate::emulator::jwt::{self, Claims, Expected, Rejection};
use crate::gateway::Authorizer;

/// `jwtConfiguration`: several issuers of a REST API, or the one that documents for HTTP APIs have.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Configuration {
    issuers: Vec<Issuer>,
    issuer: Option<String>,
    audience: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Issuer {
    issuer: String,
    audiences: Vec<String>,
    additional_claims: Vec<Value>,
}

/// Verifies the token of a request against the authorizer's issuers.
pub(super) async fn authorize(exchange: &mut Exchange<'_>, authorizer: &Authorizer) -> Result<(), Refusal> {
    let configuration = authorizer.jwt_configuration.clone().unwrap_or_default();
    let configuration: Configuration = serde_json::from_value(configuration).unwrap_or_default();
    let one =
        configuration.issuer.map(|issuer| Issuer { issuer, audiences: configuration.audience, ..Issuer::default() });
    let issuers: Vec<Issuer> = configuration.issuers.into_iter().chain(one).filter(|i| !i.issuer.is_empty()).collect();
    if issuers.is_empty() {
        let text = format!("authorizer {} names no issuer", authorizer.name);
        return Err(refused(exchange, ResponseType::AuthorizerConfigurationError, text));
    }
    let token = identity_token(exchange, authorizer)?;
    let unverified = jwt::unverified(&token).map(|u| u.issuer).unwrap_or_default();
    let same = |issuer: &&Issuer| issuer.issuer.trim_end_matches('/') == unverified.trim_end_matches('/');
    let Some(issuer) = issuers.iter().find(same) else {
        return Err(unauthorized(exchange, format!("the token is of no issuer of authorizer {}", authorizer.name)));
    };
    let names = [issuer.issuer.clone()];
    let scopes = exchange.method.method.authorization_scopes.clone().unwrap_or_default();
    let expected = Expected { issuers: &names, audiences: &issuer.audiences, scopes: &scopes };
    let claims = verified(exchange, authorizer, &token, &expected).await?;
    for wanted in &issuer.additional_claims {
        if !has_claim(&claims, wanted) {
            let text = format!("the token lacks a claim that authorizer {} asks for: {wanted}", authorizer.name);
            return Err(unauthorized(exchange, text));
        }
    }
    exchange.context.set("authorizer", json!({ "claims": claims }));
    Ok(())
}

/// Returns whether claims hold what one of `additionalClaims` asks for, by exact match. What cannot be understood is
/// not held.
fn has_claim(claims: &Claims, wanted: &Value) -> bool {
    let name = ["name", "claim", "key"].iter().find_map(|key| wanted.get(key)?.as_str());
    let values = wanted.get("values").or_else(|| wanted.get("value"));
    let (Some(name), Some(values)) = (name, values) else { return false };
    let Some(held) = claims.get(name) else { return false };
    let many = |value: &Value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    many(held).iter().any(|held| many(values).contains(held))
}

/// Returns the token of a request: in the header that the authorizer names, or `Authorization`.
pub(super) fn identity_token(exchange: &mut Exchange<'_>, authorizer: &Authorizer) -> Result<String, Refusal> {
    let source = authorizer.identity_source.as_deref().unwrap_or_default().trim();
    let name = source
        .strip_prefix("method.request.header.")
        .or_else(|| source.strip_prefix("$request.header."))
        .unwrap_or("Authorization");
    let value = exchange.request.headers.any_case(name).map(jwt::bearer_token).filter(|token| !token.is_empty());
    match value {
        Some(token) => Ok(token.to_owned()),
        None => Err(unauthorized(exchange, format!("there is no token in the header {name}"))),
    }
}

/// Verifies a token with its issuer's keys.
pub(super) async fn verified(
    exchange: &mut Exchange<'_>,
    authorizer: &Authorizer,
    token: &str,
    expected: &Expected<'_>,
) -> Result<Claims, Refusal> {
    let gateway = std::sync::Arc::clone(exchange.gateway);
    let claims = match jwt::unverified(token) {
        Err(rejection) => Err(rejection),
        Ok(unverified) => {
            // Only an issuer that is expected is asked for its keys, whatever a token says.
            let issuer =
                expected.issuers.iter().find(|i| i.trim_end_matches('/') == unverified.issuer.trim_end_matches('/'));
            match issuer {
                None => Err(Rejection::Issuer),
                Some(issuer) => {
                    let shared = &gateway.shared;
                    let keys = shared
                        .token_keys
                        .keys(issuer, unverified.key_id.as_deref(), shared.client(&hyper::Method::GET))
                        .await;
                    let keys = keys.map_err(|error| {
                        exchange.say(&error.to_string());
                        Refusal::new(ResponseType::Unauthorized).log(error.to_string())
                    })?;
                    jwt::verify(token, &keys, expected, Timestamp::now().as_second())
                }
            }
        }
    };
    claims.map_err(|rejection| {
        let refusal = unauthorized(exchange, format!("authorizer {} refused a token: {rejection}", authorizer.name));
        match rejection {
            Rejection::Expired => refusal.message("The incoming token has expired"),
            _ => refusal,
        }
    })
}

/// Returns a refusal for want of a token that is good, and says why to who runs the gateway.
pub(super) fn unauthorized(exchange: &mut Exchange<'_>, text: String) -> Refusal {
    exchange.say(&text);
    Refusal::new(ResponseType::Unauthorized).log(text)
}
