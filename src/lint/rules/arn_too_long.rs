use super::prelude::*;

declare_rule! {
    /// Finds secured operations whose ARN has more than 1600 bytes.
    ///
    /// ## What API Gateway does
    /// Answers 414 to callers of a method with authorization when `arn:aws:execute-api:…/stage/METHOD/path` is
    /// longer.
    ARN_TOO_LONG = "arn-too-long", Warning, Runtime, Rest, Operation(check)
}

/// What an ARN has besides method and path, with the longest region and a stage of eight characters.
const PREFIX: usize = 85;

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    let length = PREFIX + operation.label().len();
    if length > 1600 && cx.security(operation).is_some() {
        let message = format!("API Gateway answers 414: the method's ARN has about {length} bytes, the limit is 1600");
        out.add(ARN_TOO_LONG.at(operation.operation.path.span, message).with_help("shorten the path"));
    }
}
