//! `${name}` in a document: what one document for every environment leaves open.
//!
//! Left alone are stage variables, CloudFormation's `${AWS::…}` and everything under `Fn::Sub`, and the mapping
//! syntax of API Gateway. In mapping templates and in prose only names that are set are replaced.

use std::collections::{BTreeMap, HashSet};

use ecow::EcoString;

use crate::source::{Diagnostic, Entry, Key, Node, Number, Severity, Span, Value};

use super::spelling;

/// Members whose text is prose or a template of another language.
const QUIET: [&str; 8] =
    ["description", "summary", "title", "example", "examples", "pattern", "requestTemplates", "responseTemplates"];

/// Members that are numbers: a parameter that is all of their value becomes one.
const NUMBERS: [&str; 12] = [
    "timeoutInMillis",
    "authorizerResultTtlInSeconds",
    "maxAge",
    "x-amazon-apigateway-minimum-compression-size",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "default",
    "multipleOf",
];

/// What precedes the first dot of the names that API Gateway gives a meaning to.
const RESERVED: [&str; 9] =
    ["stageVariables", "context", "request", "response", "input", "util", "method", "integration", "AWS"];

/// Puts the values of parameters in their places. A name without a value is an error when `given`, that is when
/// any values were given at all, and else a warning. `written` is the text that the node was read from.
pub(super) fn substituted(
    node: &Node,
    written: &str,
    values: &BTreeMap<String, String>,
    given: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Node {
    let mut substitution = Substitution { written, values, given, diagnostics };
    substitution.node(node, "", false).unwrap_or_else(|| node.clone())
}

struct Substitution<'a> {
    written: &'a str,
    values: &'a BTreeMap<String, String>,
    given: bool,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Substitution<'_> {
    /// Returns the node with its parameters replaced, or `None` when there are none.
    fn node(&mut self, node: &Node, member: &str, quiet: bool) -> Option<Node> {
        match &node.value {
            Value::String(text) if text.contains("${") => {
                let new = self.text(text, node, quiet)?;
                let number = Number::parse(&new).filter(|_| NUMBERS.contains(&member));
                let value = number.map_or(Value::String(new), Value::Number);
                Some(Node::new(value, node.span))
            }
            Value::Mapping(mapping) => {
                let mut changed = None;
                let mut renamed = HashSet::new();
                for (at, Entry { key, value }) in mapping.iter().enumerate() {
                    if key.text.starts_with("Fn::") {
                        continue;
                    }
                    let quiet_here = quiet || QUIET.contains(&key.text.as_str());
                    if let Some(new) = self.node(value, &key.text, quiet_here) {
                        changed.get_or_insert_with(|| mapping.clone()).entries_mut()[at].value = new;
                    }
                    if key.text.contains("${") {
                        let place = Node::string(key.text.clone(), key.span);
                        let text = self.text(&key.text, &place, true);
                        // Names that become the same as another's stay as they were.
                        if let Some(text) = text.filter(|t| !mapping.contains(t) && renamed.insert(t.clone())) {
                            let copy = changed.get_or_insert_with(|| mapping.clone());
                            copy.entries_mut()[at].key = Key { text, span: key.span };
                        }
                    }
                }
                changed.map(|mapping| Node::mapping(mapping, node.span))
            }
            Value::Sequence(items) => {
                let mut changed = None;
                for (at, item) in items.iter().enumerate() {
                    if let Some(new) = self.node(item, member, quiet) {
                        changed.get_or_insert_with(|| items.clone()).make_mut()[at] = new;
                    }
                }
                changed.map(|items| Node::new(Value::Sequence(items), node.span))
            }
            _ => None,
        }
    }

    fn text(&mut self, text: &str, place: &Node, quiet: bool) -> Option<EcoString> {
        let mut out = EcoString::new();
        let mut rest = text;
        let mut changed = false;
        while let Some(at) = rest.find("${") {
            let Some(length) = rest[at..].find('}') else { break };
            let name = &rest[at + 2..at + length];
            let value = self.values.get(name).filter(|_| !is_set_by_template(text, name));
            out.push_str(&rest[..at]);
            match value {
                Some(value) => {
                    out.push_str(value);
                    changed = true;
                }
                None => {
                    if !quiet && is_parameter(name) {
                        self.unset(name, place);
                    }
                    out.push_str(&rest[at..=at + length]);
                }
            }
            rest = &rest[at + length + 1..];
        }
        out.push_str(rest);
        changed.then_some(out)
    }

    fn unset(&mut self, name: &str, place: &Node) {
        let severity = if self.given { Severity::Error } else { Severity::Warning };
        let consequence = if self.given { "" } else { "; it stays as it is" };
        let message = format!("the parameter `{name}` has no value{consequence}");
        // A text may have many lines; the name is on one of them.
        let text = self.written.get(place.span.range()).unwrap_or_default();
        let span = text.find(&format!("${{{name}}}")).map_or(place.span, |at| {
            let start = place.span.start as usize + at;
            Span::new(place.span.file, start, start + name.len() + "${}".len())
        });
        let mut diagnostic = Diagnostic::new(severity, "parameter-unset", span, message);
        diagnostic.help = Some(match spelling::nearest(name, self.values.keys().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("give it with `--var {name}=VALUE`, or in an environment of the configuration"),
        });
        self.diagnostics.push(diagnostic);
    }
}

/// Returns whether a name can be one of the document's parameters.
fn is_parameter(name: &str) -> bool {
    let first = name.split(['.', ':']).next().unwrap_or_default();
    let well_formed = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    well_formed && !RESERVED.contains(&first)
}

/// Returns whether a mapping template gives the name a value itself.
fn is_set_by_template(text: &str, name: &str) -> bool {
    text.contains("#set")
        && [format!("#set(${name} "), format!("#set(${name}="), format!("#set( ${name} "), format!("#set( ${name}=")]
            .iter()
            .any(|set| text.contains(set.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, yaml};

    fn check(text: &str, expected: &str, faults: &[&str]) {
        let values = BTreeMap::from([("fn".to_owned(), "arn:x".to_owned()), ("ms".to_owned(), "50".to_owned())]);
        let node = yaml::parse(FileId(0), text).0.unwrap();
        let mut diagnostics = Vec::new();
        let out = substituted(&node, text, &values, true, &mut diagnostics);
        assert_eq!(out.to_json().to_string(), expected);
        let messages: Vec<&str> = diagnostics.iter().map(|d| d.message.as_str()).collect();
        assert_eq!(messages, faults);
    }

    #[test]
    fn values_take_the_places_of_names() {
        check("a: x-${fn}-${fn}", r#"{"a":"x-arn:x-arn:x"}"#, &[]);
        check("timeoutInMillis: '${ms}'\nuri: '${ms}'", r#"{"timeoutInMillis":50,"uri":"50"}"#, &[]);
        check("a: '${nm}'", r#"{"a":"${nm}"}"#, &["the parameter `nm` has no value"]);
    }

    #[test]
    fn what_others_read_is_left_alone() {
        check("a: '${stageVariables.fn} ${AWS::Region}'", r#"{"a":"${stageVariables.fn} ${AWS::Region}"}"#, &[]);
        check("a: {'Fn::Sub': '${fn}'}", r#"{"a":{"Fn::Sub":"${fn}"}}"#, &[]);
        check(
            "requestTemplates: {x: '#set($fn = 1)${fn}${y}'}",
            r##"{"requestTemplates":{"x":"#set($fn = 1)${fn}${y}"}}"##,
            &[],
        );
        check("description: costs ${price} ${fn}", r#"{"description":"costs ${price} arn:x"}"#, &[]);
    }
}
