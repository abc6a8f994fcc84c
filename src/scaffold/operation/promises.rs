//! What the generated tests hold an operation to.

use serde_json::Value as Json;

use crate::openapi::Document;

use super::Typed;
use super::body::Format;
use super::param::Param;
use super::reply::{Reply, Said};
use crate::scaffold::example;
use crate::scaffold::rust;
use crate::scaffold::sample::Fit;
use crate::scaffold::schema::Models;
use crate::scaffold::shape::{Kind, ModelKind};

impl Typed<'_> {
    /// Returns the context of the operation's tests: examples by type, and the parameters that must be there.
    pub(super) fn tests(
        &self,
        document: &Document,
        models: &Models<'_>,
        valid_event: bool,
        said: &[Option<Said>],
        example_status: Option<u16>,
    ) -> Json {
        let mut examples = Vec::new();
        let bodies = self.body.iter().flat_map(|body| &body.kinds);
        for kind in bodies.filter(|kind| kind.format == Format::Json) {
            let Some(shape) = &kind.shape else { continue };
            if let Some(value) = example::example(document, models, kind.node, shape, Fit::Exact) {
                examples
                    .push(object!({ "type": rust::rust_type(models, shape, "models::"), "json": value.to_string() }));
            }
        }
        let required: Vec<Json> = self
            .params
            .iter()
            .filter(|param| param.required && valid_event && param.location != "cookie")
            .map(|param| param.test("missing"))
            .collect();
        object!({
            "decodes": valid_event,
            "body_required": valid_event && self.body.as_ref().is_some_and(|body| body.required),
            "required": required,
            "wrong": self.wrong(models, valid_event),
            "outputs": self.encoded(document, models, said),
            "examples": examples,
            "example_status": example_status,
        })
    }

    /// Returns the parameters for which not every text is a value.
    fn wrong(&self, models: &Models<'_>, valid_event: bool) -> Vec<Json> {
        let picky = |param: &&Param<'_>| {
            let shape = models.without_aliases(&param.shape);
            let closed = |kind: &ModelKind| matches!(kind, ModelKind::Enum { open: false, .. });
            let scalar = match &shape.kind {
                Kind::Bool | Kind::I32 | Kind::I64 | Kind::F32 | Kind::F64 => true,
                Kind::DateTime | Kind::Date | Kind::Uuid => true,
                Kind::Model(id) => closed(&models.model(*id).kind),
                _ => false,
            };
            scalar && valid_event && param.style == "Style::Repeated" && param.location != "cookie"
        };
        self.params.iter().filter(picky).map(|param| param.test("wrong")).collect()
    }

    /// Returns a value of each output that one is easily found for, its status, and the schema it keeps to.
    fn encoded(&self, document: &Document, models: &Models<'_>, said: &[Option<Said>]) -> Vec<Json> {
        let value = |(reply, said): (&Reply<'_>, &Option<Said>)| {
            let text = said.as_ref().map(|_| "json");
            let value = reply.expression(document, models, text, true)?.replacen("Self::", "Output::", 1);
            let schema = reply.schema().map(|_| format!("{}/{}", self.handled.module, reply.variant));
            Some(object!({
                "value": value,
                "status": reply.usual,
                "json": said.as_ref().map(|said| said.json.as_str()).unwrap_or_default(),
                "exact": said.as_ref().is_some_and(|said| said.exact),
                "schema": schema.unwrap_or_default(),
            }))
        };
        self.outputs.iter().zip(said).filter_map(value).collect()
    }
}
