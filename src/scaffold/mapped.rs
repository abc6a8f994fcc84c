//! What a mapping template makes of a request, as a schema: the type of what a function that is no proxy is given.

use serde_json::Value as Json;

use crate::openapi::Document;
use crate::source::{Entry, Key, Mapping, Node, Span};

/// What begins the text that stands for a reference outside of a string. No document has it: it is for private use.
const HOLE: char = '\u{f8ff}';

/// Returns whether a template passes the body on as it is.
pub(crate) fn passes(template: &str) -> bool {
    matches!(template.trim(), "" | "$input.json('$')" | "$input.json(\"$\")" | "$input.body")
}

/// Returns the schema of what a template makes, or `None` where that is not to be told without rendering it: what
/// stands in a directive may be there or not. `body` is the schema of a JSON body that is always there.
pub(crate) fn schema(document: &Document, template: &str, body: Option<&Node>, span: Span) -> Option<Node> {
    let mut holes = Vec::new();
    let json: Json = serde_json::from_str(&with_holes(template, &mut holes)?).ok()?;
    let made = Made { document, body, holes: &holes, span };
    json.is_object().then(|| made.of(&json))
}

/// Returns the template with texts in the place of references, or `None` where it has directives.
fn with_holes<'t>(template: &'t str, holes: &mut Vec<&'t str>) -> Option<String> {
    let mut out = String::with_capacity(template.len());
    let (mut rest, mut in_string) = (template, false);
    while let Some(first) = rest.chars().next() {
        let mut length = first.len_utf8();
        match first {
            '$' => match reference(rest) {
                Some(end) => {
                    length = end;
                    if !in_string {
                        out.push_str(&format!("\"{HOLE}{}\"", holes.len()));
                        holes.push(&rest[..end]);
                    }
                }
                None => out.push(first),
            },
            '\\' if in_string => {
                length += rest[1..].chars().next().map_or(0, char::len_utf8);
                out.push_str(&rest[..length]);
            }
            '#' if rest.starts_with("##") => length = rest.find('\n').unwrap_or(rest.len()),
            '#' if rest.starts_with("#*") => length = rest.find("*#")? + 2,
            // What is set shows where it is named.
            '#' if rest.starts_with("#set") && !in_string => {
                let open = rest.find('(').filter(|at| rest[4..*at].trim().is_empty())?;
                length = open + balanced(&rest[open..])?;
            }
            '#' if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '@' | '{')) => return None,
            HOLE => return None,
            _ => {
                in_string ^= first == '"';
                out.push(first);
            }
        }
        rest = &rest[length..];
    }
    Some(out)
}

/// Returns the length of the reference that a text begins with.
fn reference(text: &str) -> Option<usize> {
    let name = |text: &str| {
        let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        begins.then(|| text.find(|c| !is_part(c)).unwrap_or(text.len()))
    };
    let mut at = 1;
    at += usize::from(text[at..].starts_with('!'));
    let is_braced = text[at..].starts_with('{');
    at += usize::from(is_braced);
    at += name(&text[at..])?;
    loop {
        let rest = &text[at..];
        match rest.chars().next() {
            Some('.') if name(&rest[1..]).is_some() => at += 1 + name(&rest[1..])?,
            Some('(' | '[') => at += balanced(rest)?,
            _ => break,
        }
    }
    if is_braced { text[at..].starts_with('}').then_some(at + 1) } else { Some(at) }
}

/// Returns the length of what is in brackets, with them.
fn balanced(text: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0_usize, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

struct Made<'m> {
    document: &'m Document,
    body: Option<&'m Node>,
    holes: &'m [&'m str],
    span: Span,
}

impl Made<'_> {
    fn of(&self, value: &Json) -> Node {
        match value {
            Json::Null => self.any(),
            Json::Bool(_) => self.typed("boolean"),
            Json::Number(n) if n.is_f64() => self.typed("number"),
            Json::Number(_) => self.typed("integer"),
            Json::String(text) => match text.strip_prefix(HOLE) {
                Some(number) => {
                    let hole = number.parse::<usize>().ok().and_then(|number| self.holes.get(number));
                    hole.and_then(|hole| self.of_hole(hole)).unwrap_or_else(|| self.any())
                }
                None => self.typed("string"),
            },
            Json::Array(items) => {
                let mut schemas = items.iter().map(|item| self.of(item));
                let first = schemas.next().unwrap_or_else(|| self.any());
                let item = if schemas.all(|schema| schema == first) { first } else { self.any() };
                self.node([("type", Node::string("array", self.span)), ("items", item)])
            }
            Json::Object(members) => {
                let required = members.keys().map(|name| Node::string(name.as_str(), self.span));
                let properties = members.iter().map(|(name, value)| (name.as_str(), self.of(value)));
                self.node([
                    ("type", Node::string("object", self.span)),
                    ("required", Node::sequence(required, self.span)),
                    ("properties", self.node(properties)),
                ])
            }
        }
    }

    /// Returns the schema of what a reference outside of a string writes, where it is always there.
    fn of_hole(&self, hole: &str) -> Option<Node> {
        let plain: String = hole.chars().filter(|c| !matches!(c, '!' | '{' | '}' | ' ')).collect();
        if plain == "$input.body" {
            return self.body.cloned();
        }
        let inner = plain.strip_prefix("$input.json(")?.strip_suffix(')')?;
        let path = inner
            .strip_prefix('\'')
            .and_then(|p| p.strip_suffix('\''))
            .or_else(|| inner.strip_prefix('"').and_then(|p| p.strip_suffix('"')))?;
        let mut schema = self.body?;
        for name in path.strip_prefix('$')?.split('.').skip(1) {
            let target = self.document.resolved(schema);
            let mut required = target.get("required").map(Node::items).unwrap_or_default();
            if !required.any(|known| known.as_str() == Some(name)) {
                return None;
            }
            schema = target.get("properties")?.get(name)?;
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        path[1..].chars().all(is_plain).then(|| schema.clone())
    }

    fn any(&self) -> Node {
        self.node(std::iter::empty::<(&str, Node)>())
    }

    fn typed(&self, name: &str) -> Node {
        self.node([("type", Node::string(name, self.span))])
    }

    fn node<'n>(&self, members: impl IntoIterator<Item = (&'n str, Node)>) -> Node {
        let mut mapping = Mapping::new();
        for (name, value) in members {
            mapping.push(Entry { key: Key { text: name.into(), span: self.span }, value });
        }
        Node::mapping(mapping, self.span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holed(template: &str) -> Option<String> {
        with_holes(template, &mut Vec::new()).map(|text| text.replace(HOLE, "@"))
    }

    #[test]
    fn references_are_taken_out() {
        let template = "## what it is\n#set($x = $input.path('$'))\n{\"id\": \"$input.params('id')\", \"a\": $!{input.json('$.a')},\n \
                        \"b\": \"$util.escapeJavaScript(\"$x.b[0]\").replaceAll(\"\\\\'\", \"'\")!\", \"c\": [$x.c, 1], \"d\": \"$5 \\\"#\"}";
        let expected = "\n\n{\"id\": \"\", \"a\": \"@0\",\n \"b\": \"!\", \"c\": [\"@1\", 1], \"d\": \"$5 \\\"#\"}";
        assert_eq!(holed(template).as_deref(), Some(expected));
        assert_eq!(holed("{#foreach($x in $y)1#end}"), None);
        assert_eq!(holed("{\"a\": #if($x)1#{else}2#end}"), None);
        assert_eq!(holed("#set($x"), None);
    }
}
