//! A document against the specification of its version: members that are unknown, missing, or of another type.
//!
//! These are warnings: most real documents have some, and API Gateway takes many of them.

use std::fmt;

use crate::source::{Diagnostic, Entry, Kind, Node, Value};

use super::Version;
use super::grammar::{self, Object, Pattern, Type};
use super::spelling;

/// So many findings are kept of one document.
const MAX_FINDINGS: usize = 1_000;

/// Reports what the specification does not allow in a document whose references to other files are brought in.
pub(super) fn validate(root: &Node, version: Version, diagnostics: &mut Vec<Diagnostic>) {
    let mut validator = Validator { version, found: Vec::new() };
    validator.node(root, grammar::document(version), format_args!("the document"));
    diagnostics.append(&mut validator.found);
}

struct Validator {
    version: Version,
    found: Vec<Diagnostic>,
}

impl Validator {
    /// Checks a node; `what` names it in messages, such as `` `schema` of a parameter ``.
    fn node(&mut self, node: &Node, ty: Type, what: fmt::Arguments<'_>) {
        if self.found.len() >= MAX_FINDINGS
            || matches!(ty, Type::Any | Type::Binding | Type::Extension)
            || is_open(node)
        {
            return;
        }
        if !ty.fits(node.kind()) {
            self.wrong_type(node, ty, what);
            return;
        }
        match ty.for_node(node) {
            Type::Object(object) => self.object(node, object),
            Type::Map(inner) => {
                for Entry { key, value } in node.entries().filter(|e| !e.key.text.starts_with("x-")) {
                    self.node(value, *inner, format_args!("`{}`", Shortened(&key.text)));
                }
            }
            Type::List(inner) => {
                for item in node.items() {
                    self.node(item, *inner, format_args!("an item of {what}"));
                }
            }
            Type::Integer if node.as_i64().is_none() => {
                self.found.push(Diagnostic::warning("wrong-type", node.span, format!("{what} is no integer")));
            }
            _ => {}
        }
    }

    fn object(&mut self, node: &Node, object: &'static Object) {
        if object.referable && node.reference().is_some() && object.name != "a path item" {
            return;
        }
        for Entry { key, value } in node.entries() {
            match object.member_type(&key.text) {
                Some(Type::Any | Type::Binding | Type::Extension) => {}
                // Where the document is of 3.2, these have been taken out before.
                Some(_)
                    if matches!(
                        (object.name, key.text.as_str()),
                        ("a media type", "itemSchema") | ("the components", "mediaTypes")
                    ) =>
                {
                    let message = format!("`{}` in {} is of OpenAPI 3.2", key.text, object.name);
                    let diagnostic = Diagnostic::warning("unknown-member", key.span, message);
                    self.found.push(diagnostic.with_help("write `openapi: 3.2.0`"));
                }
                // `nullable` members are written `null` where a value is absent; nothing is said then.
                Some(_) if value.is_null() => {}
                Some(Type::Text) if value.as_str().is_some() => {}
                Some(ty) => self.node(value, ty, format_args!("`{}` of {}", key.text, object.name)),
                None if object.open || key.text.starts_with("Fn::") => {}
                None => self.unknown(key, object),
            }
        }
        for member in object.members.iter().filter(|m| m.required && node.get(m.name).is_none()) {
            // `responses` may be absent from an operation: 20 of 114 real documents leave it out, and it is asked of
            // them by name only.
            let place = node.entries().next().map_or(node.span, |first| first.key.span);
            let message = format!("{} lacks `{}`", object.name, member.name);
            let diagnostic = Diagnostic::warning("missing-member", place, message);
            self.found.push(diagnostic.with_help(format!("add `{}`", member.name)));
        }
        self.words(node, object);
    }

    fn unknown(&mut self, key: &crate::source::Key, object: &'static Object) {
        let name = crate::source::shortened(&key.text);
        let message = format!("`{name}` is not a member of {}", object.name);
        let mut diagnostic = Diagnostic::warning("unknown-member", key.span, message);
        let known = object.members.iter().map(|m| m.name).filter(|m| !m.starts_with('$'));
        diagnostic.help = match (spelling::nearest(&key.text, known), &object.pattern) {
            (Some(near), _) => Some(format!("did you mean `{near}`?")),
            (None, Some(Pattern::Path(_))) => Some("a path begins with `/`".into()),
            (None, Some(Pattern::Status(_))) => {
                Some("write a status code such as `200`, a range such as `4XX`, or `default`".into())
            }
            (None, _) if self.version == Version::V30 && is_of_31(&key.text) => {
                Some("this is of OpenAPI 3.1; write `openapi: 3.1.0`".into())
            }
            (None, _) => Some("what is not of the specification begins with `x-`".into()),
        };
        self.found.push(diagnostic);
    }

    fn wrong_type(&mut self, node: &Node, ty: Type, what: fmt::Arguments<'_>) {
        let what = what.to_string();
        // A number or a boolean where text belongs is read as its text by whoever reads YAML.
        let is_scalar = matches!(node.kind(), Kind::Number | Kind::Boolean);
        if is_scalar && matches!(ty, Type::Text) && (what.starts_with("`version`") || what.starts_with("`openapi`")) {
            return;
        }
        if is_scalar && matches!(ty, Type::Text) && what.starts_with("`swagger`") {
            return;
        }
        let message = format!("{what} is {}, not {}", node.kind().with_article(), wanted(ty));
        self.found.push(Diagnostic::warning("wrong-type", node.span, message));
    }

    /// Checks members whose value is one of a few words.
    fn words(&mut self, node: &Node, object: &Object) {
        const SIMPLE: &[&str] = &["string", "number", "integer", "boolean", "array", "file"];
        let checked: &[(&str, &[&str])] = match object.name {
            "a parameter" if self.version == Version::V2 => {
                &[("in", &["path", "query", "header", "body", "formData"]), ("type", SIMPLE)]
            }
            "a parameter" => &[("in", &["path", "query", "header", "cookie"])],
            "a schema" => &[("type", &["string", "number", "integer", "boolean", "array", "object", "null", "file"])],
            "the items" => &[("type", &["string", "number", "integer", "boolean", "array"])],
            "a header" if self.version == Version::V2 => &[("type", SIMPLE)],
            "a security scheme" => &[("type", &["apiKey", "http", "oauth2", "openIdConnect", "mutualTLS"])],
            "a security definition" => &[("type", &["basic", "apiKey", "oauth2"])],
            _ => return,
        };
        for (member, words) in checked {
            self.word(node, object, member, words);
        }
    }

    fn word(&mut self, node: &Node, object: &Object, member: &str, words: &[&str]) {
        let Some(value) = node.get(member).filter(|v| !is_open(v)) else { return };
        let Some(text) = value.as_str().filter(|text| !words.contains(text)) else { return };
        let shown = crate::source::shortened(text);
        let message = format!("`{member}` of {} cannot be `{shown}`", object.name);
        let near = spelling::nearest(text, words.iter().copied());
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write one of `{}`", words.join("`, `")),
        };
        self.found.push(Diagnostic::warning("unknown-value", value.span, message).with_help(help));
    }
}

/// A text that is shortened when it is shown, and not before.
struct Shortened<'a>(&'a str);

impl fmt::Display for Shortened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::source::shortened(self.0))
    }
}

/// Returns whether a value is not known yet: a CloudFormation intrinsic, or a text with a parameter in it.
fn is_open(node: &Node) -> bool {
    match &node.value {
        Value::String(text) => text.contains("${"),
        Value::Mapping(mapping) => {
            mapping.iter().any(|e| e.key.text.starts_with("Fn::")) || (mapping.len() == 1 && mapping.contains("Ref"))
        }
        _ => false,
    }
}

fn is_of_31(name: &str) -> bool {
    let Type::Object(schema) = grammar::schema(Version::V31).for_node(&empty()) else { return false };
    let Type::Object(document) = grammar::document(Version::V31) else { return false };
    schema.member(name).is_some() || document.member(name).is_some()
}

fn empty() -> Node {
    let span = crate::source::Span { file: crate::source::FileId(0), start: 0, end: 0 };
    Node::mapping(crate::source::Mapping::new(), span)
}

fn wanted(ty: Type) -> String {
    match ty {
        Type::Any | Type::Binding | Type::Extension => "anything".into(),
        Type::Text => "a string".into(),
        Type::Boolean => "a boolean".into(),
        Type::Number => "a number".into(),
        Type::Integer => "an integer".into(),
        Type::Object(_) | Type::Map(_) => "an object".into(),
        Type::List(_) => "an array".into(),
        Type::OneOf(types) => types.iter().map(|ty| wanted(*ty)).collect::<Vec<_>>().join(" or "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, yaml};

    #[track_caller]
    fn check(version: Version, text: &str, expected: &[&str]) {
        let root = yaml::parse(FileId(0), text).0.unwrap();
        let mut diagnostics = Vec::new();
        validate(&root, version, &mut diagnostics);
        let shown: Vec<String> = diagnostics
            .iter()
            .map(|d| {
                let line = text[..d.span.unwrap().start as usize].matches('\n').count() + 1;
                format!("{line}: {}; {}", d.message, d.help.as_deref().unwrap_or("-"))
            })
            .collect();
        assert_eq!(shown, expected);
    }

    const HEAD: &str = "openapi: 3.0.3\ninfo: {title: t, version: 1}\n";

    #[test]
    fn slips_are_named() {
        let text = format!(
            "{HEAD}paths:\n  /a:\n    get:\n      parameters:\n        - {{name: a, in: qeury, requierd: true, schema: {{type: strng}}}}\n      responses: {{'200': {{description: ok}}}}\n  b: {{}}\n"
        );
        check(
            Version::V30,
            &text,
            &[
                "7: `requierd` is not a member of a parameter; did you mean `required`?",
                "7: `type` of a schema cannot be `strng`; did you mean `string`?",
                "7: `in` of a parameter cannot be `qeury`; did you mean `query`?",
                "9: `b` is not a member of the paths; a path begins with `/`",
            ],
        );
    }

    #[test]
    fn types_and_missing_members() {
        let text = format!(
            "{HEAD}paths:\n  /a:\n    get:\n      deprecated: 'yes'\n      responses: {{'20': {{}}, default: {{}}}}\ncomponents: {{schemas: {{S: {{const: 1}}}}}}\n"
        );
        check(
            Version::V30,
            &text,
            &[
                "6: `deprecated` of an operation is a string, not a boolean; -",
                "7: `20` is not a member of the responses; write a status code such as `200`, a range such as `4XX`, or `default`",
                "7: a response lacks `description`; add `description`",
                "8: `const` is not a member of a schema; this is of OpenAPI 3.1; write `openapi: 3.1.0`",
            ],
        );
    }

    #[test]
    fn what_is_still_open_is_not_judged() {
        let text = format!("{HEAD}paths: {{}}\ntags: {{'Fn::If': [a, b, c]}}\nservers: [{{url: '${{x}}'}}]\n");
        check(Version::V30, &text, &[]);
    }
}
