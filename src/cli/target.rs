//! Which API Gateway a command speaks to: the embedded one, AWS, or anything at an address.

use crate::deploy::{Connection, Credentials, TargetConfig};

use super::config::Environment;
use super::local::{self, LocalGateway};
use super::{CommandError, Cx};

/// The service a command speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum TargetKind {
    /// The embedded gateway, started when it is not running.
    Local,
    /// AWS, by the user's AWS configuration.
    Aws,
}

/// The arguments of every command that speaks to API Gateway.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct TargetArgs {
    /// The environment of the configuration; each command has the argument, with the document's or by itself.
    #[arg(skip)]
    pub(super) env: Option<String>,
    /// The service spoken to [default: local].
    #[arg(long, value_enum, value_name = "TARGET")]
    pub(super) target: Option<TargetKind>,
    /// The address of anything that speaks API Gateway's protocol.
    #[arg(long, value_name = "URL", conflicts_with = "target")]
    pub(super) endpoint_url: Option<String>,
    /// The AWS region.
    #[arg(long, value_name = "REGION")]
    pub(super) region: Option<String>,
    /// The profile of the AWS configuration.
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Option<String>,
}

/// An open way to a service. The embedded gateway, when this command started it, ends with it.
pub(super) struct Target {
    pub(super) connection: Connection,
    pub(super) account_id: String,
    pub(super) local: Option<LocalGateway>,
    pub(super) environment: Environment,
    pub(super) environment_name: String,
    /// `local`, `aws`, or nothing for an address.
    pub(super) kind: Option<TargetKind>,
    /// The profile of the AWS configuration, if one is named.
    pub(super) profile: Option<String>,
}

impl Target {
    /// Returns the name under which what was imported here is kept: the service and the account.
    pub(super) fn place(&self) -> String {
        match self.kind {
            Some(TargetKind::Local) => local_place(&self.account_id),
            Some(TargetKind::Aws) => format!("{}{}", aws_place(self.connection.region()), self.account_id),
            None => format!("{} {}", self.connection.endpoint(), self.account_id),
        }
    }

    /// Ends the embedded gateway, when this command started it.
    pub(super) async fn close(mut self) {
        if let Some(local) = self.local.take() {
            local.close().await;
        }
    }
}

fn local_place(account_id: &str) -> String {
    format!("local-{account_id}")
}

/// Returns the beginning of the names of places in a region of AWS; the account follows.
fn aws_place(region: &str) -> String {
    format!("aws-{region}-")
}

impl TargetArgs {
    /// Returns the environment that is asked for, or an empty one.
    pub(super) fn environment(&self, cx: &Cx) -> Result<(String, Environment), CommandError> {
        match &self.env {
            Some(name) => Ok((name.clone(), cx.config.environment(name)?.clone())),
            None => Ok(("default".into(), cx.config.settings.env.get("default").cloned().unwrap_or_default())),
        }
    }

    /// Returns which service is meant; nothing for an address.
    fn kind(&self, environment: &Environment) -> Result<Option<TargetKind>, CommandError> {
        match (self.target, &self.endpoint_url) {
            (None, None) => match environment.target.as_deref() {
                None if environment.endpoint_url.is_some() => Ok(None),
                None | Some("local") => Ok(Some(TargetKind::Local)),
                Some("aws") => Ok(Some(TargetKind::Aws)),
                Some(other) => Err(CommandError::new(format!("there is no target `{other}`"))
                    .with_hint("a target is `local` or `aws`; anything else is an `endpoint-url`")),
            },
            (kind, _) => Ok(kind),
        }
    }

    /// Returns the name under which what was imported is kept, when that can be told without asking the service.
    pub(super) fn place_offline(&self, cx: &Cx) -> Result<Option<String>, CommandError> {
        let (_, environment) = self.environment(cx)?;
        match self.kind(&environment)? {
            Some(TargetKind::Local) => Ok(Some(local_place(&local::account_of_state(&cx.config.state_folder())))),
            Some(TargetKind::Aws) => {
                let Some(region) = self.region.clone().or(environment.region) else { return Ok(None) };
                let folder = cx.config.state_folder().join("history");
                let names = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
                let mut places = names
                    .filter_map(|entry| entry.file_name().into_string().ok())
                    .filter(|name| name.starts_with(&aws_place(&region)));
                // With several accounts, the credentials tell which is meant.
                Ok(places.next().filter(|_| places.next().is_none()))
            }
            None => Ok(None),
        }
    }

    /// Opens the way to the service; starts the embedded gateway when it is the target and is not running.
    pub(super) async fn open(&self, cx: &Cx) -> Result<Target, CommandError> {
        let (environment_name, environment) = self.environment(cx)?;
        let kind = self.kind(&environment)?;
        let region = self.region.clone().or_else(|| environment.region.clone());
        let profile = self.profile.clone().or_else(|| environment.profile.clone());
        let mut config = TargetConfig { endpoint_url: None, region, profile, credentials: None };
        let mut account_id = String::new();
        let mut local = None;
        match kind {
            Some(TargetKind::Aws) => {}
            Some(TargetKind::Local) => {
                let gateway = local::find_or_start(cx, config.region.as_deref()).await?;
                config.endpoint_url = Some(gateway.url());
                config.credentials = Some(Credentials::unchecked());
                account_id = gateway.account_id().to_owned();
                local = Some(gateway);
            }
            None => {
                config.endpoint_url = self.endpoint_url.clone().or_else(|| environment.endpoint_url.clone());
                config.credentials = credentials_of_environment().or_else(|| {
                    // Whatever is at a loopback address checks no signatures; asking the credential chain would only
                    // end in a slow failure.
                    let url = config.endpoint_url.as_deref().unwrap_or_default();
                    (config.profile.is_none() && url.starts_with("http://")).then(Credentials::unchecked)
                });
            }
        }
        let profile = config.profile.clone();
        let ui = cx.ui.clone();
        let connection = Connection::open(&config).await.heard_by(move |verb, what| ui.status(verb, what));
        if kind == Some(TargetKind::Aws) && !connection.region_is_known() {
            return Err(CommandError::new("no AWS region is set")
                .with_hint("pass `--region`, set `region` in the environment, or set AWS_REGION"));
        }
        if account_id.is_empty() {
            account_id = match kind {
                Some(TargetKind::Aws) => connection.account_id().await.map_err(failed)?,
                // Other implementations do not all have STS; without it, ARNs name the account that stands for none.
                _ => connection.account_id().await.unwrap_or_else(|_| "000000000000".into()),
            };
        }
        Ok(Target { connection, account_id, local, environment, environment_name, kind, profile })
    }
}

/// Returns a failure of the service as the command's.
pub(super) fn failed(error: crate::deploy::DeployError) -> CommandError {
    let hint = error.hint();
    let command_error = CommandError::new(error.to_string());
    match hint {
        Some(hint) => command_error.with_hint(hint),
        None => command_error,
    }
}

fn credentials_of_environment() -> Option<Credentials> {
    let variable = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    Some(Credentials {
        access_key_id: variable("AWS_ACCESS_KEY_ID")?,
        secret_access_key: variable("AWS_SECRET_ACCESS_KEY")?,
        session_token: variable("AWS_SESSION_TOKEN"),
    })
}
