//! The invariants of `docs/ARCHITECTURE.md` that the sources can be read for.

use std::path::{Path, PathBuf};

/// The layers, each of which names only those before it.
const LAYERS: [&str; 10] =
    ["source", "openapi", "vtl", "gateway", "lint", "diff", "scaffold", "deploy", "emulator", "cli"];

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files: Vec<_> = walkdir::WalkDir::new(&root)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|e| e.path().extension().is_some_and(|x| x == "rs"))
        // A module's tests may stand in a file of their own, and read what they like.
        .filter(|e| e.file_name() != "tests.rs")
        .map(|e| e.into_path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a source file can be read");
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned();
            (path.strip_prefix(&root).expect("below src").to_owned(), code)
        })
        .collect()
}

fn layer(path: &Path) -> Option<usize> {
    let first = path.components().next()?.as_os_str().to_str()?;
    LAYERS.iter().position(|l| *l == first)
}

/// Returns the lines of code, without comments.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(i, line)| (i + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn breaches(forbidden: impl Fn(&Path, usize, &str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in sources() {
        let Some(layer) = layer(&path) else { continue };
        for (number, line) in code_lines(&text) {
            if forbidden(&path, layer, line) {
                found.push(format!("{}:{number}: {}", path.display(), line.trim()));
            }
        }
    }
    found
}

#[test]
fn a_layer_names_only_those_before_it() {
    let found =
        breaches(|_, layer, line| LAYERS[layer + 1..].iter().any(|later| line.contains(&format!("crate::{later}"))));
    assert!(found.is_empty(), "a layer names a later one:\n{}", found.join("\n"));
}

#[test]
fn only_deploy_names_the_aws_sdk() {
    let found = breaches(|_, layer, line| LAYERS[layer] != "deploy" && line.contains("aws_sdk_"));
    assert!(found.is_empty(), "the AWS SDK outside `deploy`:\n{}", found.join("\n"));
}

#[test]
fn only_cli_prints_and_exits() {
    let words = ["println!(", "print!(", "eprintln!(", "eprint!(", "process::exit("];
    let found = breaches(|_, layer, line| LAYERS[layer] != "cli" && words.iter().any(|w| line.contains(w)));
    assert!(found.is_empty(), "output outside `cli`:\n{}", found.join("\n"));
}

#[test]
fn only_cli_reads_the_environment() {
    let found = breaches(|_, layer, line| LAYERS[layer] != "cli" && line.contains("env::var"));
    assert!(found.is_empty(), "the environment outside `cli`:\n{}", found.join("\n"));
}

#[test]
fn the_pure_layers_do_no_io() {
    let pure = ["openapi", "vtl", "gateway", "lint", "diff"];
    let words = ["std::fs", "std::net", "std::process", "std::env", "SystemTime::now", "Instant::now", "tokio::"];
    let found = breaches(|_, layer, line| pure.contains(&LAYERS[layer]) && words.iter().any(|w| line.contains(w)));
    assert!(found.is_empty(), "I/O in a pure layer:\n{}", found.join("\n"));
}

#[test]
fn every_test_file_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let listed = std::fs::read_to_string(folder.join("main.rs")).expect("main.rs");
    for entry in std::fs::read_dir(&folder).expect("tests/it").filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let module = name.strip_suffix(".rs").unwrap_or(&name);
        // What `insta` leaves beside a test that failed starts with a dot.
        if module != "main" && module != "snapshots" && !module.starts_with('.') {
            assert!(listed.contains(&format!("mod {module};")), "tests/it/{name} is not listed in main.rs");
        }
    }
}
