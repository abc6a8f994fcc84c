//! A long text read on two threads. The other one begins near the middle, at what looks like one of a document's paths. Who
//! reads the text from its beginning sees whether it is one, and takes what the other has read only then.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use memchr::memmem;

use crate::parallel::in_scope;

use super::{Diagnostic, Entry, FileId, MAX_NODES, Node, Parsed, Read, Reader, parse};

/// Bytes from which on a text is worth a second thread.
const LONG: usize = 64 * 1024;

/// How deep the reader is in what the other one reads: in an object that is a member of the root.
const DEPTH: usize = 2;

/// How a path begins.
const PATH: &[u8] = b"\"/";

/// Where the other thread begins, and how to get what it has read.
pub(super) struct Later<'a> {
    /// The byte after a comma.
    at: usize,
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
    in_scope(|scope| {
        scope?.spawn(move |_| second());
        let read = first_half(file, text, Later { at, half: &half });
        // What nobody has asked for by now is not begun any more.
        is_begun.store(true, Ordering::Release);
        read
    })
}

fn first_half(file: FileId, text: &str, later: Later<'_>) -> Option<(Node, Vec<Diagnostic>)> {
    let mut reader = Reader::new(file, text);
    reader.later = Some(later);
    let node = reader.document().ok()?;
    Some((node, reader.diagnostics))
}

fn second_half(file: FileId, text: &str, at: usize) -> Option<Half> {
    let mut reader = Reader::new(file, text);
    reader.at = at;
    reader.depth = DEPTH;
    reader.members(at).ok()?;
    let Reader { entries, at, count, diagnostics, .. } = reader;
    Some(Half { entries, at, count, diagnostics })
}

impl Reader<'_> {
    /// Takes what the other thread has read from here on, if it has; the object is then read to its end.
    pub(super) fn take_later(&mut self) -> Read<bool> {
        let is_here = |later: &mut Later<'_>| later.at == self.at && self.depth == DEPTH;
        let Some(later) = self.later.take_if(is_here) else { return Ok(false) };
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

/// Returns where near its middle a text looks as if one of a document's paths ended and the next began: after the comma
/// between them.
fn middle(text: &[u8]) -> Option<usize> {
    let begins = |quote: usize| {
        let before = text.get(..quote)?.trim_ascii_end().strip_suffix(b",")?;
        before.trim_ascii_end().ends_with(b"}").then_some(before.len() + 1)
    };
    let (first, second) = text.split_at_checked(text.len() / 2)?;
    let later = memmem::find_iter(second, PATH).find_map(|at| begins(first.len() + at));
    later.or_else(|| memmem::rfind_iter(first, PATH).find_map(begins))
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
        let second = std::cell::Cell::new(second_half(FileId(0), &text, at));
        let half = || Given::Half(second.take().unwrap());
        let (node, diagnostics) = first_half(FileId(0), &text, Later { at, half: &half }).unwrap();
        assert!(second.take().is_none());
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
    fn what_only_looks_like_a_path_is_not_taken() {
        let paths: Vec<String> = (0..4_000).map(|n| format!(r#""/p{n}": {{"get": {n}}}"#)).collect();
        let deeper = format!(r#"{{"a": {{"b": {{{}}}, "c": [1]}}, "d": {{"/x": 1}}}}"#, paths.join(", "));
        let items = format!(r#"{{"a": [{{}}, "/{}", {{}}, "/b"], "d": {{"/x": 1}}}}"#, "b".repeat(LONG));
        for text in [deeper, items] {
            assert!(middle(text.as_bytes()).is_some());
            assert_eq!(shown(&text, parse_in_halves), shown(&text, parse));
        }
    }

    #[test]
    fn what_has_no_such_middle_is_read_by_one() {
        for text in [format!("[{}1]", "{\"a\": {\"b\": 1}}, ".repeat(9_000)), format!("\"{}\"", "a".repeat(LONG))] {
            assert_eq!(middle(text.as_bytes()), None);
            assert_eq!(shown(&text, parse_in_halves), shown(&text, parse));
        }
    }
}
