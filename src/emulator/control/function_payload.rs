//! What is wrong with the payload of an invocation that is no JSON, in the words of Lambda's parser, which is Jackson.

use serde::de::IgnoredAny;

/// Bytes of a payload that are quoted.
const QUOTED: usize = 500;
const VALUES: &str = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/// Returns what is wrong with a payload, or nothing when it is JSON.
pub(super) fn fault(payload: &[u8]) -> Option<String> {
    // First, as the parser does not look into the texts that it passes over.
    if let Err(broken) = std::str::from_utf8(payload) {
        let at = broken.valid_up_to();
        let byte = payload.get(at).copied().unwrap_or_default();
        return Some(format!("Invalid UTF-8 start byte 0x{byte:x}{}", place(payload, at + 1)));
    }
    let error = serde_json::from_slice::<IgnoredAny>(payload).err()?;
    // The parser says where it stopped: behind the character that it cannot take.
    let starts: usize =
        payload.split_inclusive(|byte| *byte == b'\n').take(error.line().max(1) - 1).map(<[u8]>::len).sum();
    let at = (starts + error.column()).saturating_sub(1).min(payload.len());
    let rest = payload.get(at..).map(String::from_utf8_lossy).unwrap_or_default();
    let Some(first) = rest.chars().next().filter(|_| !error.is_eof()) else {
        return Some(format!("Unexpected end-of-input{}", place(payload, payload.len())));
    };
    let said = error.to_string();
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    if (said.starts_with("expected value") || said.starts_with("expected ident"))
        && (word(first) || said.contains("ident"))
    {
        let text = String::from_utf8_lossy(payload);
        // What begins like a token is read from its beginning to what follows it.
        let begin = text.get(..at).map_or(0, |before| before.trim_end_matches(word).len());
        let token: String = text.get(begin..).unwrap_or_default().chars().take_while(|c| word(*c)).collect();
        let end = (begin + token.len() + 1).min(payload.len());
        return Some(format!("Unrecognized token '{token}': was expecting {VALUES}{}", place(payload, end)));
    }
    let expected = match said.split(" at line").next().unwrap_or_default() {
        "key must be a string" => "was expecting double-quote to start field name".to_owned(),
        "expected `:`" => "was expecting a colon to separate field name and value".to_owned(),
        "expected `,` or `}`" => "was expecting comma to separate Object entries".to_owned(),
        "expected `,` or `]`" => "was expecting comma to separate Array entries".to_owned(),
        _ => format!("expected a valid value {VALUES}"),
    };
    let code = u32::from(first);
    Some(format!("Unexpected character ('{first}' (code {code})): {expected}{}", place(payload, at + first.len_utf8())))
}

/// Returns how the parser names a place: by the line and column behind `read` bytes.
fn place(payload: &[u8], read: usize) -> String {
    let before = payload.get(..read).unwrap_or(payload);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    let quoted = String::from_utf8_lossy(payload.get(..QUOTED).unwrap_or(payload));
    let left = match payload.len().saturating_sub(QUOTED) {
        0 => String::new(),
        left => format!("[truncated {left} bytes]"),
    };
    format!("\n at [Source: (byte[])\"{quoted}\"{left}; line: {line}, column: {column}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(payload: &str, expected: &str) {
        let fault = fault(payload.as_bytes()).unwrap_or_default();
        let expected = match expected {
            "" => String::new(),
            _ => {
                let (words, place) = expected.split_once(" @ ").expect("words and a place");
                let (line, column) = place.split_once(':').expect("a line and a column");
                format!("{words}\n at [Source: (byte[])\"{payload}\"; line: {line}, column: {column}]")
            }
        };
        assert_eq!(fault, expected);
    }

    #[test]
    fn a_text_is_utf_8() {
        let fault = fault(b"{\"a\": \"\xff\"}").unwrap_or_default();
        assert!(fault.starts_with("Invalid UTF-8 start byte 0xff"), "{fault}");
    }

    #[test]
    fn faults_are_told_as_jackson_tells_them() {
        check(r#"{"a": [1, null]}"#, "");
        check("text", &format!("Unrecognized token 'text': was expecting {VALUES} @ 1:5"));
        check("a b", &format!("Unrecognized token 'a': was expecting {VALUES} @ 1:3"));
        check("nope", &format!("Unrecognized token 'nope': was expecting {VALUES} @ 1:5"));
        check("{no", "Unexpected character ('n' (code 110)): was expecting double-quote to start field name @ 1:3");
        check(
            "{\n'a': 1}",
            "Unexpected character (''' (code 39)): was expecting double-quote to start field name @ 2:2",
        );
        check(
            r#"{"a" 1}"#,
            "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value @ 1:7",
        );
        check(r#"{"a": 1"#, "Unexpected end-of-input @ 1:8");
    }

    #[test]
    fn bytes_that_are_no_text_are_named() {
        let fault = fault(b"\x87\xab").expect("is none");
        assert!(fault.starts_with("Invalid UTF-8 start byte 0x87\n at [Source: "), "{fault}");
    }
}
