//! `x-gatewright-allow: [code, …]`: exceptions for the part of a document they stand in.

use crate::openapi::Document;
use crate::source::{Diagnostic, Node, Span};

use super::levels::nearest;
use super::rules;

/// The member that holds exceptions.
const MEMBER: &str = "x-gatewright-allow";

/// An exception: a code, and the part of the text it is for.
struct Exception<'a> {
    code: &'a str,
    /// Where the code is written.
    place: Span,
    /// The object that the exception stands in, with the name it has there.
    from: Span,
    object: Span,
    used: bool,
}

/// Takes out what the document excepts, and adds findings about exceptions that except nothing.
pub(super) fn apply(document: &Document, found: &mut Vec<Diagnostic>) {
    let mut exceptions = Vec::new();
    let roots: Vec<&Node> = document.sources().files().filter_map(|(_, file)| file.root()).collect();
    for root in if roots.is_empty() { vec![document.root()] } else { roots } {
        collect(root, root.span, 0, &mut exceptions);
    }
    if exceptions.is_empty() {
        return;
    }
    found.retain(|diagnostic| {
        let Some(span) = diagnostic.span else { return true };
        let mut keep = true;
        for exception in exceptions.iter_mut().filter(|e| e.code == diagnostic.code) {
            if exception.object.contains(span) || exception.from.contains(span) {
                exception.used = true;
                keep = false;
            }
        }
        keep
    });
    for exception in exceptions {
        let finding = match rules::find(exception.code) {
            None => {
                let message = format!("there is no lint code `{}` to allow", exception.code);
                let help = match nearest(exception.code, rules::codes()) {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => "`gatewright explain` lists the codes".into(),
                };
                rules::UNKNOWN_EXCEPTION.at(exception.place, message).with_help(help)
            }
            Some(_) if !exception.used => {
                let message = format!("`{}` is allowed here, and nothing was found for it", exception.code);
                rules::UNUSED_EXCEPTION.at(exception.place, message).with_help("take the code out")
            }
            Some(_) => continue,
        };
        found.push(finding);
    }
}

fn collect<'a>(node: &'a Node, from: Span, depth: usize, exceptions: &mut Vec<Exception<'a>>) {
    if depth > 256 {
        return;
    }
    node.items().for_each(|item| collect(item, item.span, depth + 1, exceptions));
    for entry in node.entries() {
        if entry.key.text == MEMBER {
            let one = entry.value.as_str().map(|_| &entry.value);
            for item in entry.value.items().chain(one) {
                let Some(code) = item.as_str() else { continue };
                exceptions.push(Exception { code, place: item.span, from, object: node.span, used: false });
            }
        } else {
            collect(&entry.value, entry.key.span, depth + 1, exceptions);
        }
    }
}
