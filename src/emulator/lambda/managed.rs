//! Functions in Python and Node.js: their handlers run in the interpreter that this machine has.

use std::collections::BTreeMap;
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

impl FunctionConfig {
    /// Lets a function run in what its runtime names, with its code in the working directory. Where this machine has
    /// nothing to run it in, invocations fail and say so.
    pub fn run_in(&mut self, runtime: &str) {
        if is_native(runtime) {
            return;
        }
        // The installer for Windows knows no versions.
        let python = if cfg!(windows) { "python" } else { "python3" };
        let (needed, args): (&str, Vec<&str>) = if runtime.starts_with("python3") {
            (python, vec!["-u", "-c", PYTHON])
        } else if runtime.starts_with("nodejs") {
            ("node", vec!["--input-type=module", "-e", NODE])
        } else {
            self.unavailable = Some(format!("functions of the runtime {runtime} are not run here"));
            return;
        };
        let exact = if needed == python { interpreter(runtime) } else { None };
        let Some(command) = exact.or_else(|| interpreter(needed)) else {
            self.unavailable = Some(format!("the runtime {runtime} needs `{needed}`, which is not on the PATH"));
            return;
        };
        self.command = command;
        self.args = args.into_iter().map(str::to_owned).collect();
        self.env.insert("AWS_EXECUTION_ENV".to_owned(), format!("AWS_Lambda_{runtime}"));
    }
}

/// Interpreters that have been looked for, by name, and when.
static FOUND: Mutex<BTreeMap<String, (Instant, Option<PathBuf>)>> = Mutex::new(BTreeMap::new());

/// How long one that was not found is not looked for again.
const GONE: Duration = Duration::from_secs(30);

/// Returns the interpreter of a name that is on the PATH. One that does not run is none: version managers put names there
/// of versions that are not chosen.
fn interpreter(name: &str) -> Option<PathBuf> {
    let known = || FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    match known().get(name) {
        Some((_, Some(path))) => return Some(path.clone()),
        Some((looked, None)) if looked.elapsed() < GONE => return None,
        _ => {}
    }
    let folders = std::env::var_os("PATH")?;
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    // Functions run in folders of their own, where a relative name is another.
    let mut paths = std::env::split_paths(&folders).map(|folder| folder.join(&file)).filter(|path| path.is_absolute());
    let path = paths.find(|path| runs(path));
    known().insert(name.to_owned(), (Instant::now(), path.clone()));
    path
}

fn runs(interpreter: &Path) -> bool {
    let mut command = Command::new(interpreter);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    interpreter.is_file() && command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_is_run_as_itself_in_an_interpreter_or_not_at_all() {
        let config = |runtime: &str| {
            let mut config = FunctionConfig::new("folder/bootstrap");
            config.run_in(runtime);
            config
        };
        assert_eq!(config("provided.al2023"), FunctionConfig::new("folder/bootstrap"));
        assert_eq!(config("java21").unavailable.as_deref(), Some("functions of the runtime java21 are not run here"));
        let python = config("python3.12");
        match &python.unavailable {
            Some(reason) => {
                assert_eq!(reason, "the runtime python3.12 needs `python3`, which is not on the PATH");
            }
            None => {
                assert!(python.command.is_absolute() && python.args.contains(&PYTHON.to_owned()));
                assert_eq!(python.env["AWS_EXECUTION_ENV"], "AWS_Lambda_python3.12");
            }
        }
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
