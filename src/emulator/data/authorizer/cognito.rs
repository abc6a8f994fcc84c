//! Cognito user pools: identity tokens, and access tokens with scopes.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::jwt::{identity_token, unauthorized, verified};
use super::{no_expression, refused};
use crate::emulator::data::exchange::Exchange;
use crate::emulator::data::gateway_response::{Refusal, ResponseType};
use crate::emulator::jwt::{Claims, Expected};
use crate::gateway::Authorizer;

/// Verifies the token of a request against the authorizer's pools.
///
/// A method without scopes takes an identity token, one with scopes an access token that holds one of them
/// (`apigateway-enable-cognito-user-pool` of the developer guide).
pub(super) async fn authorize(exchange: &mut Exchange<'_>, authorizer: &Authorizer) -> Result<(), Refusal> {
    let pools = authorizer.provider_arns.iter().flatten().map(|arn| exchange.with_stage_variables(arn));
    let issuers: Vec<String> = pools.filter_map(|arn| pool_issuer(&arn)).collect();
    if issuers.is_empty() {
        let text = format!("authorizer {} names no user pool", authorizer.name);
        return Err(refused(exchange, ResponseType::AuthorizerConfigurationError, text));
    }
    let token = identity_token(exchange, authorizer)?;
    let scopes = exchange.method.method.authorization_scopes.clone().unwrap_or_default();
    let expected = Expected { issuers: &issuers, audiences: &[], scopes: &scopes };
    let claims = verified(exchange, authorizer, &token, &expected).await?;
    // Tokens of other issuers, in the place of a pool, may not say which kind they are.
    let wanted = if scopes.is_empty() { "id" } else { "access" };
    let usage = claims.get("token_use").and_then(Value::as_str).unwrap_or(wanted);
    if usage != wanted {
        let text =
            format!("the method takes {wanted} tokens of authorizer {}; this one is for {usage}", authorizer.name);
        return Err(unauthorized(exchange, text));
    }
    check_audience(exchange, authorizer, &claims)?;
    exchange.context.set("authorizer", json!({ "claims": shown_claims(&claims) }));
    Ok(())
}

/// Returns the `iss` of a pool's tokens: `arn:aws:cognito-idp:REGION:ACCOUNT:userpool/ID`.
#[must_use]
pub fn pool_issuer(arn: &str) -> Option<String> {
    let mut parts = arn.splitn(6, ':');
    let (region, pool) = (parts.nth(3)?, parts.nth(1)?.strip_prefix("userpool/")?);
    let domain = if arn.starts_with("arn:aws-cn:") { "amazonaws.com.cn" } else { "amazonaws.com" };
    Some(format!("https://cognito-idp.{region}.{domain}/{pool}"))
}

/// Holds `aud` against the authorizer's expression, which access tokens, having none, do not pass.
fn check_audience(exchange: &mut Exchange<'_>, authorizer: &Authorizer, claims: &Claims) -> Result<(), Refusal> {
    let audience = claims.get("aud").and_then(Value::as_str).unwrap_or_default();
    match authorizer.validates(audience) {
        Ok(true) => return Ok(()),
        Ok(false) => {}
        Err(_) => return Err(no_expression(exchange, authorizer)),
    }
    Err(unauthorized(exchange, format!("the audience is not one that authorizer {} takes", authorizer.name)))
}

/// Returns claims as `$context.authorizer.claims` has them: texts, lists joined, `exp` and `iat` as Java prints a date.
#[must_use]
pub fn shown_claims(claims: &Claims) -> Map<String, Value> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let of = |name: &str, value: &Value| match value {
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(","),
        Value::Number(number) if matches!(name, "exp" | "iat") => number
            .as_i64()
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .map_or_else(|| number.to_string(), |time| time.strftime("%a %b %d %H:%M:%S UTC %Y").to_string()),
        other => text(other),
    };
    claims.iter().map(|(name, value)| (name.clone(), Value::from(of(name, value)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_has_an_issuer() {
        let of = |arn| pool_issuer(arn);
        assert_eq!(
            of("arn:aws:cognito-idp:eu-west-1:000000000000:userpool/eu-west-1_abc").as_deref(),
            Some("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc")
        );
        assert_eq!(of("arn:aws:cognito-idp:eu-west-1:000000000000:other/x"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn claims_are_texts() {
        let claims = json!({
            "sub": "s", "email_verified": true, "exp": 1_536_158_125, "auth_time": 1_536_154_525,
            "cognito:groups": ["a", "b"], "address": {"formatted": "x"},
        });
        assert_eq!(
            Value::Object(shown_claims(claims.as_object().unwrap())),
            json!({
                "sub": "s", "email_verified": "true", "exp": "Wed Sep 05 14:35:25 UTC 2018",
                "auth_time": "1536154525", "cognito:groups": "a,b", "address": "{\"formatted\":\"x\"}",
            })
        );
    }
}
