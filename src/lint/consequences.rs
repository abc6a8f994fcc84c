//! One mistake, one finding: takes out what only follows from a mistake that another finding names.
//!
//! A mistyped member is also one that is missing: `respones` is told of where it is written, and not also as an
//! operation without responses, as integration responses without a response, and so on. What is taken out stays with
//! the mistake: as its severity when it is graver, and as a second place.

use std::collections::{HashMap, HashSet};

use crate::openapi::Document;
use crate::source::{Diagnostic, Node, Span};

/// Findings about a member that nobody knows at its place, which may name the one that was meant.
const MISTYPED: [&str; 10] = [
    "gateway-response-member",
    "endpoint-configuration",
    "unknown-member",
    "path-item-member-unknown",
    "integration-member-unknown",
    "authorizer-member-unknown",
    "request-validator-invalid",
    "documentation-location",
    "unknown-amazon-extension",
    "cors-setting",
];

/// What follows from the lack of a member, in the object that lacks it.
const WITHIN: [(&str, &[&str]); 34] = [
    ("paths", &["no-paths", "paths-empty", "integration-missing"]),
    ("info", &["info-title-missing"]),
    ("title", &["info-title-missing"]),
    ("responses", &["responses-missing", "integration-response-", "response-mapping-undeclared"]),
    (
        "parameters",
        &["path-parameter-undeclared", "request-mapping-undeclared", "cache-key-invalid", "path-variable-unmapped"],
    ),
    ("operationId", &["operation-id-missing"]),
    ("name", &["parameter-incomplete", "security-scheme-incomplete", "path-parameter-undeclared"]),
    ("in", &["parameter-incomplete", "security-scheme-incomplete"]),
    ("required", &["path-parameter-optional"]),
    ("headers", &["response-mapping-undeclared", "cors-incomplete"]),
    ("properties", &["model-schema-empty", "required-property-undefined", "documentation-location"]),
    ("items", &["array-items-missing"]),
    ("type", &["integration-type", "authorizer-type", "authorizer-incomplete", "security-scheme-incomplete"]),
    ("uri", &["integration-uri-", "lambda-arn", "aws-credentials-missing", "path-variable-unmapped"]),
    ("httpMethod", &["integration-method-missing"]),
    ("statusCode", &["integration-response-undeclared"]),
    ("credentials", &["aws-credentials-missing"]),
    ("connectionId", &["vpc-link-id-missing"]),
    ("connectionType", &["integration-"]),
    ("passthroughBehavior", &["media-type-passthrough"]),
    ("requestTemplates", &["mock-status-code", "media-type-passthrough"]),
    ("requestParameters", &["path-variable-unmapped"]),
    ("payloadFormatVersion", &["payload-format-version"]),
    ("integrationSubtype", &["integration-", "payload-format-version"]),
    ("authorizerUri", &["authorizer-incomplete", "authorizer-uri"]),
    ("providerARNs", &["authorizer-incomplete", "authorizer-provider-arn"]),
    ("jwtConfiguration", &["authorizer-incomplete", "jwt-issuer"]),
    ("identitySource", &["authorizer-identity-source", "authorizer-cached-policy"]),
    ("authorizerResultTtlInSeconds", &["authorizer-cached-policy", "authorizer-identity-source"]),
    ("authorizerPayloadFormatVersion", &["authorizer-payload-version"]),
    ("x-amazon-apigateway-integration", &["integration-missing"]),
    ("x-amazon-apigateway-request-validator", &["validation-not-enabled"]),
    ("x-amazon-apigateway-any-method", &["cors-preflight-missing"]),
    ("x-amazon-apigateway-authorizer", &["security-scheme-type", "dropped-security-scheme"]),
];

/// What follows from the lack of a member anywhere in the document.
const ANYWHERE: [(&str, &[&str]); 15] = [
    ("components", &REFERENCES),
    ("definitions", &REFERENCES),
    ("schemas", &REFERENCES),
    ("parameters", &["reference-dangling"]),
    ("responses", &["reference-dangling"]),
    ("requestBodies", &["reference-dangling"]),
    ("headers", &["reference-dangling"]),
    ("securitySchemes", &SECURITY),
    ("securityDefinitions", &SECURITY),
    ("x-amazon-apigateway-integration", &["integration-missing", "operation-without-security", "cors-"]),
    ("x-amazon-apigateway-request-validators", &["validator-unknown"]),
    ("x-amazon-apigateway-request-validator", &["validation-not-enabled", "validator-unknown"]),
    ("x-amazon-apigateway-binary-media-types", &["binary-response-undeclared", "accept-first-only"]),
    ("x-amazon-apigateway-authorizer", &["operation-unsecured", "dropped-requirement", "options-authorized"]),
    ("x-amazon-apigateway-authtype", &["operation-unsecured", "dropped-requirement", "dropped-security-scheme"]),
];

const REFERENCES: [&str; 11] = [
    "reference-dangling",
    "reference-default-model",
    "model-ref-missing",
    "import-warning",
    "security-scheme-undefined",
    "operation-unsecured",
    "path-parameter-undeclared",
    "request-mapping-undeclared",
    "cache-key-invalid",
    "integration-missing",
    "api-key-not-required",
];
const SECURITY: [&str; 4] =
    ["security-scheme-undefined", "operation-unsecured", "api-key-not-required", "dropped-requirement"];

/// What follows for all that stands in a member that is not read.
const UNREAD: [&str; 5] = ["unknown-amazon-extension", "import-", "reference-", "dropped-", "unknown-extension"];

/// What the import and the drop report say of an object in which a member is mistyped.
const OF_IMPORT: [&str; 2] = ["import-", "dropped-"];

/// A member that something was found about.
#[derive(Clone, Copy)]
struct Place {
    /// The object it is a member of, with the object's own name.
    from: Span,
    object: Span,
    value: Span,
}

impl Place {
    fn holds(&self, span: Span) -> bool {
        self.object.contains(span) || self.from == span
    }
}

/// A mistake that others follow from.
struct Cause {
    /// The finding that names it.
    index: usize,
    place: Place,
    meant: Option<String>,
}

/// Takes out the findings that follow from others.
pub(super) fn removed(document: &Document, mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let is_cause = |d: &Diagnostic| MISTYPED.contains(&d.code.as_ref()) || d.code == "path-slash-missing";
    let is_missing = |d: &Diagnostic| d.code == "missing-member";
    let wanted: HashSet<Span> = found.iter().filter(|d| is_cause(d) || is_missing(d)).filter_map(|d| d.span).collect();
    if wanted.is_empty() {
        return found;
    }
    let mut places = HashMap::new();
    for root in document.sources().files().filter_map(|(_, file)| file.root()) {
        collect(root, root.span, &wanted, 0, &mut places);
    }
    let mut causes: Vec<Cause> = Vec::new();
    for (index, diagnostic) in found.iter().enumerate().filter(|(_, d)| is_cause(d)) {
        let Some(place) = diagnostic.span.and_then(|span| places.get(&span).copied()) else { continue };
        let meant = diagnostic.help.as_deref().and_then(meant).map(str::to_owned);
        // Two rules may tell of one member; the first is enough.
        if let Some(before) = causes.iter_mut().find(|c| found[c.index].span == diagnostic.span) {
            before.meant = before.meant.take().or(meant);
            continue;
        }
        causes.push(Cause { index, place, meant });
    }
    let mut follows: Vec<Option<usize>> = vec![None; found.len()];
    for (at, diagnostic) in found.iter().enumerate() {
        let Some(span) = diagnostic.span else { continue };
        if let Some(cause) = causes.iter().find(|c| c.index != at && explains(c, &found[c.index], diagnostic, span)) {
            follows[at] = Some(cause.index);
        } else if is_missing(diagnostic) {
            let place = places.get(&span).copied();
            follows[at] = found.iter().position(|other| told_as_missing(diagnostic, other, place)).filter(|o| *o != at);
        }
    }
    for at in 0..found.len() {
        let Some(cause) = first_cause(&follows, at) else { continue };
        if found[cause].code == "path-slash-missing" || is_missing(&found[at]) {
            continue;
        }
        let (severity, message, span) = (found[at].severity, found[at].message.clone(), found[at].span);
        let mistake = &mut found[cause];
        if severity > mistake.severity {
            mistake.severity = severity;
            if let Some(span) = span.filter(|span| Some(*span) != mistake.span) {
                *mistake = mistake.clone().with_label(span, message);
            }
        }
    }
    let kept: Vec<bool> = (0..found.len()).map(|at| first_cause(&follows, at).is_none()).collect();
    let mut keep = kept.into_iter();
    found.retain(|_| keep.next().unwrap_or(true));
    found
}

/// Returns what a finding follows from in the end; `None` when it stands by itself, or follows from itself.
fn first_cause(follows: &[Option<usize>], at: usize) -> Option<usize> {
    let mut cause = follows[at]?;
    let mut steps = 0;
    while let Some(next) = follows[cause] {
        steps += 1;
        if next == at || steps > 32 {
            return None;
        }
        cause = next;
    }
    Some(cause)
}

fn explains(cause: &Cause, mistake: &Diagnostic, finding: &Diagnostic, span: Span) -> bool {
    let code = finding.code.as_ref();
    let among = |codes: &[&str]| codes.iter().any(|c| code == *c || (c.ends_with('-') && code.starts_with(c)));
    if cause.place.value.contains(span) && among(&UNREAD) {
        return true;
    }
    if Some(span) == mistake.span {
        // Two rules tell of one name; what is said as gravely, and names what was meant, is enough.
        let is_twin = MISTYPED.contains(&code) || code.starts_with("dropped-") || code == "unknown-extension";
        let is_lack =
            cause.meant.as_deref().is_some_and(|meant| finding.message.ends_with(&format!("lacks `{meant}`")));
        let within = |(member, codes): &(&str, &[&str])| cause.meant.as_deref() == Some(*member) && among(codes);
        return is_lack || WITHIN.iter().any(within) || (is_twin && finding.severity <= mistake.severity);
    }
    let Some(meant) = cause.meant.as_deref() else { return false };
    let of = |table: &[(&str, &[&str])]| table.iter().any(|(member, codes)| *member == meant && among(codes));
    let is_lack = code == "missing-member" && finding.message.ends_with(&format!("`{meant}`"));
    (cause.place.holds(span) && (is_lack || among(&OF_IMPORT) || of(&WITHIN))) || of(&ANYWHERE)
}

/// Returns whether a rule tells of the same lack as a finding of the grammar.
fn told_as_missing(missing: &Diagnostic, other: &Diagnostic, place: Option<Place>) -> bool {
    let lack = match other.code.as_ref() {
        "responses-missing" => "`responses`",
        "info-title-missing" if missing.message.ends_with("`info`") => return true,
        "info-title-missing" => "`title`",
        "no-paths" => return missing.message.ends_with("`paths`"),
        "parameter-incomplete" | "security-scheme-incomplete" => "",
        _ => return false,
    };
    let near = other.span.is_some_and(|span| place.is_some_and(|p| p.holds(span)));
    near && missing.message.ends_with(lack)
}

/// Returns what a help says was meant.
fn meant(help: &str) -> Option<&str> {
    help.strip_prefix("did you mean `")?.strip_suffix("`?")
}

fn collect(node: &Node, from: Span, wanted: &HashSet<Span>, depth: usize, out: &mut HashMap<Span, Place>) {
    if depth > 256 {
        return;
    }
    node.items().for_each(|item| collect(item, item.span, wanted, depth + 1, out));
    for entry in node.entries() {
        if wanted.contains(&entry.key.span) {
            out.insert(entry.key.span, Place { from, object: node.span, value: entry.value.span });
        }
        collect(&entry.value, entry.key.span, wanted, depth + 1, out);
    }
}
