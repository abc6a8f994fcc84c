//! What YAML 1.1 reads otherwise: `yes`, `no`, `on` and `off` without quotes are booleans there.

use ecow::EcoString;

use crate::source::{Entry, Format, Key, Node, Sources, Span, Value};

/// Returns the boolean that YAML 1.1 reads where these words stand without quotes, and YAML 1.2 a text (yaml.org,
/// `type/bool`, without `y` and `n`, which no common reader takes).
fn boolean_of_yaml_1_1(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

/// Returns the boolean that YAML 1.1 reads at a place of a text that was read as YAML 1.2; none where the same is read,
/// in quotes, and in JSON.
#[must_use]
pub fn boolean_at(sources: &Sources, span: Span) -> Option<bool> {
    (sources.file(span.file).format() == Format::Yaml).then(|| boolean_of_yaml_1_1(sources.text(span))).flatten()
}

/// Returns a document as YAML 1.1 reads it: values that are these words become booleans, keys the names of booleans.
/// Nothing is returned where that is the same.
#[must_use]
pub fn as_yaml_1_1(root: &Node, sources: &Sources) -> Option<Node> {
    let text = sources.file(root.span.file);
    let may_have = text.format() == Format::Yaml
        && text.text().split(|c: char| !c.is_ascii_alphanumeric()).any(|word| boolean_of_yaml_1_1(word).is_some());
    may_have.then(|| reread(root, sources)).flatten()
}

fn reread(node: &Node, sources: &Sources) -> Option<Node> {
    let value = match &node.value {
        Value::String(text) => {
            boolean_of_yaml_1_1(text)?;
            Value::Bool(boolean_at(sources, node.span)?)
        }
        Value::Sequence(items) => {
            let read: Vec<Option<Node>> = items.iter().map(|item| reread(item, sources)).collect();
            read.iter().any(Option::is_some).then_some(())?;
            Value::Sequence(items.iter().zip(read).map(|(item, read)| read.unwrap_or_else(|| item.clone())).collect())
        }
        Value::Mapping(mapping) => {
            let read: Vec<(Option<bool>, Option<Node>)> = mapping
                .iter()
                .map(|entry| {
                    let key = boolean_of_yaml_1_1(&entry.key.text).and_then(|_| boolean_at(sources, entry.key.span));
                    (key, reread(&entry.value, sources))
                })
                .collect();
            read.iter().any(|(key, value)| key.is_some() || value.is_some()).then_some(())?;
            let entries = mapping.iter().zip(read).map(|(entry, (key, value))| Entry {
                key: Key {
                    text: key.map_or_else(|| entry.key.text.clone(), |key| EcoString::from(key.to_string())),
                    span: entry.key.span,
                },
                value: value.unwrap_or_else(|| entry.value.clone()),
            });
            Value::Mapping(entries.collect())
        }
        _ => return None,
    };
    Some(Node::new(value, node.span))
}

#[cfg(test)]
mod tests {
    use crate::source::{Sources, read_text};

    use super::as_yaml_1_1;

    fn read(text: &str) -> Option<String> {
        let mut sources = Sources::new();
        let (_, root, _) = read_text(&mut sources, "a", text.to_owned());
        as_yaml_1_1(&root.unwrap(), &sources).map(|root| root.to_json().to_string())
    }

    #[test]
    fn words_without_quotes_are_booleans() {
        let text = "a: yes\nb: 'yes'\nc: [NO, \"on\", Off, no way, y]\non: {x: 1}\nd: yesterday";
        let read = read(text).unwrap();
        assert_eq!(read, r#"{"a":true,"b":"yes","c":[false,"on",false,"no way","y"],"true":{"x":1},"d":"yesterday"}"#);
    }

    #[test]
    fn what_is_the_same_is_not_read_again() {
        for text in ["a: 'yes'", "a: |\n  no\n", "{\"a\": \"yes\"}", "a: true"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
