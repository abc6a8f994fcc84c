use super::prelude::*;

declare_rule! {
    /// Finds a minimum compression size out of range.
    ///
    /// ## What API Gateway does
    /// Refuses: `Invalid minimum compression size, must be between 0 and 10485760`.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-minimum-compression-size: 20000000
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-minimum-compression-size: 1024
    /// paths: {}
    /// ```
    COMPRESSION_SIZE = "compression-size", Error, Refused, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let Some(node) = cx.root().get("x-amazon-apigateway-minimum-compression-size") else { return };
    let text = node.scalar_text().unwrap_or_default();
    if is_intrinsic(node) || is_unfinished(&text) {
        return;
    }
    if !node.as_i64().is_some_and(|size| (0..=10_485_760).contains(&size)) {
        let message = format!("API Gateway refuses the minimum compression size `{text}`: it is 0 to 10485760 bytes");
        out.add(COMPRESSION_SIZE.at(node.span, message).with_help("write a number of bytes, or take it out to switch compression off"));
    }
}
