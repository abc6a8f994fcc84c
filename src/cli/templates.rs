//! `gatewright templates`

use std::path::{Path, PathBuf};

use crate::scaffold::template::BUILT_IN;
use crate::source::{Access, write_whole};

use super::{CommandError, Cx, Outcome};

/// The JSON schema of what templates are given.
const CONTEXT_SCHEMA: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/scaffold-context.schema.json"));

/// Lists the templates that everything written comes from, copies them out, and says what they are given.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Writes the names of the built-in templates.
    List,
    /// Copies templates to a folder, to be changed there and given to `scaffold --templates`.
    ///
    /// A template that stays as it is need not be kept: whichever is not in the folder stays built in.
    Eject {
        /// The folder.
        dir: PathBuf,
        /// The templates, by name (`project/handler.rs`) or folder (`integrations`) [default: all].
        #[arg(value_name = "NAME")]
        names: Vec<String>,
        /// Overwrites templates that are there already.
        #[arg(long)]
        force: bool,
    },
    /// Writes one template.
    Show {
        /// Its name: `project/handler.rs`.
        name: String,
    },
    /// Writes the JSON schema of what templates are given; `scaffold --context` writes the thing itself.
    Schema,
}

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    match args.command {
        Command::List => {
            for (name, _) in BUILT_IN {
                cx.ui.answer(&format!("{name}\n"));
            }
        }
        Command::Show { name } => match BUILT_IN.iter().find(|(known, _)| *known == name) {
            Some((_, text)) => cx.ui.answer(text),
            None => return Err(unknown(&name)),
        },
        Command::Schema => cx.ui.answer(CONTEXT_SCHEMA),
        Command::Eject { dir, names, force } => eject(cx, &dir, &names, force)?,
    }
    Ok(Outcome::Clean)
}

fn unknown(name: &str) -> CommandError {
    CommandError::new(format!("there is no template `{name}`"))
        .with_hint("`gatewright templates list` writes their names")
}

fn eject(cx: &Cx, dir: &Path, names: &[String], force: bool) -> Result<(), CommandError> {
    let is_meant = |name: &str, wanted: &str| {
        let wanted = wanted.trim_end_matches('/').trim_end_matches(".hbs");
        name == wanted || name.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('/'))
    };
    if let Some(name) = names.iter().find(|wanted| !BUILT_IN.iter().any(|(name, _)| is_meant(name, wanted))) {
        return Err(unknown(name));
    }
    let meant =
        BUILT_IN.iter().filter(|(name, _)| names.is_empty() || names.iter().any(|wanted| is_meant(name, wanted)));
    let files: Vec<(PathBuf, &str)> = meant.map(|(name, text)| (dir.join(format!("{name}.hbs")), *text)).collect();
    let differs = |path: &Path, text: &str| std::fs::read_to_string(path).is_ok_and(|there| there != text);
    if let Some((path, _)) = files.iter().find(|(path, text)| !force && differs(path, text)) {
        return Err(CommandError::new(format!("`{}` is there already, and is not the built-in one", path.display()))
            .with_hint("name the templates that are wanted, or overwrite with `--force`"));
    }
    for (path, text) in &files {
        let failed = |e| CommandError::new(format!("cannot write `{}`", path.display())).with_source(e);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        if std::fs::read_to_string(path).ok().as_deref() != Some(text) {
            write_whole(path, text.as_bytes(), Access::Shared).map_err(failed)?;
        }
    }
    cx.ui.status("Ejected", &format!("{} templates to {}", files.len(), dir.display()));
    cx.ui.hint(&format!("use them: `gatewright scaffold SPEC -o DIR --templates {}`", dir.display()));
    Ok(())
}
