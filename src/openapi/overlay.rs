//! OpenAPI Overlay 1.0, <https://spec.openapis.org/overlay/v1.0.0>: API Gateway's bindings in files of their own.

mod json_path;

use crate::source::{Diagnostic, Entry, Mapping, Node, Value};

use self::json_path::JsonPath;
use super::spelling;

/// How many places one action may change.
const MAX_TARGETS: usize = 100_000;

/// Returns the document with the actions of an overlay carried out, in their order. What an overlay adds keeps the
/// overlay's spans.
pub(super) fn applied(document: Node, overlay: &Node, diagnostics: &mut Vec<Diagnostic>) -> Node {
    let version = overlay.get("overlay").and_then(Node::scalar_text).unwrap_or_default();
    if !version.starts_with("1.") && version != "1" {
        let place = overlay.get("overlay").map_or(overlay.span, |v| v.span);
        let error =
            Diagnostic::error("not-an-overlay", place, "this is not an OpenAPI Overlay: `overlay` is not `1.0.0`")
                .with_help("an overlay begins `overlay: 1.0.0`");
        diagnostics.push(error);
        return document;
    }
    let Some(actions) = overlay.get("actions").and_then(Node::as_seq) else {
        diagnostics.push(Diagnostic::error("not-an-overlay", overlay.span, "the overlay has no list of `actions`"));
        return document;
    };
    actions.iter().fold(document, |document, action| carried_out(document, action, diagnostics))
}

fn carried_out(document: Node, action: &Node, diagnostics: &mut Vec<Diagnostic>) -> Node {
    for Entry { key, .. } in action.entries() {
        const KNOWN: [&str; 4] = ["target", "description", "update", "remove"];
        let name = key.text.as_str();
        if KNOWN.contains(&name) || name.starts_with("x-") {
            continue;
        }
        let message = format!("`{}` is not a member of an overlay's action", crate::source::shortened(name));
        let mut warning = Diagnostic::warning("unknown-member", key.span, message);
        warning.help = spelling::nearest(name, KNOWN.into_iter()).map(|near| format!("did you mean `{near}`?"));
        diagnostics.push(warning);
    }
    let Some(target) = action.get("target") else {
        diagnostics.push(Diagnostic::error("overlay-target", action.span, "the action has no `target`"));
        return document;
    };
    let path = match JsonPath::parse(target.as_str().unwrap_or_default()) {
        Ok(path) => path,
        Err(message) => {
            diagnostics.push(Diagnostic::error("overlay-target", target.span, message));
            return document;
        }
    };
    let mut targets = path.select(&document, MAX_TARGETS);
    if targets.is_empty() {
        let message = "the target of the action matches nothing";
        diagnostics.push(Diagnostic::warning("overlay-matches-nothing", target.span, message));
        return document;
    }
    let mut document = document;
    if action.get("remove").and_then(Node::as_bool) == Some(true) {
        // From the end, so that the positions of what is still to be removed stay.
        targets.sort();
        for target in targets.iter().rev() {
            remove(&mut document, target);
        }
    } else if let Some(update) = action.get("update") {
        for target in &targets {
            change(&mut document, target, &mut |node| *node = merged(node, update));
        }
    } else {
        let message = "the action changes nothing: it has neither `update` nor `remove: true`";
        diagnostics.push(Diagnostic::warning("overlay-matches-nothing", action.span, message));
    }
    document
}

/// A place in a tree: the positions from its root.
type Place = Vec<usize>;

fn change(node: &mut Node, place: &[usize], f: &mut dyn FnMut(&mut Node)) {
    let Some((at, rest)) = place.split_first() else { return f(node) };
    match &mut node.value {
        Value::Mapping(mapping) => {
            if let Some(entry) = mapping.entries_mut().get_mut(*at) {
                change(&mut entry.value, rest, f);
            }
        }
        Value::Sequence(items) => {
            if let Some(item) = items.make_mut().get_mut(*at) {
                change(item, rest, f);
            }
        }
        _ => {}
    }
}

fn remove(node: &mut Node, place: &[usize]) {
    let Some((last, parent)) = place.split_last() else { return };
    change(node, parent, &mut |node| match &mut node.value {
        Value::Mapping(mapping) => {
            mapping.remove_nth(*last);
        }
        Value::Sequence(items) if *last < items.len() => drop(items.remove(*last)),
        _ => {}
    });
}

/// Returns what an update makes of a node: objects are merged, lists grow, everything else is replaced.
fn merged(node: &Node, update: &Node) -> Node {
    match (&node.value, &update.value) {
        (Value::Mapping(old), Value::Mapping(new)) => {
            let mut out: Mapping = old.clone();
            for Entry { key, value } in new {
                match old.entry(&key.text) {
                    Some(entry) => {
                        let value = merged(&entry.value, value);
                        out.set(entry.key.clone(), value);
                    }
                    None => out.push(Entry { key: key.clone(), value: value.clone() }),
                }
            }
            Node::mapping(out, node.span)
        }
        (Value::Sequence(old), Value::Sequence(new)) => {
            Node::sequence(old.iter().chain(new.iter()).cloned(), node.span)
        }
        (Value::Sequence(old), _) => Node::sequence(old.iter().cloned().chain([update.clone()]), node.span),
        _ => update.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, yaml};

    const DOCUMENT: &str = "paths:\n  /a:\n    get: {operationId: a, tags: [x]}\n    post: {operationId: b}\n  /b:\n    get: {operationId: c, x-old: 1}\n";

    #[track_caller]
    fn check(actions: &str, expected: &str) {
        let document = yaml::parse(FileId(0), DOCUMENT).0.unwrap();
        let overlay = yaml::parse(FileId(1), &format!("overlay: 1.0.0\nactions:\n{actions}")).0.unwrap();
        let mut diagnostics = Vec::new();
        let out = applied(document, &overlay, &mut diagnostics);
        assert_eq!(out.get("paths").unwrap().to_json().to_string(), expected, "{diagnostics:?}");
    }

    #[test]
    fn updates_merge() {
        check(
            "- target: $.paths['/a'].get\n  update: {tags: [y], x-z: {uri: u}}\n",
            r#"{"/a":{"get":{"operationId":"a","tags":["x","y"],"x-z":{"uri":"u"}},"post":{"operationId":"b"}},"/b":{"get":{"operationId":"c","x-old":1}}}"#,
        );
        check(
            "- target: $.paths.*.get\n  update: {deprecated: true}\n",
            r#"{"/a":{"get":{"operationId":"a","tags":["x"],"deprecated":true},"post":{"operationId":"b"}},"/b":{"get":{"operationId":"c","x-old":1,"deprecated":true}}}"#,
        );
    }

    #[test]
    fn removals_and_filters() {
        check(
            "- target: $..[?@.operationId == 'a' || @.operationId == 'b']\n  remove: true\n- target: $..x-old\n  remove: true\n",
            r#"{"/a":{},"/b":{"get":{"operationId":"c"}}}"#,
        );
    }

    #[test]
    fn an_action_that_changes_nothing_is_told_of() {
        let document = yaml::parse(FileId(0), DOCUMENT).0.unwrap();
        let overlay = "overlay: 1.0.0\nactions:\n- target: $.paths\n  updat: {x: 1}\n";
        let overlay = yaml::parse(FileId(1), overlay).0.unwrap();
        let mut diagnostics = Vec::new();
        applied(document, &overlay, &mut diagnostics);
        let said: Vec<_> = diagnostics.iter().map(|d| (d.code.as_ref(), d.help.as_deref())).collect();
        assert_eq!(said, [("unknown-member", Some("did you mean `update`?")), ("overlay-matches-nothing", None)]);
    }

    #[test]
    fn what_is_added_points_at_the_overlay() {
        let document = yaml::parse(FileId(0), DOCUMENT).0.unwrap();
        let overlay = "overlay: 1.0.0\nactions:\n- target: $.paths['/b'].get\n  update: {x-new: 1}\n";
        let overlay = yaml::parse(FileId(1), overlay).0.unwrap();
        let out = applied(document, &overlay, &mut Vec::new());
        let operation = out.get("paths").unwrap().get("/b").unwrap().get("get").unwrap();
        assert_eq!(operation.span.file, FileId(0));
        assert_eq!(operation.get("x-new").unwrap().span.file, FileId(1));
    }
}
