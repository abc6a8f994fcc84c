//! What reading and diffing cost, as ratios to `serde_json` and `serde_norway` in the same run.
//!
//! `cargo bench --bench read_and_diff` prints one line for each promise. It reads the largest document of
//! `$GATEWRIGHT_CORPUS/large`, else of `../shared/corpus/large`, and does nothing when there is none.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]

mod timing;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gatewright::source::{Format, Node, Sources, emit, json, yaml};

use timing::{fastest, millis};

/// How often each measurement is repeated; the fastest counts.
const RUNS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, paths @ ..] = arguments.as_slice()
        && flag == PARSE_ONLY
    {
        return parse_only(paths);
    }
    let Some((path, text)) = largest() else {
        eprintln!("no corpus: set GATEWRIGHT_CORPUS");
        return;
    };
    println!("{} ({:.1} MB)", path.display(), text.len() as f64 / 1e6);
    reading(&path, &text);
    drop(text);
    diffing(&path);
}

/// Makes this program the one that others are measured by.
const PARSE_ONLY: &str = "--parse-only";

/// Parses files with `serde_json` and holds their values.
fn parse_only(paths: &[String]) {
    let parse = |path: &String| {
        let text = std::fs::read_to_string(path).expect("a file");
        serde_json::from_str::<serde_json::Value>(&text).expect("it is JSON")
    };
    let values: Vec<_> = paths.iter().map(parse).collect();
    println!("{}", black_box(values).len());
}

/// Measures `diff` as a whole process, in CPU time and peak memory of a process that only parses both documents.
fn diffing(path: &Path) {
    let folder = tempfile::tempdir().expect("a folder");
    let edited = |edits: usize| {
        let text = std::fs::read_to_string(path).expect("a file");
        let copy = folder.path().join(format!("edits-{edits}.json"));
        std::fs::write(&copy, text.replacen("\"type\": \"string\"", "\"type\": \"integer\"", edits)).expect("a file");
        copy
    };
    let other = path.parent().and_then(|folder| {
        let files = std::fs::read_dir(folder).ok()?.flatten().map(|e| e.path());
        files.filter(|p| p != path && p.extension().is_some_and(|e| e == "json")).max()
    });
    let identical = whole("identical documents", path, path, 1.5, None);
    for edits in [1, 10, 100, 1000] {
        let most = identical.map(|cpu| cpu * 1.1).filter(|_| edits == 1);
        whole(&format!("{edits} edits"), path, &edited(edits), 2.5, most);
    }
    if let Some(other) = other {
        whole("two revisions", &other, path, 2.5, None);
    }
}

/// Prints the ratios of one comparison and returns its CPU time in seconds.
#[cfg(target_os = "linux")]
fn whole(what: &str, old: &Path, new: &Path, promised: f64, most: Option<f64>) -> Option<f64> {
    let this = std::env::current_exe().ok()?;
    let theirs = measured(std::process::Command::new(this).arg(PARSE_ONLY).arg(old).arg(new))?;
    let ours = measured(std::process::Command::new(env!("CARGO_BIN_EXE_gatewright")).arg("diff").arg(old).arg(new))?;
    let most = most.map(|most| format!("; at most {most:.2} s")).unwrap_or_default();
    println!(
        "diff, {what}: CPU {:.2} of parsing both (promised {promised}; {:.2} s, {:.2} s{most}), peak memory {:.2} \
         (promised 1.25; {:.0} MB, {:.0} MB)",
        ours.0 / theirs.0,
        ours.0,
        theirs.0,
        ours.1 / theirs.1,
        ours.1,
        theirs.1
    );
    Some(ours.0)
}

#[cfg(not(target_os = "linux"))]
fn whole(_what: &str, _old: &Path, _new: &Path, _promised: f64, _most: Option<f64>) -> Option<f64> {
    None
}

/// Runs a program several times and returns the CPU seconds of one run and the most megabytes it had.
#[cfg(target_os = "linux")]
fn measured(command: &mut std::process::Command) -> Option<(f64, f64)> {
    use std::process::Stdio;
    // User and system time of the children that have ended, in hundredths of a second (proc(5)).
    let of_children = || -> Option<f64> {
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(13);
        let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        Some((user + system) / 100.0)
    };
    let before = of_children()?;
    let mut peak: f64 = 0.0;
    for _ in 0..RUNS {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
        let status = format!("/proc/{}/status", child.id());
        while child.try_wait().ok()?.is_none() {
            let text = std::fs::read_to_string(&status).unwrap_or_default();
            let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:"));
            let kilobytes = line.and_then(|l| l.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
            peak = peak.max(kilobytes.unwrap_or(0.0) * 1024.0 / 1e6);
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    Some(((of_children()? - before) / RUNS as f64, peak))
}

fn reading(path: &Path, text: &str) {
    let mut sources = Sources::new();
    let file = sources.add("bench", "", Format::Json);
    let read_json = |text: &str| json::parse(file, text).0.expect("the document is JSON");
    let read_yaml = |text: &str| yaml::parse(file, text).0.expect("the document is YAML");

    let to_value = fastest(RUNS, || serde_json::from_str::<serde_json::Value>(text).expect("the document is JSON"));
    let to_nodes = fastest(RUNS, || read_json(text));
    line("JSON to nodes, of serde_json to a Value", to_nodes, to_value, 1.5);

    let node = read_json(text);
    let as_yaml = emit(&node, Format::Yaml);
    assert!(read_yaml(&as_yaml) == node, "YAML reads back equal");
    let to_value = fastest(RUNS, || serde_norway::from_str::<serde_norway::Value>(&as_yaml).expect("it is YAML"));
    let to_nodes = fastest(RUNS, || read_yaml(&as_yaml));
    line("YAML to nodes, of serde_norway to a Value", to_nodes, to_value, 1.0);

    let (half, whole) = halves(&node);
    for (format, name) in [(Format::Json, "JSON"), (Format::Yaml, "YAML")] {
        let (half, whole) = (emit(&half, format), emit(&whole, format));
        let of = |text: &str| match format {
            Format::Json => fastest(RUNS, || read_json(text)),
            Format::Yaml => fastest(RUNS, || read_yaml(text)),
        };
        line(&format!("{name}: twice the document, of once"), of(&whole), of(&half), 2.2);
    }

    let folder = tempfile::tempdir().expect("a folder");
    let yaml_path = folder.path().join("document.yaml");
    std::fs::write(&yaml_path, &as_yaml).expect("a file");
    memory("peak memory of `bundle`, of the JSON's size", path, text.len(), 12.0);
    memory("peak memory of `bundle`, of the YAML's size", &yaml_path, as_yaml.len(), 16.0);
}

/// Returns the document in a list once and twice.
fn halves(node: &Node) -> (Node, Node) {
    (Node::sequence([node.clone()], node.span), Node::sequence([node.clone(), node.clone()], node.span))
}

fn line(what: &str, ours: Duration, theirs: Duration, promised: f64) {
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    println!("{what}: {ratio:.2} (promised {promised}; {:.0} ms, {:.0} ms)", millis(ours), millis(theirs));
}

/// Prints the peak of a `bundle`, which Linux tells of a process that has written its first byte and not yet ended.
#[cfg(target_os = "linux")]
fn memory(what: &str, path: &Path, size: usize, promised: f64) {
    use std::io::Read as _;
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_gatewright"))
        .arg("bundle")
        .arg(path)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("gatewright runs");
    let mut out = child.stdout.take().expect("a pipe");
    let mut first = [0];
    out.read_exact(&mut first).expect("an answer");
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("a status");
    std::io::copy(&mut out, &mut std::io::sink()).expect("an answer");
    child.wait().expect("an end");
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).map(|l| l.trim().trim_end_matches(" kB"));
    let peak: f64 = peak.and_then(|kb| kb.trim().parse().ok()).unwrap_or(f64::NAN);
    println!("{what}: {:.1} (promised {promised}; {:.0} MB)", peak * 1024.0 / size as f64, peak / 1024.0);
}

#[cfg(not(target_os = "linux"))]
fn memory(what: &str, _path: &Path, _size: usize, _promised: f64) {
    println!("{what}: measured on Linux only");
}

fn largest() -> Option<(PathBuf, String)> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let corpus = std::env::var_os("GATEWRIGHT_CORPUS").map_or_else(beside, PathBuf::from);
    let files = std::fs::read_dir(corpus.join("large")).ok()?.flatten().map(|e| e.path());
    let size = |path: &PathBuf| std::fs::metadata(path).map(|m| m.len()).ok();
    let path = files.filter(|p| p.extension().is_some_and(|e| e == "json")).max_by_key(size)?;
    let text = std::fs::read_to_string(&path).ok()?;
    Some((path, text))
}
