//! The execution log: the steps of a request, as the console's test shows them.

use std::time::Instant;

use jiff::Timestamp;

/// Where a long value is cut.
const MAX_VALUE: usize = 1024;
/// Characters of a secret that are shown.
const MAX_SHOWN: usize = 6;

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

    /// Writes what an integration gets.
    pub(crate) fn sent<'a>(
        &mut self,
        address: &str,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        body: &[u8],
    ) {
        if !self.is_kept() {
            return;
        }
        self.line(|| format!("Endpoint request URI: {address}"));
        self.line(|| format!("Endpoint request headers: {}", java_map(headers)));
        self.line(|| format!("Endpoint request body after transformations: {}", lossy(body)));
        self.line(|| format!("Sending request to {address}"));
    }

    /// Writes what an integration answered; a body that is streamed is not shown.
    pub(crate) fn received<'a>(
        &mut self,
        status: u16,
        sent: Instant,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        body: Option<&[u8]>,
    ) {
        if !self.is_kept() {
            return;
        }
        let latency = sent.elapsed().as_millis();
        self.line(|| format!("Received response. Status: {status}, Integration latency: {latency} ms"));
        self.line(|| format!("Endpoint response headers: {}", java_map(headers)));
        if let Some(body) = body {
            self.line(|| format!("Endpoint response body before transformations: {}", lossy(body)));
        }
    }

    /// Writes how a request ended that its integration answered.
    pub(crate) fn answered<'a>(&mut self, headers: impl IntoIterator<Item = (&'a str, &'a str)>) {
        self.line(|| format!("Method response headers: {}", java_map(headers)));
        self.line(|| "Successfully completed execution".to_owned());
    }

    /// Returns what was written.
    pub(crate) fn into_text(self) -> String {
        self.lines.unwrap_or_default()
    }
}

/// Prints a map as Java does: `{a=b, c=d}`.
pub(crate) fn java_map<'a>(entries: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let entries: Vec<String> = entries.into_iter().map(|(n, v)| format!("{n}={v}")).collect();
    cut(&format!("{{{}}}", entries.join(", ")))
}

/// Returns the text of a body, as much as the log shows of it.
pub(crate) fn lossy(body: &[u8]) -> String {
    // A character has up to four bytes.
    let seen = body.get(..MAX_VALUE * 4 + 4).unwrap_or(body);
    cut(&String::from_utf8_lossy(seen))
}

/// Returns what the log shows of a secret: its end, behind a star for each of the other characters (logs of users).
pub(crate) fn masked(secret: &str) -> String {
    let length = secret.chars().count();
    let hidden = length - (length / 2).min(MAX_SHOWN);
    "*".repeat(hidden) + &secret.chars().skip(hidden).collect::<String>()
}

/// Returns text without what is more than the log shows.
fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_VALUE) {
        Some((end, _)) => format!("{} [TRUNCATED]", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_shown_by_their_ends() {
        for (secret, shown) in [("", ""), ("user", "**er"), ("aaaaaaaaaaaaaa", "********aaaaaa"), ("ü", "*")] {
            assert_eq!(masked(secret), shown);
        }
    }
}
