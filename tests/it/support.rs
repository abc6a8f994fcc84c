//! The embedded gateway for tests: in this process, or as the program itself, and AWS's client for it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use aws_sdk_apigateway::Client;
use aws_sdk_apigateway::config::retry::RetryConfig;
use aws_sdk_apigateway::config::{BehaviorVersion, Credentials, Region};
use gatewright::emulator::{Server, ServerOptions};

/// Starts a server on a free port, its state in memory.
pub(crate) async fn server() -> Server {
    let options = ServerOptions { address: ([127, 0, 0, 1], 0).into(), ..ServerOptions::default() };
    Server::start(options).await.expect("the server starts")
}

/// Returns the endpoint URL of a server.
pub(crate) fn endpoint(server: &Server) -> String {
    format!("http://{}", server.address())
}

/// Returns AWS's client for an endpoint; it tries once.
pub(crate) fn client(endpoint: &str) -> Client {
    let config = aws_sdk_apigateway::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .retry_config(RetryConfig::disabled())
        .build();
    Client::from_conf(config)
}

/// `gatewright serve` as a process; it is killed when dropped.
pub(crate) struct ServerProcess {
    child: Child,
    /// Where it listens.
    pub(crate) endpoint: String,
}

impl ServerProcess {
    /// Starts the program on a free port with its state in a folder.
    pub(crate) fn start(state: &Path) -> Self {
        let mut child = serve(state).spawn().expect("the program starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output is piped");
        BufReader::new(stdout).read_line(&mut line).expect("it prints its address");
        Self { child, endpoint: line.trim().to_owned() }
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it ends");
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the command that serves a state folder on a free port.
pub(crate) fn serve(state: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatewright"));
    command.args(["serve", "--port", "0", "--state"]).arg(state).current_dir(state);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}
