//! What `lint` costs, as ratios in one run.
//!
//! `cargo bench --bench lint` prints one line for each promise: linting the largest document against loading it, a
//! hundred documents side by side against one after the other, and how soon the language server answers an edit. It
//! reads `$GATEWRIGHT_CORPUS`, else `../shared/corpus`, and does nothing when there is none.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]

mod timing;

use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use gatewright::lint::{self, Options};
use gatewright::openapi::{self, LoadOptions};
use gatewright::source::{Loader, Origin};
use serde_json::{Value, json};

use timing::{fastest, millis};

/// How often each measurement is repeated; the fastest counts.
const RUNS: usize = 3;

fn main() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let corpus = std::env::var_os("GATEWRIGHT_CORPUS").map_or_else(beside, PathBuf::from);
    if !corpus.is_dir() {
        eprintln!("no corpus: set GATEWRIGHT_CORPUS");
        return;
    }
    edits();
    side_by_side(&corpus);
    largest(&corpus);
}

fn largest(corpus: &Path) {
    let size = |path: &PathBuf| std::fs::metadata(path).map(|m| m.len()).ok();
    let Some(path) = files(&corpus.join("large")).into_iter().max_by_key(size) else { return };
    let Ok(text) = std::fs::read_to_string(&path) else { return };
    println!("{} ({:.1} MB)", path.display(), text.len() as f64 / 1e6);
    let load = fastest(RUNS, || load(&path, text.clone()));
    let (document, _, loaded) = self::load(&path, text);
    let Some(document) = document else { return };
    let lint = fastest(RUNS, || lint::lint(&document, &loaded, &Options::default()));
    let count = lint::lint(&document, &loaded, &Options::default()).len();
    println!(
        "load and lint, of load: {:.2} (promised 2; {:.0} ms, {:.0} ms; {count} findings)",
        (load + lint).as_secs_f64() / load.as_secs_f64(),
        millis(load + lint),
        millis(load)
    );
}

fn side_by_side(corpus: &Path) {
    let mut texts = Vec::new();
    for path in files(&corpus.join("apigw")).into_iter().chain(files(&corpus.join("general"))) {
        if let Ok(text) = std::fs::read_to_string(&path) {
            texts.push((path, text));
        }
    }
    texts.truncate(100);
    // As the command does.
    texts.sort_by_key(|(_, text)| std::cmp::Reverse(text.len()));
    let work = |threads: usize| {
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while let Some((path, text)) = texts.get(next.fetch_add(1, Ordering::Relaxed)) {
                        black_box(found(path, text.clone()));
                    }
                });
            }
        });
    };
    let (one, two) = (fastest(RUNS, || work(1)), fastest(RUNS, || work(2)));
    println!(
        "{} documents by two threads, of one: {:.2} (promised 0.7; {:.0} ms, {:.0} ms)",
        texts.len(),
        two.as_secs_f64() / one.as_secs_f64(),
        millis(two),
        millis(one)
    );
}

/// Measures from an edit's last byte sent to the diagnostics' last byte received.
fn edits() {
    let text = document_of_lines(2_000);
    let mut process = Command::new(env!("CARGO_BIN_EXE_gatewright"))
        .arg("lsp")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let mut to = process.stdin.take().expect("a pipe");
    let mut from = BufReader::new(process.stdout.take().expect("a pipe"));
    send(&mut to, &json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} } }));
    receive(&mut from);
    send(&mut to, &json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} }));
    let uri = "file:///bench/api.yaml";
    let open = json!({ "textDocument": { "uri": uri, "languageId": "yaml", "version": 1, "text": text } });
    send(&mut to, &json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": open }));
    receive(&mut from);
    let line = text.lines().position(|l| l.contains("timeoutInMillis")).unwrap_or_default();
    let column = text.lines().nth(line).map_or(0, str::len);
    let mut times = Vec::new();
    for version in 2..30 {
        let (start, end, typed) = if version % 2 == 0 { (column, column, "0") } else { (column, column + 1, "") };
        let range = json!({
            "start": { "line": line, "character": start },
            "end": { "line": line, "character": end },
        });
        let change = json!({
            "textDocument": { "uri": uri, "version": version },
            "contentChanges": [{ "range": range, "text": typed }],
        });
        let began = Instant::now();
        send(&mut to, &json!({ "jsonrpc": "2.0", "method": "textDocument/didChange", "params": change }));
        let answer = receive(&mut from);
        times.push(began.elapsed());
        let of = answer.pointer("/params/diagnostics").and_then(Value::as_array).cloned().unwrap_or_default();
        let told = of.iter().any(|d| d["code"] == "timeout-range");
        assert_eq!(told, version % 2 == 0, "the diagnostics are those of the edited text");
    }
    times.sort();
    println!(
        "a one-character edit in {} lines: {:.1} ms, the slowest {:.1} ms (promised 50)",
        text.lines().count(),
        millis(times[times.len() / 2]),
        millis(times[times.len() - 1])
    );
    drop(to);
    let _ = process.wait();
}

fn document_of_lines(lines: usize) -> String {
    use std::fmt::Write as _;
    let mut out = String::from("openapi: 3.0.1\ninfo:\n  title: Bench\n  version: '1'\npaths:\n");
    let mut count = 5;
    for n in 0.. {
        if count >= lines {
            break;
        }
        let operation = format!(
            "  /things{n}/{{id}}:\n    get:\n      operationId: getThing{n}\n      parameters:\n        - name: id\n          in: path\n          required: true\n          schema:\n            type: string\n      responses:\n        '200':\n          description: a thing\n          content:\n            application/json:\n              schema:\n                type: object\n                properties:\n                  id:\n                    type: string\n      x-amazon-apigateway-integration:\n        type: http_proxy\n        httpMethod: GET\n        uri: https://example.com/things/{{id}}\n        requestParameters:\n          integration.request.path.id: method.request.path.id\n        timeoutInMillis: 5000\n"
        );
        count += operation.matches('\n').count();
        let _ = write!(out, "{operation}");
    }
    out
}

fn send(to: &mut ChildStdin, message: &Value) {
    let body = message.to_string();
    write!(to, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("the server listens");
    to.flush().expect("the server listens");
}

fn receive(from: &mut BufReader<ChildStdout>) -> Value {
    let mut length = 0;
    loop {
        let mut line = String::new();
        assert!(from.read_line(&mut line).expect("the server answers") > 0, "the server has gone");
        match line.trim().strip_prefix("Content-Length: ") {
            Some(number) => length = number.parse().expect("a number"),
            None if line.trim().is_empty() => break,
            None => {}
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).expect("the server answers");
    serde_json::from_slice(&body).expect("the answer is JSON")
}

fn found(path: &Path, text: String) -> usize {
    let (document, _, loaded) = load(path, text);
    match document {
        Some(document) => lint::lint(&document, &loaded, &Options::default()).len(),
        None => lint::lint_unreadable(&loaded, &Options::default()).len(),
    }
}

fn load(
    path: &Path,
    text: String,
) -> (Option<openapi::Document>, gatewright::source::Sources, Vec<gatewright::source::Diagnostic>) {
    openapi::load_text(&Loader::default(), &Origin::File(path.to_owned()), text, &LoadOptions::default())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).filter(|p| p.is_file()).collect();
    files.sort();
    files
}
