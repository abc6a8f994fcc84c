//! The embedded gateway as the commands use it: found when it runs already, started when it does not.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::emulator::store::StoreError;
use crate::emulator::{DEFAULT_PORT, Server, ServerError, ServerOptions};
use crate::source::{Access, write_whole};

use super::{CommandError, Cx};

/// The account that stands for none.
pub(super) const DEFAULT_ACCOUNT_ID: &str = "000000000000";

/// The region unless told otherwise.
pub(super) const DEFAULT_REGION: &str = "us-east-1";

/// The stage of HTTP APIs that no path names.
pub(super) const DEFAULT_STAGE: &str = "$default";

/// The file in the state folder that says where the server listens and as whom: address, account, region.
const ADDRESS_FILE: &str = "address";

/// An embedded gateway: one that runs elsewhere, or one that this command started and ends.
pub(super) struct LocalGateway {
    address: SocketAddr,
    account_id: String,
    server: Option<Server>,
    address_file: Option<AddressFile>,
}

impl LocalGateway {
    /// Returns the address of the control plane.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the account that its ARNs name.
    pub(super) fn account_id(&self) -> &str {
        &self.account_id
    }

    /// Returns the server, when this command started it.
    pub(super) fn server(&self) -> Option<&Server> {
        self.server.as_ref()
    }

    /// Returns where a stage is called.
    pub(super) fn invoke_url(&self, api_id: &str, stage: &str) -> String {
        let port = if self.server.is_some() && self.address.port() != DEFAULT_PORT && self.address_file.is_none() {
            // A server of this command's own is gone when the command ends; the next one listens here.
            DEFAULT_PORT
        } else {
            self.address.port()
        };
        // HTTP APIs serve `$default` from the root.
        let stage = if stage == DEFAULT_STAGE { String::new() } else { format!("/{stage}") };
        format!("http://{api_id}.execute-api.localhost:{port}{stage}")
    }

    /// Ends the server, when this command started it.
    pub(super) async fn close(mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }
}

/// Starts the embedded gateway and records where it listens.
pub(super) async fn start(options: ServerOptions) -> Result<LocalGateway, CommandError> {
    let account_id = options.account_id.clone();
    let region = options.region.clone();
    let state = options.state.clone();
    keep_out_of_git(state.as_deref());
    let server = Server::start(options).await.map_err(failed)?;
    let address = server.address();
    let address_file = match state {
        Some(state) => Some(AddressFile::write(state.as_path(), address, &account_id, &region)?),
        None => None,
    };
    Ok(LocalGateway { address, account_id, server: Some(server), address_file })
}

/// Finds the gateway that runs on this configuration's state, or starts one for as long as the command runs.
pub(super) async fn find_or_start(cx: &Cx, region: Option<&str>) -> Result<LocalGateway, CommandError> {
    let state = cx.config.state_folder();
    keep_out_of_git(Some(&state));
    if let Some((address, account_id)) = running(&state) {
        return Ok(LocalGateway { address, account_id, server: None, address_file: None });
    }
    let options = ServerOptions {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        state: Some(state),
        region: region.unwrap_or(DEFAULT_REGION).to_owned(),
        path: std::env::var_os("PATH").unwrap_or_default(),
        ..ServerOptions::default()
    };
    let account_id = options.account_id.clone();
    let server = Server::start(options).await.map_err(failed)?;
    Ok(LocalGateway { address: server.address(), account_id, server: Some(server), address_file: None })
}

/// Keeps the state, which holds exports, API keys and functions' variables, out of the repository it is in.
pub(super) fn keep_out_of_git(state: Option<&Path>) {
    let Some(state) = state else { return };
    let ignore = state.join(".gitignore");
    // Where this cannot be written the server cannot keep its state either, and says so.
    if !ignore.exists() && std::fs::create_dir_all(state).is_ok() {
        let _ = std::fs::write(ignore, "*\n");
    }
}

fn failed(error: ServerError) -> CommandError {
    let hint = match &error {
        ServerError::AddressInUse(_) => Some("`--port` takes another port"),
        ServerError::Store(StoreError::InUse(_)) => {
            Some("stop that server (`address` in the folder says where it is), or name another folder with `--state`")
        }
        ServerError::Store(_) => Some(
            "make the folder writable, work in another one, or name a `gatewright.toml` in another one with `--config`",
        ),
        ServerError::Listen { .. } => None,
    };
    let error = CommandError::from(error);
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// Returns the account of what is kept in this state folder: that of the server that runs on it, else the one that stands
/// for none.
pub(super) fn account_of_state(state: &Path) -> String {
    running(state).map_or_else(|| DEFAULT_ACCOUNT_ID.to_owned(), |(_, account_id)| account_id)
}

/// Returns where the server on this state folder listens, if one does.
fn running(state: &Path) -> Option<(SocketAddr, String)> {
    let text = std::fs::read_to_string(state.join(ADDRESS_FILE)).ok()?;
    let mut words = text.split_whitespace();
    let address: SocketAddr = words.next()?.parse().ok()?;
    let account_id = words.next().unwrap_or(DEFAULT_ACCOUNT_ID).to_owned();
    // A server that was killed leaves its file behind, so the file alone proves nothing.
    TcpStream::connect_timeout(&address, Duration::from_secs(1)).ok()?;
    Some((address, account_id))
}

/// Says where the server listens, for as long as it does.
struct AddressFile(PathBuf);

impl AddressFile {
    fn write(state: &Path, address: SocketAddr, account_id: &str, region: &str) -> Result<Self, CommandError> {
        let path = state.join(ADDRESS_FILE);
        let failed = |e: std::io::Error| CommandError::new(format!("cannot write `{}`", path.display())).with_source(e);
        let text = format!("{address} {account_id} {region}\n");
        write_whole(&path, text.as_bytes(), Access::Private).map_err(failed)?;
        Ok(Self(path))
    }
}

impl Drop for AddressFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
