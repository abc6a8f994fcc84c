//! An export as JSON, a member a line.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

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

/// Writes as [`serde_json::to_string_pretty`] does, but the begin of each line in one piece: an export is deep, and a
/// third of its text are spaces.
#[derive(Debug, Default)]
struct Lines {
    depth: usize,
    /// Whether the array or object that ends has something in it.
    is_filled: bool,
}

/// What ends a member and begins the next.
const COMMA_LINE: &[u8; 66] = b",\n                                                                ";

impl Lines {
    /// Begins a line, after a comma unless it is the first in its array or object.
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

    fn begin<W: ?Sized + Write>(&mut self, out: &mut W, bracket: u8) -> io::Result<()> {
        self.depth += 1;
        self.is_filled = false;
        out.write_all(&[bracket])
    }

    fn end<W: ?Sized + Write>(&mut self, out: &mut W, bracket: u8) -> io::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        if self.is_filled {
            self.line(out, true)?;
        }
        out.write_all(&[bracket])
    }
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b'[')
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b']')
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
        self.line(out, is_first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.is_filled = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b'{')
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b'}')
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
        self.line(out, is_first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.is_filled = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_text_is_that_of_the_library() {
        let mut deep = json!([{}, [], "a\"\n", 1.5, null, { "k": [[]] }]);
        for number in 0..40 {
            deep = if number % 2 == 0 { json!({ "a": deep, "b": {} }) } else { json!([1, deep]) };
        }
        for document in [json!({}), json!([]), json!(1), json!({ "a": { "b": [1, 2, { "c": {} }] } }), deep] {
            let expected = serde_json::to_string_pretty(&document).expect("is written");
            assert_eq!(String::from_utf8(to_json(&document, 0).expect("is written")), Ok(expected));
        }
    }
}
