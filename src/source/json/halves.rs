//! A long text read on two threads. The other one begins in the middle, at a member of an object that is a member of the
//! root: in a document, mostly at one of its paths.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;

use super::{Diagnostic, Entry, FileId, MAX_DEPTH, MAX_NODES, Node, Parsed, Read, Reader, parse, plain_len};

/// Bytes from which on a text is worth a second thread.
const LONG: usize = 64 * 1024;

/// How deep the reader is where the other one begins: in an object that is a member of the root.
const OPEN: &[u8] = b"{{";

/// Where the other thread begins, and how to get what it has read.
pub(super) struct Later<'a> {
    /// The byte after a comma.
    pub(super) at: usize,
    half: &'a dyn Fn() -> Given,
}

/// What the other thread gives.
enum Given {
    /// It has not begun, and will not.
    Nothing,
    /// It has met something that is wrong with the text.
    Fault,
    Half(Half),
}

/// The members from the middle on, up to the end of the object that they are in.
struct Half {
    entries: Vec<Entry>,
    /// The byte after that end.
    at: usize,
    count: usize,
    diagnostics: Vec<Diagnostic>,
}

/// Reads one JSON text as [`parse`] does, a long one on two threads: for whoever waits for nothing else.
#[must_use]
pub fn parse_in_halves(file: FileId, text: &str) -> Parsed {
    let middle = if text.len() < LONG { None } else { middle(text.as_bytes()) };
    let read = middle.and_then(|at| in_halves(file, text, at));
    // What is wrong with a text is told by who reads it from its beginning.
    read.map_or_else(|| parse(file, text), |(node, diagnostics)| (Some(node), diagnostics))
}

fn in_halves(file: FileId, text: &str, at: usize) -> Option<(Node, Vec<Diagnostic>)> {
    // Of the two, who comes to the middle first reads on from there.
    let is_begun = AtomicBool::new(false);
    let (sender, receiver) = mpsc::sync_channel(1);
    let is_begun = &is_begun;
    // The sender goes with it, so that nobody waits for one that is gone.
    let second = move || {
        if !is_begun.swap(true, Ordering::AcqRel) {
            // Nobody receives when the first half is at fault.
            let _ = sender.send(second_half(file, text, at));
        }
    };
    let half = || match is_begun.swap(true, Ordering::AcqRel) {
        true => receiver.recv().ok().flatten().map_or(Given::Fault, Given::Half),
        false => Given::Nothing,
    };
    thread::scope(|scope| {
        thread::Builder::new().spawn_scoped(scope, second).ok()?;
        let mut reader = Reader::new(file, text);
        reader.later = Some(Later { at, half: &half });
        let node = reader.document().ok()?;
        Some((node, reader.diagnostics))
    })
}

fn second_half(file: FileId, text: &str, at: usize) -> Option<Half> {
    let mut reader = Reader::new(file, text);
    reader.at = at;
    reader.depth = OPEN.len();
    reader.members(at).ok()?;
    let Reader { entries, at, count, diagnostics, .. } = reader;
    Some(Half { entries, at, count, diagnostics })
}

impl Reader<'_> {
    /// Takes what the other thread has read, if it has; the object is then read to its end.
    pub(super) fn take_later(&mut self) -> Read<bool> {
        let Some(later) = self.later.take() else { return Ok(false) };
        match (later.half)() {
            Given::Nothing => Ok(false),
            Given::Half(half) if self.count + half.count <= MAX_NODES => {
                self.entries.extend(half.entries);
                self.diagnostics.extend(half.diagnostics);
                self.count += half.count;
                self.at = half.at;
                Ok(true)
            }
            Given::Half(_) | Given::Fault => Err(self.error(self.at, "the second half is at fault")),
        }
    }
}

/// Returns where the text can be read from without what is before: after the first comma in its second half that parts
/// two members of an object that is a member of the root.
fn middle(text: &[u8]) -> Option<usize> {
    let mut open: Vec<u8> = Vec::new();
    let mut at = 0;
    loop {
        match text.get(at)? {
            b'"' => {
                at += 1;
                loop {
                    at += plain_len(text.get(at..)?);
                    match text.get(at)? {
                        b'"' => break,
                        b'\\' => at += 2,
                        _ => return None,
                    }
                }
            }
            bracket @ (b'{' | b'[') if open.len() < MAX_DEPTH => open.push(*bracket),
            b'{' | b'[' => return None,
            b'}' | b']' => drop(open.pop()?),
            b',' if at >= text.len() / 2 && open == OPEN => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A document whose text is longer than [`LONG`], with everything in it that ends a string or a level elsewhere.
    fn document() -> String {
        let paths: Vec<String> = (0..900)
            .map(|n| {
                format!(
                    r#""/p{n}\"{{": {{"get": {{"a": [1, {{"b": "]}},\\"}}], "t": "é,\u00e9"}}, "x": null}}, "/q": {n}"#
                )
            })
            .collect();
        let text = format!("{{\"openapi\": \"3.0.0\",\n \"paths\": {{{}}}, \"last\": [{{}}]}}", paths.join(",\n  "));
        assert!(text.len() > LONG);
        text
    }

    fn shown(text: &str, read: fn(FileId, &str) -> Parsed) -> String {
        let (node, diagnostics) = read(FileId(0), text);
        format!("{node:?} {diagnostics:?}")
    }

    #[test]
    fn two_threads_read_what_one_does() {
        let text = document();
        let at = middle(text.as_bytes()).unwrap();
        assert!(at > text.len() / 2 && text[at..].trim_start().starts_with('"'), "{}", &text[at..at + 20]);
        let (node, diagnostics) = in_halves(FileId(0), &text, at).unwrap();
        let (expected, of_one) = parse(FileId(0), &text);
        assert_eq!(format!("{node:?}"), format!("{:?}", expected.unwrap()));
        assert_eq!(diagnostics.len(), 899);
        assert_eq!(format!("{diagnostics:?}"), format!("{of_one:?}"));
    }

    #[test]
    fn faults_are_those_that_one_thread_finds() {
        let text = document();
        let end = text.len();
        for (from, to, with) in [
            (end - 1, end, ""),
            (end - 12, end, ""),
            (end, end, " x"),
            (end * 3 / 4, end * 3 / 4, "\""),
            (end * 3 / 4, end * 3 / 4, "}"),
            (end / 4, end / 4, "]"),
            (end / 4, end / 4, "\n"),
            (end / 4, end, ""),
        ] {
            let (from, to) = (floor(&text, from), floor(&text, to));
            let broken = [&text[..from], with, &text[to..]].concat();
            assert_eq!(shown(&broken, parse_in_halves), shown(&broken, parse));
        }
        let comma = middle(text.as_bytes()).unwrap();
        let emptied = format!("{}}}, \"last\": {}1}}", &text[..comma], " ".repeat(LONG));
        assert_eq!(shown(&emptied, parse_in_halves), shown(&emptied, parse));
    }

    fn floor(text: &str, at: usize) -> usize {
        (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap()
    }

    #[test]
    fn what_has_no_such_middle_is_read_by_one() {
        for text in [format!("[{}1]", "{\"a\": {\"b\": 1}}, ".repeat(9_000)), format!("\"{}\"", "a".repeat(LONG))] {
            assert_eq!(middle(text.as_bytes()), None);
            assert_eq!(shown(&text, parse_in_halves), shown(&text, parse));
        }
    }
}
