//! Values written as forms: what a client would send for an example.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value as Json;

/// What stands between the parts of a form with files.
pub(super) const BOUNDARY: &str = "gatewright-7d93b1a0";

/// What a form does not escape.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*');

/// Returns an object as `application/x-www-form-urlencoded`, or `None` when a form cannot say it.
pub(super) fn urlencoded(value: &Json) -> Option<String> {
    let escaped = |text: &str| utf8_percent_encode(text, FORM).to_string();
    let pairs = fields(value)?;
    let pairs = pairs.iter().map(|(name, text)| format!("{}={}", escaped(name), escaped(text)));
    Some(pairs.collect::<Vec<_>>().join("&"))
}

/// Returns an object as `multipart/form-data`, or `None` when a form cannot say it.
pub(super) fn multipart(value: &Json) -> Option<String> {
    let mut text = String::new();
    for (name, content) in fields(value)? {
        let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
        if quoted.contains(['\r', '\n']) || content.contains(BOUNDARY) {
            return None;
        }
        text.push_str(&format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{quoted}\"\r\n\r\n{content}\r\n"
        ));
    }
    Some(format!("{text}--{BOUNDARY}--\r\n"))
}

/// Returns the fields of a form: lists are repeated, objects are JSON.
fn fields(value: &Json) -> Option<Vec<(&str, String)>> {
    let mut fields = Vec::new();
    for (name, value) in value.as_object()? {
        match value {
            Json::Null => {}
            Json::Array(items) if items.is_empty() => return None,
            Json::Array(items) => {
                for item in items {
                    fields.push((name.as_str(), text(item)));
                }
            }
            value => fields.push((name.as_str(), text(value))),
        }
    }
    Some(fields)
}

fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn forms_say_lists_and_objects() {
        let value = json!({ "a b": "x&y", "list": [1, true], "o": { "k": "v" }, "n": null });
        assert_eq!(urlencoded(&value).as_deref(), Some("a%20b=x%26y&list=1&list=true&o=%7B%22k%22%3A%22v%22%7D"));
        let parts = multipart(&json!({ "a\"": "x" })).expect("a form");
        assert_eq!(
            parts,
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"a\\\"\"\r\n\r\nx\r\n--{BOUNDARY}--\r\n")
        );
        assert_eq!((urlencoded(&json!([])), urlencoded(&json!({ "a": [] }))), (None, None));
    }
}
