//! What follows from a broken part of a document: a mapping cannot name a parameter that has no `in`, nor an
//! integration response a response that is not there. The broken part is told of, what follows from it is not.
//!
//! [`super::consequences`] does the same for misspelt members.

use std::collections::HashSet;

use crate::openapi::Document;
use crate::source::{Diagnostic, Node, Span};

use super::context::Context;

/// How far what follows from a finding reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// The operation it is in; all of the path when it is outside of operations; all when it is outside of paths.
    Operation,
    /// Everything.
    Document,
}

/// What is broken: the codes that say so, and where that must be.
struct Broken {
    codes: &'static [&'static str],
    /// The member that holds it, when it must be one.
    within: Option<&'static str>,
    reach: Reach,
    /// The codes of what follows.
    follows: &'static [&'static str],
}

/// What says that a member is not of its type, or refers to nothing.
const UNUSABLE: [&str; 5] =
    ["wrong-type", "reference-dangling", "reference-unreadable", "reference-circle", "external-ref"];

const OF_PARAMETERS: [&str; 5] = [
    "path-parameter-undeclared",
    "path-parameter-unused",
    "request-mapping-undeclared",
    "cache-key-invalid",
    "path-variable-unmapped",
];

const OF_RESPONSES: [&str; 4] =
    ["integration-response-undeclared", "response-mapping-undeclared", "import-refused", "cors-incomplete"];

const BROKEN: [Broken; 12] = [
    Broken { codes: &UNUSABLE, within: Some("parameters"), reach: Reach::Operation, follows: &OF_PARAMETERS },
    Broken {
        codes: &["parameter-incomplete", "param-in-cookie", "param-name-charset"],
        within: None,
        reach: Reach::Operation,
        follows: &OF_PARAMETERS,
    },
    Broken {
        codes: &["parameter-incomplete"],
        within: Some("parameters"),
        reach: Reach::Operation,
        follows: &["inline-schema-unnamed", "beyond-openapi-30"],
    },
    Broken {
        codes: &["path-param-whole-segment"],
        within: None,
        reach: Reach::Operation,
        follows: &["request-mapping-undeclared", "path-parameter-unused", "path-variable-unmapped"],
    },
    Broken { codes: &["responses-missing"], within: None, reach: Reach::Operation, follows: &OF_RESPONSES },
    Broken { codes: &UNUSABLE, within: Some("responses"), reach: Reach::Operation, follows: &OF_RESPONSES },
    Broken {
        codes: &["integration-uri-http", "integration-uri-arn", "integration-type", "integration-method-missing"],
        within: None,
        reach: Reach::Operation,
        follows: &["dropped-integration-member"],
    },
    Broken {
        codes: &["integration-member-unknown"],
        within: None,
        reach: Reach::Operation,
        follows: &["cors-incomplete", "validation-media-type", "media-type-passthrough", "mock-status-code"],
    },
    Broken {
        codes: &["security-scheme-incomplete", "authtype-reserved", "authorizer-type", "authorizer-incomplete"],
        within: None,
        reach: Reach::Document,
        follows: &["dropped-requirement"],
    },
    Broken {
        codes: &["binary-media-type"],
        within: None,
        reach: Reach::Document,
        follows: &["binary-response-undeclared", "accept-first-only"],
    },
    Broken { codes: &["path-parameter-unused"], within: None, reach: Reach::Operation, follows: &["import-warning"] },
    Broken {
        codes: &["auth-extension"],
        within: None,
        reach: Reach::Operation,
        follows: &["dropped-requirement", "operation-unsecured"],
    },
];

/// The path and the operation that a place is in.
type Home = (Option<usize>, Option<usize>);

/// Takes out the findings that follow from others. One that is graver gives its severity to what it follows from.
pub(super) fn removed(cx: &Context<'_>, mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let codes: HashSet<&str> = found.iter().map(|d| d.code.as_ref()).collect();
    let at_work: Vec<&Broken> = BROKEN
        .iter()
        .filter(|b| b.codes.iter().any(|c| codes.contains(c)) && b.follows.iter().any(|c| codes.contains(c)))
        .collect();
    let mut follows: Vec<Option<usize>> = vec![None; found.len()];
    if !at_work.is_empty() {
        let homes = Homes::of(cx);
        for broken in at_work {
            let holders = broken.within.map(|member| holders(cx.document, member));
            let is_held = |span: Span| holders.as_ref().is_none_or(|spans| spans.iter().any(|s| s.contains(span)));
            let causes: Vec<(usize, Home)> = found
                .iter()
                .enumerate()
                .filter(|(_, d)| broken.codes.contains(&d.code.as_ref()))
                .filter_map(|(at, d)| d.span.filter(|span| is_held(*span)).map(|span| (at, homes.of_span(span))))
                .collect();
            for (at, diagnostic) in found.iter().enumerate().filter(|(_, d)| broken.follows.contains(&d.code.as_ref()))
            {
                let Some(span) = diagnostic.span else { continue };
                let home = homes.of_span(span);
                let reaches = |cause: Home| broken.reach == Reach::Document || is_reached(cause, home);
                let cause = causes.iter().find(|(index, cause)| *index != at && reaches(*cause));
                follows[at] = follows[at].or(cause.map(|(index, _)| *index));
            }
        }
    }
    for at in 0..found.len() {
        let Some(cause) = follows[at].filter(|cause| follows[*cause].is_none()) else { continue };
        let (severity, message, span) = (found[at].severity, found[at].message.clone(), found[at].span);
        if severity > found[cause].severity {
            found[cause].severity = severity;
            if let Some(span) = span {
                found[cause] = found[cause].clone().with_label(span, message);
            }
        }
    }
    let kept: Vec<bool> = follows.iter().map(|f| f.is_none_or(|cause| follows[cause].is_some())).collect();
    let mut kept = kept.into_iter();
    found.retain(|_| kept.next().unwrap_or(true));
    renamed_models(found)
}

/// Returns whether what is broken at one home reaches another.
fn is_reached(cause: Home, home: Home) -> bool {
    match cause {
        (None, _) => true,
        (path, None) => path == home.0,
        (path, operation) => path == home.0 && (home.1.is_none() || operation == home.1),
    }
}

/// Where the paths and operations are written.
struct Homes {
    paths: Vec<(Span, Span)>,
    operations: Vec<(Span, Span)>,
}

impl Homes {
    fn of(cx: &Context<'_>) -> Self {
        Self {
            paths: cx.document.paths().map(|path| (path.span, path.node.span)).collect(),
            operations: cx.operations.iter().map(|o| (o.span(), o.node().span)).collect(),
        }
    }

    fn of_span(&self, span: Span) -> Home {
        let position =
            |places: &[(Span, Span)]| places.iter().position(|(key, node)| *key == span || node.contains(span));
        (position(&self.paths), position(&self.operations))
    }
}

/// Returns the places of the values of all members of a name.
fn holders(document: &Document, member: &str) -> Vec<Span> {
    fn collect(node: &Node, member: &str, depth: usize, out: &mut Vec<Span>) {
        if depth > 256 {
            return;
        }
        node.items().for_each(|item| collect(item, member, depth + 1, out));
        for entry in node.entries() {
            if entry.key.text == member {
                out.push(entry.key.span);
                out.push(entry.value.span);
            }
            collect(&entry.value, member, depth + 1, out);
        }
    }
    let mut out = Vec::new();
    for root in document.sources().files().filter_map(|(_, file)| file.root()) {
        collect(root, member, 0, &mut out);
    }
    out
}

/// Takes out dangling references to a model that is there under a name it cannot have: `Pet-v2` for `Pet`.
fn renamed_models(mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let plain = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let quoted = |message: &str| message.split('`').nth(1).map(str::to_owned);
    let named: Vec<String> = found
        .iter()
        .filter(|d| d.code == "model-name-alphanumeric")
        .filter_map(|d| quoted(&d.message).map(|name| plain(&name)))
        .collect();
    if named.is_empty() {
        return found;
    }
    found.retain(|d| {
        let is_reference =
            matches!(d.code.as_ref(), "reference-dangling" | "reference-default-model" | "model-ref-missing");
        let target = quoted(&d.message).filter(|_| is_reference);
        let Some(target) = target.and_then(|t| t.rsplit('/').next().map(plain)).filter(|t| t.len() > 2) else {
            return true;
        };
        !named.iter().any(|name| name.starts_with(&target) || target.starts_with(name.as_str()))
    });
    found
}

#[cfg(test)]
mod tests {
    use crate::lint::{Options, lint};
    use crate::openapi::{LoadOptions, load_text};
    use crate::source::{Loader, Origin};

    /// Returns the warnings and errors about an operation: line and code.
    fn found(operation: &str, rest: &str) -> Vec<String> {
        let text = format!(
            "openapi: 3.0.1\ninfo: {{title: a, version: '1'}}\npaths:\n  /a:\n    post:\n      operationId: a\n{operation}{rest}"
        );
        let origin = Origin::Memory("a.yaml".into());
        let (document, _, loaded) = load_text(&Loader::default(), &origin, text, &LoadOptions::default());
        let document = document.expect("a document");
        let found = lint(&document, &loaded, &Options::default()).into_iter();
        let grave = found.filter(|d| d.severity > crate::source::Severity::Info);
        let line = |d: &crate::source::Diagnostic| {
            d.span.map_or(0, |span| document.sources().file(span.file).line_column(span.start as usize).0)
        };
        grave.map(|d| format!("{}:{}", line(&d), d.code)).collect()
    }

    const RESPONSES: &str = "      responses: {'200': {description: ok}}\n";
    const INTEGRATION: &str = "      x-amazon-apigateway-integration:
        type: http
        httpMethod: POST
        uri: https://example.com/
        requestParameters: {integration.request.querystring.q: method.request.querystring.q}
        responses: {default: {statusCode: '200'}}
";

    #[test]
    fn what_a_broken_parameter_brings_about_is_not_told() {
        let parameters = "      parameters:\n        - {name: q, schema: {type: string}}\n";
        assert_eq!(found(&format!("{parameters}{RESPONSES}{INTEGRATION}"), ""), ["8:parameter-incomplete"]);
        let parameters = "      parameters: {name: q}\n";
        assert_eq!(found(&format!("{parameters}{RESPONSES}{INTEGRATION}"), ""), ["7:wrong-type"]);
        assert_eq!(found(&format!("{RESPONSES}{INTEGRATION}"), ""), ["12:request-mapping-undeclared"]);
    }

    #[test]
    fn missing_responses_take_the_severity_of_what_they_bring_about() {
        let parameters = "      parameters:\n        - {name: q, in: query, schema: {type: string}}\n";
        assert_eq!(found(&format!("{parameters}{INTEGRATION}"), ""), ["5:responses-missing"]);
    }

    #[test]
    fn a_model_that_cannot_have_its_name_is_told_of_once() {
        let responses = "      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}\n";
        let parameters = "      parameters:\n        - {name: q, in: query, schema: {type: string}}\n";
        let models = "components:\n  schemas:\n    Pet-v2: {type: object, properties: {a: {type: string}}}\n";
        let operation = format!("{parameters}{responses}{INTEGRATION}");
        assert_eq!(found(&operation, models), ["18:model-name-alphanumeric"]);
    }
}
