//! What `scaffold` costs, as ratios to loading in one run.
//!
//! `cargo bench --bench scaffold` reads the largest document of `$GATEWRIGHT_CORPUS`, else of `../shared/corpus`, and
//! prints for each layout what loading, generating and writing a project take of loading alone, and what a run takes
//! that changes nothing.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use gatewright::openapi::{self, LoadOptions};
use gatewright::scaffold::template::Templates;
use gatewright::scaffold::{Per, ScaffoldOptions, apply, generate};
use gatewright::source::{Loader, Origin};

/// How often each measurement is repeated; the fastest counts.
const RUNS: usize = 5;

fn main() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let corpus = std::env::var_os("GATEWRIGHT_CORPUS").map_or_else(beside, PathBuf::from);
    let entries = std::fs::read_dir(corpus.join("large")).into_iter().flatten().flatten();
    let size = |path: &PathBuf| std::fs::metadata(path).map(|m| m.len()).ok();
    let Some(path) = entries.map(|entry| entry.path()).max_by_key(size) else {
        eprintln!("no corpus: set GATEWRIGHT_CORPUS");
        return;
    };
    println!("{} ({:.1} MB)", path.display(), size(&path).unwrap_or(0) as f64 / 1e6);
    // All are kept until the end: a file system that has just deleted thousands of files is slow to make new ones.
    let folder = tempfile::tempdir().expect("a folder");
    for per in [Per::Api, Per::Tag, Per::Operation] {
        layout(&path, per, folder.path());
    }
}

fn layout(path: &Path, per: Per, folder: &Path) {
    let options = ScaffoldOptions { per, ..ScaffoldOptions::default() };
    let mut best = [Duration::MAX; 3];
    let mut files = 0;
    for run in 0..RUNS {
        let project = folder.join(format!("{per:?}-{run}"));
        let (load, first, count) = scaffolded(path, &options, &project);
        let (_, again, _) = scaffolded(path, &options, &project);
        files = count;
        for (best, time) in best.iter_mut().zip([load, load + first, load + again]) {
            *best = time.min(*best);
        }
    }
    let [load, first, again] = best.map(|time| time.as_secs_f64());
    println!(
        "{per:?}, {files} files: of loading, a first run {:.2} and one that changes nothing {:.2} (goal 5; {:.0} ms, \
         {:.0} ms, {:.0} ms)",
        first / load,
        again / load,
        load * 1e3,
        first * 1e3,
        again * 1e3
    );
}

/// Loads a document and writes its project; returns how long each took.
fn scaffolded(path: &Path, options: &ScaffoldOptions, folder: &Path) -> (Duration, Duration, usize) {
    let start = Instant::now();
    let text = std::fs::read_to_string(path).expect("a document");
    let origin = Origin::File(path.to_owned());
    let (document, _, _) = openapi::load_text(&Loader::default(), &origin, text, &LoadOptions::default());
    let document = document.expect("a document");
    let load = start.elapsed();
    let start = Instant::now();
    let manifest = apply::read_manifest(folder).expect("a manifest");
    let project = generate(&document, options, &manifest, &Templates::built_in()).expect("a project");
    let changes = apply::compare(&project, folder, &manifest).expect("a comparison");
    changes.write(folder).expect("it is written");
    let took = start.elapsed();
    (load, took, project.files.len())
}
