//! Building the handlers with cargo.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use crate::cli::CommandError;
use crate::cli::ui::Ui;

/// Builds the programs of a project and returns where each is, by name. The compiler's messages are shown.
pub(super) async fn executables(
    project: &Path,
    release: bool,
    ui: &Ui,
) -> Result<BTreeMap<String, PathBuf>, CommandError> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(&cargo);
    command
        .args(["build", "--bins", "--message-format=json-render-diagnostics", "--manifest-path"])
        .arg(project.join("Cargo.toml"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true);
    if release {
        command.arg("--release");
    }
    if ui.stderr_color() {
        command.args(["--color", "always"]);
    }
    // The toolchain and flags of the program that runs this one are not the handlers'.
    for inherited in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"] {
        command.env_remove(inherited);
    }
    let mut child = command.spawn().map_err(|e| {
        CommandError::new("cannot run cargo")
            .with_source(e)
            .with_hint("install Rust from https://rustup.rs, or set CARGO to the cargo to use")
    })?;
    let mut executables = BTreeMap::new();
    if let Some(stdout) = child.stdout.take() {
        let mut lines = BufReader::new(stdout).lines();
        while let Some(line) = lines.next_line().await? {
            if let Some((name, path)) = executable(&line) {
                executables.insert(name, path);
            }
        }
    }
    let status = child.wait().await?;
    if !status.success() {
        return Err(CommandError::new(format!("the handlers in `{}` do not build", project.display()))
            .with_hint("the compiler's messages are above"));
    }
    Ok(executables)
}

/// Returns the program that one of cargo's messages announces.
fn executable(message: &str) -> Option<(String, PathBuf)> {
    let message: serde_json::Value = serde_json::from_str(message).ok()?;
    if message["reason"] != "compiler-artifact" {
        return None;
    }
    Some((message["target"]["name"].as_str()?.to_owned(), message["executable"].as_str()?.into()))
}
