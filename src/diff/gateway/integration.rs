//! The members of `x-amazon-apigateway-integration`.

use super::check;
use super::{cors, members};
use crate::diff::checks::Check;
use crate::diff::edit::{Edit, quoted, value};
use crate::gateway::{http_api, integration};
use crate::source::{Entry, Node, Span};

pub(super) fn compare(old: (&Node, Span), new: (&Node, Span), edits: &mut Vec<Edit>) {
    members("the integration", old, new, &check_of, edits);
    let (before, after) = (old.0, new.0);
    timeout(before, after, new.1, edits);
    passthrough(before, after, old.1, new.1, edits);
    map(before, after, "requestParameters", &check::REQUEST_MAPPING_CHANGED, new.1, edits);
    templates(before, after, "requestTemplates", &check::REQUEST_TEMPLATE_CHANGED, new.1, edits);
    responses(before, after, new.1, edits);
}

fn check_of(key: &str) -> Option<&'static Check> {
    Some(match key {
        "type" => &check::INTEGRATION_TYPE_CHANGED,
        "uri" | "integrationTarget" => &check::INTEGRATION_TARGET_CHANGED,
        "httpMethod" => &check::INTEGRATION_METHOD_CHANGED,
        "credentials" => &check::INTEGRATION_CREDENTIALS_CHANGED,
        "connectionType" | "connectionId" => &check::INTEGRATION_CONNECTION_CHANGED,
        "contentHandling" => &check::CONTENT_HANDLING_CHANGED,
        "cacheNamespace" | "cacheKeyParameters" => &check::CACHE_KEY_CHANGED,
        "tlsConfig" => &check::TLS_CONFIG_CHANGED,
        "payloadFormatVersion" => &check::PAYLOAD_FORMAT_CHANGED,
        "responseParameters" => &check::RESPONSE_MAPPING_CHANGED,
        "timeoutInMillis" | "passthroughBehavior" | "requestParameters" | "requestTemplates" | "responses" => {
            return None;
        }
        _ => &check::INTEGRATION_SETTING_CHANGED,
    })
}

fn timeout(old: &Node, new: &Node, near: Span, edits: &mut Vec<Edit>) {
    // Integrations of HTTP APIs have this member, those of REST APIs have it not.
    let is_http = |node: &Node| node.get("payloadFormatVersion").is_some();
    let default = |node: &Node| match is_http(node) {
        true => http_api::integration::DEFAULT_TIMEOUT_MILLIS,
        false => integration::DEFAULT_TIMEOUT_MILLIS,
    };
    let of = |node: &Node| node.get("timeoutInMillis").and_then(Node::as_i64).unwrap_or_else(|| default(node));
    let (before, after) = (of(old), of(new));
    let (check, verb) = match after.cmp(&before) {
        std::cmp::Ordering::Less => (&check::TIMEOUT_LOWERED, "lowered"),
        std::cmp::Ordering::Greater => (&check::TIMEOUT_RAISED, "raised"),
        std::cmp::Ordering::Equal => return,
    };
    let span = |node: &Node| node.get("timeoutInMillis").map(|n| n.span);
    let message = format!("the timeout was {verb} from `{before}` to `{after}` milliseconds");
    edits.push(Edit::new(check, span(old), span(new), message).near(near));
}

fn passthrough(old: &Node, new: &Node, old_span: Span, new_span: Span, edits: &mut Vec<Edit>) {
    let key = "passthroughBehavior";
    let strictness = |node: &Node| match node.str_of(key).unwrap_or_default().to_ascii_lowercase().as_str() {
        "never" => 2,
        "when_no_templates" => 1,
        _ => 0,
    };
    let words = ["when_no_match", "when_no_templates", "never"];
    let (before, after): (usize, usize) = (strictness(old), strictness(new));
    let check = match after.cmp(&before) {
        std::cmp::Ordering::Greater => &check::PASSTHROUGH_STRICTER,
        std::cmp::Ordering::Less => &check::PASSTHROUGH_RELAXED,
        std::cmp::Ordering::Equal => return,
    };
    let span = |node: &Node, own: Span| node.get(key).map_or(own, |n| n.span);
    let message = format!("`{key}` changed from `{}` to `{}`", words[before], words[after]);
    edits.push(Edit::new(check, span(old, old_span), span(new, new_span), message));
}

/// Returns the members of a map of both sides, by key: those of the old one first.
fn joined(old: Option<&Node>, new: Option<&Node>) -> Vec<(Option<Entry>, Option<Entry>)> {
    let entries = |node: Option<&Node>| node.map(Node::entries).unwrap_or_default().cloned().collect::<Vec<_>>();
    let (before, after) = (entries(old), entries(new));
    let added = after.iter().filter(|b| !before.iter().any(|a| a.key.text == b.key.text)).cloned();
    let added: Vec<_> = added.map(|b| (None, Some(b))).collect();
    let kept = before.into_iter().map(|a| {
        let b = after.iter().find(|b| b.key.text == a.key.text).cloned();
        (Some(a), b)
    });
    kept.chain(added).collect()
}

fn map(old: &Node, new: &Node, key: &str, check: &'static Check, near: Span, edits: &mut Vec<Edit>) {
    for pair in joined(old.get(key), new.get(key)) {
        let (span, message) = match &pair {
            (Some(a), Some(b)) if a.value == b.value => continue,
            (Some(a), Some(b)) => (
                (Some(a.value.span), Some(b.value.span)),
                format!("{} is made of {} instead of {}", quoted(&a.key.text), value(&b.value), value(&a.value)),
            ),
            (Some(a), None) => ((Some(a.key.span), None), format!("{} is no longer set", quoted(&a.key.text))),
            (None, Some(b)) => {
                ((None, Some(b.key.span)), format!("{} is made of {}", quoted(&b.key.text), value(&b.value)))
            }
            (None, None) => continue,
        };
        // CORS of a REST API is a header with a literal value.
        let values = (pair.0.as_ref().map(|e| &e.value), pair.1.as_ref().map(|e| &e.value));
        let name = pair.0.as_ref().or(pair.1.as_ref()).map_or("", |e| e.key.text.as_str());
        if cors::header(name, values.0, values.1, span, near, edits) {
            continue;
        }
        edits.push(Edit::new(check, span.0, span.1, message).near(near));
    }
}

fn templates(old: &Node, new: &Node, key: &str, check: &'static Check, near: Span, edits: &mut Vec<Edit>) {
    for pair in joined(old.get(key), new.get(key)) {
        let text = |entry: &Option<Entry>| entry.as_ref().and_then(|e| e.value.as_str()).unwrap_or_default().to_owned();
        let (before, after) = (text(&pair.0), text(&pair.1));
        let span = |entry: &Option<Entry>| entry.as_ref().map(|e| e.value.span);
        let name = pair.0.as_ref().or(pair.1.as_ref()).map_or_else(String::new, |e| quoted(&e.key.text));
        let verb = match &pair {
            (Some(_), Some(_)) if before == after => continue,
            (Some(_), Some(_)) => "changed",
            (Some(_), None) => "was removed",
            _ => "was added",
        };
        let mut edit = Edit::new(check, span(&pair.0), span(&pair.1), format!("the template for {name} {verb}"));
        if verb == "changed" && before.split_whitespace().eq(after.split_whitespace()) {
            edit.check = &check::TEMPLATE_WHITESPACE_CHANGED;
            edit.message = format!("the template for {name} changed in white space only");
        }
        edits.push(edit.near(near).with_text(&before, &after));
    }
}

fn responses(old: &Node, new: &Node, near: Span, edits: &mut Vec<Edit>) {
    for pair in joined(old.get("responses"), new.get("responses")) {
        match pair {
            (Some(a), Some(b)) => response(&a, &b, edits),
            (Some(a), None) => {
                let message = format!("the integration response {} was removed", quoted(&a.key.text));
                let edit = Edit::new(&check::INTEGRATION_RESPONSE_REMOVED, a.key.span, None, message);
                edits.push(edit.near(near));
            }
            (None, Some(b)) => {
                let message = format!("the integration response {} was added", quoted(&b.key.text));
                edits.push(Edit::new(&check::INTEGRATION_RESPONSE_ADDED, None, b.key.span, message));
            }
            (None, None) => {}
        }
    }
}

fn response(old: &Entry, new: &Entry, edits: &mut Vec<Edit>) {
    let owner = format!("the integration response {}", quoted(&new.key.text));
    members(
        &owner,
        (&old.value, old.key.span),
        (&new.value, new.key.span),
        &|key| match key {
            "statusCode" => Some(&check::INTEGRATION_STATUS_CHANGED),
            "contentHandling" => Some(&check::CONTENT_HANDLING_CHANGED),
            _ => None,
        },
        edits,
    );
    let near = new.key.span;
    map(&old.value, &new.value, "responseParameters", &check::RESPONSE_MAPPING_CHANGED, near, edits);
    templates(&old.value, &new.value, "responseTemplates", &check::RESPONSE_TEMPLATE_CHANGED, near, edits);
}
