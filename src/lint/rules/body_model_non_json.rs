use super::prelude::*;

declare_rule! {
    /// Finds request bodies with models for other media types than JSON only.
    ///
    /// ## What API Gateway does
    /// Imports them; GetExport is then refused: `Only found non-JSON body models for …`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     post:
    ///       requestBody: {content: {application/xml: {schema: {type: object}}}}
    ///       responses: {'200': {description: ok}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     post:
    ///       requestBody: {content: {application/json: {schema: {type: object}}, application/xml: {schema: {type: object}}}}
    ///       responses: {'200': {description: ok}}
    /// ```
    BODY_MODEL_NON_JSON = "body-model-non-json", Warning, Runtime, Rest, Operation(check)
}

fn check(cx: &Context<'_>, operation: &OperationCx<'_>, out: &mut Sink) {
    let Some(body) = operation.node().get("requestBody").map(|body| cx.document.resolved(body)) else { return };
    let media: Vec<&Entry> = body.get("content").map(Node::entries).unwrap_or_default().collect();
    let with_schema: Vec<&&Entry> = media.iter().filter(|m| m.value.get("schema").is_some()).collect();
    let Some(first) = with_schema.first().filter(|_| media.iter().all(|m| !m.key.text.contains("json"))) else { return };
    let message = format!("API Gateway cannot export the API: `{}` has models for `{}` only", operation.label(), first.key.text);
    out.add(BODY_MODEL_NON_JSON.at(first.key.span, message).with_help("add a model for `application/json`, or leave the schema out"));
}
