//! What the templates of the models are given.

use serde_json::{Value as Json, json};

use super::names;
use super::rust::{self, Checks};
use super::schema::Models;
use super::shape::{Extra, Kind, Literal, Model, ModelId, ModelKind};

/// Returns the context of all models, in the order they were met.
pub(crate) fn models(models: &Models<'_>, checks: &Checks) -> Json {
    (0..models.list.len()).map(|id| model(models, checks, id)).collect()
}

fn model(models: &Models<'_>, checks: &Checks, id: ModelId) -> Json {
    let model = models.model(id);
    let doc = if model.doc.trim().is_empty() { format!("The schema `{}`.", model.name) } else { model.doc.clone() };
    let mut context = json!({
        "name": model.name, "doc": doc, "check": checks.body(models, id),
        "struct": null, "enum": null, "one_of": null, "alias": null, "wrapper": null,
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
    context
}

fn structure(models: &Models<'_>, model: &Model) -> Json {
    let ModelKind::Struct { fields, extra, .. } = &model.kind else { return Json::Null };
    let mut defaults = Vec::new();
    let mut all_options = true;
    let contexts: Vec<Json> = fields
        .iter()
        .map(|field| {
            let mut attributes = Vec::new();
            let options = rust::options_around(models, model, field);
            all_options &= options > 0;
            if let Some(value) = rust::field_default(models, model, field) {
                let function = format!("default_{}", field.name);
                attributes.push(format!("default = \"{}::{function}\"", model.name));
                defaults.push(json!({
                    "function": function, "type": rust::field_type(models, model, field), "value": value,
                }));
            } else if field.is_optional(model) && options > 0 {
                attributes.push("default".to_owned());
                attributes.push("skip_serializing_if = \"Option::is_none\"".to_owned());
            }
            if options == 2 {
                attributes.push("deserialize_with = \"rt::present\"".to_owned());
            }
            json!({
                "name": names::raw(&field.name),
                "wire": field.wire,
                "doc": if field.deprecated { format!("{}\n\nDeprecated.", field.doc) } else { field.doc.clone() },
                "type": rust::field_type(models, model, field),
                "attributes": attributes,
                "required": !field.is_optional(model),
            })
        })
        .collect();
    let additional = match extra {
        Extra::Keep(shape) => json!(rust::rust_type(models, shape, "")),
        _ => Json::Null,
    };
    let typed = matches!(extra, Extra::Keep(shape) if shape.kind != Kind::Json);
    json!({
        "fields": contexts,
        "deny": *extra == Extra::Deny,
        "additional": additional,
        "additional_typed": typed,
        "default": all_options,
        "defaults": defaults,
    })
}

fn enumeration(model: &Model) -> Json {
    let ModelKind::Enum { variants, open } = &model.kind else { return Json::Null };
    let text = variants.iter().any(|variant| matches!(variant.value, Literal::Text(_)));
    let variants: Vec<Json> = variants
        .iter()
        .map(|variant| match &variant.value {
            Literal::Text(value) => json!({ "name": variant.name, "value": value, "number": "0" }),
            Literal::Integer(n) => json!({ "name": variant.name, "value": n.to_string(), "number": n.to_string() }),
        })
        .collect();
    json!({ "variants": variants, "open": open, "text": text })
}

fn one_of(models: &Models<'_>, model: &Model) -> Json {
    let ModelKind::OneOf { variants, tag } = &model.kind else { return Json::Null };
    let mut seen: Vec<&str> = Vec::new();
    let variants: Vec<Json> = variants
        .iter()
        .map(|variant| {
            let plain = rust::rust_type(models, &variant.shape, "");
            let tags: Vec<&String> = variant.tags.iter().filter(|tag| !seen.contains(&tag.as_str())).collect();
            seen.extend(variant.tags.iter().map(String::as_str));
            let doc = if tag.is_some() { format!("`{}`", variant.tags.join("`, `")) } else { format!("A `{plain}`.") };
            json!({
                "name": variant.name,
                "type": if variant.boxed { format!("Box<{plain}>") } else { plain },
                "doc": doc,
                "tags": tags,
                "tag": variant.tags.first(),
                "first_with_tags": !tags.is_empty(),
            })
        })
        .collect();
    json!({ "variants": variants, "tag": tag })
}
