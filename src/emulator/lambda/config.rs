//! How a function is run.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// Processes of a function that sets no concurrency of its own.
pub const DEFAULT_PROCESSES: usize = 10;

/// A function: the program and the limits it runs under.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionConfig {
    /// The executable.
    pub command: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Environment variables, over those of this process.
    pub env: BTreeMap<String, String>,
    /// Where it runs; absent is the working directory of this process.
    pub working_dir: Option<PathBuf>,
    /// How long one invocation may take.
    pub timeout: Duration,
    /// How long a process may take to ask for its first invocation.
    pub init_timeout: Duration,
    /// Megabytes that a process may use; on Linux one that uses more is killed, as Lambda does.
    pub memory_mb: u32,
    /// Reserved concurrency: more invocations at once are refused, as Lambda refuses them. Absent: up to
    /// [`DEFAULT_PROCESSES`] processes, and further invocations wait.
    pub concurrency: Option<usize>,
    /// `_HANDLER`
    pub handler: String,
    /// Why there is no program to run; every invocation then fails, and the log says this.
    pub unavailable: Option<String>,
}

impl FunctionConfig {
    /// Returns a function that runs `command` with generous limits.
    #[must_use]
    pub fn new(command: impl Into<PathBuf>) -> Self {
        Self {
            command: command.into(),
            args: Vec::new(),
            env: BTreeMap::new(),
            working_dir: None,
            timeout: Duration::from_secs(30),
            init_timeout: Duration::from_secs(10),
            memory_mb: 128,
            concurrency: None,
            handler: "bootstrap".to_owned(),
            unavailable: None,
        }
    }
}
