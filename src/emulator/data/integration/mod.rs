//! What answers a method: one file per type of integration, and what those with mappings have in common.

mod aws;
mod aws_proxy;
mod http;
mod http_proxy;
mod mock;
mod request;
mod response;

use super::exchange::{Answer, Exchange, Integration};
use super::gateway_response::{Refusal, ResponseType};
use crate::gateway::IntegrationType;

/// Sends a request to its integration and returns the answer for the client.
pub(crate) async fn call(exchange: &mut Exchange<'_>) -> Result<Answer, Refusal> {
    let method = exchange.method;
    let Some(integration) = &method.integration else {
        return Err(Refusal::configuration("No integration defined for method"));
    };
    let both: Integration<'_> = (method, integration);
    // Nobody is waited for.
    if integration.kind == IntegrationType::Mock {
        return mock::call(exchange, both).await;
    }
    let limit = integration.timeout;
    let answer = async {
        match integration.kind {
            IntegrationType::Mock => mock::call(exchange, both).await,
            IntegrationType::Http => http::call(exchange, both).await,
            IntegrationType::HttpProxy => http_proxy::call(exchange, both).await,
            IntegrationType::Aws => aws::call(exchange, both).await,
            IntegrationType::AwsProxy => aws_proxy::call(exchange, both).await,
        }
    };
    // Boxed, so that requests that wait for nobody do not carry the room that the others need.
    match tokio::time::timeout(limit, Box::pin(answer)).await {
        Ok(answer) => answer,
        Err(_) => Err(Refusal::new(ResponseType::IntegrationTimeout).log("Execution failed due to a timeout error")),
    }
}
