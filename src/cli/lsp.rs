//! `gatewright lsp`: the findings of `lint` in an editor, as a language server over stdio.
//!
//! The protocol's messages are read and written as JSON values; of them, few members matter here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use lsp_server::{Connection, Message, Notification, Request, Response};
use serde_json::{Value, json};

use crate::lint::{self, Options, page, rules};
use crate::openapi::{self, LoadOptions};
use crate::source::{Diagnostic, Edit, Fix, Loader, Node, Origin, Pointer, Severity, SourceFile, Sources, Span};

use super::document::DocumentArgs;
use super::{CommandError, Cx, Outcome};

/// Speaks the language server protocol over stdin and stdout.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Accepted, as editors pass it; there is no other way.
    #[arg(long)]
    stdio: bool,
    #[command(flatten)]
    document: DocumentArgs,
}

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    let options = super::lint::configured(&cx.config.settings.lint)?;
    let load = args.document.options(cx)?;
    let (connection, threads) = Connection::stdio();
    let capabilities = json!({
        "textDocumentSync": 2,
        "hoverProvider": true,
        "codeActionProvider": { "codeActionKinds": ["quickfix"] },
        "definitionProvider": true,
        "completionProvider": { "triggerCharacters": ["-"] },
    });
    connection.initialize(capabilities)?;
    let mut server = Server {
        connection,
        loader: args.document.loader(),
        load,
        options,
        documents: BTreeMap::new(),
        stale: BTreeSet::new(),
    };
    server.serve()?;
    drop(server);
    threads.join()?;
    Ok(Outcome::Clean)
}

/// What is open in the editor.
struct Server {
    connection: Connection,
    loader: Loader,
    load: LoadOptions,
    options: Options,
    documents: BTreeMap<String, Open>,
    /// The documents that have changed since they were last read.
    stale: BTreeSet<String>,
}

/// One open document: its text, and what was last read of it.
#[derive(Default)]
struct Open {
    text: String,
    sources: Sources,
    found: Vec<Diagnostic>,
    /// The other files whose findings are shown.
    others: BTreeSet<String>,
}

impl Server {
    fn serve(&mut self) -> Result<(), CommandError> {
        loop {
            // Of several changes in a row, only the last is worth linting.
            if !self.stale.is_empty() && self.connection.receiver.is_empty() {
                self.refresh()?;
            }
            let Ok(message) = self.connection.receiver.recv() else { return Ok(()) };
            match message {
                Message::Request(request) => {
                    if self.connection.handle_shutdown(&request)? {
                        return Ok(());
                    }
                    self.refresh()?;
                    let answer = self.answer(&request);
                    let response = match answer {
                        Some(result) => Response::new_ok(request.id, result),
                        None => Response::new_err(request.id, -32601, format!("no method `{}`", request.method)),
                    };
                    self.connection.sender.send(Message::Response(response))?;
                }
                Message::Notification(notification) => self.notified(&notification)?,
                Message::Response(_) => {}
            }
        }
    }

    /// Reads what has changed and publishes the findings.
    fn refresh(&mut self) -> Result<(), CommandError> {
        for uri in std::mem::take(&mut self.stale) {
            let Some(before) = self.documents.remove(&uri) else { continue };
            let mut open = self.read(&uri, before.text);
            let mut shown = diagnostics_by_file(&open, &uri);
            open.others = shown.keys().filter(|other| **other != uri).cloned().collect();
            for gone in before.others.difference(&open.others) {
                shown.insert(gone.clone(), Vec::new());
            }
            self.documents.insert(uri, open);
            for (uri, diagnostics) in &shown {
                self.publish(uri, diagnostics)?;
            }
        }
        Ok(())
    }

    fn notified(&mut self, notification: &Notification) -> Result<(), CommandError> {
        let parameters = &notification.params;
        let Some(uri) = parameters.pointer("/textDocument/uri").and_then(Value::as_str) else { return Ok(()) };
        match notification.method.as_str() {
            "textDocument/didOpen" => {
                let text = parameters.pointer("/textDocument/text").and_then(Value::as_str).unwrap_or_default();
                self.documents.insert(uri.to_owned(), Open { text: text.to_owned(), ..Open::default() });
            }
            "textDocument/didChange" => {
                let Some(open) = self.documents.get_mut(uri) else { return Ok(()) };
                for change in parameters.get("contentChanges").and_then(Value::as_array).into_iter().flatten() {
                    edit(&mut open.text, change);
                }
            }
            "textDocument/didClose" => {
                let others = self.documents.remove(uri).map(|open| open.others).unwrap_or_default();
                self.stale.remove(uri);
                for uri in others.iter().map(String::as_str).chain([uri]) {
                    self.publish(uri, &[])?;
                }
                return Ok(());
            }
            _ => return Ok(()),
        }
        self.stale.insert(uri.to_owned());
        Ok(())
    }

    fn publish(&self, uri: &str, diagnostics: &[Value]) -> Result<(), CommandError> {
        let parameters = json!({ "uri": uri, "diagnostics": diagnostics });
        let notification = Notification::new("textDocument/publishDiagnostics".into(), parameters);
        self.connection.sender.send(Message::Notification(notification))?;
        Ok(())
    }

    fn read(&self, uri: &str, text: String) -> Open {
        let origin = Origin::File(path_of(uri));
        let (document, sources, loaded) = openapi::load_text(&self.loader, &origin, text.clone(), &self.load);
        let mut found = match &document {
            Some(document) => lint::lint(document, &loaded, &self.options),
            None => lint::lint_unreadable(&loaded, &self.options),
        };
        // An editor opens all kinds of YAML and JSON, and parts of documents.
        if found.iter().any(|d| d.code == "not-openapi") {
            found.clear();
        }
        Open { text, sources, found, others: BTreeSet::new() }
    }

    /// Returns the answer to a request, or `None` when there is no such method.
    fn answer(&self, request: &Request) -> Option<Value> {
        let parameters = &request.params;
        let uri = parameters.pointer("/textDocument/uri").and_then(Value::as_str).unwrap_or_default();
        let open = self.documents.get(uri);
        let at = parameters.get("position");
        let answer = match request.method.as_str() {
            "textDocument/hover" => open.and_then(|open| hover(open, offset(&open.text, at?))),
            "textDocument/definition" => open.and_then(|open| definition(open, offset(&open.text, at?), uri)),
            "textDocument/completion" => open.and_then(|open| Some(completion(&open.text, offset(&open.text, at?)))),
            "textDocument/codeAction" => open.map(|open| quick_fixes(open, parameters.get("range"), uri)),
            _ => return None,
        };
        Some(answer.unwrap_or(Value::Null))
    }
}

/// Puts a change into a text: the text of a range, or the whole.
fn edit(text: &mut String, change: &Value) {
    let new = change.get("text").and_then(Value::as_str).unwrap_or_default();
    let Some(range) = change.get("range") else {
        new.clone_into(text);
        return;
    };
    let place = |end: &str| range.get(end).map_or(0, |position| offset(text, position));
    let (start, end) = (place("start"), place("end"));
    text.replace_range(start.min(end)..end, new);
}

/// Returns the findings of the open file, which are there even when there are none, and of the files it refers to.
fn diagnostics_by_file(open: &Open, uri: &str) -> BTreeMap<String, Vec<Value>> {
    let mut out = BTreeMap::from([(uri.to_owned(), Vec::new())]);
    for diagnostic in &open.found {
        let Some(span) = diagnostic.span else { continue };
        let file = uri_of_file(open, span, uri);
        if let Some(shown) = diagnostic_json(diagnostic, open, uri) {
            out.entry(file).or_default().push(shown);
        }
    }
    out
}

/// Returns the URI of the file that a span is in.
fn uri_of_file(open: &Open, span: Span, uri: &str) -> String {
    if span.file.index() == 0 { uri.to_owned() } else { uri_of(open.sources.file(span.file).name()) }
}

fn diagnostic_json(diagnostic: &Diagnostic, open: &Open, uri: &str) -> Option<Value> {
    let span = diagnostic.span?;
    let file = open.sources.file(span.file);
    let message = match &diagnostic.help {
        Some(help) => format!("{}\nhelp: {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let label = |label: &crate::source::Label| {
        let place = range(open.sources.file(label.span.file), label.span);
        json!({ "location": { "uri": uri_of_file(open, label.span, uri), "range": place }, "message": label.message })
    };
    let labels: Vec<Value> = diagnostic.labels.iter().map(label).collect();
    Some(json!({
        "range": range(file, span),
        "severity": match diagnostic.severity { Severity::Error => 1, Severity::Warning => 2, Severity::Info => 3 },
        "code": diagnostic.code,
        "source": "gatewright",
        "message": message,
        "relatedInformation": labels,
    }))
}

fn found_at(open: &Open, at: usize) -> impl Iterator<Item = &Diagnostic> {
    open.found.iter().filter(move |d| d.span.is_some_and(|s| s.file.index() == 0 && s.range().contains(&at)))
}

fn hover(open: &Open, at: usize) -> Option<Value> {
    let mut pages: Vec<String> =
        found_at(open, at).filter_map(|d| Some(page::markdown(rules::find(&d.code)?, "###"))).collect();
    pages.dedup();
    (!pages.is_empty()).then(|| json!({ "contents": { "kind": "markdown", "value": pages.join("\n---\n") } }))
}

/// Returns where the `$ref` at a place leads.
fn definition(open: &Open, at: usize, uri: &str) -> Option<Value> {
    let (_, file) = open.sources.files().next()?;
    let target = reference_at(file.root()?, at, 0)?;
    let (name, fragment) = target.split_once('#').unwrap_or((target, ""));
    let pointer = Pointer::parse_fragment(fragment)?;
    let file = if name.is_empty() {
        file
    } else {
        // The files read for this document have the names they were found by.
        let name = name.trim_start_matches("./");
        let is_it = |file: &SourceFile| {
            let known = file.name().replace('\\', "/");
            known == name || known.strip_suffix(name).is_some_and(|folder| folder.ends_with('/'))
        };
        open.sources.files().skip(1).map(|(_, file)| file).find(|file| is_it(file))?
    };
    let span = file.root()?.at(&pointer)?.span;
    let uri = uri_of_file(open, span, uri);
    Some(json!({ "uri": uri, "range": range(file, span) }))
}

fn reference_at(node: &Node, at: usize, depth: usize) -> Option<&str> {
    if depth > 256 {
        return None;
    }
    if let Some(target) = node.get("$ref").filter(|t| t.span.start as usize <= at && at <= t.span.end as usize) {
        return target.as_str();
    }
    node.items().chain(node.entries().map(|e| &e.value)).find_map(|child| reference_at(child, at, depth + 1))
}

/// Returns the members of API Gateway that can be written at a place.
fn completion(text: &str, at: usize) -> Value {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    let parents = parents(before, indent(line));
    let is_json = text.trim_start().starts_with('{');
    let line = line.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '-');
    let items: Vec<Value> = lint::members(&parents)
        .into_iter()
        .map(|name| {
            let quote = if is_json && !line.ends_with('"') { "\"" } else { "" };
            let colon = if is_json { "\": " } else { ": " };
            json!({ "label": name, "kind": 10, "insertText": format!("{quote}{name}{colon}") })
        })
        .collect();
    json!({ "isIncomplete": false, "items": items })
}

/// Returns the keys that a line stands under, the nearest first, by their indentation.
fn parents(before: &str, mut below: usize) -> Vec<&str> {
    let mut out = Vec::new();
    for line in before.lines().rev().skip(1) {
        let body = line.trim_start();
        let depth = indent(line);
        if body.is_empty() || body.starts_with('#') || depth >= below {
            continue;
        }
        below = depth;
        if let Some((key, _)) = body.rsplit_once(':') {
            out.push(key.trim().trim_start_matches("- ").trim_matches(['"', '\'']));
        }
    }
    out
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn quick_fixes(open: &Open, selected: Option<&Value>, uri: &str) -> Value {
    let place = |end: &str| selected.and_then(|r| r.get(end)).map(|p| offset(&open.text, p));
    let (from, to) = (place("start").unwrap_or(0), place("end").unwrap_or(usize::MAX));
    let mut actions = Vec::new();
    for diagnostic in &open.found {
        let Some(span) = diagnostic.span else { continue };
        let Some(fix) = diagnostic.fix.clone().or_else(|| guessed(diagnostic, open, span)) else { continue };
        let touched = span.file.index() == 0 && span.start as usize <= to && from <= span.end as usize;
        if !touched || fix.edits.iter().any(|edit| edit.span.file.index() != 0) {
            continue;
        }
        let file = open.sources.file(span.file);
        let edits: Vec<Value> =
            fix.edits.iter().map(|edit| json!({ "range": range(file, edit.span), "newText": edit.text })).collect();
        actions.push(json!({
            "title": fix.title,
            "kind": "quickfix",
            "diagnostics": diagnostic_json(diagnostic, open, uri).map(|d| vec![d]),
            "edit": { "changes": { uri: edits } },
        }));
    }
    Value::Array(actions)
}

/// Returns the fix that puts what was probably meant in the place of a misspelt name. A guess is for a person to take;
/// `--fix` does not make it.
fn guessed(diagnostic: &Diagnostic, open: &Open, span: Span) -> Option<Fix> {
    let meant = diagnostic.help.as_deref()?.strip_prefix("did you mean `")?.strip_suffix("`?")?;
    let written = open.sources.text(span);
    let quote = written.chars().next().filter(|c| matches!(c, '"' | '\''));
    let name = written.trim_matches(['"', '\'']);
    // The place is that of the name itself, and the name can be written as it is.
    let is_plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./#{}+$".contains(&b));
    if !diagnostic.message.contains(&format!("`{name}`"))
        || !is_plain(meant)
        || (quote.is_none() && meant.contains('#'))
    {
        return None;
    }
    let quote = quote.map(String::from).unwrap_or_default();
    let text = format!("{quote}{meant}{quote}");
    Some(Fix { title: format!("write `{meant}`"), edits: vec![Edit { span, text }] })
}

/// Returns a span as lines and UTF-16 columns, both from 0.
fn range(file: &SourceFile, span: Span) -> Value {
    let position = |at: usize| {
        let (line, _) = file.line_column(at);
        let start = file.line_start(line);
        let column = file.text().get(start..at.max(start)).map_or(0, |text| text.encode_utf16().count());
        json!({ "line": line - 1, "character": column })
    };
    json!({ "start": position(span.start as usize), "end": position(span.end as usize) })
}

/// Returns the byte at a position of lines and UTF-16 columns.
fn offset(text: &str, position: &Value) -> usize {
    let number =
        |key: &str| position.get(key).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok()).unwrap_or_default();
    let start = match number("line") {
        0 => 0,
        line => text.match_indices('\n').nth(line - 1).map_or(text.len(), |(at, _)| at + 1),
    };
    let mut column = 0;
    for (at, c) in text.get(start..).unwrap_or_default().char_indices() {
        if column >= number("character") || c == '\n' {
            return start + at;
        }
        column += c.len_utf16();
    }
    text.len()
}

fn path_of(uri: &str) -> PathBuf {
    let encoded = uri.strip_prefix("file://").unwrap_or(uri);
    let path = percent_encoding::percent_decode_str(encoded).decode_utf8_lossy().into_owned();
    // `/C:/api.yaml` is `C:/api.yaml`.
    let drive = path.strip_prefix('/').filter(|rest| rest.as_bytes().get(1) == Some(&b':')).map(str::to_owned);
    PathBuf::from(drive.unwrap_or(path))
}

fn uri_of(name: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const PATH: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?');
    let path = name.replace('\\', "/");
    let root = if path.starts_with('/') { "" } else { "/" };
    format!("file://{root}{}", utf8_percent_encode(&path, PATH))
}
