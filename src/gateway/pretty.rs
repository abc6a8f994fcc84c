//! JSON texts as API Gateway writes them: exports, and the schemas of models that are imported.
//!
//! A member of an object has a line, the items of an array follow each other, and the colon has a space on both sides
//! (exports that users published, and the developer guide's later ones).

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CharEscape, Formatter};

/// Returns a document as JSON text. `expected` is about how many bytes that will be, to make room at once.
///
/// # Errors
///
/// When the document cannot be written as JSON.
pub(crate) fn to_json(document: &impl Serialize, expected: usize) -> Result<Vec<u8>, serde_json::Error> {
    let mut out = Vec::with_capacity(expected);
    document.serialize(&mut Serializer::with_formatter(&mut out, Lines::default()))?;
    Ok(out)
}

/// Writes the begin of each line in one piece: an export is deep, and a third of its text are spaces.
#[derive(Debug, Default)]
struct Lines {
    depth: usize,
    /// Whether the object that ends has something in it.
    is_filled: bool,
}

/// What ends a member and begins the next.
const COMMA_LINE: &[u8; 66] = b",\n                                                                ";

impl Lines {
    /// Begins a line, after a comma unless it is the first in its object.
    fn line<W: ?Sized + Write>(&self, out: &mut W, is_first: bool) -> io::Result<()> {
        let start = usize::from(is_first);
        let spaces = COMMA_LINE.len() - 2;
        let wanted = self.depth * 2;
        out.write_all(&COMMA_LINE[start..2 + wanted.min(spaces)])?;
        for _ in spaces..wanted {
            out.write_all(b" ")?;
        }
        Ok(())
    }
}

impl Formatter for Lines {
    fn write_f64<W: ?Sized + Write>(&mut self, out: &mut W, value: f64) -> io::Result<()> {
        out.write_all(number(value).as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b" ]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
        out.write_all(if is_first { b" " } else { b", " })
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        self.is_filled = false;
        out.write_all(b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        if !self.is_filled {
            return out.write_all(b" }");
        }
        self.line(out, true)?;
        out.write_all(b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
        self.line(out, is_first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b" : ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.is_filled = true;
        Ok(())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, out: &mut W, escape: CharEscape) -> io::Result<()> {
        let short: &[u8] = match escape {
            CharEscape::Quote => b"\\\"",
            CharEscape::ReverseSolidus => b"\\\\",
            CharEscape::Solidus => b"/",
            CharEscape::Backspace => b"\\b",
            CharEscape::FormFeed => b"\\f",
            CharEscape::LineFeed => b"\\n",
            CharEscape::CarriageReturn => b"\\r",
            CharEscape::Tab => b"\\t",
            CharEscape::AsciiControl(byte) => return write!(out, "\\u{byte:04X}"),
        };
        out.write_all(short)
    }
}

/// Returns a number with a fraction as the service writes it (an export that a user published has `0.0000010`).
///
/// Below a thousandth that is how Java's `BigDecimal` writes what `Double` makes of the number, `1.0E-6`: two digits at
/// least, and an exponent below a millionth alone. Exponents have a point before them and a sign: YAML takes others for
/// texts.
pub(super) fn number(value: f64) -> String {
    let text = serde_json::Number::from_f64(value).map_or_else(|| "null".to_owned(), |number| number.to_string());
    let scientific = if value != 0.0 && value.abs() < 1e-3 { format!("{value:e}") } else { text.clone() };
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return text };
    let Ok(exponent) = exponent.parse::<i32>() else { return text };
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    match exponent {
        -6..=-1 => {
            let zeros = "0".repeat(exponent.unsigned_abs() as usize - 1);
            format!("{sign}0.{zeros}{whole}{fraction}")
        }
        _ => format!("{sign}{whole}.{fraction}E{exponent:+}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn text(document: &Value) -> String {
        String::from_utf8(to_json(document, 0).expect("is written")).expect("is UTF-8")
    }

    #[test]
    fn members_have_lines_and_items_have_none() {
        let document = json!({
            "a": [{ "b": 1, "c": [] }, { "d": {} }], "e": ["x", 1.5, null], "f": { "g": "\"/\n\u{1f}é" },
        });
        let expected = r#"{
  "a" : [ {
    "b" : 1,
    "c" : [ ]
  }, {
    "d" : { }
  } ],
  "e" : [ "x", 1.5, null ],
  "f" : {
    "g" : "\"/\n\u001Fé"
  }
}"#;
        assert_eq!(text(&document), expected);
        assert_eq!([text(&json!({})), text(&json!([])), text(&json!(1))], ["{ }", "[ ]", "1"]);
    }

    #[test]
    fn numbers_are_decimals() {
        let numbers = [1e-6, 0.01, 1.5e-6, 1e-7, -2.5e-9, 1e-4, 0.000_25, 0.001, 1e16, 1.25e300, 100_000.0, -0.5, 0.0];
        let written = numbers.map(number);
        let expected = [
            "0.0000010",
            "0.01",
            "0.0000015",
            "1.0E-7",
            "-2.5E-9",
            "0.00010",
            "0.00025",
            "0.001",
            "1.0E+16",
            "1.25E+300",
            "100000.0",
            "-0.5",
            "0.0",
        ];
        assert_eq!(written, expected);
        assert_eq!(written.map(|text| text.parse::<f64>().expect("is a number")), numbers);
        assert_eq!(text(&json!({ "multipleOf": 1e-6 })), "{\n  \"multipleOf\" : 0.0000010\n}");
    }

    #[test]
    fn deep_texts_read_back() {
        let mut deep = json!([{}, [], "a\"\n", 1.5, null, { "k": [[]] }]);
        for number in 0..40 {
            deep = if number % 2 == 0 { json!({ "a": deep, "b": {} }) } else { json!([1, deep]) };
        }
        assert_eq!(serde_json::from_str::<Value>(&text(&deep)).ok(), Some(deep));
    }
}
