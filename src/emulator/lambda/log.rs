//! What functions write, line by line.

use std::sync::Arc;

/// One line of a function's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The function's name.
    pub function: Arc<str>,
    /// The invocation it belongs to; absent while a process starts.
    pub request_id: Option<Arc<str>>,
    /// Who wrote it.
    pub stream: LogStream,
    /// The text, without its newline. It comes from the function: not safe for a terminal as it is.
    pub text: String,
}

/// Who wrote a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogStream {
    /// The function, to its standard output.
    Stdout,
    /// The function, to its standard error.
    Stderr,
    /// The pool: `START`, `END`, `REPORT`, and why a process ended.
    Platform,
}

/// Takes log lines; called from several tasks.
pub type LogSink = Arc<dyn Fn(LogLine) + Send + Sync>;
