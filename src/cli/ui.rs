//! The way to the terminal: answers to stdout, talk to stderr.

use std::io::{IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};

use super::CommandError;
use crate::source::render::sanitized;

/// When output is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Writes to the user. Text that comes from a document passes [`sanitized`] before it gets here.
#[derive(Clone, Debug)]
pub struct Ui {
    stdout_color: bool,
    stderr_color: bool,
}

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();
const STATUS: Style = AnsiColor::Green.on_default().bold();

impl Ui {
    pub(super) fn new(choice: ColorChoice) -> Self {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        let on = |terminal: bool| match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && !no_color,
        };
        Self { stdout_color: on(std::io::stdout().is_terminal()), stderr_color: on(std::io::stderr().is_terminal()) }
    }

    /// Returns whether what goes to stdout may hold colours.
    #[must_use]
    pub fn stdout_color(&self) -> bool {
        self.stdout_color
    }

    /// Returns whether what goes to stderr may hold colours.
    #[must_use]
    pub fn stderr_color(&self) -> bool {
        self.stderr_color
    }

    /// Returns whether a person is at the other end, who can be asked.
    #[must_use]
    pub fn is_interactive(&self) -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Writes the answer. A closed pipe is not an error.
    pub fn answer(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// Writes talk, as it is.
    pub fn talk(&self, text: &str) {
        let mut err = std::io::stderr().lock();
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
    }

    /// Writes a line of talk that may hold anything, such as a function's output.
    pub fn line(&self, text: &str) {
        self.talk(&format!("{}\n", sanitized(text)));
    }

    /// Says what is being done: a verb, and on what.
    pub fn status(&self, verb: &str, what: &str) {
        self.talk(&format!("{} {}\n", self.styled(STATUS, &format!("{verb:>11}")), sanitized(what)));
    }

    /// Says what is not as it should be.
    pub fn warning(&self, text: &str) {
        self.talk(&format!("{}: {}\n", self.styled(WARNING, "warning"), sanitized(text)));
    }

    /// Says what to do.
    pub fn hint(&self, text: &str) {
        self.talk(&format!("{}: {}\n", self.styled(HINT, "hint"), sanitized(text)));
    }

    /// Says why a command was not carried out.
    pub fn error(&self, error: &CommandError) {
        if !error.shown {
            let mut text = sanitized(&error.message).into_owned();
            let mut source = error.source.as_deref().map(|e| e as &dyn std::error::Error);
            while let Some(reason) = source {
                let reason_text = reason.to_string();
                if !text.contains(&reason_text) {
                    text.push_str(": ");
                    text.push_str(&sanitized(&reason_text));
                }
                source = reason.source();
            }
            self.talk(&format!("{}: {text}\n", self.styled(ERROR, "error")));
        }
        for hint in &error.hints {
            self.hint(hint);
        }
    }

    /// Asks a yes-or-no question; anything but yes is no.
    #[must_use]
    pub fn confirm(&self, question: &str) -> bool {
        self.talk(&format!("{} [y/N] ", sanitized(question)));
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).is_ok()
            && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
    }

    fn styled(&self, style: Style, text: &str) -> String {
        if self.stderr_color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}
