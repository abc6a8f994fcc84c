use super::prelude::*;
use crate::gateway::integration_rules::{MAX_STREAM_MILLIS, MAX_TIMEOUT_MILLIS};

declare_rule! {
    /// Finds time-outs that an integration cannot have.
    ///
    /// ## What API Gateway does
    /// Refuses them: a REST API's are 50 to 29000 milliseconds (more for Regional and private APIs whose quota AWS
    /// has raised, and 900000 where the response is streamed), an HTTP API's 50 to 30000.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock, timeoutInMillis: 10}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock, timeoutInMillis: 29000}
    /// ```
    TIMEOUT_RANGE = "timeout-range", Error, Refused, Both, Integration(check)
}

fn check(cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    let Some(node) = integration.node.get("timeoutInMillis") else { return };
    let streams = integration.node.str_of("responseTransferMode").is_some_and(|mode| mode.eq_ignore_ascii_case("STREAM"));
    let limit = match cx.kind {
        ApiKind::Http => 30_000,
        ApiKind::Rest if streams => MAX_STREAM_MILLIS,
        ApiKind::Rest => MAX_TIMEOUT_MILLIS,
    };
    let written = node.scalar_text().unwrap_or_default();
    if is_unfinished(&written) || is_intrinsic(node) {
        return;
    }
    let value = node.as_i64().or_else(|| written.parse().ok());
    if value.is_some_and(|value| (50..=limit).contains(&value)) {
        return;
    }
    let message = format!("API Gateway refuses the time-out `{written}`: it is 50 to {limit} milliseconds");
    let help = match value {
        Some(value) if value > limit && cx.kind == ApiKind::Rest && !streams => {
            "lower it, or have AWS raise the quota for a Regional or private API; see `--ignore`"
        }
        Some(value) if value > 0 && value < 50 => "the unit is milliseconds",
        _ => "write a number of milliseconds",
    };
    out.add(TIMEOUT_RANGE.at(node.span, message).with_help(help));
}
