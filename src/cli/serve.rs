//! `gatewright serve`

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use crate::emulator::{DEFAULT_PORT, ServerOptions};

use super::backends::BackendArgs;
use super::{CommandError, Cx, Outcome, local};

/// Runs the embedded API Gateway.
///
/// It speaks the protocol of API Gateway, and as much of Lambda's and STS's as goes with it, so the AWS SDKs and the AWS
/// CLI work with it as they are: give them its address as the endpoint URL. Deployed APIs answer at
/// http://{api}.execute-api.localhost:{port}/{stage}/ and http://127.0.0.1:{port}/_aws/execute-api/{api}/{stage}/.
/// It ends on Ctrl-C.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The port; 0 takes a free one.
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,
    /// The address to listen on.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_name = "ADDRESS")]
    host: IpAddr,
    /// The folder of its state, instead of `.gatewright` beside the configuration.
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Keeps nothing: its state goes with the process.
    #[arg(long, conflicts_with = "state")]
    in_memory: bool,
    /// The account in ARNs: twelve digits.
    #[arg(long, value_name = "ID", default_value = "000000000000", value_parser = account_id)]
    account_id: String,
    /// The region in ARNs.
    #[arg(long, value_name = "REGION", default_value = "us-east-1", value_parser = region)]
    region: String,
    #[command(flatten)]
    backends: BackendArgs,
}

fn account_id(text: &str) -> Result<String, String> {
    if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    Err("an account id is twelve digits".to_owned())
}

fn region(text: &str) -> Result<String, String> {
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if text.split('-').count() > 2 && text.split('-').all(is_part) {
        return Ok(text.to_owned());
    }
    Err("a region is such as us-east-1".to_owned())
}

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    let (log_ui, function_ui) = (cx.ui.clone(), cx.ui.clone());
    let state = args.state.unwrap_or_else(|| cx.config.state_folder());
    let options = ServerOptions {
        address: SocketAddr::new(args.host, args.port),
        state: if args.in_memory { None } else { Some(state.clone()) },
        account_id: args.account_id,
        region: args.region,
        log: Arc::new(move |line| log_ui.line(line)),
        function_log: Arc::new(move |line| function_ui.line(&format!("{}: {}", line.function, line.text))),
        ..args.backends.options(cx, &state)
    };
    super::runtime()?.block_on(async {
        let gateway = local::start(options).await?;
        cx.ui.answer(&format!("{}\n", gateway.url()));
        cx.ui.status("Serving", "API Gateway; Ctrl-C ends it");
        super::interrupted().await;
        gateway.close().await;
        Ok(Outcome::Clean)
    })
}
