//! The execution log: the steps of a request, as the console's test shows them.

use jiff::Timestamp;

/// Where a long value is cut.
const MAX_VALUE: usize = 1024;

/// The log of one request, kept only when somebody will read it.
#[derive(Debug, Default)]
pub(crate) struct ExecutionLog {
    lines: Option<String>,
}

impl ExecutionLog {
    /// Returns a log that is kept.
    pub(crate) fn kept(request_id: &str) -> Self {
        Self { lines: Some(format!("Execution log for request {request_id}\n")) }
    }

    /// Returns whether the log is kept.
    pub(crate) fn is_kept(&self) -> bool {
        self.lines.is_some()
    }

    /// Writes a line; `text` is not made when the log is not kept.
    pub(crate) fn line(&mut self, text: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            lines.push_str(&Timestamp::now().strftime("%a %b %d %H:%M:%S UTC %Y : ").to_string());
            lines.push_str(&text());
            lines.push('\n');
        }
    }

    /// Returns what was written.
    pub(crate) fn into_text(self) -> String {
        self.lines.unwrap_or_default()
    }
}

/// Prints a map as Java does: `{a=b, c=d}`.
pub(crate) fn java_map<'a>(entries: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let entries: Vec<String> = entries.into_iter().map(|(n, v)| format!("{n}={v}")).collect();
    format!("{{{}}}", cut(&entries.join(", ")))
}

/// Returns text without what is more than the log shows.
pub(crate) fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_VALUE) {
        Some((end, _)) => format!("{} [TRUNCATED]", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
