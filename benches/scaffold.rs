//! What `scaffold` costs, as ratios to loading in one run.
//!
//! `cargo bench --bench scaffold` reads the largest document of `$GATEWRIGHT_CORPUS`, else of `../shared/corpus`, and
//! prints for each layout what loading, generating and writing a project take of loading alone, and what a run takes
//! that changes nothing, each in a process of its own, as the command is. Then what making the texts takes of loading,
//! within one process that has done both before, and what the file system takes for the same files, with nothing else
//! done, on one thread and on two.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use gatewright::openapi::{self, Document, LoadOptions};
use gatewright::scaffold::template::Templates;
use gatewright::scaffold::{Detail, Per, ProjectFile, ScaffoldOptions, apply, generate};
use gatewright::source::{Loader, Origin};

/// The command's.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How often each measurement is repeated; the fastest counts.
const RUNS: usize = 5;

/// Says to a process of this bench that it is to do one thing and end: `load`, or `scaffold:` and the unit.
const CHILD: &str = "GATEWRIGHT_BENCH_CHILD";

fn main() {
    if let Ok(what) = std::env::var(CHILD) {
        let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
        let (path, folder) = (arguments.next().expect("a document"), arguments.next().expect("a folder"));
        return child(&what, &path, &folder);
    }
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
    let mut best = [Duration::MAX; 7];
    let mut files = 0;
    for run in 0..RUNS {
        let project = folder.join(format!("{per:?}-{run}"));
        let unit = format!("scaffold:{per:?}");
        let loading = alone_in_process("load", path, &project);
        let first = alone_in_process(&unit, path, &project);
        let again = alone_in_process(&unit, path, &project);
        let (load, made, made_files) = scaffolded(path, &options, &project);
        let alone = written(&made_files, &folder.join(format!("{per:?}-{run}-one")), 1);
        let by_two = written(&made_files, &folder.join(format!("{per:?}-{run}-two")), 2);
        files = made_files.len();
        for (best, time) in best.iter_mut().zip([loading, first, again, load, made, alone, by_two]) {
            *best = time.min(*best);
        }
    }
    let [loading, first, again, load, made, alone, by_two] = best.map(|time| time.as_secs_f64());
    println!(
        "{per:?}, {files} files: of loading, a first run {:.2} and one that changes nothing {:.2} (goal 5; {:.0} ms, \
         {:.0} ms, {:.0} ms); making the texts {:.2} of {:.0} ms; the file system alone {:.2} by one thread, {:.2} by \
         two",
        first / loading,
        again / loading,
        loading * 1e3,
        first * 1e3,
        again * 1e3,
        made / load,
        load * 1e3,
        alone / loading,
        by_two / loading,
    );
}

/// Runs this bench as a process that does one thing; returns how long that took.
fn alone_in_process(what: &str, path: &Path, folder: &Path) -> Duration {
    let program = std::env::current_exe().expect("this program");
    let start = Instant::now();
    let status = std::process::Command::new(program).env(CHILD, what).args([path, folder]).status();
    let took = start.elapsed();
    assert!(status.is_ok_and(|status| status.success()), "{what} ends well");
    took
}

/// What such a process does.
fn child(what: &str, path: &Path, folder: &Path) {
    let per = match what {
        "scaffold:Api" => Per::Api,
        "scaffold:Tag" => Per::Tag,
        "scaffold:Operation" => Per::Operation,
        _ => {
            loaded(path);
            return;
        }
    };
    scaffolded(path, &ScaffoldOptions { per, ..ScaffoldOptions::default() }, folder);
}

/// Writes files with nothing else done; returns how long that took.
fn written(files: &[ProjectFile], folder: &Path, threads: usize) -> Duration {
    let start = Instant::now();
    let folders: BTreeSet<&str> = files.iter().filter_map(|file| Some(file.path.rsplit_once('/')?.0)).collect();
    for inner in folders {
        std::fs::create_dir_all(folder.join(inner)).expect("a folder");
    }
    std::thread::scope(|scope| {
        for some in files.chunks(files.len().div_ceil(threads).max(1)) {
            scope.spawn(move || {
                for file in some {
                    std::fs::write(folder.join(&file.path), &file.text).expect("it is written");
                }
            });
        }
    });
    start.elapsed()
}

fn loaded(path: &Path) -> Document {
    let text = std::fs::read_to_string(path).expect("a document");
    let origin = Origin::File(path.to_owned());
    let (document, _, _) = openapi::load_text(&Loader::default(), &origin, text, &LoadOptions::default());
    document.expect("a document")
}

/// Loads a document, makes its project and writes it; returns how long loading and making took.
fn scaffolded(path: &Path, options: &ScaffoldOptions, folder: &Path) -> (Duration, Duration, Vec<ProjectFile>) {
    let start = Instant::now();
    let document = loaded(path);
    let load = start.elapsed();
    let start = Instant::now();
    let manifest = apply::read_manifest(folder).expect("a manifest");
    let project = generate(&document, options, &manifest, &Templates::built_in(), Detail::Files).expect("a project");
    let made = start.elapsed();
    let changes = apply::compare(&project, folder, &manifest).expect("a comparison");
    changes.write(folder).expect("it is written");
    (load, made, project.files)
}
