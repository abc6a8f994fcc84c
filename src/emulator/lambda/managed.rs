//! Functions in Python and Node.js: their handlers run in the interpreter that this machine has.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::FunctionConfig;

/// Asks the Runtime API for work and gives it to the handler, in Python.
const PYTHON: &str = include_str!("managed/bootstrap.py");
/// The same in Node.js.
const NODE: &str = include_str!("managed/bootstrap.mjs");

/// The runtimes that there are (shape `Runtime` of the service model).
pub const RUNTIMES: [&str; 52] = [
    "nodejs",
    "nodejs4.3",
    "nodejs6.10",
    "nodejs8.10",
    "nodejs10.x",
    "nodejs12.x",
    "nodejs14.x",
    "nodejs16.x",
    "nodejs18.x",
    "nodejs20.x",
    "nodejs22.x",
    "nodejs24.x",
    "nodejs26.x",
    "java8",
    "java8.al2",
    "java8.al2023",
    "java11",
    "java11.al2023",
    "java17",
    "java17.al2023",
    "java21",
    "java25",
    "python2.7",
    "python3.6",
    "python3.7",
    "python3.8",
    "python3.9",
    "python3.10",
    "python3.11",
    "python3.12",
    "python3.13",
    "python3.14",
    "python3.15",
    "dotnetcore1.0",
    "dotnetcore2.0",
    "dotnetcore2.1",
    "dotnetcore3.1",
    "dotnet6",
    "dotnet8",
    "dotnet10",
    "nodejs4.3-edge",
    "go1.x",
    "ruby2.5",
    "ruby2.7",
    "ruby3.2",
    "ruby3.3",
    "ruby3.4",
    "ruby4.0",
    "provided",
    "provided.al2",
    "provided.al2023",
    "custom",
];

/// Returns whether functions of a runtime are executables of their own.
#[must_use]
pub fn is_native(runtime: &str) -> bool {
    runtime.starts_with("provided")
}

/// How long an interpreter that was not found is not looked for again.
const GONE: Duration = Duration::from_secs(30);

/// The interpreters of a machine.
#[derive(Debug, Default)]
pub struct Interpreters {
    folders: Vec<PathBuf>,
    /// Those that have been looked for, by name, and when.
    found: Mutex<BTreeMap<String, (Instant, Option<PathBuf>)>>,
}

impl Interpreters {
    /// Returns those in the folders of a list such as `PATH`. Relative ones do not count: functions run in folders of their
    /// own, where they are others.
    #[must_use]
    pub fn on(path: &OsStr) -> Self {
        let folders = std::env::split_paths(path).filter(|folder| folder.is_absolute());
        Self { folders: folders.collect(), ..Self::default() }
    }

    /// Lets a function run in what its runtime names, with its code in the working directory. Where this machine has
    /// nothing to run it in, invocations fail and say so.
    pub fn set(&self, config: &mut FunctionConfig, runtime: &str) {
        if is_native(runtime) {
            return;
        }
        // The installer for Windows knows no versions.
        let python = if cfg!(windows) { "python" } else { "python3" };
        let (names, args): (&[&str], &[&str]) = if runtime.starts_with("python3") {
            (&[runtime, python], &["-u", "-c", PYTHON])
        } else if runtime.starts_with("nodejs") {
            (&["node"], &["--input-type=module", "-e", NODE])
        } else {
            config.unavailable = Some(format!("functions of the runtime {runtime} are not run here"));
            return;
        };
        let Some(command) = names.iter().find_map(|name| self.find(name)) else {
            let needed = names.last().copied().unwrap_or(runtime);
            config.unavailable = Some(format!("the runtime {runtime} needs `{needed}`, which is not on the PATH"));
            return;
        };
        config.command = command;
        config.args = args.iter().map(|arg| (*arg).to_owned()).collect();
        config.env.insert("AWS_EXECUTION_ENV".to_owned(), format!("AWS_Lambda_{runtime}"));
    }

    /// Returns the interpreter of a name. One that does not run is none: version managers put names on the PATH of versions
    /// that are not chosen.
    fn find(&self, name: &str) -> Option<PathBuf> {
        let known = || self.found.lock().unwrap_or_else(PoisonError::into_inner);
        match known().get(name) {
            Some((_, Some(path))) => return Some(path.clone()),
            Some((looked, None)) if looked.elapsed() < GONE => return None,
            _ => {}
        }
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        let path = self.folders.iter().map(|folder| folder.join(&file)).find(|path| runs(path));
        known().insert(name.to_owned(), (Instant::now(), path.clone()));
        path
    }
}

fn runs(interpreter: &Path) -> bool {
    let mut command = Command::new(interpreter);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    interpreter.is_file() && command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Access, write_whole};

    #[test]
    fn a_runtime_is_run_as_itself_in_an_interpreter_or_not_at_all() {
        let set = |interpreters: &Interpreters, runtime: &str| {
            let mut config = FunctionConfig::new("folder/bootstrap");
            interpreters.set(&mut config, runtime);
            config
        };
        let none = Interpreters::default();
        assert_eq!(set(&none, "provided.al2023"), FunctionConfig::new("folder/bootstrap"));
        for (runtime, reason) in [
            ("java21", "functions of the runtime java21 are not run here"),
            ("nodejs22.x", "the runtime nodejs22.x needs `node`, which is not on the PATH"),
        ] {
            assert_eq!(set(&none, runtime).unavailable.as_deref(), Some(reason));
        }
    }

    #[cfg(unix)]
    #[test]
    fn an_interpreter_that_does_not_run_is_passed_by() {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, status) in [("python3.12", 1), ("python3", 0)] {
            let script = format!("#!/bin/sh\nexit {status}\n");
            write_whole(&folder.path().join(name), script.as_bytes(), Access::Executable).expect("is written");
        }
        let mut config = FunctionConfig::new("folder/bootstrap");
        Interpreters::on(folder.path().as_os_str()).set(&mut config, "python3.12");
        assert_eq!(config.command, folder.path().join("python3"));
        assert!(config.args.contains(&PYTHON.to_owned()));
        assert_eq!(config.env["AWS_EXECUTION_ENV"], "AWS_Lambda_python3.12");
    }

    #[test]
    fn a_runtime_is_listed_once() {
        let mut runtimes = RUNTIMES.to_vec();
        runtimes.sort_unstable();
        runtimes.dedup();
        assert_eq!(runtimes.len(), RUNTIMES.len());
        assert!(RUNTIMES.iter().any(|runtime| is_native(runtime)));
    }
}
