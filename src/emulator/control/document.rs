//! Documents in and out: ImportRestApi, PutRestApi, GetExport.

use std::sync::Arc;

use crate::gateway::export::{Address, Export, ExportOptions, Specification, to_yaml};
use crate::gateway::import::{BasePathMode, ImportMode, ImportOptions, Imported, import};
use crate::gateway::{ApiDefinition, Method, Stage};
use crate::openapi::{Document, LoadOptions, Version, load_text};
use crate::source::yaml::as_yaml_1_1;
use crate::source::{Loader, Origin};

use super::call::{Answer, Call};
use super::constraint;
use super::export_cache::{Exported, Key};
use super::refusal::{Exception, Refusal};
use super::rest_api::{Tags, shown};

/// Bytes; the quota of a definition file.
const MAX_DOCUMENT_BYTES: usize = 6 * 1024 * 1024;

/// Bytes from which on it takes a while to free a document.
const LARGE_DOCUMENT: usize = 64 * 1024;

pub(super) fn import_rest_api(call: &Call<'_>) -> Result<Answer, Refusal> {
    let document = rest_document(call)?;
    let imported = imported(call, &document, None, ImportMode::Overwrite)?;
    let mut definition = imported.definition;
    definition.api.warnings.clear();
    let mut api = definition.api.clone();
    call.control.store.write(|tx| {
        tx.put_definition(Arc::new(definition))?;
        drop_later(call, document);
        Ok::<_, Refusal>(())
    })?;
    api.warnings = imported.warnings.into_iter().map(|warning| warning.message).collect();
    shown(&api, Tags::WhenAny).map(Answer::json)
}

pub(super) fn put_rest_api(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mode = match call.query("mode") {
        None => ImportMode::Merge,
        Some(mode) => {
            constraint::parameter_one_of("mode", mode, &["merge", "overwrite"])?;
            if mode == "overwrite" { ImportMode::Overwrite } else { ImportMode::Merge }
        }
    };
    let id = call.path("restapi_id");
    let document = rest_document(call)?;
    let before = call.control.definition(id)?;
    let first = imported(call, &document, Some(&before), mode)?;
    let (mut api, warnings) = call.control.write(|tx| {
        let now = tx.definition(id)?.ok_or_else(|| call.control.unknown_api(id))?;
        // Another call may have changed the API meanwhile; then the import is made again, on what it is now.
        let unchanged = Arc::ptr_eq(&now, &before) || now == before;
        let result = if unchanged { first } else { imported(call, &document, Some(&now), mode)? };
        let Imported { mut definition, warnings } = result;
        definition.api.warnings.clear();
        let api = definition.api.clone();
        tx.put_definition(Arc::new(definition))?;
        drop_later(call, (document, before));
        Ok::<_, Refusal>((api, warnings))
    })?;
    api.warnings = warnings.into_iter().map(|warning| warning.message).collect();
    shown(&api, Tags::Always).map(Answer::json)
}

/// Frees on another thread what a large document became, many small parts: the answer need not wait for it, and what was
/// made of it is on its way to the disk. For a small one another thread, with its own memory, costs more than it saves.
fn drop_later<T: Send + 'static>(call: &Call<'_>, value: T) {
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) if call.body.len() > LARGE_DOCUMENT => drop(runtime.spawn_blocking(move || drop(value))),
        _ => drop(value),
    }
}

/// Returns the document of a call that makes a REST API of it: of 3.1 API Gateway makes out nothing (reports of users).
fn rest_document(call: &Call<'_>) -> Result<Document, Refusal> {
    document(call).and_then(|document| if document.version() == Version::V31 { Err(invalid()) } else { Ok(document) })
}

pub(super) fn document(call: &Call<'_>) -> Result<Document, Refusal> {
    let text = std::str::from_utf8(&call.body).map_err(|_| invalid())?;
    read(call, text)
}

fn invalid() -> Refusal {
    Refusal::bad_request("Invalid OpenAPI input.")
}

/// Reads a document that came with a call.
pub(super) fn read(call: &Call<'_>, text: &str) -> Result<Document, Refusal> {
    if text.len() > MAX_DOCUMENT_BYTES {
        return Err(Refusal::bad_request("Maximum size of the API definition exceeded: 6291456 bytes are allowed"));
    }
    // A document that came over the network refers to nothing but itself: a text in memory has no files beside it.
    let loader = Loader { in_halves: call.control.is_alone(), ..Loader::default() };
    let origin = Origin::Memory("document".to_owned());
    let options = LoadOptions { unvalidated: true, ..LoadOptions::default() };
    let (document, _, _) = load_text(&loader, &origin, text, &options);
    let document = document.ok_or_else(invalid)?;
    // The service's readers of YAML take the booleans of version 1.1.
    let read = as_yaml_1_1(document.root(), document.sources());
    Ok(read.map(|root| document.with_root(root)).unwrap_or(document))
}

fn imported(
    call: &Call<'_>,
    document: &Document,
    into: Option<&ApiDefinition>,
    mode: ImportMode,
) -> Result<Imported, Refusal> {
    let base_path = match call.query("basepath") {
        Some("prepend") => BasePathMode::Prepend,
        Some("split") => BasePathMode::Split,
        None | Some("" | "ignore") => BasePathMode::Ignore,
        Some(other) => {
            return Err(Refusal::bad_request(format!(
                "Invalid basepath parameter specified: {other}. Valid options are ignore,prepend,split"
            )));
        }
    };
    let endpoint_type = call.query("endpointConfigurationTypes").filter(|kind| !kind.is_empty());
    if let Some(kinds) = endpoint_type {
        super::rest_api::check_endpoint_types(kinds)?;
    }
    let options = ImportOptions {
        mode,
        base_path,
        fail_on_warnings: call.query_flag("failonwarnings"),
        ignore_documentation: call.query("ignore") == Some("documentation"),
        endpoint_type: endpoint_type.map(str::to_owned),
        vpc_endpoint_ids: call
            .query("vpcEndpointIds")
            .map(|ids| ids.split(',').map(str::to_owned).collect())
            .unwrap_or_default(),
        account_id: call.control.account_id.clone(),
        region: call.control.region.clone(),
        partition: crate::gateway::partition(&call.control.region).to_owned(),
        now: call.now(),
        on_two_threads: call.control.is_alone(),
        ..ImportOptions::default()
    };
    let imported = import(document, &options, into, &mut call.ids()).map_err(|refusal| {
        let exception = if refusal.exceeds_quota() { Exception::LimitExceeded } else { Exception::BadRequest };
        Refusal::new(exception, refusal.message)
    })?;
    super::rest_api::check_vpc_endpoints(&imported.definition.api.endpoint_configuration)?;
    Ok(imported)
}

pub(super) fn get_export(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (api_id, stage_name) = (call.path("restapi_id"), call.path("stage_name"));
    let stage = call.control.stage(api_id, stage_name)?;
    let export_type = call.path("export_type");
    let specification = match export_type {
        "oas30" => Specification::Oas30,
        "swagger" => Specification::Swagger,
        other => return Err(Refusal::bad_request(format!("No API exporter for type '{other}'"))),
    };
    let snapshot = call.control.store.snapshot(api_id, &stage.deployment_id)?.ok_or_else(super::stage::unknown)?;
    let extensions: Vec<&str> = call
        .query
        .iter()
        .filter(|(name, _)| name == "extensions")
        .flat_map(|(_, value)| value.split(','))
        .map(str::trim)
        .filter(|extension| !extension.is_empty())
        .collect();
    let mut options = ExportOptions {
        specification,
        integrations: extensions.contains(&"integrations"),
        authorizers: extensions.contains(&"authorizers"),
        validators: extensions.contains(&"validators"),
        apigateway: extensions.contains(&"apigateway"),
        gateway_responses: extensions.contains(&"gatewayresponses"),
        // What it says of an entity stands there in every export; this is the list of its parts.
        documentation: extensions.contains(&"documentation"),
        documented_at: None,
    };
    let yaml = call.header("accept").is_some_and(|accept| accept.contains("yaml"));
    let record = super::documentation::shown(call.control, api_id, &stage)?;
    let address = super::base_path_mapping::address(call, api_id, stage_name)?;
    let exported = match record {
        None => {
            let key = Key {
                api_id: api_id.to_owned(),
                deployment_id: stage.deployment_id.clone(),
                stage_name: stage_name.to_owned(),
                documentation_version: stage.documentation_version.clone(),
                address: address.clone(),
                options,
                yaml,
            };
            let make = || exported(call, &snapshot.definition, &stage, address.as_ref(), options, yaml);
            call.control.exports.get_or_make(key, make)?
        }
        Some(record) => {
            options.documented_at = Some(record.version.created_date);
            let documented = ApiDefinition { documentation_parts: record.parts, ..(*snapshot.definition).clone() };
            exported(call, &documented, &stage, address.as_ref(), options, yaml)?
        }
    };
    let mut answer = Answer::raw("application/octet-stream", exported.text);
    // The version is the document's own text; in a header's quotes it must not end them.
    let version: String = exported.version.chars().filter(|c| c.is_ascii_graphic() && !"\"\\".contains(*c)).collect();
    let extension = if yaml { "yaml" } else { "json" };
    let file = format!("attachment; filename=\"{export_type}_{version}.{extension}\"");
    answer.headers.push(("Content-Disposition", file));
    Ok(answer)
}

/// Demands a model for JSON of each method that has models for its body (developer guide, `api-gateway-export-api`).
fn check_exportable(definition: &ApiDefinition) -> Result<(), Refusal> {
    let not_for_json = |method: &Method| {
        method
            .request_models
            .as_ref()
            .is_some_and(|models| !models.is_empty() && !models.keys().any(|media_type| media_type.contains("json")))
    };
    for resource in definition.resources.values() {
        if let Some((verb, _)) = resource.resource_methods.iter().find(|(_, method)| not_for_json(method)) {
            return Err(Refusal::bad_request(format!("Only found non-JSON body models for {verb} {}", resource.path)));
        }
    }
    Ok(())
}

fn exported(
    call: &Call<'_>,
    definition: &ApiDefinition,
    stage: &Stage,
    address: Option<&Address>,
    options: ExportOptions,
    yaml: bool,
) -> Result<Exported, Refusal> {
    check_exportable(definition)?;
    let document = Export::served_at(address, definition, Some(stage), &call.control.region, options);
    let text = if yaml { to_yaml(&document).map(String::into_bytes) } else { document.to_json() };
    let text = text.map_err(|e| Refusal::bad_request(format!("cannot write the export: {e}")))?;
    Ok(Exported { text: text.into(), version: document.version() })
}
