//! `gatewright explain`

use std::fmt::Write as _;

use crate::lint::{levels, page, rules};

use super::{CommandError, Cx, Outcome};

/// Says what a code of `lint` or a kind of change of `diff` means.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The code; all codes are listed without one.
    code: Option<String>,
    /// Write the pages of all codes as Markdown.
    #[arg(long, conflicts_with = "code")]
    markdown: bool,
}

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    if args.markdown {
        cx.ui.answer(&page::all());
        return Ok(Outcome::Clean);
    }
    let Some(code) = args.code else {
        let width = rules::codes().map(str::len).max().unwrap_or_default();
        let mut out = String::new();
        for rule in rules::ALL {
            let _ = writeln!(out, "{:width$}  {:7}  {}", rule.code, rule.severity.as_str(), page::summary(rule));
        }
        cx.ui.answer(&out);
        return Ok(Outcome::Clean);
    };
    if let Some(page) = crate::diff::explain(&code).filter(|_| rules::find(&code).is_none()) {
        cx.ui.answer(&format!("{}\n", page.trim_end()));
        return Ok(Outcome::Clean);
    }
    let Some(rule) = rules::find(&code) else {
        if let Some(page) = crate::diff::explain(&code) {
            cx.ui.answer(&page);
            return Ok(Outcome::Clean);
        }
        let error = CommandError::new(format!("there is no code `{code}`"));
        return Err(match levels::nearest(&code, rules::codes().chain(crate::diff::ids())) {
            Some(known) => error.with_hint(format!("did you mean `{known}`?")),
            None => error.with_hint("`gatewright explain` lists the codes"),
        });
    };
    cx.ui.answer(&page::markdown(rule, "#"));
    Ok(Outcome::Clean)
}
