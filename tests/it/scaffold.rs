//! `gatewright scaffold`: what is written, what is kept, and that it compiles.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn gatewright(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gatewright")).args(arguments).output().expect("the program runs")
}

pub(crate) fn scaffold(spec: &str, folder: &Path, more: &[&str]) -> (i32, String) {
    let folder = folder.to_str().expect("a path");
    let output = gatewright(&[&["scaffold", spec, "-o", folder], more].concat());
    let text = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    (output.status.code().expect("an exit status"), text)
}

fn spec(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path).to_str().expect("a path").to_owned()
}

pub(crate) fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>, std::time::SystemTime)> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name();
    let files = entries.into_iter().map(|entry| entry.expect("an entry")).filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let modified = entry.metadata().expect("metadata").modified().expect("a time");
            (entry.path().to_owned(), std::fs::read(entry.path()).expect("a file"), modified)
        })
        .collect()
}

#[test]
fn a_second_run_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    for per in ["operation", "tag", "api"] {
        let folder = folder.path().join(per);
        assert_eq!(scaffold(&spec("specs/petstore.yaml"), &folder, &["--per", per]).0, 0);
        let before = files(&folder);
        let (status, text) = scaffold(&spec("specs/petstore.yaml"), &folder, &["--per", per]);
        assert_eq!((status, text.contains("Unchanged")), (0, true), "{text}");
        assert!(before == files(&folder), "a file was touched");
        assert_eq!(scaffold(&spec("specs/petstore.yaml"), &folder, &["--per", per, "--check"]).0, 0);
    }
}

#[test]
fn handlers_stay_and_generated_files_are_guarded() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let petstore = spec("specs/petstore.yaml");
    assert_eq!(scaffold(&petstore, folder, &[]).0, 0);

    let handler = folder.join("src/handlers/get_pet.rs");
    std::fs::write(&handler, "// mine\n").expect("written");
    let changed = folder.join("changed.yaml");
    let text = std::fs::read_to_string(&petstore).expect("the document");
    let without =
        text.replace("operationId: getOrder", "operationId: findOrder").replace("maxLength: 64", "maxLength: 65");
    std::fs::write(&changed, without).expect("written");
    let changed = changed.to_str().expect("a path");

    let (status, text) = scaffold(changed, folder, &["--check"]);
    assert_eq!((status, text.contains("+++ b/src/gen/models.rs")), (1, true), "{text}");
    let (status, text) = scaffold(changed, folder, &[]);
    assert_eq!(
        (status, text.contains("git mv -f src/handlers/get_order.rs src/handlers/find_order.rs")),
        (0, true),
        "{text}"
    );
    assert_eq!(std::fs::read_to_string(&handler).expect("the handler"), "// mine\n");
    assert!(folder.join("src/handlers/get_order.rs").exists(), "an unhooked handler is kept");
    assert!(!folder.join("src/bin/get-order.rs").exists(), "its binary is not");
    let list = std::fs::read_to_string(folder.join("src/handlers/mod.rs")).expect("the list");
    assert!(list.contains("find_order") && !list.contains("get_order"), "{list}");

    let models = folder.join("src/gen/models.rs");
    let edited = std::fs::read_to_string(&models).expect("the models") + "// by hand\n";
    std::fs::write(&models, &edited).expect("written");
    let (status, text) = scaffold(changed, folder, &[]);
    assert_eq!((status, text.contains("`src/gen/models.rs`")), (2, true), "{text}");
    assert_eq!(std::fs::read_to_string(&models).expect("the models"), edited);
    assert_eq!(scaffold(changed, folder, &["--force"]).0, 0);
    assert_ne!(std::fs::read_to_string(&models).expect("the models"), edited);
}

#[test]
fn a_template_is_replaced_and_its_mistakes_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let templates = folder.path().join("templates/project");
    std::fs::create_dir_all(&templates).expect("a folder");
    let given = folder.path().join("templates");
    let given = given.to_str().expect("a path");
    std::fs::write(templates.join("state.rs.hbs"), "// {{api.title}}\n").expect("written");
    let project = folder.path().join("project");
    assert_eq!(scaffold(&spec("specs/petstore.yaml"), &project, &["--templates", given]).0, 0);
    assert_eq!(std::fs::read_to_string(project.join("src/state.rs")).expect("written"), "// petstore\n");
    // Also the next time, until it is said otherwise.
    let petstore = spec("specs/petstore.yaml");
    assert_eq!(scaffold(&petstore, &project, &["--check"]).0, 0);
    std::fs::rename(given, format!("{given}-moved")).expect("moved");
    let (status, text) = scaffold(&petstore, &project, &[]);
    assert_eq!((status, text.contains("say where they are: `--templates DIR`")), (2, true), "{text}");
    let (status, text) = scaffold(&petstore, &project, &["--templates", "built-in"]);
    let state = std::fs::read_to_string(project.join("src/state.rs")).expect("written");
    assert_eq!((status, state.contains("pub struct State")), (0, true), "{text}");
    assert_eq!(scaffold(&petstore, &project, &["--check"]).0, 0);
    std::fs::rename(format!("{given}-moved"), given).expect("moved");
    std::fs::write(templates.join("state.rs.hbs"), "// {{api.nothing}}\n").expect("written");
    let other = folder.path().join("other");
    let (status, text) = scaffold(&spec("specs/petstore.yaml"), &other, &["--templates", given]);
    assert_eq!((status, text.contains("`project/state.rs`")), (2, true), "{text}");
    assert!(!other.exists(), "nothing is half-written");
}

#[test]
fn templates_are_ejected_added_and_merged() {
    let folder = tempfile::tempdir().expect("a folder");
    let petstore = spec("specs/petstore.yaml");
    let ejected = folder.path().join("templates");
    let given = ejected.to_str().expect("a path");
    assert!(gatewright(&["templates", "eject", given]).status.success());
    let project = folder.path().join("project");
    assert_eq!(scaffold(&petstore, &project, &[]).0, 0);
    // Templates that are the built-in ones change nothing.
    let (status, text) = scaffold(&petstore, &project, &["--templates", given, "--check"]);
    assert_eq!(status, 0, "{text}");

    let handler = ejected.join("project/handler.rs.hbs");
    let template = std::fs::read_to_string(&handler).expect("the template");
    let mine = project.join("src/handlers/get_pet.rs");
    let text = std::fs::read_to_string(&mine).expect("the handler");
    std::fs::write(&mine, text.replace("    Output::example()\n}", "    todo(input, ctx).await\n}")).expect("written");
    std::fs::write(&handler, template.replace("/// Answers", "/// Replies to")).expect("written");
    std::fs::write(
        ejected.join("notes.hbs"),
        "{{!-- gatewright: for=operation to=\"notes/{{op.module}}.md\" owner=user --}}\n# {{op.id}} {{shouty op.id}}\n",
    )
    .expect("written");
    let (status, said) = scaffold(&petstore, &project, &["--templates", given]);
    let merged = std::fs::read_to_string(&mine).expect("the handler");
    assert_eq!((status, merged.contains("/// Replies to")), (0, true), "{said}\n{merged}");
    assert!(merged.contains("todo(input, ctx).await"), "{merged}");
    let note = std::fs::read_to_string(project.join("notes/get_pet.md")).expect("a file of its own");
    assert!(note.contains("# getPet GET_PET"), "{note}");

    // Both have changed the same line: the new text goes beside, and that is a finding.
    std::fs::write(&handler, template.replace("let _ = (input, ctx);", "drop((input, ctx));")).expect("written");
    std::fs::write(&mine, merged.replace("let _ = (input, ctx);", "")).expect("written");
    let (status, said) = scaffold(&petstore, &project, &["--templates", given]);
    let kept = std::fs::read_to_string(&mine).expect("the handler");
    assert_eq!((status, kept.contains("<<<<"), kept.contains("drop(")), (1, false, false), "{said}");
    assert!(project.join("src/handlers/get_pet.rs.gatewright-new").exists(), "{said}");

    std::fs::write(ejected.join("notes.hbs"), "{{!-- gatewright: to=\"../x\" --}}").expect("written");
    let (status, said) = scaffold(&petstore, &project, &["--templates", given]);
    assert_eq!((status, said.contains("is no path within the project")), (2, true), "{said}");
}

#[test]
fn rules_choose_functions_integrations_authorizers_and_paths() {
    let folder = tempfile::tempdir().expect("a folder");
    let document = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a/{id}:\n    get: {summary: one}\n  \
                    /e:\n    post: {tags: [events]}\ncomponents:\n  securitySchemes:\n    pool: {type: oauth2, flows: {}}\n";
    let path = folder.path().join("t.yaml");
    std::fs::write(&path, document).expect("written");
    let rules = folder.path().join("gatewright.toml");
    std::fs::write(
        &rules,
        "[[scaffold.functions]]\nname = \"reader\"\npath = \"/a/**\"\n[[scaffold.integrations]]\ntag = \"events\"\n\
         template = \"sqs-send-message\"\nwith = { queue = 'a\"$b', role = \"r\" }\n[[scaffold.authorizers]]\n\
         type = \"oauth2\"\ntemplate = \"cognito\"\nwith = { userPools = [\"arn\"] }\n[scaffold.paths]\n\
         ignored = [\"tests/**\"]\n",
    )
    .expect("written");
    let (spec, rules) = (path.to_str().expect("a path"), rules.to_str().expect("a path"));
    let project = folder.path().join("project");
    let (status, said) = scaffold(spec, &project, &["--config", rules]);
    assert_eq!(status, 0, "{said}");
    assert!(project.join("src/bin/reader.rs").exists() && !project.join("tests").exists(), "{said}");
    let bundled = gatewright(&["bundle", spec, "--for", "apigateway", "--format", "json", "--config", rules]);
    let bundled: serde_json::Value = serde_json::from_slice(&bundled.stdout).expect("JSON");
    let integration = &bundled["paths"]["/e"]["post"]["x-amazon-apigateway-integration"];
    assert_eq!(integration["uri"], "arn:aws:apigateway:us-east-1:sqs:path/000000000000/a\"$b");
    let scheme = &bundled["components"]["securitySchemes"]["pool"];
    assert_eq!(scheme["x-amazon-apigateway-authorizer"]["type"], "cognito_user_pools");

    // An operation without an `operationId` keeps its handler when its path changes.
    std::fs::write(&path, document.replace("/a/{id}", "/v2/a/{key}")).expect("written");
    let (status, said) = scaffold(spec, &project, &["--config", rules]);
    assert_eq!(status, 0, "{said}");
    let list = std::fs::read_to_string(project.join("src/handlers/mod.rs")).expect("the list");
    assert!(list.contains("pub mod get_a_by_id;") && !list.contains("v2"), "{list}");
}

#[test]
fn what_is_mistyped_or_in_the_way_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let document = folder.path().join("t.yaml");
    let text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get: {operationId: getA, \
                x-gatewright-integration: {template: sqs-sendmessage}}\n    post: {operationId: postA, \
                x-gatewright-integration: {template: sqs-send-message, with: {queue: q, rolle: r}}}\n    put: {operationId: putA}\n";
    std::fs::write(&document, text).expect("written");
    let rules = "[[scaffold.functions]]\nname = \"f\"\noperations = [\"puttA\"]\n\
                 [[scaffold.functions]]\nname = \"g\"\npath = \"/b/**\"\n";
    std::fs::write(folder.path().join("gatewright.toml"), rules).expect("written");
    let project = folder.path().join("p");
    let scaffolded = || {
        let output = Command::new(env!("CARGO_BIN_EXE_gatewright"))
            .args(["scaffold", "t.yaml", "-o", "p"])
            .current_dir(folder.path())
            .output()
            .expect("the program runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (status, said) = scaffolded();
    assert_eq!(status, Some(0), "{said}");
    for expected in [
        "warning[integration-template]: there is no template `integrations/sqs-sendmessage`",
        "choose one of `integrations/sqs-send-message`, `",
        "does not ask for `rolle`",
        "needs `role` in `with`",
        "a rule for the function `f` names `puttA`, which is no operation of this document",
        "`putA` is one",
        "no operation is what a rule for the function `g` says",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    std::fs::remove_dir_all(&project).expect("removed");
    std::fs::create_dir_all(project.join("src/gen")).expect("made");
    std::fs::write(project.join("src/gen/models.rs"), "// mine\n").expect("written");
    let (status, said) = scaffolded();
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("files that gatewright has not written are in its way: `src/gen/models.rs`"), "{said}");
}

#[test]
fn a_function_keeps_its_name_when_its_path_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let document =
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a/{id}:\n    get: {summary: one, responses: {}}\n";
    let (path, rules) = (folder.path().join("t.yaml"), folder.path().join("gatewright.toml"));
    std::fs::write(&path, document).expect("written");
    std::fs::write(&rules, "").expect("written");
    let (spec, rules) = (path.to_str().expect("a path"), rules.to_str().expect("a path"));
    assert_eq!(scaffold(spec, &folder.path().join("mine"), &["--config", rules]).0, 0);
    std::fs::write(&path, document.replace("/a/{id}", "/b/{id}/c")).expect("written");
    let bundled = gatewright(&["bundle", spec, "--for", "apigateway", "--format", "json", "--config", rules]);
    let bundled: serde_json::Value = serde_json::from_slice(&bundled.stdout).expect("JSON");
    let uri = &bundled["paths"]["/b/{id}/c"]["get"]["x-amazon-apigateway-integration"]["uri"];
    assert!(uri.as_str().is_some_and(|uri| uri.contains(":function:get-a-by-id/")), "{uri}");
}

#[test]
fn a_project_stays_as_it_was_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let (project, rules) = (folder.path().join("project"), folder.path().join("gatewright.toml"));
    let petstore = spec("specs/petstore.yaml");
    assert_eq!(scaffold(&petstore, &project, &["--per", "api", "--payload", "2.0", "--only-used"]).0, 0);
    // The line of the project's own README.
    let (status, said) = scaffold(&petstore, &project, &["--check"]);
    assert_eq!((status, said.as_str()), (0, ""));
    for other in ["--per=tag", "--payload=1.0"] {
        assert_eq!(scaffold(&petstore, &project, &["--check", other]).0, 1, "{other}");
    }
    // What the configuration says goes before what was asked for then.
    std::fs::write(&rules, "[scaffold]\nper = \"operation\"\n").expect("written");
    let rules = rules.to_str().expect("a path");
    assert_eq!(scaffold(&petstore, &project, &["--config", rules]).0, 0);
    assert!(project.join("src/bin/get-pet.rs").exists());
    assert_eq!(scaffold(&petstore, &project, &["--check"]).0, 0, "it is remembered");
}

#[test]
fn the_routes_follow_the_layout() {
    let folder = tempfile::tempdir().expect("a folder");
    let project = folder.path().join("project");
    let document = spec("tests/data/scaffold/wire.yaml");
    let router = || {
        let manifest = std::fs::read_to_string(project.join("Cargo.toml")).expect("a manifest");
        let manifest: toml::Table = manifest.parse().expect("TOML");
        manifest["package"]["metadata"]["lambda"]["watch"]["router"].clone()
    };
    assert_eq!(scaffold(&document, &project, &[]).0, 0);
    let routes = router();
    // A path that one function answers for every method has no list of methods.
    assert_eq!(routes["/proxy/{*proxy}"].as_str(), Some("p"));
    let mixed = routes["/mixed"].as_array().expect("methods");
    let of = |method: &str| {
        mixed.iter().find(|route| route["method"].as_str() == Some(method)).map(|r| r["function"].as_str())
    };
    assert_eq!((of("GET"), of("PUT")), (Some(Some("mixed-get")), Some(Some("mixed-any"))));
    let (status, said) = scaffold(&document, &project, &["--per", "api", "--check"]);
    assert_eq!((status, said.contains("+\"/proxy/{*proxy}\" = \"wire\"")), (1, true), "{said}");
    assert_eq!(scaffold(&document, &project, &["--per", "api"]).0, 0);
    assert_eq!(router()["/mixed"].as_array().map(Vec::len), Some(7));
    assert!(!toml::to_string(&router()).expect("TOML").contains("mixed-"), "no function of before");
}

#[test]
fn requests_are_read_as_they_are_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let (status, said) = scaffold(&spec("tests/data/scaffold/wire.yaml"), folder.path(), &[]);
    assert_eq!((status, said.matches("info[parameter-left-out]").count()), (0, 2), "{said}");
    let read = |path: &str| std::fs::read_to_string(folder.path().join(path)).expect(path);
    let in_path = |module: &str| -> serde_json::Value {
        let event: serde_json::Value = serde_json::from_str(&read(&format!("events/{module}.json"))).expect("JSON");
        event["pathParameters"].clone()
    };
    assert_eq!(in_path("styled"), serde_json::json!({ "n": "1", "s": "a%2Fb", "u": "%C3%BC" }));
    assert_eq!(in_path("color"), serde_json::json!({ "list": "a%20b,c%2Fd", "color": "light%20blue" }));
    let labels = serde_json::json!({ "l": ".1", "le": ".1.2", "m": ";m=1", "me": ";me=1;me=2", "mo": ";mo=x,y" });
    assert_eq!(in_path("labels"), labels);
    let has = |module: &str, texts: &[&str]| {
        let code = read(&format!("src/gen/ops/{module}.rs"));
        for text in texts {
            assert!(code.contains(text), "no {text} in {code}");
        }
    };
    has("styled", &["//! Deprecated."]);
    has(
        "query",
        &[
            "vec![\"a\".to_owned(), \"b\".to_owned()]",
            "from_ymd_opt(2020, 2, 29)",
            "uuid::Uuid::from_u128(0x4f9d3c1e5c5e4d6f8a510f6f5f9c2b1a)",
            "if reader.is_empty_query(\"flag\") { Some(true) }",
            "pub body: models::QueryBody,",
            "pub body_2: Option<String>,",
            "incoming.has_media_type(&[\"application/json\"])?;",
            "\"application/json;charset=utf-8\"",
            "OkVndXV1Json(",
        ],
    );
    has("any_body", &["pub body: Option<Vec<u8>>,"]);
    has("text_body", &["at.size(\"characters\"", "at.pattern("]);
    has("text_or_json", &["[\"on\", \"off\"].contains("]);
    has("form", &["form::<models::FormBody>(&[(\"ids\", ',')])"]);
}

#[test]
fn a_crate_that_is_there_is_told_what_it_lacks() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("src")).expect("a folder");
    std::fs::write(folder.path().join("src/lib.rs"), "pub mod handlers;\n").expect("written");
    let manifest = "[package]\nname = \"mine\"\nedition = \"2024\"\n[dependencies]\nserde = \"1\"\n";
    std::fs::write(folder.path().join("Cargo.toml"), manifest).expect("written");
    let (status, said) = scaffold(&spec("specs/petstore.yaml"), folder.path(), &[]);
    assert_eq!(status, 0, "{said}");
    for told in ["pub mod api;", "`pub mod state;`", "give `serde` in `Cargo.toml` the feature `derive`"] {
        assert!(said.contains(told), "no {told} in {said}");
    }
    assert!(!said.contains("New handler src/handlers/mod.rs") && !said.contains("add `pub mod handlers;`"), "{said}");
}

#[test]
fn handlers_are_given_what_mapping_templates_make() {
    let folder = tempfile::tempdir().expect("a folder");
    let (status, said) = scaffold(&spec("tests/data/scaffold/mapped.yaml"), folder.path(), &[]);
    assert_eq!((status, said.matches("warning[payload-without-type]").count()), (0, 1), "{said}");
    let read = |path: &str| std::fs::read_to_string(folder.path().join(path)).expect(path);
    let input = |module: &str| {
        let text = read(&format!("src/gen/ops/{module}.rs"));
        text.lines().find(|line| line.starts_with("pub struct Input")).expect("an input").to_owned()
    };
    assert_eq!(input("change_order"), "pub struct Input(pub models::ChangeOrderPayload);");
    assert_eq!(input("add_order"), "pub struct Input(pub Value);");
    assert_eq!(input("pass_order"), "pub struct Input(pub models::Change);");
    assert_eq!(input("drop_order"), "pub struct Input(pub models::DropOrderPayload);");
    let models = read("src/gen/models.rs");
    for field in [
        "pub id: String,",
        "pub who: String,",
        "pub change: Change,",
        "pub count: i32,",
        "pub note: Value,",
        "pub origin: ChangeOrderPayloadOrigin,",
        "pub tags: Vec<String>,",
        "pub r#type: bool,",
        "pub at: Value,",
    ] {
        assert!(models.contains(field), "no {field} in {models}");
    }
    let event: serde_json::Value = serde_json::from_str(&read("events/change_order.json")).expect("JSON");
    assert_eq!((&event["count"], &event["change"]["count"]), (&1.into(), &1.into()), "{event}");
}

#[test]
fn the_context_is_as_its_schema_says() {
    let schema = gatewright(&["templates", "schema"]);
    let schema: serde_json::Value = serde_json::from_slice(&schema.stdout).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for document in [
        "specs/petstore.yaml",
        "specs/swagger2.yaml",
        "tests/data/scaffold/hostile.yaml",
        "tests/data/scaffold/mapped.yaml",
    ] {
        let context = gatewright(&["scaffold", &spec(document), "-o", "unused", "--context"]);
        let context: serde_json::Value = serde_json::from_slice(&context.stdout).expect("a context");
        let problems: Vec<String> =
            validator.iter_errors(&context).take(5).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert_eq!(problems, Vec::<String>::new(), "{document}");
    }
}

/// Reads every file of a project that is Rust: what lays out generated code sees brackets and words only.
fn is_rust(project: &Path) {
    for (path, text, _) in files(project) {
        if path.extension().is_some_and(|extension| extension == "rs") {
            let text = String::from_utf8(text).expect("a text");
            if let Err(error) = syn::parse_file(&text) {
                let line = text.lines().nth(error.span().start().line.saturating_sub(1)).unwrap_or_default();
                panic!("{}: {error}: {line}", path.display());
            }
        }
    }
}

/// The validator of generated code and its tests, as it is written.
#[path = "../../templates/project/rt/schema.rs.hbs"]
#[rustfmt::skip]
#[expect(unreachable_pub, reason = "it is a module of a crate where it is generated")]
mod schema;

#[test]
fn generated_tests_validate_as_json_schema_does() {
    use serde_json::json;
    let schemas = [
        json!({}),
        json!({ "type": "integer", "minimum": 1, "maximum": 5, "exclusiveMaximum": true }),
        json!({ "type": "number", "multipleOf": 0.5 }),
        json!({ "type": ["string", "null"], "minLength": 2, "maxLength": 3 }),
        json!({ "enum": ["a", 1, null] }),
        json!({ "type": "array", "items": { "type": "integer" }, "minItems": 1, "uniqueItems": true }),
        json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "string" } }, "maxProperties": 2 }),
        json!({ "properties": { "a": {} }, "additionalProperties": false }),
        json!({ "additionalProperties": { "type": "integer" } }),
        json!({ "allOf": [{ "required": ["a"] }, { "required": ["b"] }] }),
        json!({ "anyOf": [{ "type": "string" }, { "type": "integer", "minimum": 3 }] }),
        json!({ "oneOf": [{ "type": "integer" }, { "minimum": 3 }] }),
        json!({ "not": { "type": "object" } }),
        json!({ "$ref": "#/components/schemas/Tree" }),
        json!({ "type": "array", "items": { "$ref": "#/components/schemas/Tree" } }),
    ];
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(3),
        json!(5),
        json!(2.5),
        json!(2.25),
        json!(-1),
        json!("a"),
        json!("ab"),
        json!("ab\u{e9}\u{1f600}"),
        json!([]),
        json!([1]),
        json!([1, 1]),
        json!([1, "a"]),
        json!([[], [[]]]),
        json!({}),
        json!({ "a": "x" }),
        json!({ "a": 1 }),
        json!({ "a": 1, "b": 2 }),
        json!({ "a": "x", "b": 2, "c": 3 }),
    ];
    let components = json!({ "schemas": { "Tree": {
        "type": "array", "items": { "$ref": "#/components/schemas/Tree" }, "maxItems": 2 } } });
    for schema in schemas {
        let root = json!({ "allOf": [schema], "components": components });
        let validator = jsonschema::options().with_draft(jsonschema::Draft::Draft4).build(&root).expect("a schema");
        for value in &values {
            let problems = schema::problems(&root, &schema, value, |_, _| true);
            assert_eq!(problems.is_empty(), validator.is_valid(value), "{schema} {value}: {problems:?}");
        }
    }
}

/// Compiles a project in the folder that all projects of the tests share.
fn check(project: &Path) {
    let target = std::env::temp_dir().join("gatewright-scaffold-target");
    for arguments in [&["check", "--all-targets", "--quiet"][..], &["fmt", "--check"][..]] {
        let output = Command::new("cargo")
            .args(arguments)
            .current_dir(project)
            .env("CARGO_TARGET_DIR", &target)
            .env("RUSTFLAGS", "-Dwarnings")
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Whether generated projects are compiled, which needs their dependencies: `GATEWRIGHT_COMPILE=1`.
pub(crate) fn compiles() -> bool {
    std::env::var_os("GATEWRIGHT_COMPILE").is_some()
}

#[test]
fn our_documents_and_a_hostile_one_make_projects_that_compile() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, path) in [
        ("petstore", "specs/petstore.yaml"),
        ("mock", "specs/mock-cors.yaml"),
        ("library", "specs/swagger2.yaml"),
        ("types", "tests/data/scaffold/types.yaml"),
        ("hostile", "tests/data/scaffold/hostile.yaml"),
        ("made-of-itself", "tests/data/scaffold/made-of-itself.yaml"),
        ("hostile-names", "tests/data/scaffold/hostile_names.yaml"),
        ("mapped", "tests/data/scaffold/mapped.yaml"),
        ("restrictions", "tests/data/scaffold/restrictions.yaml"),
        ("wire", "tests/data/scaffold/wire.yaml"),
    ] {
        for per in ["operation", "tag", "api"] {
            let project = folder.path().join(format!("{name}-{per}"));
            let (status, text) = scaffold(&spec(path), &project, &["--per", per, "--name", &format!("{name}-{per}")]);
            assert_eq!(status, 0, "{name}: {text}");
            for (path, _, _) in files(&project) {
                assert!(path.starts_with(&project), "{}", path.display());
            }
            is_rust(&project);
            if compiles() {
                check(&project);
            }
        }
    }
}

#[test]
fn every_document_of_the_corpus_makes_a_project() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = std::env::var_os("GATEWRIGHT_CORPUS").map_or_else(|| here.join("../shared/corpus"), PathBuf::from);
    let folder = tempfile::tempdir().expect("a folder");
    let all = std::env::var_os("GATEWRIGHT_ALL").is_some();
    let documents = walkdir::WalkDir::new(&corpus).sort_by_file_name().into_iter().flatten().filter(|entry| {
        let size = entry.metadata().map_or(0, |metadata| metadata.len());
        entry.file_type().is_file() && entry.path().extension().is_none_or(|e| e != "tsv") && (all || size < 20_000)
    });
    for (index, entry) in documents.enumerate().filter(|(index, _)| all || index % 5 == 0) {
        let path = entry.path().to_str().expect("a path");
        if gatewright(&["bundle", path]).status.code() == Some(2) {
            continue;
        }
        let project = folder.path().join(format!("p{index}"));
        let (status, text) = scaffold(path, &project, &["--per", "api", "--name", &format!("p{index}")]);
        assert_eq!(status, 0, "{path}: {text}");
        assert_eq!(
            scaffold(path, &project, &["--per", "api", "--name", &format!("p{index}"), "--check"]).0,
            0,
            "{path}"
        );
        is_rust(&project);
        if compiles() {
            check(&project);
        }
    }
}
