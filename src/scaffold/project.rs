//! A document to the files of a project.

use std::collections::{BTreeMap, HashSet};

use handlebars::Context;
use serde_json::{Map, Value as Json, json};

use crate::openapi::{Document, Operation};
use crate::parallel::beside;
use crate::source::Diagnostic;

use super::files::{Files, Rendered};
use super::flow;
use super::integration;
use super::manifest::{Choices, Manifest, ManifestOperation, Owner};
use super::names::{self, Names};
use super::operation::{self, Typed};
use super::operations::{self, Plan};
use super::parts::{ModelPart, OperationPart, Parts, named_schemas};
use super::rules;
use super::rust::{self, Checks};
use super::schema::Models;
use super::share;
use super::tags;
use super::template::{TemplateError, Templates};
use super::{Function, Payload, ScaffoldOptions};

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

/// The modules of `src/gen/rt/`.
const RUNTIME: [&str; 15] = [
    "check",
    "error",
    "event",
    "form",
    "json",
    "mod",
    "model",
    "multipart",
    "reader",
    "request",
    "response",
    "run",
    "schema",
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
    let (typed, named) = beside(
        || named_schemas(document),
        || {
            if !options.only_used {
                models.define_components();
            }
            let typed: Vec<_> =
                handled.into_iter().map(|handled| operation::typed(document, &mut models, handled)).collect();
            flow::break_cycles(&mut models);
            tags::find(&mut models);
            share::equal_models(&mut models);
            rust::fill_in_defaults(&mut models);
            typed
        },
    );
    let mut unfilled: Vec<Diagnostic> = typed.iter().flat_map(|operation| operation.unfilled(&models)).collect();
    // Parameters that operations share are told of once.
    let mut told = HashSet::new();
    unfilled.retain(|diagnostic| told.insert(diagnostic.span));
    models.diagnostics.extend(unfilled);
    models.diagnostics.extend(integration::doubts(document, options, templates));
    models.diagnostics.extend(rules::doubts(document, options));
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
    let parts = Parts { templates, document, models: &models, checks: &checks, api: &api, keeps_context };
    let (mut of_operations, mut of_models) = parts.all(&typed, &variants)?;

    let mut files = Files::new(templates, options);
    let mut ops = Vec::with_capacity(of_operations.len());
    for part in &mut of_operations {
        files.add_all(std::mem::take(&mut part.files));
        ops.push(part.context.take());
    }
    let models_context: Vec<Json> = of_models.iter_mut().map(|part| part.context.take()).collect();
    let functions_context: Vec<Json> = functions
        .iter()
        .enumerate()
        .map(|(index, function)| function_context(function, functions.len(), members(&typed, &ops, index)))
        .collect();
    let mut modules: Vec<&str> = ops.iter().filter_map(|op| op["module"].as_str()).collect();
    // As rustfmt has them.
    modules.sort_unstable();
    let modules = json!(modules);
    let head = object!({
        "crate": api["crate"].clone(), "title": api["title"].clone(), "package": api["package"].clone(),
    });
    for function in &functions_context {
        let one = object!({ "api": head.clone(), "function": function.clone() });
        let bin = function["bin"].as_str().unwrap_or_default();
        files.text(&format!("src/bin/{bin}.rs"), "project/bin.rs", &Context::from(one), Owner::Tool)?;
    }
    let operations = recorded(document, &typed);
    let (evaluates, diagnostics) = (models.evaluates, std::mem::take(&mut models.diagnostics));

    // One context for all that is of the whole API, as what it holds is large.
    let mut context = Map::new();
    context.insert("version".into(), CONTEXT_VERSION.into());
    context.insert("api".into(), api.clone());
    context.insert("ops".into(), ops.into());
    context.insert("functions".into(), functions_context.into());
    context.insert("models".into(), models_context.into());
    context.insert("modules".into(), modules);
    let mut context = Context::from(Json::Object(context));
    // What is put together of all parts is large, and so is what is not needed any more.
    let (of_api, together) = beside(
        || {
            let together = put_together(templates, &api, &head, &named, &of_operations, &of_models);
            drop((of_operations, of_models, named, typed, checks, models));
            together
        },
        || of_api(&mut files, &context),
    );
    of_api?;
    files.add_all(together?);
    let uses = files.uses(evaluates);
    let is_used = |name: &str| uses[name].as_bool() != Some(false);
    context.data_mut()["uses"] = uses.clone();
    for name in RUNTIME.into_iter().filter(|name| is_used(name)) {
        files.rust_as_written(&format!("src/gen/rt/{name}.rs"), &format!("project/rt/{name}.rs"), &context)?;
    }
    files.text("Cargo.toml", "project/Cargo.toml", &context, Owner::Shared)?;
    let mut context = std::mem::take(context.data_mut());
    if let Some(members) = context.as_object_mut() {
        members.shift_remove("uses");
        members.shift_remove("modules");
    }
    files.added(&context)?;

    let (files, ignored) = files.finished();
    Ok(Project {
        ignored,
        document: None,
        choices: Choices::of(options),
        package,
        named: moved,
        files,
        operations,
        functions,
        skipped: skipped.iter().map(|(operation, what)| (operation.label(), answerer(operation, what))).collect(),
        context: if keeps_context { context } else { Json::Null },
        diagnostics,
    })
}

/// Makes the files that are made of the whole API and do not depend on what the others name.
fn of_api(files: &mut Files<'_>, context: &Context) -> Result<(), TemplateError> {
    files.rust("src/gen/mod.rs", "project/gen_mod.rs", context)?;
    files.rust("src/gen/ops/mod.rs", "project/ops_mod.rs", context)?;
    files.rust("src/gen/routes.rs", "project/routes.rs", context)?;
    files.text("src/lib.rs", "project/lib.rs", context, Owner::User)?;
    files.text("src/state.rs", "project/state.rs", context, Owner::User)?;
    files.text("src/auth.rs", "project/auth.rs", context, Owner::User)?;
    files.text("src/handlers/mod.rs", "project/handlers_mod.rs", context, Owner::Shared)?;
    files.text("tests/contract/main.rs", "project/contract.rs", context, Owner::Tool)?;
    files.rust_as_written("tests/contract/check.rs", "project/contract_check.rs", context)?;
    files.rust_as_written("tests/contract/schema.rs", "project/rt/schema.rs", context)?;
    files.text(".gitignore", "project/gitignore", context, Owner::User)?;
    files.text("README.md", "project/README.md", context, Owner::User)?;
    Ok(())
}

/// Makes the files that hold a part of each operation or of each model.
fn put_together(
    templates: &Templates,
    api: &Json,
    head: &Json,
    named: &str,
    operations: &[OperationPart],
    models: &[ModelPart],
) -> Result<Vec<Rendered>, TemplateError> {
    let data = |of: fn(&OperationPart) -> &str| operations.iter().map(of).collect::<Vec<_>>().join(",\n");
    let file = |path: &str, template: &'static str, text: String| Rendered {
        path: path.to_owned(),
        template,
        text,
        owner: Owner::Tool,
    };
    let cases = object!({ "cases": format!("{{\n{}\n}}\n", data(|part| &part.cases)) });
    let schemas = object!({
        "schemas": format!(
            "{{\n\"components\": {{\"schemas\": {{\n{named}\n}}}},\n\"responses\": {{\n{}\n}}\n}}\n",
            data(|part| &part.schemas)
        ),
    });
    let mut tests =
        templates.render_as_written("project/contract_cases.rs", &Context::from(object!({ "api": head.clone() })))?;
    tests.extend(operations.iter().map(|part| part.test.as_str()));
    let first = templates.render_rust_with("project/models.rs", &Context::from(object!({ "api": api.clone() })))?;
    let code: Vec<&str> =
        std::iter::once(&first).chain(models.iter().map(|part| &part.text)).map(String::as_str).collect();
    Ok(vec![
        file("tests/contract/cases.rs", "project/contract_cases.rs", tests),
        file(
            "tests/contract/cases.json",
            "project/cases.json",
            templates.render_with("project/cases.json", &Context::from(cases))?,
        ),
        file(
            "tests/contract/schemas.json",
            "project/schemas.json",
            templates.render_with("project/schemas.json", &Context::from(schemas))?,
        ),
        file("src/gen/models.rs", "project/models.rs", code.join("\n")),
    ])
}

/// Returns what the manifest records of operations.
fn recorded(document: &Document, typed: &[Typed<'_>]) -> Vec<ManifestOperation> {
    let one = |Typed { handled, .. }: &Typed<'_>| {
        let operation = &handled.operation;
        let derived = operation.id().is_none();
        ManifestOperation {
            key: operation.label(),
            module: handled.module.clone(),
            derived,
            id: operation.id().map(str::to_owned),
            fingerprint: derived.then(|| operations::fingerprint(operation)),
            security: Some(operations::security(document, operation)),
        }
    };
    typed.iter().map(one).collect()
}

/// Returns which binary answers which path and method, for `cargo lambda watch`.
fn routes(typed: &[Typed<'_>], functions: &[Function]) -> Json {
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
fn path_templates(typed: &[Typed<'_>]) -> Json {
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
fn members<'c>(typed: &[Typed<'_>], ops: &'c [Json], function: usize) -> Vec<&'c Json> {
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
