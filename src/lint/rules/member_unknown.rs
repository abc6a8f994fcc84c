use super::prelude::*;

declare_rule! {
    /// Finds members of OpenAPI objects that OpenAPI does not know, like `respones`.
    ///
    /// ## What API Gateway does
    /// Ignores them.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       sumary: All pets
    ///       responses: {'200': {description: ok}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       summary: All pets
    ///       responses: {'200': {description: ok}}
    /// ```
    MEMBER_UNKNOWN = "member-unknown", Warning, Quality, Both, Document(check)
}

const ROOT: [&str; 9] = ["openapi", "info", "servers", "paths", "components", "security", "tags", "externalDocs", "webhooks"];
const INFO: [&str; 7] = ["title", "description", "termsOfService", "contact", "license", "version", "summary"];
const COMPONENTS: [&str; 10] = [
    "schemas", "responses", "parameters", "examples", "requestBodies", "headers", "securitySchemes", "links", "callbacks",
    "pathItems",
];
const OPERATION: [&str; 13] = [
    "tags", "summary", "description", "externalDocs", "operationId", "parameters", "requestBody", "responses", "callbacks",
    "deprecated", "security", "servers", "isDefaultRoute",
];
const PARAMETER: [&str; 13] = [
    "name", "in", "description", "required", "deprecated", "allowEmptyValue", "style", "explode", "allowReserved", "schema",
    "example", "examples", "content",
];
const RESPONSE: [&str; 4] = ["description", "headers", "content", "links"];

fn check(cx: &Context<'_>, out: &mut Sink) {
    // The members of Swagger 2.0 have been converted, and what has been converted has none to spare.
    if cx.is_swagger() {
        return;
    }
    report(Some(cx.root()), "the document", &ROOT, out);
    report(cx.root().get("info"), "`info`", &INFO, out);
    report(cx.root().get("components"), "`components`", &COMPONENTS, out);
    for operation in &cx.operations {
        report(Some(operation.node()), "an operation", &OPERATION, out);
        for parameter in &operation.parameters {
            report(Some(parameter.node), "a parameter", &PARAMETER, out);
        }
        for response in operation.responses() {
            report(Some(cx.document.resolved(&response.value)), "a response", &RESPONSE, out);
        }
    }
}

fn report(owner: Option<&Node>, place: &str, known: &[&str], out: &mut Sink) {
    for entry in owner.map(Node::entries).unwrap_or_default() {
        let key = entry.key.text.as_str();
        if known.contains(&key) || key.starts_with("x-") || key == "$ref" || is_intrinsic_name(key) {
            continue;
        }
        let help = match nearest(key, known.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "take it out, or begin its name with `x-`".into(),
        };
        let message = format!("API Gateway ignores `{key}`: {place} has no such member");
        out.add(MEMBER_UNKNOWN.at(entry.key.span, message).with_help(help));
    }
}
