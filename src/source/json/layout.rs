//! Where a bracket is missing, or one too many, told by how the lines are indented.
//!
//! A reader notices at the end of the text that a bracket is missing somewhere. Most JSON is laid out by a program,
//! one member a line, and then the line where the indentation first contradicts the brackets is where it went missing.

/// A bracket that is missing or one too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slip {
    /// The bracket at `open` should have been closed before `at`, at the end of the line before.
    Missing { open: usize, at: usize },
    /// The bracket at this byte closes nothing.
    Extra { at: usize },
}

struct Open {
    at: usize,
    line: usize,
    indent: usize,
}

/// Returns the one bracket that is missing or too many; `None` when the text is not laid out line by line, or has
/// more wrong with it.
pub(super) fn slip(text: &str) -> Option<Slip> {
    let bytes = text.as_bytes();
    let mut open: Vec<Open> = Vec::new();
    let mut found = None;
    // Brackets that end a line and close what a line of other indentation opened: one of these may be one too many.
    let mut odd = Vec::new();
    let mut line_indent = 0;
    let (mut line, mut line_start, mut first) = (0, 0, true);
    let mut i = 0;
    // A bracket that closes beyond what is open is kept for the end: it may be the one too many.
    while let Some(byte) = bytes.get(i).copied() {
        let indent = i - line_start;
        match byte {
            b'\n' => {
                line += 1;
                line_start = i + 1;
                first = true;
                i += 1;
                continue;
            }
            b' ' | b'\t' | b'\r' => {
                i += 1;
                continue;
            }
            b'}' | b']' => {
                let matches = |o: &Open| bytes.get(o.at) == Some(if byte == b'}' { &b'{' } else { &b'[' });
                let fits = |o: &Open| matches(o) && (!first || o.line == line || o.indent == indent);
                if first {
                    line_indent = indent;
                }
                if let Some(closed) = open.pop_if(|o| fits(o)) {
                    if !first && closed.line < line && closed.indent != line_indent {
                        odd.push(i);
                    }
                } else if open.len() > 1 && open.get(open.len() - 2).is_some_and(fits) {
                    let inner = open.pop()?;
                    open.pop();
                    one(&mut found, Slip::Missing { open: inner.at, at: i })?;
                } else {
                    one(&mut found, Slip::Extra { at: i })?;
                }
            }
            _ if first && open.last().is_some_and(|o| o.line < line && indent <= o.indent) => {
                let inner = open.pop()?;
                one(&mut found, Slip::Missing { open: inner.at, at: i })?;
                // What is open now is looked at again.
                continue;
            }
            b'{' | b'[' => {
                let of_line = bytes.get(line_start..i).unwrap_or_default();
                let indent = of_line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
                open.push(Open { at: i, line, indent });
            }
            b'"' => {
                i += 1;
                while let Some(byte) = bytes.get(i).copied().filter(|b| !matches!(b, b'"' | b'\n')) {
                    i += if byte == b'\\' { 2 } else { 1 };
                }
                if bytes.get(i) != Some(&b'"') {
                    return None;
                }
            }
            _ => {}
        }
        if first {
            line_indent = indent;
        }
        first = false;
        i += 1;
    }
    if let (Some(Slip::Extra { at }), [one]) = (found, odd.as_slice())
        && one < &at
    {
        found = Some(Slip::Extra { at: *one });
    }
    match open.as_slice() {
        [] => found,
        [last] if found.is_none() => Some(Slip::Missing { open: last.at, at: text.len() }),
        _ => None,
    }
}

/// Keeps the first slip; a second one says that the lines say nothing.
fn one(found: &mut Option<Slip>, slip: Slip) -> Option<()> {
    found.replace(slip).is_none().then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{\n  \"a\": {\n    \"b\": [\n      1,\n      {\"c\": 2}\n    ],\n    \"d\": {\n      \"e\": 3\n    }\n  },\n  \"f\": {}\n}\n";

    /// Takes a line out, or puts one in, and returns the line (from 1) that the slip is said to be on.
    fn line(change: impl Fn(&mut Vec<&str>)) -> Option<usize> {
        let mut lines: Vec<&str> = TEXT.lines().collect();
        change(&mut lines);
        let text = lines.join("\n");
        let (Slip::Missing { at, .. } | Slip::Extra { at }) = slip(&text)?;
        Some(text[..at].matches('\n').count() + 1)
    }

    #[test]
    fn the_line_is_found() {
        assert_eq!(slip(TEXT), None);
        assert_eq!(
            line(|lines| {
                lines.remove(5);
            }),
            Some(6)
        );
        assert_eq!(
            line(|lines| {
                lines.remove(8);
            }),
            Some(9)
        );
        assert_eq!(
            line(|lines| {
                lines.remove(9);
            }),
            Some(10)
        );
        assert_eq!(line(|lines| lines.insert(9, "    }")), Some(10));
        assert_eq!(line(|lines| lines.insert(10, "  },")), Some(11));
        assert_eq!(
            line(|lines| {
                lines.pop();
            }),
            Some(11)
        );
        assert_eq!(line(|lines| lines[7] = "      \"e\": 3}"), Some(8));
        assert_eq!(line(|lines| lines[5] = "    ]},"), Some(6));
        assert_eq!(line(|lines| lines[2] = "    \"b\": {"), None);
    }

    #[test]
    fn what_is_not_laid_out_says_nothing() {
        assert_eq!(slip("{\"a\": {\n\"b\": 1,\n\"c\": {\n}\n}"), None);
        assert_eq!(slip("{\n  \"a\": \"unclosed\n}"), None);
    }
}
