//! What the generated tests hold an operation to.

use serde_json::{Map, Value as Json, json};

use crate::openapi::Document;

use super::Typed;
use super::body::Format;
use super::param::Param;
use super::reply::{Reply, Said};
use crate::scaffold::example;
use crate::scaffold::operations::Payload;
use crate::scaffold::rust;
use crate::scaffold::sample::Fit;
use crate::scaffold::schema::Models;
use crate::scaffold::shape::{Kind, ModelKind, Shape};

impl Typed<'_> {
    /// Returns what the tests of the operation are made from: the types and outputs that their code names, and their
    /// cases, a text of JSON (`null` and `false` are left out).
    pub(super) fn tests(
        &self,
        document: &Document,
        models: &Models<'_>,
        valid_event: bool,
        said: &[Option<Said>],
        example_status: Option<u16>,
    ) -> Json {
        let (mut types, mut bodies) = (Vec::new(), Vec::new());
        for kind in self.body.iter().flat_map(|body| &body.kinds).filter(|kind| kind.format == Format::Json) {
            let Some(shape) = &kind.shape else { continue };
            if let Some(value) = example::example(document, models, kind.node, shape, Fit::Exact) {
                types.push(rust::rust_type(models, shape, "models::"));
                bodies.push(value);
            }
        }
        let names = |holds: &dyn Fn(&Param<'_>) -> bool| -> Vec<Json> {
            let some = self.params.iter().filter(|param| valid_event && holds(param));
            some.map(|param| json!([param.location, param.wire])).collect()
        };
        let mut outputs = Vec::new();
        let mut values = Map::new();
        for (reply, said) in self.outputs.iter().zip(said) {
            let text = said.as_ref().map(|_| "json");
            let Some(expression) = reply.expression(document, models, text, true) else { continue };
            let value = expression.replacen("Self::", "Output::", 1);
            outputs.push(object!({ "variant": reply.variant.as_str(), "value": value }));
            values.insert(reply.variant.clone(), self.output(reply, said.as_ref()));
        }
        let mut cases = Map::new();
        let mut add = |name: &str, value: Json| {
            let says_nothing = match &value {
                Json::Null | Json::Bool(false) => true,
                Json::Array(items) => items.is_empty(),
                Json::Object(members) => members.is_empty(),
                _ => false,
            };
            if !says_nothing {
                cases.insert(name.to_owned(), value);
            }
        };
        add("decodes", valid_event.into());
        add("body", (valid_event && self.body.as_ref().is_some_and(|body| body.required)).into());
        if self.handled.payload != Payload::Mapped {
            add("missing", names(&|param| param.required).into());
            add("wrong", names(&|param| is_picky(models, param)).into());
            add("outputs", values.into());
            add("example", example_status.into());
        }
        add("bodies", bodies.into());
        object!({ "bodies": types, "outputs": outputs, "cases": Json::Object(cases).to_string() })
    }

    /// Returns what is known of a value of an output: its status, its JSON, and what that keeps to.
    fn output(&self, reply: &Reply<'_>, said: Option<&Said>) -> Json {
        let mut case = Map::new();
        case.insert("status".to_owned(), reply.usual.into());
        if let Some(said) = said {
            case.insert("json".to_owned(), said.json.clone());
            if said.exact {
                case.insert("exact".to_owned(), true.into());
            }
        }
        if reply.schema().is_some() {
            case.insert("schema".to_owned(), true.into());
        }
        case.into()
    }
}

/// Returns whether not every text is a value of a parameter.
fn is_picky(models: &Models<'_>, param: &Param<'_>) -> bool {
    let picky = |shape: &Shape| {
        let shape = models.without_aliases(shape);
        match &shape.kind {
            Kind::Bool | Kind::I32 | Kind::I64 | Kind::U64 | Kind::F32 | Kind::F64 => true,
            Kind::DateTime | Kind::Date | Kind::Uuid => true,
            Kind::Model(id) => matches!(models.model(*id).kind, ModelKind::Enum { open: false, .. }),
            _ => false,
        }
    };
    match (param.style.as_str(), &models.without_aliases(&param.shape).kind) {
        ("Style::Repeated" | "Style::Separated(',')", Kind::List(item)) => picky(item),
        ("Style::Repeated", _) => picky(&param.shape),
        _ => false,
    }
}
