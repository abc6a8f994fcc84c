//! What API Gateway will do differently: the extensions of operations, schemes and the document.

use super::Side;
use super::checks::Check;
use super::checks::gateway as check;
use super::edit::{Edit, quoted, value};
use super::operations::{Both, Differ};
use crate::openapi::{Document, Operation};
use crate::source::{Entry, Node, Span};

mod cors;
mod integration;

/// The prefix of the extensions that API Gateway knows.
const PREFIX: &str = "x-amazon-apigateway-";

/// Compares the extensions of an operation.
pub(super) fn operation<'a>(differ: &mut Differ<'a, '_>, both: &Both<'a>) {
    let (old, new) = (both.old.node, both.new.node);
    let mut edits = Vec::new();
    let key = "x-amazon-apigateway-integration";
    match (old.entry(key), new.entry(key)) {
        (None, None) => {}
        (None, Some(entry)) => {
            let kind = entry.value.get("type").map_or_else(|| "of unknown type".into(), value);
            let message = format!("an integration {kind} was added");
            edits.push(Edit::new(&check::INTEGRATION_ADDED, None, entry.key.span, message));
        }
        (Some(entry), None) => {
            let edit = Edit::new(&check::INTEGRATION_REMOVED, entry.key.span, None, "the integration was removed");
            edits.push(edit.near(both.new.span));
        }
        (Some(a), Some(b)) => {
            let (x, y) = (differ.cx.old.resolved(&a.value), differ.cx.new.resolved(&b.value));
            if x != y {
                integration::compare((x, a.key.span), (y, b.key.span), &mut edits);
            }
        }
    }
    iam(old, new, both.new.span, &mut edits);
    validator(differ.cx.old, &both.old, differ.cx.new, &both.new, &mut edits);
    for edit in edits {
        differ.report_whole([both.index], edit);
    }
}

fn iam(old: &Node, new: &Node, near: Span, edits: &mut Vec<Edit>) {
    let auth = |node: &Node| {
        let node = node.get("x-amazon-apigateway-auth")?.get("type")?;
        node.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("AWS_IAM")).then_some(node.span)
    };
    let edit = match (auth(old), auth(new)) {
        (None, Some(at)) => Edit::new(&check::IAM_DEMANDED, None, at, "requests must be signed (`AWS_IAM`)"),
        (Some(at), None) => {
            Edit::new(&check::IAM_DROPPED, at, None, "requests need no longer be signed (`AWS_IAM`)").near(near)
        }
        _ => return,
    };
    edits.push(edit);
}

/// What API Gateway checks of a request before it passes, and where that is said.
fn validated(document: &Document, operation: &Operation<'_>) -> (bool, bool, Option<Span>) {
    let key = "x-amazon-apigateway-request-validator";
    let Some(named) = operation.node.get(key).or_else(|| document.root().get(key)) else { return (false, false, None) };
    let definitions = document.root().get("x-amazon-apigateway-request-validators");
    let found = named.as_str().and_then(|name| definitions?.get(name));
    let flag = |key: &str| found.and_then(|node| node.get(key)).and_then(Node::as_bool) == Some(true);
    (flag("validateRequestBody"), flag("validateRequestParameters"), Some(named.span))
}

fn validator(old: &Document, a: &Operation<'_>, new: &Document, b: &Operation<'_>, edits: &mut Vec<Edit>) {
    let (before, after) = (validated(old, a), validated(new, b));
    for (was, is, what) in [(before.0, after.0, "bodies"), (before.1, after.1, "parameters")] {
        let edit = match (was, is) {
            (false, true) => Edit::new(
                &check::VALIDATOR_STRICTER,
                before.2,
                after.2,
                format!("API Gateway checks the {what} of requests and refuses wrong ones (400)"),
            ),
            (true, false) => Edit::new(
                &check::VALIDATOR_RELAXED,
                before.2,
                after.2,
                format!("API Gateway no longer checks the {what} of requests"),
            ),
            _ => continue,
        };
        edits.push(edit.near(b.span));
    }
}

/// Compares the authorizers of two security schemes.
pub(super) fn authorizer(old: &Node, new: &Node, a: &Entry, b: &Entry, edits: &mut Vec<Edit>) {
    let key = "x-amazon-apigateway-authorizer";
    let name = quoted(&b.key.text);
    let (before, after) = (old.get(key), new.get(key));
    let (before, after) = match (before, after) {
        (None, None) => return authtype(old, new, a, b, edits),
        (None, Some(node)) => {
            let message = format!("the scheme {name} gets an authorizer: API Gateway enforces it");
            edits.push(Edit::new(&check::AUTHORIZER_ADDED, None, node.span, message));
            return;
        }
        (Some(node), None) => {
            let message = format!("the scheme {name} has no authorizer any more: API Gateway does not enforce it");
            edits.push(Edit::new(&check::AUTHORIZER_REMOVED, node.span, None, message).near(b.key.span));
            return;
        }
        (Some(before), Some(after)) => (before, after),
    };
    authtype(old, new, a, b, edits);
    let owner = format!("the authorizer {name}");
    members(
        &owner,
        (before, before.span),
        (after, after.span),
        &|key| {
            Some(match key {
                "type" => &check::AUTHORIZER_TYPE_CHANGED,
                "authorizerUri" => &check::AUTHORIZER_TARGET_CHANGED,
                "identitySource" => &check::AUTHORIZER_IDENTITY_CHANGED,
                "identityValidationExpression" => &check::AUTHORIZER_EXPRESSION_CHANGED,
                "authorizerResultTtlInSeconds" => &check::AUTHORIZER_TTL_CHANGED,
                "providerARNs" => return None,
                _ => &check::AUTHORIZER_SETTING_CHANGED,
            })
        },
        edits,
    );
    lists(
        before.get("providerARNs"),
        after.get("providerARNs"),
        (&check::AUTHORIZER_PROVIDER_REMOVED, "are no longer accepted"),
        (&check::AUTHORIZER_PROVIDER_ADDED, "are accepted"),
        "tokens of",
        after.span,
        edits,
    );
}

fn authtype(old: &Node, new: &Node, a: &Entry, b: &Entry, edits: &mut Vec<Edit>) {
    let key = "x-amazon-apigateway-authtype";
    let signed = |node: &Node| node.str_of(key).is_some_and(|kind| kind.to_ascii_lowercase().starts_with("aws"));
    let span = |node: &Node, own: &Entry| node.get(key).map_or(own.key.span, |n| n.span);
    let spans = (span(old, a), span(new, b));
    let edit = match (signed(old), signed(new)) {
        (false, true) => Edit::new(&check::IAM_DEMANDED, spans.0, spans.1, "requests must be signed (`AWS_IAM`)"),
        (true, false) => Edit::new(&check::IAM_DROPPED, spans.0, spans.1, "requests need no longer be signed"),
        _ => return,
    };
    edits.push(edit);
}

/// Compares the extensions at the root.
pub(super) fn document(differ: &mut Differ<'_, '_>) {
    let (old, new) = (differ.cx.old.root(), differ.cx.new.root());
    let mut edits = Vec::new();
    let near = new.span;
    let mut keys: Vec<&str> = Vec::new();
    for entry in old.entries().chain(new.entries()) {
        let key = entry.key.text.as_str();
        if key.starts_with(PREFIX) && !keys.contains(&key) && old.get(key) != new.get(key) {
            keys.push(key);
        }
    }
    for key in keys {
        let (before, after) = (old.get(key), new.get(key));
        match &key[PREFIX.len()..] {
            // Each operation says what the validators mean to it.
            "request-validator" | "request-validators" => {}
            "api-key-source" => {
                let source = |node: Option<&Node>| node.and_then(Node::as_str).unwrap_or("HEADER").to_ascii_uppercase();
                if source(before) != source(after) {
                    changed(&check::API_KEY_SOURCE_CHANGED, "the place of API keys", before, after, near, &mut edits);
                }
            }
            "binary-media-types" => lists(
                before,
                after,
                (&check::BINARY_MEDIA_TYPES_CHANGED, "are no longer binary: API Gateway passes them as text"),
                (&check::BINARY_MEDIA_TYPES_CHANGED, "are binary: integrations get them as Base64"),
                "bodies of",
                near,
                &mut edits,
            ),
            "minimum-compression-size" => {
                changed(&check::COMPRESSION_CHANGED, "the least size to compress", before, after, near, &mut edits);
            }
            "cors" => cors::document(before, after, near, &mut edits),
            "gateway-responses" => gateway_responses(before, after, near, &mut edits),
            "endpoint-configuration" => endpoint(before, after, near, &mut edits),
            "policy" => {
                let text = |node: Option<&Node>| {
                    node.map(|n| serde_json::to_string_pretty(&n.to_json()).unwrap_or_default()).unwrap_or_default()
                };
                let spans = (before.map(|n| n.span), after.map(|n| n.span));
                let edit = Edit::new(&check::POLICY_CHANGED, spans.0, spans.1, "the resource policy changed");
                edits.push(edit.near(near).with_text(&text(before), &text(after)));
            }
            "security-policy" | "endpoint-access-mode" => {
                changed(&check::SECURITY_POLICY_CHANGED, &quoted(key), before, after, near, &mut edits);
            }
            _ => {
                let spans = (before.map(|n| n.span), after.map(|n| n.span));
                let message = format!("{} changed", quoted(key));
                edits.push(Edit::new(&check::SETTING_CHANGED, spans.0, spans.1, message).near(near));
            }
        }
    }
    let servers = |node: &'_ Node| {
        node.get("servers")
            .and_then(|s| s.items().find_map(|s| s.get("x-amazon-apigateway-endpoint-configuration")).cloned())
    };
    let (before, after) = (servers(old), servers(new));
    if before != after {
        endpoint(before.as_ref(), after.as_ref(), near, &mut edits);
    }
    let everyone: Vec<usize> = (0..differ.operations.len()).collect();
    for edit in edits {
        let reach =
            if edit.check.effect.level(Side::Request) == super::Level::Info { Vec::new() } else { everyone.clone() };
        differ.report_whole(reach, edit);
    }
}

fn changed(
    check: &'static Check,
    what: &str,
    before: Option<&Node>,
    after: Option<&Node>,
    near: Span,
    edits: &mut Vec<Edit>,
) {
    let message = match (before, after) {
        (None, Some(b)) => format!("{what} was set to {}", value(b)),
        (Some(a), None) => format!("{what}, {}, was removed", value(a)),
        (Some(a), Some(b)) => format!("{what} changed from {} to {}", value(a), value(b)),
        (None, None) => return,
    };
    edits.push(Edit::new(check, before.map(|n| n.span), after.map(|n| n.span), message).near(near));
}

/// Compares the members of two objects, each with the check that `check` names; none skips it.
fn members(
    owner: &str,
    old: (&Node, Span),
    new: (&Node, Span),
    check: &dyn Fn(&str) -> Option<&'static Check>,
    edits: &mut Vec<Edit>,
) {
    let mut keys: Vec<&str> = old.0.entries().map(|e| e.key.text.as_str()).collect();
    keys.extend(new.0.entries().map(|e| e.key.text.as_str()).filter(|key| old.0.get(key).is_none()));
    for key in keys {
        let (before, after) = (old.0.get(key), new.0.get(key));
        let same = match (before.and_then(Node::scalar_text), after.and_then(Node::scalar_text)) {
            // API Gateway reads names of types and modes in either case.
            (Some(a), Some(b)) if matches!(key, "type" | "passthroughBehavior" | "connectionType") => {
                a.eq_ignore_ascii_case(&b)
            }
            (Some(a), Some(b)) => a == b,
            _ => before == after,
        };
        if same {
            continue;
        }
        if let Some(check) = check(key) {
            changed(check, &format!("{} of {owner}", quoted(key)), before, after, new.1, edits);
        }
    }
}

/// Compares two lists as sets: one edit for each value that went or came.
fn lists(
    before: Option<&Node>,
    after: Option<&Node>,
    removed: (&'static Check, &str),
    added: (&'static Check, &str),
    what: &str,
    near: Span,
    edits: &mut Vec<Edit>,
) {
    let items = |node: Option<&Node>| node.map(Node::items).unwrap_or_default().cloned().collect::<Vec<_>>();
    let (old, new) = (items(before), items(after));
    for gone in old.iter().filter(|item| !new.contains(item)) {
        let message = format!("{what} {} {}", value(gone), removed.1);
        edits.push(Edit::new(removed.0, gone.span, None, message).near(after.map_or(near, |n| n.span)));
    }
    for item in new.iter().filter(|item| !old.contains(item)) {
        edits.push(Edit::new(added.0, None, item.span, format!("{what} {} {}", value(item), added.1)));
    }
}

fn gateway_responses(before: Option<&Node>, after: Option<&Node>, near: Span, edits: &mut Vec<Edit>) {
    let entries = |node: Option<&Node>| node.map(Node::entries).unwrap_or_default().cloned().collect::<Vec<_>>();
    let (old, new) = (entries(before), entries(after));
    for entry in &old {
        let name = quoted(&entry.key.text);
        match new.iter().find(|other| other.key.text == entry.key.text) {
            None => {
                let message = format!("the gateway response {name} is no longer customised");
                edits.push(Edit::new(&check::GATEWAY_RESPONSE_REMOVED, entry.key.span, None, message).near(near));
            }
            Some(other) if other.value == entry.value => {}
            Some(other) => {
                let text = |node: &Node| serde_json::to_string_pretty(&node.to_json()).unwrap_or_default();
                let message = format!("the gateway response {name} changed");
                let edit = Edit::new(&check::GATEWAY_RESPONSE_CHANGED, entry.key.span, other.key.span, message);
                edits.push(edit.with_text(&text(&entry.value), &text(&other.value)));
            }
        }
    }
    for entry in new.iter().filter(|e| !old.iter().any(|other| other.key.text == e.key.text)) {
        let message = format!("the gateway response {} is customised", quoted(&entry.key.text));
        edits.push(Edit::new(&check::GATEWAY_RESPONSE_ADDED, None, entry.key.span, message));
    }
}

fn endpoint(before: Option<&Node>, after: Option<&Node>, near: Span, edits: &mut Vec<Edit>) {
    let key = "disableExecuteApiEndpoint";
    let disabled = |node: Option<&Node>| node.and_then(|n| n.get(key)).and_then(Node::as_bool) == Some(true);
    let span = |node: Option<&Node>| node.map(|n| n.span);
    match (disabled(before), disabled(after)) {
        (false, true) => edits.push(
            Edit::new(
                &check::DEFAULT_ENDPOINT_DISABLED,
                span(before),
                span(after),
                "the default host name of the API refuses calls",
            )
            .near(near),
        ),
        (true, false) => edits.push(
            Edit::new(
                &check::DEFAULT_ENDPOINT_ENABLED,
                span(before),
                span(after),
                "the default host name of the API takes calls",
            )
            .near(near),
        ),
        _ => {}
    }
    for key in ["vpcEndpointIds", "types", "ipAddressType"] {
        let of = |node: Option<&Node>| node.and_then(|n| n.get(key)).cloned();
        let (x, y) = (of(before), of(after));
        if x != y {
            changed(&check::ENDPOINT_CHANGED, &quoted(key), x.as_ref(), y.as_ref(), near, edits);
        }
    }
}
