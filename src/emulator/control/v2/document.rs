//! Documents in and out: ImportApi, ReimportApi, ExportApi.

use serde::Deserialize;

use super::definition::{deploy_automatically, load, save, snapshot_key, stage_key};
use super::{input, required};
use crate::emulator::control::call::{Answer, Call};
use crate::emulator::control::document::read;
use crate::emulator::control::refusal::Refusal;
use crate::gateway::HttpApi;
use crate::gateway::http_api::{ExportOptions, Imported, Stage, export, import};
use crate::gateway::import::{BasePathMode, ImportOptions};
use crate::gateway::partition;
use crate::openapi::Document;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Input {
    body: Option<String>,
}

pub(in super::super) fn import_api(call: &Call<'_>) -> Result<Answer, Refusal> {
    let document = document(call)?;
    let Imported { mut definition, .. } = imported(call, &document, None)?;
    let shown = definition.api.clone();
    forget_findings(&mut definition);
    call.control.write(|tx| save(tx, None, &definition))?;
    Answer::entity(&shown)
}

pub(in super::super) fn reimport_api(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("apiId");
    let document = document(call)?;
    let before = call.control.http_api(id)?;
    let first = imported(call, &document, Some(&before))?;
    let shown = call.control.write(|tx| {
        let now = load(tx, id)?.ok_or_else(|| call.control.unknown_api(id))?;
        // Another call may have changed the API meanwhile; then the import is made again, on what it is now.
        let Imported { mut definition, .. } =
            if now == before { first } else { imported(call, &document, Some(&now))? };
        let shown = definition.api.clone();
        forget_findings(&mut definition);
        save(tx, Some(&now), &definition)?;
        deploy_automatically(call, tx, &definition)?;
        Ok(shown)
    })?;
    Answer::entity(&shown)
}

/// What was found is in the answer to the import alone.
fn forget_findings(definition: &mut HttpApi) {
    definition.api.import_info.clear();
    definition.api.warnings.clear();
}

fn document(call: &Call<'_>) -> Result<Document, Refusal> {
    let input: Input = input(call)?;
    let body = required(input.body.filter(|b| !b.trim().is_empty()), "body")?;
    read(call, &body)
}

fn imported(call: &Call<'_>, document: &Document, into: Option<&HttpApi>) -> Result<Imported, Refusal> {
    let base_path = match call.query("basepath") {
        None | Some("" | "ignore") => BasePathMode::Ignore,
        Some("prepend") => BasePathMode::Prepend,
        Some("split") => BasePathMode::Split,
        Some(other) => return Err(Refusal::bad_request(format!("Invalid basepath {other} specified"))),
    };
    let options = ImportOptions {
        base_path,
        fail_on_warnings: call.query_flag("failOnWarnings"),
        account_id: call.control.account_id.clone(),
        region: call.control.region.clone(),
        partition: partition(&call.control.region).to_owned(),
        now: call.now(),
        ..ImportOptions::default()
    };
    import(document, &options, into, &mut call.ids()).map_err(|refusal| Refusal::bad_request(refusal.message))
}

pub(in super::super) fn export_api(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("apiId");
    match call.path("specification") {
        "OAS30" => {}
        other => return Err(Refusal::bad_request(format!("Invalid specification {other}. It must be OAS30"))),
    }
    if let Some(version) = call.query("exportVersion").filter(|v| !matches!(*v, "" | "1.0")) {
        return Err(Refusal::bad_request(format!("Invalid exportVersion {version}. It must be 1.0")));
    }
    let now = call.control.http_api(id)?;
    let stage_name = call.query("stageName").filter(|name| !name.is_empty());
    let definition = match stage_name {
        None => now,
        Some(name) => {
            let stage: Option<Stage> = call.control.store.get(&stage_key(id, name))?;
            let stage = stage.ok_or_else(super::stage::unknown)?;
            let deployment = stage
                .deployment_id
                .ok_or_else(|| Refusal::bad_request(format!("Nothing has been deployed to the stage {name}")))?;
            let mut deployed: HttpApi =
                call.control.store.get(&snapshot_key(id, &deployment))?.ok_or_else(super::deployment::unknown)?;
            // Tags are the API's, not the deployment's.
            deployed.api.tags = now.api.tags;
            deployed
        }
    };
    let include_extensions = call.query("includeExtensions").is_none_or(|v| !v.eq_ignore_ascii_case("false"));
    let address = match stage_name {
        Some(name) => super::super::base_path_mapping::address(call, id, name)?,
        None => None,
    };
    let options = ExportOptions { include_extensions, stage_name, address: address.as_ref() };
    let document = export(&definition, options);
    let failed = |error: String| Refusal::bad_request(format!("cannot write the export: {error}"));
    let text = match required(call.query("outputType"), "outputType")? {
        "JSON" => crate::gateway::pretty::to_json(&document, 0).map_err(|e| failed(e.to_string()))?,
        "YAML" => crate::gateway::export::to_yaml(&document).map_err(|e| failed(e.to_string()))?.into_bytes(),
        other => return Err(Refusal::bad_request(format!("Invalid outputType {other}. It must be JSON or YAML"))),
    };
    Ok(Answer::raw("application/octet-stream", text))
}
