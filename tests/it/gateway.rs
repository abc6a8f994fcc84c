//! `import` and `export` on genuine exports of deployed APIs, when the corpus is there.

use std::path::PathBuf;

use gatewright::gateway::export::{ExportOptions, Specification, export};
use gatewright::gateway::import::{IdSource as _, ImportOptions, SequentialIds, import};
use gatewright::gateway::{ApiDefinition, ApiKind, Stage, canonical, drops, http_api};
use gatewright::openapi::{Document, LoadOptions, load_text};
use gatewright::source::{Loader, Node, Origin, Value};

fn corpus() -> Option<PathBuf> {
    let named = std::env::var_os("GATEWRIGHT_CORPUS").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"));
    folder.join("SOURCES.tsv").is_file().then_some(folder)
}

/// The files that the corpus marks as genuine exports.
fn genuine_exports() -> Vec<PathBuf> {
    let Some(folder) = corpus() else { return Vec::new() };
    let table = std::fs::read_to_string(folder.join("SOURCES.tsv")).unwrap();
    let column = table.lines().next().unwrap().split('\t').position(|c| c == "get_export").unwrap();
    let rows = table.lines().skip(1).filter(|row| row.split('\t').nth(column).is_some_and(|c| !c.is_empty()));
    rows.map(|row| folder.join(row.split('\t').next().unwrap())).collect()
}

fn document(text: &str) -> Document {
    let origin = Origin::Memory("api.yaml".into());
    let (document, _, diagnostics) = load_text(&Loader::default(), &origin, text, &LoadOptions::default());
    document.unwrap_or_else(|| panic!("{diagnostics:?}"))
}

/// Returns the node with intrinsic functions of CloudFormation, which deployed APIs have resolved, as texts.
fn deployed(node: &Node, key: &str) -> Node {
    let intrinsic = |name: &str| name == "Ref" || name.starts_with("Fn::");
    let mut new = node.clone();
    match &mut new.value {
        Value::Mapping(members) if members.len() == 1 && members.iter().all(|e| intrinsic(&e.key.text)) => {
            let inner = members.iter().next().map(|e| e.value.clone());
            let text = inner.as_ref().and_then(Node::as_str);
            let text = match (key, text) {
                ("uri", Some(text)) => text.to_owned(),
                ("credentials", _) => "arn:aws:iam::000000000000:role/r".to_owned(),
                (_, text) => text.unwrap_or("resolved").to_owned(),
            };
            return Node::string(text, node.span);
        }
        Value::Mapping(members) => {
            for entry in members.entries_mut() {
                entry.value = deployed(&entry.value, &entry.key.text);
            }
        }
        Value::Sequence(items) => *items = items.iter().map(|item| deployed(item, key)).collect(),
        _ => {}
    }
    new
}

fn exported(definition: &ApiDefinition, specification: Specification) -> Document {
    let stage = Stage::new("dev", "d1", 0);
    document(&export(definition, Some(&stage), "us-east-1", ExportOptions::everything(specification)).to_string())
}

#[test]
fn genuine_exports_come_out_as_they_went_in() {
    let mut compared = 0;
    for path in genuine_exports() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        // An HTTP API's, or one whose text still has its template's variables.
        if text.contains("integrationSubtype") || name.starts_with("localstack__") {
            continue;
        }
        let read = document(&text);
        let read = read.with_root(deployed(read.root(), ""));
        let options = ImportOptions::default();
        let imported = match import(&read, &options, None, &mut SequentialIds::default()) {
            Ok(imported) => imported,
            Err(refusal) => panic!("{name}: {refusal}"),
        };
        // Some were published without the models they refer to, and one with members of Swagger 2.0.
        let known = [
            "Reference to model ",
            "Invalid format for model ",
            "Parse issue: attribute basePath",
            "Parse issue: attribute servers is not of type",
            "Parse issue: attribute paths.'/s3'(get).responses.200.content.schema.#/components/schemas/Empty is missing",
            "Parse issue: attribute paths.'/s3'(put).responses.200.content.schema.#/components/schemas/Empty is missing",
            "Parse issue: attribute schemes",
        ];
        let is_known = |message: &str| known.iter().any(|known| message.starts_with(known));
        assert!(imported.warnings.iter().all(|w| is_known(&w.message)), "{name}: {:?}", imported.warnings);
        for specification in [Specification::Oas30, Specification::Swagger] {
            let again = exported(&imported.definition, specification);
            let mut ids = SequentialIds::default();
            ids.next_id(6);
            let second = import(&again, &options, None, &mut ids).unwrap_or_else(|r| panic!("{name}: {r}"));
            let (before, after) = (canonical(&imported.definition), canonical(&second.definition));
            assert_eq!(before, after, "{name} by way of {specification:?}");
        }
        // Their publishers added what is no part of an export of a REST API.
        let added = ["`x-amazon-apigateway-cors` of the document", "`schemes` of the document"];
        let lost: Vec<String> = drops(&read, &imported.definition).into_iter().map(|d| d.what).collect();
        let lost: Vec<&String> = lost.iter().filter(|what| !added.contains(&what.as_str())).collect();
        // A model that is missing is warned of, and is nothing that was dropped.
        assert!(lost.is_empty(), "{name}: {lost:?}");
        compared += 1;
    }
    assert!(compared > 0 || corpus().is_none());
}

/// Every document of the corpus but the largest, which a debug build takes too long to read.
fn documents() -> Vec<PathBuf> {
    let Some(folder) = corpus() else { return Vec::new() };
    let folders = ["apigw", "general"].map(|name| folder.join(name));
    let mut files: Vec<PathBuf> =
        folders.iter().flat_map(|f| std::fs::read_dir(f).into_iter().flatten()).map(|e| e.unwrap().path()).collect();
    files.retain(|path| path.metadata().is_ok_and(|m| m.len() < 1_000_000));
    files.sort();
    files
}

#[test]
fn what_a_document_becomes_stays_the_same_through_an_export() {
    let quotas =
        gatewright::gateway::Quotas { resources: usize::MAX, documentation_parts: usize::MAX, ..Default::default() };
    let options = ImportOptions { quotas, ..ImportOptions::default() };
    let mut imported_whole = 0;
    for path in documents() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let origin = Origin::Memory(name.clone());
        let Some(read) = load_text(&Loader::default(), &origin, text, &LoadOptions::default()).0 else { continue };
        let (imported, faults) =
            gatewright::gateway::import_in_part(&read, &options, None, &mut SequentialIds::default());
        let _ = drops(&read, &imported.definition);
        if !faults.is_empty() {
            continue;
        }
        imported_whole += 1;
        let again = exported(&imported.definition, Specification::Oas30);
        let second = import(&again, &options, None, &mut SequentialIds::default());
        let second = second.unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        assert_eq!(canonical(&imported.definition), canonical(&second.definition), "{name}");
    }
    assert!(imported_whole > 0 || corpus().is_none());
}

#[test]
fn http_apis_come_out_as_they_went_in() {
    let options = ImportOptions::default();
    let mut compared = 0;
    for path in documents() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let origin = Origin::Memory(name.clone());
        let Some(read) = load_text(&Loader::default(), &origin, text, &LoadOptions::default()).0 else { continue };
        let read = read.with_root(deployed(read.root(), ""));
        if ApiKind::of(&read) != ApiKind::Http {
            continue;
        }
        let (first, faults) = http_api::import_in_part(&read, &options, None, &mut SequentialIds::default());
        // Some lack what a template of theirs adds; what can be imported of them is still held to the same.
        let again = document(&http_api::export(&first.definition, http_api::ExportOptions::default()).to_string());
        let second = http_api::import(&again, &options, None, &mut SequentialIds::default());
        match second {
            Ok(second) => {
                assert_eq!(http_api::canonical(&first.definition), http_api::canonical(&second.definition), "{name}");
                compared += 1;
            }
            Err(refusal) => assert!(!faults.is_empty(), "{name}: {refusal}"),
        }
    }
    assert!(compared > 3 || corpus().is_none(), "{compared}");
}
