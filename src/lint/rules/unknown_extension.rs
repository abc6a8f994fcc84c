use super::prelude::*;

declare_rule! {
    /// Finds extensions (`x-…`) that are not API Gateway's.
    ///
    /// ## What API Gateway does
    /// Leaves them out without a word.
    ///
    /// ## Fails
    /// ```yaml
    /// x-owner: pets team
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-binary-media-types: [image/png]
    /// paths: {}
    /// ```
    UNKNOWN_EXTENSION = "unknown-extension", Info, Dropped, Both, Member(check)
}

fn check(_cx: &Context<'_>, member: &MemberCx<'_>, out: &mut Sink) {
    let key = member.entry.key.text.as_str();
    if key.starts_with("x-amazon-") || key.starts_with("x-gatewright-") || matches!(key, "x-webhooks" | "x-codegen-request-body-name") {
        return;
    }
    let message = format!("API Gateway leaves `{key}` out");
    out.add(UNKNOWN_EXTENSION.at(member.entry.key.span, message).with_help("nothing to do: readers of the document still see it"));
}
