//! The commands: one file each, its arguments and its `run`.
//!
//! Alone in the program, this layer prints, reads the environment, and decides the exit status.

mod backends;
mod bundle;
mod config;
mod curl;
mod deployed;
mod dev;
mod diff;
mod document;
mod error;
mod explain;
mod git_diff;
mod history;
mod import;
mod invoke;
mod lint;
mod local;
mod lock;
mod lsp;
mod plan_text;
mod project;
mod promote;
mod rollback;
mod scaffold;
mod serve;
mod stage_args;
mod status;
mod target;
mod templates;
mod token;
mod ui;
mod verify;
mod vtl;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use config::{Config, Environment};
pub use error::{CommandError, Outcome};
pub use ui::Ui;

/// Turns OpenAPI documents into running serverless APIs on AWS API Gateway and Lambda.
#[derive(Debug, Parser)]
#[command(name = "gatewright", version, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

/// Arguments that every command takes.
#[derive(Clone, Debug, clap::Args)]
pub struct GlobalArgs {
    /// The configuration file, instead of the `gatewright.toml` found upwards from the working directory.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<std::path::PathBuf>,
    /// Whether output is coloured.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ui::ColorChoice,
}

#[derive(Debug, Subcommand)]
enum Command {
    Bundle(bundle::Args),
    Dev(dev::Args),
    Diff(diff::Args),
    Explain(explain::Args),
    GitDiff(git_diff::Args),
    History(history::Args),
    Import(import::Args),
    Invoke(invoke::Args),
    Lint(lint::Args),
    Lsp(lsp::Args),
    Promote(promote::Args),
    Rollback(rollback::Args),
    Scaffold(scaffold::Args),
    Serve(serve::Args),
    Status(status::Args),
    Templates(templates::Args),
    Verify(verify::Args),
    Token(token::Args),
    Vtl(vtl::Args),
}

/// What a command is given besides its own arguments.
pub struct Cx {
    /// The way to the terminal.
    pub ui: Ui,
    /// The configuration.
    pub config: Config,
}

/// Parses the command line, runs the command, and returns the exit status: 0 done and clean, 1 done
/// with findings, 2 not done.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let status = if error.use_stderr() { error::NOT_DONE } else { error::CLEAN };
            let _ = error.print();
            return ExitCode::from(status);
        }
    };
    let ui = Ui::new(cli.global.color);
    let result = Config::load(cli.global.config.as_deref()).and_then(|config| {
        let cx = Cx { ui: ui.clone(), config };
        match cli.command {
            Command::Bundle(args) => bundle::run(&cx, args),
            Command::Dev(args) => dev::run(&cx, args),
            Command::Diff(args) => diff::run(&cx, args),
            Command::Explain(args) => explain::run(&cx, args),
            Command::GitDiff(args) => git_diff::run(&cx, args),
            Command::History(args) => history::run(&cx, args),
            Command::Import(args) => import::run(&cx, args),
            Command::Invoke(args) => invoke::run(&cx, args),
            Command::Lint(args) => lint::run(&cx, args),
            Command::Lsp(args) => lsp::run(&cx, args),
            Command::Promote(args) => promote::run(&cx, args),
            Command::Rollback(args) => rollback::run(&cx, args),
            Command::Scaffold(args) => scaffold::run(&cx, args),
            Command::Serve(args) => serve::run(&cx, args),
            Command::Status(args) => status::run(&cx, args),
            Command::Templates(args) => templates::run(&cx, args),
            Command::Verify(args) => verify::run(&cx, args),
            Command::Token(args) => token::run(&cx, args),
            Command::Vtl(args) => vtl::run(&cx, args),
        }
    });
    match result {
        Ok(outcome) => ExitCode::from(outcome.status()),
        Err(error) => {
            ui.error(&error);
            ExitCode::from(error::NOT_DONE)
        }
    }
}

/// Returns when the user, or whoever runs the program, asks it to end.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// Returns the asynchronous runtime, for commands that speak to a network.
fn runtime() -> Result<tokio::runtime::Runtime, CommandError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|source| CommandError::new("cannot start the runtime").with_source(source))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_of_all_commands_go_together() {
        super::Cli::command().debug_assert();
    }
}
