//! What is made of each operation and of each model, apart from the others.

use handlebars::Context;
use serde_json::{Map, Value as Json, json};

use crate::openapi::Document;
use crate::parallel::in_parallel;

use super::files::{Rendered, tidied};
use super::manifest::Owner;
use super::operation::Typed;
use super::rust::Checks;
use super::schema::Models;
use super::shape::ModelId;
use super::template::{TemplateError, Templates};
use super::{context, json_schema};

/// The template of what the user writes.
const HANDLER: &str = "project/handler.rs";

/// What parts are made of.
pub(super) struct Parts<'a> {
    pub(super) templates: &'a Templates,
    pub(super) document: &'a Document,
    pub(super) models: &'a Models<'a>,
    pub(super) checks: &'a Checks,
    /// What templates are given as `api`.
    pub(super) api: &'a Json,
    /// Whether what templates are given is kept whole.
    pub(super) keeps_context: bool,
}

/// What is made of one operation.
pub(super) struct OperationPart {
    /// What templates were given as `op`, or what those of the whole API name of it.
    pub(super) context: Json,
    pub(super) files: Vec<Rendered>,
    /// Its contract test, and the line of what that checks.
    pub(super) test: String,
    pub(super) cases: String,
    /// The line of its schemas in those that responses are checked against.
    pub(super) schemas: String,
}

/// What is made of one model.
pub(super) struct ModelPart {
    /// What its template was given, where that is kept.
    pub(super) context: Json,
    pub(super) text: String,
}

/// Where a part comes from.
enum Of {
    Operation(usize),
    Model(ModelId),
}

/// A part of either kind.
enum Part {
    Operation(OperationPart),
    Model(ModelPart),
}

impl Parts<'_> {
    /// Makes the parts of all operations, with the variants of the enum of operations that stand for them, and of all
    /// models.
    ///
    /// # Errors
    /// When a template fails.
    pub(super) fn all(
        &self,
        operations: &[Typed<'_>],
        variants: &[String],
    ) -> Result<(Vec<OperationPart>, Vec<ModelPart>), TemplateError> {
        let of_operations = (0..operations.len()).map(Of::Operation);
        let all: Vec<Of> = of_operations.chain((0..self.models.list.len()).map(Of::Model)).collect();
        let made = in_parallel(
            &all,
            || Context::from(object!({ "api": self.api.clone(), "op": Json::Null })),
            |context, _, part| match part {
                Of::Operation(at) => self.operation(context, &operations[*at], &variants[*at]).map(Part::Operation),
                Of::Model(id) => self.model(*id).map(Part::Model),
            },
        );
        let (mut of_operations, mut of_models) = (Vec::with_capacity(operations.len()), Vec::new());
        for part in made {
            match part? {
                Part::Operation(part) => of_operations.push(part),
                Part::Model(part) => of_models.push(part),
            }
        }
        Ok((of_operations, of_models))
    }

    /// Makes the part of an operation. `context` holds the API, and takes the operation while templates are given it.
    fn operation(
        &self,
        context: &mut Context,
        operation: &Typed<'_>,
        variant: &str,
    ) -> Result<OperationPart, TemplateError> {
        let templates = self.templates;
        let (event, op) = operation.context(self.document, self.models, self.checks, variant);
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
        let file =
            |path: String, template: &'static str, text: String, owner: Owner| Rendered { path, template, text, owner };
        let files = vec![
            file(format!("src/gen/ops/{module}.rs"), template, code, Owner::Tool),
            file(format!("src/handlers/{module}.rs"), HANDLER, handler, Owner::User),
            file(format!("events/{module}.json"), "project/event.json", event, Owner::Tool),
        ];
        let context = if self.keeps_context { op } else { outline(&op) };
        Ok(OperationPart { context, files, test, cases, schemas: self.schemas(operation) })
    }

    /// Returns the line of an operation in the schemas that responses are checked against.
    fn schemas(&self, operation: &Typed<'_>) -> String {
        let schemas = operation
            .schemas()
            .map(|(variant, schema)| (variant.to_owned(), json_schema::of_response(self.document, schema)));
        let schemas: Map<String, Json> = schemas.collect();
        format!("{}: {}", json!(operation.handled.module), Json::Object(schemas))
    }

    fn model(&self, id: ModelId) -> Result<ModelPart, TemplateError> {
        let mut context = Context::from(context::model(self.models, self.checks, id));
        let text = self.templates.render_laid_out_with("project/model.rs", &context)?;
        let context = if self.keeps_context { context.data_mut().take() } else { Json::Null };
        Ok(ModelPart { context, text })
    }
}

/// Returns what the templates of the whole API name of an operation.
fn outline(op: &Json) -> Json {
    let named = ["module", "variant", "verb", "any", "path", "label_doc"];
    let mut outline: Map<String, Json> = named.iter().map(|name| ((*name).to_owned(), op[*name].clone())).collect();
    outline.insert("mapped".to_owned(), (!op["mapped"].is_null()).into());
    Json::Object(outline)
}

/// Returns the named schemas as JSON Schema, a line for each.
pub(super) fn named_schemas(document: &Document) -> String {
    let schemas = json_schema::named(document).into_iter();
    let lines =
        schemas.map(|(name, schema)| format!("{}: {}", json!(name), json_schema::of_response(document, schema)));
    lines.collect::<Vec<_>>().join(",\n")
}
