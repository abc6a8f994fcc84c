//! Who may call a method.

use super::exchange::Exchange;
use super::gateway_response::{Refusal, ResponseType};

/// Lets a request pass, or says why not; what an authorizer tells goes to `$context`.
pub(crate) async fn authorize(exchange: &mut Exchange<'_>) -> Result<(), Refusal> {
    match exchange.method.method.authorization_type.as_str() {
        "NONE" | "" => Ok(()),
        "AWS_IAM" => Err(Refusal::new(ResponseType::MissingAuthenticationToken)),
        other => {
            // An authorizer that is not emulated never lets a request through.
            let text = format!("authorization of type {other} is not emulated yet; the request was refused");
            exchange.say(&text);
            Err(Refusal::new(ResponseType::AuthorizerConfigurationError).log(text))
        }
    }
}
