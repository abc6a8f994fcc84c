//! A document to the files of a project.

use std::collections::BTreeMap;

use handlebars::Context;
use serde_json::{Map, Value as Json, json};

use crate::openapi::{Document, Operation};
use crate::source::Diagnostic;

use super::flow;
use super::integration;
use super::json_schema;
use super::manifest::{Choices, Manifest, ManifestOperation, Owner};
use super::names::{self, Names};
use super::operation;
use super::operations::{self, Plan};
use super::parallel::in_parallel;
use super::rust::Checks;
use super::schema::Models;
use super::share;
use super::template::{TemplateError, Templates};
use super::{Function, Payload, ScaffoldOptions, context};

/// The files of a project, before anything is written.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// The files, sorted by path.
    pub files: Vec<ProjectFile>,
    /// The functions.
    pub functions: Vec<Function>,
    /// The operations with handlers, for the manifest.
    pub operations: Vec<ManifestOperation>,
    /// Operations, as `GET /pets`, that are known again though path and name are others, and the modules they had.
    pub named: BTreeMap<String, String>,
    /// Operations without a handler, as `GET /pets`, and what answers them.
    pub skipped: Vec<(String, String)>,
    /// What was chosen, for the manifest.
    pub choices: Choices,
    /// The package's name, for the manifest.
    pub package: String,
    /// What the templates were given, where [`Detail::Context`] asks for it.
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

/// What is kept of a project besides its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Nothing.
    Files,
    /// What the templates were given, which is larger than the project.
    Context,
}

/// The version of what templates are given; a member that goes or changes its meaning makes it another.
const CONTEXT_VERSION: u32 = 2;

/// The template of what the user writes.
const HANDLER: &str = "project/handler.rs";

/// The modules of `src/gen/rt/`.
const RUNTIME: [&str; 13] = [
    "check",
    "error",
    "event",
    "json",
    "mod",
    "model",
    "multipart",
    "reader",
    "request",
    "response",
    "run",
    "text",
    "types",
];

/// Makes the files of a project. Names that the manifest has given before stay.
///
/// # Errors
/// When a template fails; the built-in ones do not.
pub fn generate(
    document: &Document,
    options: &ScaffoldOptions,
    manifest: &Manifest,
    templates: &Templates,
    detail: Detail,
) -> Result<Project, TemplateError> {
    // Templates of the user's may name any of it.
    let keeps_context = detail == Detail::Context || templates.has_overrides();
    let expanded = super::polymorphic::expanded(document);
    let document = expanded.as_ref().unwrap_or(document);
    let Plan { handled, functions, skipped, named: moved } = operations::plan(document, options, manifest);
    let mut models = Models::new(document);
    if !options.only_used {
        models.define_components();
    }
    let (typed, named) = std::thread::scope(|scope| {
        let named = scope.spawn(|| named_schemas(document));
        let typed: Vec<_> =
            handled.into_iter().map(|handled| operation::typed(document, &mut models, handled)).collect();
        match named.join() {
            Ok(named) => (typed, named),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    });
    flow::break_cycles(&mut models);
    share::equal_models(&mut models);
    let checks = Checks::new(&models);
    let answerer = |operation: &Operation<'_>, what: &str| {
        let (template, _) = integration::chosen(operation, &options.integrations);
        if what == operations::CHOSEN && !templates.has(&format!("integrations/{template}")) {
            return format!("there is no integration template `{template}`");
        }
        what.to_owned()
    };
    let package = operations::package_name(document, options, manifest);
    let library = manifest.library.clone().unwrap_or_else(|| package.replace('-', "_"));
    let info = |key: &str| document.root().get("info").and_then(|info| info.str_of(key)).unwrap_or_default();
    let api = json!({
        "title": if info("title").trim().is_empty() { package.as_str() } else { info("title") },
        "package": package,
        "routes": routes(&typed, &functions),
        "templates": path_templates(&typed),
        "crate": library,
    });

    let mut names = Names::default();
    let variants: Vec<String> =
        typed.iter().map(|operation| names.unique(names::type_name(&operation.handled.module), "")).collect();
    let made = in_parallel(
        &typed,
        || Context::from(json!({ "api": api, "op": null })),
        |context, index, operation| {
            let mut made =
                operation_files(templates, context, document, &models, &checks, operation, &variants[index])?;
            if !keeps_context {
                made.context = outline(&made.context);
            }
            Ok::<_, TemplateError>(made)
        },
    );
    let mut files = Files { templates, options, files: BTreeMap::new(), ignored: Vec::new() };
    let mut ops = Vec::with_capacity(made.len());
    let head =
        Context::from(json!({ "api": { "crate": api["crate"], "title": api["title"], "package": api["package"] } }));
    let mut tests = vec![templates.render_as_written("project/contract_cases.rs", &head)?];
    let mut cases = Vec::with_capacity(made.len());
    for made in made {
        let made = made?;
        files.add_all(made.files);
        tests.push(made.test);
        cases.push(made.cases);
        ops.push(made.context);
    }
    files.add("tests/contract/cases.rs", "project/contract_cases.rs", tests.concat(), Owner::Tool);
    let cases = object!({ "cases": format!("{{\n{}\n}}\n", cases.join(",\n")) });
    files.text("tests/contract/cases.json", "project/cases.json", &Context::from(cases), Owner::Tool)?;
    let schemas = object!({ "schemas": schemas(document, &named, &typed) });
    files.text("tests/contract/schemas.json", "project/schemas.json", &Context::from(schemas), Owner::Tool)?;
    let functions_context: Vec<Json> = functions
        .iter()
        .enumerate()
        .map(|(index, function)| function_context(function, functions.len(), members(&typed, &ops, index)))
        .collect();
    let mut modules: Vec<&str> = ops.iter().filter_map(|op| op["module"].as_str()).collect();
    // As rustfmt has them.
    modules.sort_unstable();
    let modules = json!(modules);
    let mut parts = vec![templates.render_rust("project/models.rs", &json!({ "api": api }))?];
    let mut models_context = Vec::with_capacity(models.list.len());
    let made = in_parallel(
        &models.list,
        || (),
        |(), id, _| {
            let mut context = Context::from(context::model(&models, &checks, id));
            let text = templates.render_laid_out_with("project/model.rs", &context);
            (if keeps_context { context.data_mut().take() } else { Json::Null }, text)
        },
    );
    for (context, text) in made {
        models_context.push(context);
        parts.push(text?);
    }
    files.add("src/gen/models.rs", "project/models.rs", parts.join("\n"), Owner::Tool);
    for function in &functions_context {
        let one = json!({ "api": { "crate": api["crate"], "package": api["package"], "title": api["title"] }, "function": function });
        let bin = function["bin"].as_str().unwrap_or_default();
        files.text(&format!("src/bin/{bin}.rs"), "project/bin.rs", &Context::from(one), Owner::Tool)?;
    }

    // One context for all that is of the whole API, as what it holds is large.
    let mut context = Map::new();
    context.insert("version".into(), CONTEXT_VERSION.into());
    context.insert("api".into(), api);
    context.insert("ops".into(), ops.into());
    context.insert("functions".into(), functions_context.into());
    context.insert("models".into(), models_context.into());
    context.insert("modules".into(), modules);
    let mut context = Context::from(Json::Object(context));
    files.rust("src/gen/mod.rs", "project/gen_mod.rs", &context)?;
    files.rust("src/gen/ops/mod.rs", "project/ops_mod.rs", &context)?;
    files.rust("src/gen/routes.rs", "project/routes.rs", &context)?;
    files.text("src/lib.rs", "project/lib.rs", &context, Owner::User)?;
    files.text("src/state.rs", "project/state.rs", &context, Owner::User)?;
    files.text("src/auth.rs", "project/auth.rs", &context, Owner::User)?;
    files.text("src/handlers/mod.rs", "project/handlers_mod.rs", &context, Owner::Shared)?;
    files.text("tests/contract/main.rs", "project/contract.rs", &context, Owner::Tool)?;
    files.rust_as_written("tests/contract/check.rs", "project/contract_check.rs", &context)?;
    files.rust_as_written("tests/contract/schema.rs", "project/rt/schema.rs", &context)?;
    files.text(".gitignore", "project/gitignore", &context, Owner::User)?;
    files.text("README.md", "project/README.md", &context, Owner::User)?;
    context.data_mut()["uses"] = files.uses(&models);
    if models.restricts {
        files.rust_as_written("src/gen/rt/schema.rs", "project/rt/schema.rs", &context)?;
    }
    for name in RUNTIME {
        files.rust_as_written(&format!("src/gen/rt/{name}.rs"), &format!("project/rt/{name}.rs"), &context)?;
    }
    files.text("Cargo.toml", "project/Cargo.toml", &context, Owner::Shared)?;
    let mut context = std::mem::take(context.data_mut());
    if let Some(members) = context.as_object_mut() {
        members.shift_remove("uses");
        members.shift_remove("modules");
    }
    files.added(&context)?;

    Ok(Project {
        ignored: std::mem::take(&mut files.ignored),
        document: None,
        choices: Choices::of(options),
        package,
        named: moved,
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
                security: Some(operations::security(document, &operation.handled.operation)),
            })
            .collect(),
        functions,
        skipped: skipped.iter().map(|(operation, what)| (operation.label(), answerer(operation, what))).collect(),
        context: if keeps_context { context } else { Json::Null },
        diagnostics: std::mem::take(&mut models.diagnostics),
    })
}

/// What is made of one operation.
struct Made {
    context: Json,
    files: Vec<Rendered>,
    /// Its contract test, and the line of what that checks.
    test: String,
    cases: String,
}

/// A text that a template has made.
struct Rendered {
    path: String,
    template: &'static str,
    text: String,
    owner: Owner,
}

/// Returns what the templates of the whole API name of an operation.
fn outline(op: &Json) -> Json {
    let named = ["module", "variant", "verb", "any", "path", "label_doc"];
    let mut outline: Map<String, Json> = named.iter().map(|name| ((*name).to_owned(), op[*name].clone())).collect();
    outline.insert("mapped".to_owned(), (!op["mapped"].is_null()).into());
    Json::Object(outline)
}

/// Makes the files of an operation. `context` holds the API, and takes the operation while templates are given it.
fn operation_files(
    templates: &Templates,
    context: &mut Context,
    document: &Document,
    models: &Models<'_>,
    checks: &Checks,
    operation: &operation::Typed<'_>,
    variant: &str,
) -> Result<Made, TemplateError> {
    let (event, op) = operation.context(document, models, checks, variant);
    let module = &operation.handled.module;
    let is_mapped = !op["mapped"].is_null();
    context.data_mut()["op"] = op;
    let template = if is_mapped { "project/op_mapped.rs" } else { "project/op.rs" };
    let code = templates.render_rust_with(template, context)?;
    let handler = tidied(templates.render_with(HANDLER, context)?);
    let test = templates.render_part_as_written("project/contract_case.rs", context)?;
    let op = context.data_mut()["op"].take();
    let cases = format!("{}: {}", json!(module), op["tests"]["cases"].as_str().unwrap_or_default());
    let event = serde_json::to_string_pretty(&event).unwrap_or_default();
    let event = templates.render_with("project/event.json", &Context::from(object!({ "event": event })))?;
    let files = vec![
        Rendered { path: format!("src/gen/ops/{module}.rs"), template, text: code, owner: Owner::Tool },
        Rendered { path: format!("src/handlers/{module}.rs"), template: HANDLER, text: handler, owner: Owner::User },
        Rendered {
            path: format!("events/{module}.json"),
            template: "project/event.json",
            text: event,
            owner: Owner::Tool,
        },
    ];
    Ok(Made { context: op, files, test, cases })
}

/// Returns the named schemas as JSON Schema, a line for each.
fn named_schemas(document: &Document) -> String {
    let schemas = json_schema::named(document).into_iter();
    let lines =
        schemas.map(|(name, schema)| format!("{}: {}", json!(name), json_schema::of_response(document, schema)));
    lines.collect::<Vec<_>>().join(",\n")
}

/// Returns the JSON of the schemas that responses are checked against by the contract tests, a line for each.
fn schemas(document: &Document, named: &str, typed: &[operation::Typed<'_>]) -> String {
    let responses = in_parallel(
        typed,
        || (),
        |(), _, operation| {
            let schemas = operation
                .schemas()
                .map(|(variant, schema)| (variant.to_owned(), json_schema::of_response(document, schema)));
            let schemas: Map<String, Json> = schemas.collect();
            format!("{}: {}", json!(operation.handled.module), Json::Object(schemas))
        },
    );
    format!(
        "{{\n\"components\": {{\"schemas\": {{\n{named}\n}}}},\n\"responses\": {{\n{}\n}}\n}}\n",
        responses.join(",\n")
    )
}

/// Takes out the blank lines that a template leaves behind where it leaves something out: rustfmt does not.
fn tidied(mut text: String) -> String {
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    text
}

/// Returns which binary answers which path and method, for `cargo lambda watch`.
fn routes(typed: &[operation::Typed<'_>], functions: &[Function]) -> Json {
    /// What any method is, where another of the same path has a function of its own.
    const METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
    let mut routes: BTreeMap<String, BTreeMap<&str, &str>> = BTreeMap::new();
    for operation in typed {
        let of = &operation.handled.operation;
        let Some(function) = functions.get(operation.handled.function) else { continue };
        let segments = of.path.path.split('/').map(|segment| match segment.strip_suffix("+}") {
            Some(greedy) => greedy.replacen('{', "{*", 1) + "}",
            None => segment.to_owned(),
        });
        let methods = routes.entry(segments.collect::<Vec<_>>().join("/")).or_default();
        methods.insert(of.method.verb(), &function.bin);
    }
    for methods in routes.values_mut().filter(|methods| methods.len() > 1) {
        if let Some(any) = methods.remove("ANY") {
            for method in METHODS {
                methods.entry(method).or_insert(any);
            }
        }
    }
    let one = |(method, bin): (&&str, &&str)| json!({ "method": method, "bin": bin });
    let paths = routes
        .iter()
        .map(|(path, methods)| json!({ "path": path, "methods": methods.iter().map(one).collect::<Vec<_>>() }));
    paths.collect()
}

/// Returns the path templates that have handlers behind a proxy integration, in the order in which a path is to be
/// compared with them.
fn path_templates(typed: &[operation::Typed<'_>]) -> Json {
    let proxied = typed.iter().filter(|operation| operation.handled.payload != Payload::Mapped);
    let mut templates: Vec<&str> = proxied.map(|operation| operation.handled.operation.path.path).collect();
    // As API Gateway chooses: a segment in so many words before a parameter, a parameter before a greedy one.
    let rank = |template: &str| -> Vec<u8> {
        let ranks = template.split('/').map(|segment| match segment {
            greedy if greedy.ends_with("+}") => 2,
            parameter if parameter.starts_with('{') => 1,
            _ => 0,
        });
        ranks.collect()
    };
    templates.sort_by_cached_key(|template| (rank(template), *template));
    templates.dedup();
    json!(templates)
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
    fn rust(&mut self, path: &str, template: &str, context: &Context) -> Result<(), TemplateError> {
        let text = self.templates.render_rust_with(template, context)?;
        self.add(path, template, text, Owner::Tool);
        Ok(())
    }

    /// Adds Rust whose template is laid out already.
    fn rust_as_written(&mut self, path: &str, template: &str, context: &Context) -> Result<(), TemplateError> {
        let text = self.templates.render_as_written(template, context)?;
        self.add(path, template, tidied(text), Owner::Tool);
        Ok(())
    }

    fn text(&mut self, path: &str, template: &str, context: &Context, owner: Owner) -> Result<(), TemplateError> {
        let text = self.templates.render_with(template, context)?;
        let text = if path.ends_with(".rs") { tidied(text) } else { text };
        self.add(path, template, text, owner);
        Ok(())
    }

    fn add_all(&mut self, files: Vec<Rendered>) {
        for Rendered { path, template, text, owner } in files {
            self.add(&path, template, text, owner);
        }
    }

    fn add(&mut self, path: &str, template: &str, text: String, usual: Owner) {
        let owner = match self.options.paths.owner(path, usual) {
            Some(owner) => owner,
            None => {
                self.ignored.push(path.to_owned());
                return;
            }
        };
        let template = if owner == Owner::User { self.templates.digest(template) } else { String::new() };
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
                let context = Context::from(context.clone());
                if path.ends_with(".rs") && owner == Owner::Tool {
                    self.rust(&path, &name, &context)?;
                } else {
                    self.text(&path, &name, &context, owner)?;
                }
            }
        }
        Ok(())
    }

    /// Returns which crates the generated code names.
    fn uses(&self, models: &Models<'_>) -> Json {
        let named = |name: &str| {
            self.files
                .values()
                .any(|file| file.owner == Owner::Tool && file.path.ends_with(".rs") && file.text.contains(name))
        };
        let regex = models.restricts_by_pattern || named("pattern!(") || named("regex::Regex");
        let schema = models.restricts;
        json!({ "chrono": named("chrono::"), "uuid": named("uuid::"), "regex": regex, "schema": schema })
    }
}
