//! What an import would do, worked out before anything is touched.

use crate::diff::{self, Report, diff_definitions};
use crate::gateway::http_api::{self, HttpApi};
use crate::gateway::import::{BasePathMode, ImportMode, ImportOptions, ImportWarning, SequentialIds, import};
use crate::gateway::{ApiDefinition, ApiKind};
use crate::openapi::{Document, Version};

use super::changes::{Canonical, PlannedChange};
use super::permission::{self, Permission};
use super::rest_api::{self, ApiSummary, document_of_export, find_api};
use super::settings::{self, SettingChange, Settings};
use super::stage::{self, StageNow};
use super::usage::{self, Usage, UsageStep};
use super::{Connection, DeployError};

/// How an API is found.
#[derive(Clone, Debug)]
pub struct ApiSelector {
    /// Its id or name.
    pub id_or_name: String,
    /// Whether it may be created when it does not exist.
    pub create: bool,
}

/// What is asked of an import.
#[derive(Clone, Debug)]
pub struct PlanOptions {
    /// The stage that is deployed to.
    pub stage: String,
    /// Merge or overwrite.
    pub mode: ImportMode,
    /// What the document's base path becomes.
    pub base_path: BasePathMode,
    /// Whether documentation parts are left out.
    pub ignore_documentation: bool,
    /// The stage's variables; absent leaves them as they are.
    pub stage_variables: Option<Vec<(String, String)>>,
    /// What is declared beside the document.
    pub settings: Settings,
    /// The account that ARNs name.
    pub account_id: String,
}

/// What an import will do.
#[derive(Debug)]
pub struct Plan {
    /// The API; absent when it is to be created.
    pub api: Option<ApiSummary>,
    /// The name it has or will have.
    pub name: String,
    /// The stage.
    pub stage: String,
    /// The stage's deployment now; absent when there is no such stage yet.
    pub deployment: Option<String>,
    /// What changes in the definition.
    pub changes: Vec<PlannedChange>,
    /// Stage variables that are set anew: name, value before, value after.
    pub variables: Vec<(String, Option<String>, String)>,
    /// Settings and tags that are set anew.
    pub settings: Vec<SettingChange>,
    /// What happens to API keys and usage plans.
    pub(super) usage: Usage,
    /// The permissions that what is deployed now needs.
    pub before_permissions: Vec<Permission>,
    /// The stage as it is.
    pub(super) stage_now: Option<StageNow>,
    /// What is put back as the API's definition when the stage itself has no export: that of the API's latest stage.
    pub(super) other_before: Option<String>,
    /// What is said and has no effect.
    pub notes: Vec<String>,
    /// What API Gateway will warn of.
    pub warnings: Vec<ImportWarning>,
    /// The export taken before the change, to go back to.
    pub before: Option<String>,
    /// What that export holds.
    before_definition: Option<Meant>,
    /// What should be there afterwards.
    pub after: Meant,
    /// The same, as it is compared.
    pub after_canonical: Canonical,
    /// The text that is sent.
    pub body: String,
}

/// A definition, of either kind of API.
#[derive(Clone, Debug)]
pub enum Meant {
    /// A REST API.
    Rest(ApiDefinition),
    /// An HTTP API.
    Http(HttpApi),
}

impl Meant {
    /// Returns whether it names VPC endpoints, which only private APIs have.
    pub(super) fn names_vpc_endpoints(&self) -> bool {
        matches!(self, Self::Rest(definition) if !definition.api.endpoint_configuration.vpc_endpoint_ids.is_empty())
    }
}

impl Plan {
    /// Returns whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.api.is_some()
            && self.deployment.is_some()
            && self.changes.is_empty()
            && self.variables.is_empty()
            && self.settings.is_empty()
            && self.usage.steps.is_empty()
    }

    /// Returns what happens to API keys and usage plans.
    #[must_use]
    pub fn usage(&self) -> &[UsageStep] {
        &self.usage.steps
    }

    /// Returns what the changes of the definition mean to clients; nothing for an API that is not deployed yet.
    #[must_use]
    pub fn report(&self, region: &str, options: &diff::Options) -> Option<Report> {
        let before = self.before_definition.as_ref().filter(|_| !self.changes.is_empty())?;
        match (before, &self.after) {
            (Meant::Rest(before), Meant::Rest(after)) => diff_definitions(before, after, region, options),
            (Meant::Http(before), Meant::Http(after)) => {
                let document = |api: &HttpApi, name: &str| {
                    let mut json = http_api::export(api, http_api::ExportOptions::default());
                    json.as_object_mut().and_then(|members| members.shift_remove("servers"));
                    document_of_export(&self.name, json.to_string(), name).ok()
                };
                Some(diff::diff(&document(before, "before")?, &document(after, "after")?, options))
            }
            _ => None,
        }
    }
}

/// Works out what importing `document` would do. Changes nothing.
///
/// # Errors
/// When the service fails, the API is ambiguous or missing, or API Gateway would refuse the document.
pub async fn plan(
    connection: &Connection,
    document: &Document,
    selector: &ApiSelector,
    options: &PlanOptions,
) -> Result<Plan, DeployError> {
    let root = document.root().clone();
    let body = tokio::task::spawn_blocking(move || root.to_json().to_string());
    let api = find_api(connection, &selector.id_or_name).await?;
    if api.is_none() && !selector.create {
        return Err(DeployError::NoApi(selector.id_or_name.clone()));
    }
    let import_options = ImportOptions {
        mode: options.mode,
        base_path: options.base_path,
        ignore_documentation: options.ignore_documentation,
        account_id: options.account_id.clone(),
        region: connection.region.clone(),
        ..ImportOptions::default()
    };
    let (mut stage_now, mut before_text, mut other_before) = (None, None, None);
    if let Some(found) = &api {
        let (stage, export) = futures_util::future::try_join(
            stage::stage(connection, &found.id, &options.stage),
            rest_api::exported_text(connection, &found.id, &options.stage),
        )
        .await?;
        // A merge adds to the API's definition, which the stage that changed last is nearest to.
        if stage.is_none() || options.mode == ImportMode::Merge {
            other_before = latest_export(connection, &found.id, &options.stage).await?;
        }
        before_text = export.filter(|_| stage.is_some());
        stage_now = stage;
    }
    let mut variables = Vec::new();
    if let Some(stage) = &stage_now {
        for (name, value) in options.stage_variables.iter().flatten() {
            let before = stage.variables.get(name);
            if before != Some(value) {
                variables.push((name.clone(), before.cloned(), value.clone()));
            }
        }
    }
    let kind = connection.kind;
    let (declared, mut notes) = match kind {
        ApiKind::Rest => (options.settings.clone(), Vec::new()),
        ApiKind::Http => {
            let (declared, dropped) = options.settings.for_http_api();
            let note = |name: String| format!("an HTTP API has no {name}; it is left out");
            (declared, dropped.into_iter().map(note).collect())
        }
    };
    let settings = settings::changes(&declared, api.as_ref(), stage_now.as_ref());
    let api_id = api.as_ref().map(|a| a.id.as_str());
    let usage = usage::plan(connection, &declared, api_id, &options.stage).await?;
    let before = match (&before_text, &api) {
        (Some(text), Some(found)) => Some(definition_of(kind, &found.id, text, &import_options)?),
        _ => None,
    };
    let mut ids = SequentialIds::default();
    // What is sent is the document as read: OpenAPI 3.0, whatever it was written in.
    let sent = document.with_version(Version::V30);
    let merged_into = match (&other_before, &api) {
        (Some(text), Some(found)) => Some(definition_of(kind, &found.id, text, &import_options)?),
        _ => None,
    };
    let into = merged_into.as_ref().or(before.as_ref());
    let mut imported = || match kind {
        ApiKind::Rest => {
            let into = into.and_then(|into| if let Meant::Rest(into) = into { Some(into) } else { None });
            let imported = import(&sent, &import_options, into, &mut ids)?;
            Ok::<_, DeployError>((Meant::Rest(imported.definition), imported.warnings))
        }
        ApiKind::Http => {
            let into = into.and_then(|into| if let Meant::Http(into) = into { Some(into) } else { None });
            let imported = http_api::import(&sent, &import_options, into, &mut ids)?;
            notes.extend(imported.info.into_iter().map(|info| info.message));
            Ok((Meant::Http(imported.definition), imported.warnings))
        }
    };
    // What is there is made comparable while what shall be there is made.
    let (after, before_canonical) = crate::parallel::beside(
        || before.as_ref().map_or_else(Canonical::nothing, Canonical::of),
        || {
            imported().map(|(after, warnings)| {
                let canonical = Canonical::of(&after);
                (after, warnings, canonical)
            })
        },
    );
    let (after, warnings, after_canonical) = after?;
    let is_empty = match &after {
        Meant::Rest(after) => after.resources.values().all(|resource| resource.resource_methods.is_empty()),
        Meant::Http(after) => after.routes.is_empty(),
    };
    if is_empty {
        return Err(DeployError::NoOperations);
    }
    let name = match &after {
        Meant::Rest(after) => after.api.name.clone(),
        Meant::Http(after) => after.api.name.clone(),
    };
    let changes = before_canonical.changes_to(&after_canonical);
    if let (ApiKind::Http, Some(api), false) = (kind, &api, changes.is_empty()) {
        let others = super::http_api::self_deploying_stages(connection, &api.id).await?;
        notes.extend(others.iter().filter(|name| **name != options.stage).map(|name| {
            format!("stage `{name}` deploys itself: it serves this document too, as soon as it is imported")
        }));
    }
    let body = match body.await {
        Ok(body) => body,
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    };
    Ok(Plan {
        name: api.as_ref().map_or(name, |a| a.name.clone()),
        api,
        stage: options.stage.clone(),
        deployment: stage_now.as_ref().map(|s| s.deployment.clone()),
        before_permissions: before.as_ref().map(permission::needed).unwrap_or_default(),
        changes,
        variables,
        settings,
        usage,
        stage_now,
        other_before,
        notes,
        warnings,
        before: before_text,
        before_definition: before,
        after,
        after_canonical,
        body,
    })
}

/// Returns the export of the stage of an API that changed last, unless that is `this` one.
async fn latest_export(connection: &Connection, api_id: &str, this: &str) -> Result<Option<String>, DeployError> {
    match stage::stages(connection, api_id).await?.first() {
        Some(latest) if latest != this => rest_api::exported_text(connection, api_id, latest).await,
        _ => Ok(None),
    }
}

/// Reads an export back into the definition it was made from.
pub(super) fn definition_of(
    kind: ApiKind,
    api_id: &str,
    export: &str,
    options: &ImportOptions,
) -> Result<Meant, DeployError> {
    let document = document_of_export(api_id, export.to_owned(), &format!("the export of API `{api_id}`"))?;
    let options = ImportOptions { base_path: BasePathMode::Ignore, mode: ImportMode::Overwrite, ..options.clone() };
    let ids = &mut SequentialIds::default();
    let imported = match kind {
        ApiKind::Rest => import(&document, &options, None, ids).map(|imported| Meant::Rest(imported.definition)),
        ApiKind::Http => {
            http_api::import(&document, &options, None, ids).map(|imported| Meant::Http(imported.definition))
        }
    };
    imported.map_err(|refusal| DeployError::UnreadableExport { api: api_id.to_owned(), reason: refusal.message })
}
