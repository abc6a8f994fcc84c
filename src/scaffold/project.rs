//! A document to the files of a project.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::openapi::Document;
use crate::source::Diagnostic;

use super::flow;
use super::manifest::{Manifest, ManifestOperation, Owner, digest};
use super::names::{self, Names};
use super::operation;
use super::operations::{self, Plan};
use super::rust::Checks;
use super::schema::Models;
use super::template::{TemplateError, Templates};
use super::{Function, Payload, ScaffoldOptions, context};

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
    /// Paths that are not written, by rule.
    pub ignored: Vec<String>,
    /// The document, from the project's folder, for the manifest; set by whoever knows it.
    pub document: Option<String>,
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
    /// The SHA-256 of its template.
    pub(crate) template: String,
}

/// The version of what templates are given; a member that goes or changes its meaning makes it another.
const CONTEXT_VERSION: u32 = 1;

/// The modules of `src/gen/rt/`.
const RUNTIME: [&str; 11] =
    ["check", "error", "json", "mod", "multipart", "reader", "request", "response", "run", "text", "types"];

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

    let mut files = Files { templates, options, files: BTreeMap::new(), ignored: Vec::new() };
    let mut modules: Vec<&str> = ops.iter().filter_map(|op| op["module"].as_str()).collect();
    modules.sort_by(|a, b| names::in_rustfmt_order(a, b));
    let routed: Vec<&Json> = ops.iter().filter(|op| op["mapped"].is_null()).collect();
    let base = json!({
        "api": api, "ops": ops, "routed": routed, "modules": modules, "functions": functions_context,
    });
    files.rust("src/gen/mod.rs", "project/gen_mod.rs", &base)?;
    files.rust("src/gen/models.rs", "project/models.rs", &json!({ "models": models_context }))?;
    files.rust("src/gen/ops/mod.rs", "project/ops_mod.rs", &base)?;
    files.rust("src/gen/routes.rs", "project/routes.rs", &base)?;
    files.rust("tests/contract/cases.rs", "project/contract_cases.rs", &base)?;
    for op in &ops {
        let module = op["module"].as_str().unwrap_or_default();
        let one = json!({ "api": api, "op": op });
        let template = if op["mapped"].is_null() { "project/op.rs" } else { "project/op_mapped.rs" };
        files.rust(&format!("src/gen/ops/{module}.rs"), template, &one)?;
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
    files.text("src/auth.rs", "project/auth.rs", &base, Owner::User)?;
    files.text("src/handlers/mod.rs", "project/handlers_mod.rs", &base, Owner::Shared)?;
    files.text("tests/contract/main.rs", "project/contract.rs", &base, Owner::Tool)?;
    files.text(".gitignore", "project/gitignore", &base, Owner::User)?;
    let uses = files.uses();
    for name in RUNTIME {
        let context = json!({ "api": api, "uses": uses });
        files.rust(&format!("src/gen/rt/{name}.rs"), &format!("project/rt/{name}.rs"), &context)?;
    }
    files.text("Cargo.toml", "project/Cargo.toml", &json!({ "api": api, "uses": uses }), Owner::Shared)?;

    let context = json!({
        "version": CONTEXT_VERSION, "api": api, "ops": ops, "functions": functions_context, "models": models_context,
    });
    files.added(&context)?;

    Ok(Project {
        ignored: std::mem::take(&mut files.ignored),
        document: None,
        files: files.files.into_values().collect(),
        operations: typed
            .iter()
            .map(|operation| ManifestOperation {
                key: operation.handled.operation.label(),
                module: operation.handled.module.clone(),
                derived: operation.handled.operation.id().is_none(),
                fingerprint: operation
                    .handled
                    .operation
                    .id()
                    .is_none()
                    .then(|| operations::fingerprint(&operation.handled.operation)),
            })
            .collect(),
        functions,
        skipped: skipped.into_iter().map(|(operation, what)| (operation.label(), what.to_owned())).collect(),
        context,
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
        "run": match function.payload {
            Payload::Rest => "run_rest",
            Payload::Http => "run_http",
            Payload::Mapped => "run_mapped",
        },
    })
}

struct Files<'t> {
    templates: &'t Templates,
    options: &'t ScaffoldOptions,
    files: BTreeMap<String, ProjectFile>,
    ignored: Vec<String>,
}

impl Files<'_> {
    fn rust(&mut self, path: &str, template: &str, context: &Json) -> Result<(), TemplateError> {
        let text = self.templates.render_rust(template, context)?;
        self.add(path, template, text, Owner::Tool);
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
        self.add(path, template, text, owner);
        Ok(())
    }

    fn add(&mut self, path: &str, template: &str, text: String, usual: Owner) {
        let owner = match self.options.paths.owner(path, usual) {
            Some(owner) => owner,
            None => {
                self.ignored.push(path.to_owned());
                return;
            }
        };
        let template = if owner == Owner::User { digest(self.templates.source(template)) } else { String::new() };
        self.files.insert(path.to_owned(), ProjectFile { path: path.to_owned(), text, owner, template });
    }

    /// Makes the files of the templates that the user has added.
    fn added(&mut self, context: &Json) -> Result<(), TemplateError> {
        for (name, matter) in self.templates.added()? {
            let owner = if matter.once { Owner::User } else { Owner::Tool };
            let list = match matter.each.as_str() {
                "operation" => Some(("ops", "op")),
                "function" => Some(("functions", "function")),
                "model" => Some(("models", "model")),
                _ => None,
            };
            let contexts: Vec<Json> = match list {
                None => vec![context.clone()],
                Some((list, one)) => {
                    let items = context[list].as_array().map(Vec::as_slice).unwrap_or_default();
                    items.iter().map(|item| json!({ "api": context["api"], one: item })).collect()
                }
            };
            for context in &contexts {
                let path = self.templates.render_inline(&name, &matter.to, context)?;
                let refused = |message: &str| TemplateError::Place {
                    name: name.clone(),
                    message: format!("`{}` {message}", path.escape_debug()),
                };
                if !super::apply::is_inside(&path)
                    || path.chars().any(char::is_control)
                    || path.starts_with(".gatewright/")
                {
                    return Err(refused("is no path within the project"));
                }
                if self.files.contains_key(&path) {
                    return Err(refused("is a file of the project already"));
                }
                if path.ends_with(".rs") && owner == Owner::Tool {
                    self.rust(&path, &name, context)?;
                } else {
                    self.text(&path, &name, context, owner)?;
                }
            }
        }
        Ok(())
    }

    /// Returns which crates the generated code names.
    fn uses(&self) -> Json {
        let named = |name: &str| self.files.values().any(|file| file.owner == Owner::Tool && file.text.contains(name));
        json!({ "chrono": named("chrono::"), "uuid": named("uuid::"), "regex": named("regex::Regex") })
    }
}
