//! The documents of deployed APIs: `local:API[@STAGE]`, `aws:API[@STAGE]`.

use crate::deploy::{exported_document, undeployed};
use crate::gateway::ApiKind;
use crate::openapi::Document;

use super::target::{TargetArgs, TargetKind, failed};
use super::{CommandError, Cx};

/// The name of a deployed API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DeployedName {
    kind: TargetKind,
    api: String,
    stage: Option<String>,
}

impl DeployedName {
    /// Parses `local:API[@STAGE]` or `aws:API[@STAGE]`; anything else names a document.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let (kind, rest) = match name.split_once(':')? {
            ("local", rest) => (TargetKind::Local, rest),
            ("aws", rest) => (TargetKind::Aws, rest),
            _ => return None,
        };
        let (api, stage) = match rest.rsplit_once('@') {
            Some((api, stage)) => (api, Some(stage.to_owned())),
            None => (rest, None),
        };
        Some(Self { kind, api: api.to_owned(), stage })
    }
}

/// A deployed API's document, and whose it is.
pub(super) struct Deployed {
    pub(super) document: Document,
    pub(super) kind: ApiKind,
    pub(super) account_id: String,
    pub(super) region: String,
    /// What the API has that the stage does not serve yet, in words.
    pub(super) undeployed: Vec<String>,
}

/// Exports the document that a deployed API's stage serves. Starts the embedded gateway when that is meant and is not
/// running.
pub(super) fn load(cx: &Cx, name: &DeployedName, target: &TargetArgs) -> Result<Deployed, CommandError> {
    super::runtime()?.block_on(async {
        // An address takes the place of the service that the name says.
        let kind = target.endpoint_url.is_none().then_some(name.kind);
        let mut open = TargetArgs { target: kind, ..target.clone() }.open(cx).await?;
        let stage = name.stage.clone().or_else(|| open.environment.stage.clone()).unwrap_or_else(|| "dev".to_owned());
        let prefix = match name.kind {
            TargetKind::Local => "local",
            TargetKind::Aws => "aws",
        };
        let shown = format!("{prefix}:{}@{stage}", name.api);
        let exported = exported_document(&open.connection, &name.api, &stage, &shown).await.map_err(failed);
        let mut behind = Vec::new();
        // Who may not list resources still gets the comparison.
        if let Ok((api, connection, document)) = &exported
            && connection.kind() == ApiKind::Rest
            && let Ok(changes) = undeployed(connection, &api.id, document).await
        {
            behind = changes
                .into_iter()
                .map(|change| format!("{change} in the API, which `{shown}` does not serve until it is deployed"))
                .collect();
        }
        let region = open.connection.region().to_owned();
        if let Some(local) = open.local.take() {
            local.close().await;
        }
        let (_, connection, document) = exported?;
        Ok(Deployed { document, kind: connection.kind(), account_id: open.account_id, region, undeployed: behind })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_deployed_apis() {
        let name = DeployedName::parse("local:pet store@v1").expect("it is one");
        assert_eq!((name.api.as_str(), name.stage.as_deref()), ("pet store", Some("v1")));
        assert_eq!(DeployedName::parse("aws:orders").and_then(|n| n.stage), None);
        assert_eq!(DeployedName::parse("git:main:api.yaml"), None);
        assert_eq!(DeployedName::parse("api.yaml"), None);
    }
}
