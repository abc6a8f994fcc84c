use super::prelude::*;

declare_rule! {
    /// Finds versions of the import and export format other than `1.0`.
    ///
    /// ## What API Gateway does
    /// Knows version `1.0` only.
    ///
    /// ## Fails
    /// ```yaml http
    /// x-amazon-apigateway-importexport-version: "2.0"
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml http
    /// x-amazon-apigateway-importexport-version: "1.0"
    /// paths: {}
    /// ```
    IMPORT_EXPORT_VERSION = "import-export-version", Warning, Warned, Both, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let Some(node) = cx.root().get("x-amazon-apigateway-importexport-version") else { return };
    // A number's text is as it was written: `1.0` is not `1`.
    let text = node.scalar_text().unwrap_or_default();
    if !matches!(text.as_str(), "1.0" | "1") && !is_unfinished(&text) && !is_intrinsic(node) {
        let message = "API Gateway knows version `1.0` of its import and export format only";
        out.add(IMPORT_EXPORT_VERSION.at(node.span, message).with_help("write `\"1.0\"`"));
    }
}
