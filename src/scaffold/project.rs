//! A document to the files of a project.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::openapi::Document;
use crate::source::Diagnostic;

use super::flow;
use super::manifest::{Manifest, ManifestOperation, Owner};
use super::names::{self, Names};
use super::operation;
use super::operations::{self, Plan};
use super::rust::Checks;
use super::schema::Models;
use super::template::{TemplateError, Templates};
use super::{Function, ScaffoldOptions, context};

/// The files of a project, before anything is written.
#[derive(Clone, Debug)]
pub struct Project {
    /// The files, sorted by path.
    pub files: Vec<ProjectFile>,
    /// The functions.
    pub functions: Vec<Function>,
    /// The operations with handlers, for the manifest.
    pub operations: Vec<ManifestOperation>,
    /// Operations without a handler, as `GET /pets`, and what answers them.
    pub skipped: Vec<(String, String)>,
    /// What the templates were given.
    pub context: Json,
    /// What the types cannot say.
    pub diagnostics: Vec<Diagnostic>,
}

/// A file of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectFile {
    /// The path from the project's folder, `/` between its parts.
    pub path: String,
    /// The text.
    pub text: String,
    /// Whose it is.
    pub owner: Owner,
}

/// Makes the files of a project. Names that the manifest has given before stay.
///
/// # Errors
/// When a template fails; the built-in ones do not.
pub fn generate(
    document: &Document,
    options: &ScaffoldOptions,
    manifest: &Manifest,
    templates: &Templates,
) -> Result<Project, TemplateError> {
    let Plan { handled, functions, skipped } = operations::plan(document, options, manifest);
    let mut models = Models::new(document);
    if !options.only_used {
        models.define_components();
    }
    let typed: Vec<_> = handled.into_iter().map(|handled| operation::typed(document, &mut models, handled)).collect();
    flow::break_cycles(&mut models);
    let checks = Checks::new(&models);
    let package = operations::package_name(document, options);
    let info = |key: &str| document.root().get("info").and_then(|info| info.str_of(key)).unwrap_or_default();
    let api = json!({
        "title": if info("title").trim().is_empty() { package.as_str() } else { info("title") },
        "package": package,
        "routes": routes(&typed, &functions),
        "crate": package.replace('-', "_"),
        "kind": "rest",
    });

    let mut variants = Names::default();
    let mut ops = Vec::new();
    let mut events = Vec::new();
    for operation in &typed {
        let variant = variants.unique(names::type_name(&operation.handled.module), "");
        let mut context = operation.context(document, &models, &checks, &variant);
        let (event, valid) = operation.event(document, &models);
        context["tests"] = operation.tests(document, &models, valid);
        let event = serde_json::to_string_pretty(&event).unwrap_or_default();
        events.push((operation.handled.module.clone(), event));
        ops.push(context);
    }
    let functions_context: Vec<Json> = functions
        .iter()
        .enumerate()
        .map(|(index, function)| function_context(function, functions.len(), members(&typed, &ops, index)))
        .collect();
    let models_context = context::models(&models, &checks);

    let mut files = Files { templates, files: BTreeMap::new() };
    let mut modules: Vec<&str> = ops.iter().filter_map(|op| op["module"].as_str()).collect();
    modules.sort_by(|a, b| names::in_rustfmt_order(a, b));
    let base = json!({ "api": api, "ops": ops, "modules": modules, "functions": functions_context });
    files.rust("src/gen/mod.rs", "project/gen_mod.rs", &base)?;
    files.rust("src/gen/models.rs", "project/models.rs", &json!({ "models": models_context }))?;
    files.rust("src/gen/ops/mod.rs", "project/ops_mod.rs", &base)?;
    files.rust("src/gen/routes.rs", "project/routes.rs", &base)?;
    files.rust("tests/contract/cases.rs", "project/contract_cases.rs", &base)?;
    for op in &ops {
        let module = op["module"].as_str().unwrap_or_default();
        let one = json!({ "api": api, "op": op });
        files.rust(&format!("src/gen/ops/{module}.rs"), "project/op.rs", &one)?;
        files.text(&format!("src/handlers/{module}.rs"), "project/handler.rs", &one, Owner::User)?;
    }
    for (module, event) in &events {
        files.text(&format!("events/{module}.json"), "project/event.json", &json!({ "event": event }), Owner::Tool)?;
    }
    for function in &functions_context {
        let one = json!({ "api": api, "function": function });
        let bin = function["bin"].as_str().unwrap_or_default();
        files.text(&format!("src/bin/{bin}.rs"), "project/bin.rs", &one, Owner::Tool)?;
    }
    files.text("src/lib.rs", "project/lib.rs", &base, Owner::User)?;
    files.text("src/state.rs", "project/state.rs", &base, Owner::User)?;
    files.text("src/handlers/mod.rs", "project/handlers_mod.rs", &base, Owner::Shared)?;
    files.text("tests/contract/main.rs", "project/contract.rs", &base, Owner::Tool)?;
    files.text(".gitignore", "project/gitignore", &base, Owner::User)?;
    let uses = files.uses();
    files.rust("src/gen/rt.rs", "project/rt.rs", &json!({ "api": api, "uses": uses }))?;
    files.text("Cargo.toml", "project/Cargo.toml", &json!({ "api": api, "uses": uses }), Owner::Shared)?;

    Ok(Project {
        files: files.files.into_values().collect(),
        operations: typed
            .iter()
            .map(|operation| ManifestOperation {
                key: operation.handled.operation.label(),
                module: operation.handled.module.clone(),
                derived: operation.handled.operation.id().is_none(),
            })
            .collect(),
        functions,
        skipped: skipped.into_iter().map(|(operation, what)| (operation.label(), what.to_owned())).collect(),
        context: json!({ "api": api, "ops": ops, "functions": functions_context, "models": models_context }),
        diagnostics: std::mem::take(&mut models.diagnostics),
    })
}

/// Returns which binary answers which path and method, for `cargo lambda watch`.
fn routes(typed: &[operation::Typed<'_>], functions: &[Function]) -> Json {
    let mut routes: BTreeMap<String, BTreeMap<&str, &str>> = BTreeMap::new();
    for operation in typed {
        let of = &operation.handled.operation;
        let Some(function) = functions.get(operation.handled.function) else { continue };
        let methods = routes.entry(of.path.path.replace("+}", "}").replace("{proxy}", "{*proxy}")).or_default();
        methods.insert(of.method.verb(), &function.bin);
    }
    let one = |(method, bin): (&&str, &&str)| json!({ "method": method, "bin": bin });
    let paths = routes
        .iter()
        .map(|(path, methods)| json!({ "path": path, "methods": methods.iter().map(one).collect::<Vec<_>>() }));
    paths.collect()
}

/// Returns the contexts of a function's operations.
fn members<'c>(typed: &[operation::Typed<'_>], ops: &'c [Json], function: usize) -> Vec<&'c Json> {
    typed.iter().zip(ops).filter(|(operation, _)| operation.handled.function == function).map(|(_, op)| op).collect()
}

fn function_context(function: &Function, count: usize, ops: Vec<&Json>) -> Json {
    let ident = format!("serve_{}", names::field_name(&function.bin));
    let (serve, serve_name) = match ops.as_slice() {
        [only] => (format!("ops::{}::serve", only["module"].as_str().unwrap_or_default()), "serve".to_owned()),
        _ if count == 1 => ("routes::all".to_owned(), "all".to_owned()),
        _ => (format!("routes::{ident}"), ident.clone()),
    };
    let several = ops.len() > 1 && count > 1;
    let ops: Vec<Json> = ops.iter().map(|op| json!({ "module": op["module"], "variant": op["variant"] })).collect();
    json!({
        "name": function.name, "bin": function.bin, "ident": ident, "serve": serve, "serve_name": serve_name,
        "several": several, "ops": ops,
    })
}

struct Files<'t> {
    templates: &'t Templates,
    files: BTreeMap<String, ProjectFile>,
}

impl Files<'_> {
    fn rust(&mut self, path: &str, template: &str, context: &Json) -> Result<(), TemplateError> {
        let text = self.templates.render_rust(template, context)?;
        self.add(path, text, Owner::Tool);
        Ok(())
    }

    fn text(&mut self, path: &str, template: &str, context: &Json, owner: Owner) -> Result<(), TemplateError> {
        let mut text = self.templates.render(template, context)?;
        if path.ends_with(".rs") {
            // What a template leaves out leaves its blank line behind, which rustfmt does not.
            while text.contains("\n\n\n") {
                text = text.replace("\n\n\n", "\n\n");
            }
        }
        self.add(path, text, owner);
        Ok(())
    }

    fn add(&mut self, path: &str, text: String, owner: Owner) {
        self.files.insert(path.to_owned(), ProjectFile { path: path.to_owned(), text, owner });
    }

    /// Returns which crates the generated code names.
    fn uses(&self) -> Json {
        let named = |name: &str| self.files.values().any(|file| file.owner == Owner::Tool && file.text.contains(name));
        json!({ "chrono": named("chrono::"), "uuid": named("uuid::"), "regex": named("regex::Regex") })
    }
}
