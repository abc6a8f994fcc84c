use super::prelude::*;

declare_rule! {
    /// Finds documentation parts at a place that their type does not have.
    ///
    /// ## What API Gateway does
    /// Refuses a part whose `location` has a field that is not valid for its type, or lacks one that is needed.
    ///
    /// ## Fails
    /// ```yaml
    /// x-amazon-apigateway-documentation: {version: '1', documentationParts: [{location: {type: API, path: /pets}, properties: {description: Pets}}]}
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// x-amazon-apigateway-documentation: {version: '1', documentationParts: [{location: {type: RESOURCE, path: /pets}, properties: {description: Pets}}]}
    /// paths: {}
    /// ```
    DOCUMENTATION_LOCATION = "documentation-location", Error, Refused, Rest, Document(check)
}

const TYPES: [(&str, &[&str], bool); 12] = [
    ("API", &[], false),
    ("AUTHORIZER", &["name"], false),
    ("MODEL", &["name"], false),
    ("RESOURCE", &["path"], false),
    ("METHOD", &["path", "method"], false),
    ("QUERY_PARAMETER", &["path", "method", "name"], false),
    ("REQUEST_HEADER", &["path", "method", "name"], true),
    ("PATH_PARAMETER", &["path", "method", "name"], true),
    ("REQUEST_BODY", &["path", "method"], false),
    ("RESPONSE", &["path", "method", "statusCode"], false),
    ("RESPONSE_HEADER", &["path", "method", "statusCode", "name"], true),
    ("RESPONSE_BODY", &["path", "method", "statusCode"], false),
];

fn check(cx: &Context<'_>, out: &mut Sink) {
    let documentation = cx.root().get("x-amazon-apigateway-documentation");
    let parts = documentation.and_then(|d| d.get("documentationParts")).map(Node::items).unwrap_or_default();
    for part in parts {
        for entry in part.entries().filter(|e| !["location", "properties"].contains(&e.key.text.as_str())) {
            let message = format!("API Gateway does not know `{}` of a documentation part", entry.key.text);
            let help = match nearest(&entry.key.text, ["location", "properties"]) {
                Some(known) => format!("did you mean `{known}`?"),
                None => "take it out".into(),
            };
            out.add(DOCUMENTATION_LOCATION.at(entry.key.span, message).with_help(help));
        }
        let Some(location) = part.get("location") else {
            let message = "API Gateway refuses a documentation part without `location`";
            out.add(DOCUMENTATION_LOCATION.at(part.span, message).with_help("add `location` with its `type`"));
            continue;
        };
        let kind = location.get("type");
        let name = kind.and_then(Node::as_str).unwrap_or_default();
        let Some((_, fields, named)) = TYPES.iter().find(|(known, ..)| *known == name) else {
            let help = match nearest(name, TYPES.iter().map(|(known, ..)| *known)) {
                Some(known) => format!("did you mean `{known}`?"),
                None => "choose one of the twelve types, such as `METHOD`".into(),
            };
            let message = format!("API Gateway has no documentation part of type `{name}`");
            out.add(DOCUMENTATION_LOCATION.at(kind.map_or(location.span, |k| k.span), message).with_help(help));
            continue;
        };
        for entry in location.entries().filter(|e| e.key.text != "type" && !e.value.is_null()) {
            if !fields.contains(&entry.key.text.as_str()) {
                let message = format!("API Gateway refuses `{}` in the location of a part of type `{name}`", entry.key.text);
                out.add(DOCUMENTATION_LOCATION.at(entry.key.span, message).with_help("take it out"));
            }
        }
        if *named && location.get("name").is_none() {
            let message = format!("API Gateway refuses a part of type `{name}` without `name`");
            out.add(DOCUMENTATION_LOCATION.at(location.span, message).with_help("add `name`"));
        }
    }
}
