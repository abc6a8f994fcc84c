//! `${AWS::AccountId}`, `${AWS::Partition}` and `${AWS::Region}`, which an import resolves anywhere in a document.

use crate::openapi::Document;
use crate::source::{Entry, Node, Value};

use super::ImportOptions;

/// Returns the document with the variables in its strings resolved, or `None` when it has none.
pub(crate) fn resolved_in(document: &Document, options: &ImportOptions) -> Option<Document> {
    // Looking through texts is quicker than going through nodes; an escape may hide a variable from it.
    let may_have = |text: &str| {
        let bytes = text.as_bytes();
        let escapes = memchr::memchr_iter(b'\\', bytes).any(|at| matches!(bytes.get(at + 1), Some(b'u' | b'x')));
        escapes || memchr::memmem::find(bytes, b"${AWS::").is_some()
    };
    let sources = document.sources();
    let known = sources.files().next().is_some();
    if known && !sources.files().any(|(_, file)| may_have(file.text())) {
        return None;
    }
    resolved(document.root(), options).map(|root| document.with_root(root))
}

/// Returns the node with the variables in its strings resolved, or `None` when it has none.
///
/// What has no variable keeps its storage; every node keeps its span.
pub(crate) fn resolved(node: &Node, options: &ImportOptions) -> Option<Node> {
    let value = match &node.value {
        Value::String(text) => Value::String(resolved_text(text, options)?.into()),
        Value::Sequence(items) => {
            let mut changed = None;
            for (at, item) in items.iter().enumerate() {
                if let Some(new) = resolved(item, options) {
                    let copy: &mut Vec<Node> = changed.get_or_insert_with(|| items.iter().cloned().collect());
                    copy[at] = new;
                }
            }
            Value::Sequence(changed?.into_iter().collect())
        }
        Value::Mapping(mapping) => {
            let mut changed = None;
            for (at, entry) in mapping.iter().enumerate() {
                if let Some(value) = resolved(&entry.value, options) {
                    let copy: &mut Vec<Entry> = changed.get_or_insert_with(|| mapping.iter().cloned().collect());
                    copy[at].value = value;
                }
            }
            Value::Mapping(changed?.into_iter().collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => return None,
    };
    Some(Node::new(value, node.span))
}

fn resolved_text(text: &str, options: &ImportOptions) -> Option<String> {
    if !text.contains("${AWS::") {
        return None;
    }
    let new = text
        .replace("${AWS::AccountId}", &options.account_id)
        .replace("${AWS::Partition}", &options.partition)
        .replace("${AWS::Region}", &options.region);
    (new != text).then_some(new)
}
