//! What stands behind an embedded gateway: arguments that `serve` and `dev` have in common.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::emulator::ServerOptions;
use crate::emulator::data::{AccessKey, AccessKeys};
use crate::emulator::jwt::{KeyLocation, KeyOptions};

use super::Cx;

/// Where the gateway's requests go, and whose signatures it takes.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct BackendArgs {
    /// Where Lambda is, for functions that are not run here.
    #[arg(long, value_name = "URL")]
    lambda_endpoint: Option<String>,
    /// Where another AWS service is, such as `sqs=http://127.0.0.1:9324`; can be given several times.
    #[arg(long, value_name = "SERVICE=URL", value_parser = service_endpoint)]
    service_endpoint: Vec<(String, String)>,
    /// The keys of a token issuer (Cognito pools, JWT): a JSON Web Key Set in a file or at an address, or, with the
    /// issuer alone, where the issuer says. Tokens of other issuers are verified with the key that `gatewright token`
    /// signs with. Can be given several times.
    #[arg(long, value_name = "ISSUER[=FILE|URL]")]
    jwks: Vec<String>,
    /// An access key that callers of methods with `AWS_IAM` may sign with, and whose it is; without any, `test` with
    /// the secret `test`. Can be given several times.
    #[arg(long, value_name = "ID=SECRET[,ARN]", value_parser = access_key)]
    access_key: Vec<(String, AccessKey)>,
}

impl BackendArgs {
    /// Returns the options of a server with what was given; `state` is the folder of the development issuer.
    pub(super) fn options(self, cx: &Cx, state: &Path) -> ServerOptions {
        let configured = cx.config.settings.jwks.iter().map(|(issuer, place)| {
            let location = if place.is_empty() { KeyLocation::Issuer } else { location(place, &cx.config.folder) };
            (issuer.clone(), location)
        });
        let given = self.jwks.iter().map(|text| match text.split_once('=') {
            Some((issuer, place)) => (issuer.to_owned(), location(place, Path::new(""))),
            None => (text.clone(), KeyLocation::Issuer),
        });
        let issuers: BTreeMap<String, KeyLocation> = configured.chain(given).collect();
        let access_keys = match self.access_key.is_empty() {
            true => AccessKeys::default(),
            false => AccessKeys(self.access_key.into_iter().collect()),
        };
        ServerOptions {
            lambda_endpoint: self.lambda_endpoint,
            service_endpoints: self.service_endpoint.into_iter().collect(),
            token_keys: KeyOptions { issuers, development: Some(state.to_owned()) },
            access_keys,
            path: std::env::var_os("PATH").unwrap_or_default(),
            ..ServerOptions::default()
        }
    }
}

fn location(place: &str, folder: &Path) -> KeyLocation {
    match place.starts_with("http://") || place.starts_with("https://") {
        true => KeyLocation::Url(place.to_owned()),
        false => KeyLocation::File(folder.join(PathBuf::from(place))),
    }
}

fn service_endpoint(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((service, url)) if !service.is_empty() && url.starts_with("http") => {
            Ok((service.to_owned(), url.to_owned()))
        }
        _ => Err("write it as SERVICE=URL, such as sqs=http://127.0.0.1:9324".to_owned()),
    }
}

fn access_key(text: &str) -> Result<(String, AccessKey), String> {
    let wrong = || "write it as ID=SECRET or ID=SECRET,ARN".to_owned();
    let (id, rest) = text.split_once('=').ok_or_else(wrong)?;
    let (secret, arn) = match rest.split_once(",arn:") {
        Some((secret, arn)) => (secret, Some(format!("arn:{arn}"))),
        None => (rest, None),
    };
    match id.is_empty() || secret.is_empty() {
        true => Err(wrong()),
        false => Ok((id.to_owned(), AccessKey { secret: secret.to_owned(), arn })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_key_may_say_whose_it_is() {
        let key = |secret: &str, arn: Option<&str>| AccessKey { secret: secret.into(), arn: arn.map(str::to_owned) };
        assert_eq!(access_key("a=b=c"), Ok(("a".into(), key("b=c", None))));
        assert_eq!(access_key("a=b,arn:aws:iam::1:user/x"), Ok(("a".into(), key("b", Some("arn:aws:iam::1:user/x")))));
        assert!(access_key("a").is_err() && access_key("=b").is_err() && access_key("a=").is_err());
    }
}
