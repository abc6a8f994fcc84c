//! The booleans of YAML 1.1: `yes`, `no`, `on` and `off` without quotes. What else it reads otherwise (numbers in base 8
//! and 60, dates) is left as it is.

use ecow::EcoString;

use crate::source::{Format, Key, Mapping, Node, Sources, Span, Value};

/// Returns the boolean that YAML 1.1 reads where these words stand without quotes, and YAML 1.2 a text (yaml.org,
/// `type/bool`, without `y` and `n`, which no common reader takes).
fn boolean_of_yaml_1_1(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

/// Returns the boolean that YAML 1.1 reads at a place of a text that was read as YAML 1.2; none where the same is read:
/// in quotes and blocks, behind a tag, and in JSON.
#[must_use]
pub fn boolean_at(sources: &Sources, span: Span) -> Option<bool> {
    let file = sources.file(span.file);
    if file.format() != Format::Yaml {
        return None;
    }
    let text = sources.text(span);
    let word = match text.strip_prefix('&') {
        Some(anchored) => anchored.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim_start()),
        None => text,
    };
    let boolean = boolean_of_yaml_1_1(word)?;
    let before = file.text().get(..span.start as usize).unwrap_or_default();
    (!is_after_indicator(before) && !is_after_tag(before)).then_some(boolean)
}

/// Whether a text ends with the first line of a block scalar (`|`, `>-`), whose content begins on the next one.
fn is_after_indicator(before: &str) -> bool {
    let Some((lines, _)) = before.trim_end_matches([' ', '\t']).rsplit_once('\n').filter(|(_, rest)| rest.is_empty())
    else {
        return false;
    };
    let line = lines.trim_end().rsplit('\n').next().unwrap_or_default();
    let line = line.find(" #").map_or(line, |comment| &line[..comment]).trim_end();
    let indicator = line.trim_end_matches(|c: char| matches!(c, '+' | '-') || c.is_ascii_digit());
    indicator.ends_with(['|', '>'])
}

/// Whether a text ends with a tag (`!!str`).
fn is_after_tag(before: &str) -> bool {
    before.trim_end().rsplit(char::is_whitespace).next().is_some_and(|last| last.starts_with('!'))
}

/// Returns a document with the booleans of YAML 1.1: values that are these words become booleans, keys the names of
/// booleans.
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
            let mut all = Mapping::new();
            for (entry, (key, value)) in mapping.iter().zip(read) {
                let text = key.map_or_else(|| entry.key.text.clone(), |key| EcoString::from(key.to_string()));
                // Of keys that become the same the last one counts, as in the service's maps.
                all.set(Key { text, span: entry.key.span }, value.unwrap_or_else(|| entry.value.clone()));
            }
            Value::Mapping(all)
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
    fn anchors_stand_before_words_and_the_last_of_equal_keys_counts() {
        assert_eq!(read("a: &x NO\nb: *x\nc:\n  yes").unwrap(), r#"{"a":false,"b":false,"c":true}"#);
        assert_eq!(read("yes: 1\na: 2\non: 3\ntrue: 4").unwrap(), r#"{"true":4,"a":2}"#);
    }

    #[test]
    fn what_is_the_same_is_not_read_again() {
        let blocks = ["a: |\n  no\n", "a: >-\n\n  no\n", "- |- # yes\n  no\n", "? |-\n  on\n: 1"];
        for text in ["a: 'yes'", "{\"a\": \"yes\"}", "a: true", "a: !!str on", "- !!str\n  on"].iter().chain(&blocks) {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
