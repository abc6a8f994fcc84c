//! What the templates of the models are given.

use serde_json::{Value as Json, json};

use super::names;
use super::rust::{self, Checks};
use super::schema::Models;
use super::shape::{Extra, Field, Literal, Model, ModelId, ModelKind};

/// Returns the context of a model.
pub(crate) fn model(models: &Models<'_>, checks: &Checks, id: ModelId) -> Json {
    let model = models.model(id);
    let doc = if model.doc.trim().is_empty() { format!("The schema `{}`.", model.name) } else { model.doc.clone() };
    let null = Json::Null;
    let mut context = object!({
        "name": model.name.as_str(), "doc": doc, "check": checks.body(models, id),
        "same": false,
        "struct": null.clone(), "enum": null.clone(), "one_of": null.clone(), "alias": null.clone(), "wrapper": null,
    });
    let (key, value) = match &model.kind {
        ModelKind::Struct { .. } => ("struct", structure(models, model)),
        ModelKind::Enum { .. } => ("enum", enumeration(model)),
        ModelKind::OneOf { .. } => ("one_of", one_of(models, model)),
        ModelKind::Alias(shape) => ("alias", json!(rust::plain_type(models, shape, ""))),
        ModelKind::Wrapper { shape, boxed } => {
            let inner = rust::plain_type(models, shape, "");
            ("wrapper", json!(if *boxed { format!("Box<{inner}>") } else { inner }))
        }
        ModelKind::Pending => ("alias", json!("Value")),
    };
    context[key] = value;
    // What has nothing to say of itself beyond what it is the same as.
    context["same"] = (model.inline && model.doc.trim().is_empty() && key == "alias").into();
    context
}

fn structure(models: &Models<'_>, model: &Model) -> Json {
    let ModelKind::Struct { fields, extra, size } = &model.kind else { return Json::Null };
    let mut has_default = true;
    // Whether each field's value in `Default` is what its type has.
    let mut derived = true;
    let contexts: Vec<Json> = fields
        .iter()
        .map(|field| {
            let options = rust::options_around(model, field);
            let default = rust::field_default(model, field);
            has_default &= options > 0 || default.is_some();
            derived &= default.is_none_or(is_of_type);
            // In a request, `null` is no way to leave a member out.
            let strict = options == 1 && model.in_requests && rust::is_no_null(models, field);
            let how = if let Some(value) = default {
                format!("or({value})")
            } else if options == 2
                || strict
                || (options == 1 && field.is_optional(model) && rust::is_any(models, field))
            {
                "optional".to_owned()
            } else if options == 1 && field.is_optional(model) {
                "lenient".to_owned()
            } else if options == 1 && !model.in_requests {
                "nullable".to_owned()
            } else {
                "required".to_owned()
            };
            object!({
                "name": names::raw(&field.name),
                "wire": field.wire.as_str(),
                "doc": if field.deprecated { format!("{}\n\nDeprecated.", field.doc) } else { field.doc.clone() },
                "type": rust::field_type(models, model, field),
                "how": how,
                "form": rust::form_of(models, &field.shape).filter(|_| model.in_requests),
                "required": !field.is_optional(model),
            })
        })
        .collect();
    let (additional, additional_form) = match extra {
        Extra::Keep(shape) => {
            (json!(rust::rust_type(models, shape, "")), rust::form_of(models, shape).filter(|_| model.in_requests))
        }
        _ => (Json::Null, None),
    };
    object!({
        "fields": contexts,
        "deny": *extra == Extra::Deny,
        "additional": additional,
        "additional_form": additional_form,
        "default": has_default && derived,
        "default_values": (has_default && !derived).then(|| default_values(model, fields)),
        "size": rust::member_count(size).filter(|_| model.in_requests),
        "keeps": size.restriction().filter(|_| model.in_requests).map(|schema| schema.to_string()),
    })
}

/// Returns the value of each field in `Default`.
fn default_values(model: &Model, fields: &[Field]) -> Vec<Json> {
    let value = |field| rust::field_default(model, field).unwrap_or("None");
    fields.iter().map(|field| object!({ "name": names::raw(&field.name), "value": value(field) })).collect()
}

/// Returns whether an expression is the default of its type.
fn is_of_type(value: &str) -> bool {
    matches!(value, "false" | "0" | "0.0" | "None" | "Vec::new()" | "BTreeMap::new()" | "\"\".to_owned()")
}

fn enumeration(model: &Model) -> Json {
    let ModelKind::Enum { variants, open } = &model.kind else { return Json::Null };
    let text = variants.iter().any(|variant| matches!(variant.value, Literal::Text(_)));
    let variants: Vec<Json> = variants
        .iter()
        .map(|variant| match &variant.value {
            Literal::Text(value) => {
                let (name, doc) = (variant.name.as_str(), variant.doc.as_str());
                object!({ "name": name, "doc": doc, "value": value.as_str(), "number": "0" })
            }
            Literal::Integer(n) => {
                let (name, doc) = (variant.name.as_str(), variant.doc.as_str());
                object!({ "name": name, "doc": doc, "value": n.to_string(), "number": n.to_string() })
            }
        })
        .collect();
    object!({ "variants": variants, "open": *open, "text": text })
}

fn one_of(models: &Models<'_>, model: &Model) -> Json {
    let ModelKind::OneOf { variants, tag } = &model.kind else { return Json::Null };
    let variants: Vec<Json> = variants
        .iter()
        .map(|variant| {
            let plain = rust::rust_type(models, &variant.shape, "");
            object!({
                "name": variant.name.as_str(),
                "type": if variant.boxed { format!("Box<{plain}>") } else { plain },
                "form": rust::form_of(models, &variant.shape).filter(|_| model.in_requests),
                "tags": variant.tags.as_slice(),
            })
        })
        .collect();
    object!({ "variants": variants, "tag": tag.as_deref() })
}
