//! Invocations of Lambda functions by the control plane's call.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::emulator::lambda::{InvokeError, InvokeOptions};

use super::call::{Answer, Call};
use super::constraint;
use super::function::{key, name_of};
use super::function_payload;
use super::function_version;
use super::refusal::{Exception, Refusal};

pub(super) fn invoke(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = name_of(call)?;
    if let Some(kind) = call.header("x-amz-invocation-type") {
        constraint::parameter_one_of("invocationType", kind, &["Event", "RequestResponse", "DryRun"])?;
    }
    let client_context = call.header("x-amz-client-context").map(InvokeOptions::decoded_context);
    if client_context == Some(None) {
        let message = "Client context must be a valid Base64-encoded JSON object.";
        return Err(Refusal::new(Exception::InvalidRequestContent, message).with("Type", "User"));
    }
    let client_context = client_context.flatten();
    let options = InvokeOptions {
        qualifier: name.qualifier.clone(),
        client_context,
        trace_id: call.header("x-amzn-trace-id").map(str::to_owned),
        log_tail: call.header("x-amz-log-type") == Some("Tail"),
        ..InvokeOptions::default()
    };
    let functions = call.control.gateway.functions.clone();
    let (text, payload) = (name.to_string(), call.body.clone());
    if !payload.is_empty()
        && let Some(fault) = function_payload::fault(&payload)
    {
        let message = format!("Could not parse request body into json: Could not parse payload into json: {fault}");
        return Err(Refusal::new(Exception::InvalidRequestContent, message).with("Type", "User"));
    }
    // What `dev` runs was not created, and has one version.
    let version = match function_version::qualified(call.control, &name) {
        Ok(function) => function.version,
        Err(refusal) if call.control.store.contains(&key(&name.name)) => return Err(refusal),
        Err(_) => "$LATEST".to_owned(),
    };
    match call.header("x-amz-invocation-type") {
        Some("DryRun") => {
            call.control.function(&name)?;
            return Ok(Answer { status: Some(204), ..Answer::empty() });
        }
        Some("Event") => {
            call.control.function(&name)?;
            tokio::runtime::Handle::current().spawn(async move {
                // Nobody waits for the answer of an event.
                let _ = functions.invoke(&text, payload, options).await;
            });
            return Ok(Answer { status: Some(202), ..Answer::empty() });
        }
        _ => {}
    }
    // This runs on a thread for waiting, not on one of the runtime's own.
    let result = tokio::runtime::Handle::current().block_on(functions.invoke(&text, payload, options));
    let invocation = result.map_err(|error| match error {
        InvokeError::NotFound { .. } => call.control.unknown_function(&name.name),
        InvokeError::InvalidName { .. } | InvokeError::PayloadTooLarge { .. } => {
            Refusal::new(Exception::InvalidRequestContent, error.to_string()).with("Type", "User")
        }
        InvokeError::Throttled { .. } => Refusal::new(Exception::TooManyRequests, "Rate Exceeded.")
            .with("Type", "User")
            .with("Reason", "ReservedFunctionConcurrentInvocationLimitExceeded"),
        error => Refusal::new(Exception::ServiceUnavailable, error.to_string()),
    })?;
    let mut answer = Answer::raw("application/json", invocation.payload);
    answer.headers.push(("X-Amz-Executed-Version", version));
    answer.headers.extend(invocation.function_error.map(|error| ("X-Amz-Function-Error", error)));
    answer.headers.extend(invocation.log_tail.map(|log| ("X-Amz-Log-Result", STANDARD.encode(log))));
    Ok(answer)
}
