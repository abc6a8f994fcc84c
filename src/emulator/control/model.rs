//! Model.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::gateway::import::IdSource as _;
use crate::gateway::{ApiDefinition, Model};

use super::call::{Answer, Call, to_value};
use super::constraint::Constraints;
use super::model_schema;
use super::page::page;
use super::patch::{self, Op};
use super::refusal::Refusal;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreateInput {
    name: Option<String>,
    description: Option<String>,
    schema: Option<String>,
    content_type: Option<String>,
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let definition = call.control.definition(call.path("restapi_id"))?;
    let items = definition.models.values().map(to_value).collect::<Result<_, _>>()?;
    page(call, items)
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = call.path("model_name");
    let definition = call.control.definition_or(call.path("restapi_id"), || unknown(name))?;
    let model = model(&definition, name)?;
    if !call.query_flag("flatten") {
        return Answer::entity(model);
    }
    let mut flattened = model.clone();
    flattened.schema = model.schema.as_deref().map(|schema| flattened_schema(&definition, schema));
    Answer::entity(&flattened)
}

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: CreateInput = call.input()?;
    let mut constraints = Constraints::new(call.input_name());
    constraints.required("name", input.name.as_ref());
    constraints.required("contentType", input.content_type.as_ref());
    constraints.finish()?;
    let id = call.path("restapi_id");
    let name = input.name.unwrap_or_default();
    let made = call.control.edit(
        id,
        || call.control.unknown_api(id),
        |definition, _| {
            if name.is_empty() {
                return Err(Refusal::bad_request("Model name must be non-empty"));
            }
            if !name.chars().all(|c| c.is_ascii_alphanumeric()) {
                return Err(Refusal::bad_request(format!("Model name must be alphanumeric: {name}")));
            }
            if definition.models.contains_key(&name) {
                return Err(Refusal::conflict("Model name already exists for this REST API"));
            }
            let content_type = input.content_type.unwrap_or_default();
            super::integration::check_media_type(&content_type)?;
            let schema = input.schema.unwrap_or_default();
            model_schema::check(&schema)?;
            model_schema::check_links(&schema, |linked| linked == name || definition.models.contains_key(linked))?;
            let made = Model {
                id: call.ids().next_id(6),
                name: name.clone(),
                description: input.description.filter(|text| !text.is_empty()),
                schema: Some(schema),
                content_type,
            };
            definition.models.insert(name.clone(), made.clone());
            Ok(made)
        },
    )?;
    Answer::entity(&made)
}

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let (id, name) = (call.path("restapi_id"), call.path("model_name"));
    let updated = call.control.edit(
        id,
        || unknown(name),
        |definition, _| {
            let mut model = definition.models.get(name).ok_or_else(|| unknown(name))?.clone();
            for operation in &operations {
                match (operation.op, operation.path.as_str()) {
                    (Op::Replace, "/description") => model.description = operation.non_empty(),
                    (Op::Replace, "/schema") => {
                        model_schema::check(&operation.text())?;
                        model_schema::check_links(&operation.text(), |linked| definition.models.contains_key(linked))?;
                        model.schema = Some(operation.text());
                    }
                    _ => return Err(operation.unsupported(&["/description", "/schema"])),
                }
            }
            definition.models.insert(name.to_owned(), model.clone());
            Ok(model)
        },
    )?;
    Answer::entity(&updated)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (id, name) = (call.path("restapi_id"), call.path("model_name"));
    call.control.edit(
        id,
        || unknown(name),
        |definition, _| {
            model(definition, name)?;
            if let Some(user) = user_of(definition, id, name) {
                return Err(Refusal::conflict(format!("Cannot delete model '{name}', is referenced in {user}")));
            }
            definition.models.remove(name);
            Ok(())
        },
    )?;
    Ok(Answer::empty())
}

/// Returns a mapping template that prints an example of what the model describes, as the console offers it.
pub(super) fn template(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = call.path("model_name");
    let definition = call.control.definition_or(call.path("restapi_id"), || unknown(name))?;
    let model = model(&definition, name)?;
    // What it links to is in its own definitions then.
    let schema = model.schema.as_deref().map(|schema| flattened_schema(&definition, schema));
    let schema: Value = schema.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(json!({}));
    // Reported by users.
    if schema.get("type").is_none() && schema.get("$ref").is_none() {
        return Err(Refusal::bad_request(
            "Cannot generate mapping template because model schema is missing a 'type' or '$ref' property",
        ));
    }
    let mut text = "#set($inputRoot = $input.path('$'))\n".to_owned();
    write_template(&schema, &schema, Depth::default(), &mut text);
    Ok(Answer::json(json!({ "value": text })))
}

/// The depth from which the template of a schema stops, and the bytes: schemas may contain themselves.
const MAX_TEMPLATE_DEPTH: usize = 16;
const MAX_TEMPLATE_BYTES: usize = 64 * 1024;

/// How deep a part of a template is.
#[derive(Clone, Copy, Default)]
struct Depth {
    /// Objects around it, by which lines are indented.
    objects: usize,
    /// Objects, lists and references.
    all: usize,
}

fn write_template(root: &Value, schema: &Value, depth: Depth, out: &mut String) {
    let pad = "  ".repeat(depth.objects);
    if depth.all > MAX_TEMPLATE_DEPTH || out.len() > MAX_TEMPLATE_BYTES {
        out.push_str("{ }");
        return;
    }
    let below = Depth { all: depth.all + 1, ..depth };
    if let Some(target) = schema.get("$ref").and_then(Value::as_str).and_then(|link| link.strip_prefix('#')) {
        return write_template(root, root.pointer(target).unwrap_or(&Value::Null), below, out);
    }
    // The first of several types is shown.
    let kind = schema.get("type");
    match kind.and_then(Value::as_str).or_else(|| kind.and_then(|kinds| kinds.get(0)).and_then(Value::as_str)) {
        Some("array") => {
            out.push_str("[\n##TODO: Update this foreach loop to reference array from input json\n");
            out.push_str("#foreach($elem in $inputRoot.TODO)\n ");
            write_template(root, schema.get("items").unwrap_or(&Value::Null), below, out);
            out.push_str(&format!(" \n#if($foreach.hasNext),#end\n#end\n{pad}]"));
        }
        Some("string") => out.push_str("\"foo\""),
        Some("integer") => out.push_str("42"),
        // As the API reference's answer has it.
        Some("number") => out.push_str("3.1415"),
        Some("boolean") => out.push_str("true"),
        _ => {
            let members = schema.get("properties").and_then(Value::as_object);
            let inside = Depth { objects: depth.objects + 1, ..below };
            let mut before = "{\n";
            for (name, member) in members.into_iter().flatten() {
                out.push_str(&format!("{before}{pad}  {} : ", Value::String(name.clone())));
                write_template(root, member, inside, out);
                before = ",\n";
            }
            out.push_str(&if before == ",\n" { format!("\n{pad}}}") } else { "{ }".to_owned() });
        }
    }
}

fn unknown(name: &str) -> Refusal {
    Refusal::not_found(format!("Invalid model name specified: {name}"))
}

fn model<'a>(definition: &'a ApiDefinition, name: &str) -> Result<&'a Model, Refusal> {
    definition.models.get(name).ok_or_else(|| unknown(name))
}

/// Returns who uses a model, as the refusal to delete it says.
fn user_of(definition: &ApiDefinition, api_id: &str, name: &str) -> Option<String> {
    // Of several users the one deeper in the tree is named (recorded).
    for ((path, verb), method) in super::method::all(definition).into_iter().rev() {
        if method.request_models.iter().flat_map(|models| models.values()).any(|model| model == name) {
            return Some(format!("method request: {path}/{verb}"));
        }
        let responses = method.method_responses.values().filter_map(|response| response.response_models.as_ref());
        if responses.flat_map(|models| models.values()).any(|model| model == name) {
            return Some(format!("method response: {path}/{verb}"));
        }
    }
    let link = format!("/restapis/{api_id}/models/{name}\"");
    let user = definition
        .models
        .values()
        .find(|model| model.name != name && model.schema.as_deref().is_some_and(|schema| schema.contains(&link)))?;
    Some(format!("model: {}", user.name))
}

/// Returns a schema with the models it links to in its own `definitions`.
fn flattened_schema(definition: &ApiDefinition, schema: &str) -> String {
    let prefix = format!("/restapis/{}/models/", definition.api.id);
    let Ok(mut root) = serde_json::from_str::<Value>(schema) else { return schema.to_owned() };
    let mut linked = Vec::new();
    relink(&mut root, &prefix, &mut linked);
    let mut definitions = serde_json::Map::new();
    while let Some(name) = linked.pop() {
        if definitions.contains_key(&name) {
            continue;
        }
        let text = definition.models.get(&name).and_then(|model| model.schema.as_deref()).unwrap_or("{}");
        let mut value = serde_json::from_str(text).unwrap_or(json!({}));
        relink(&mut value, &prefix, &mut linked);
        definitions.insert(name, value);
    }
    if let Some(members) = root.as_object_mut().filter(|_| !definitions.is_empty()) {
        members.insert("definitions".to_owned(), Value::Object(definitions));
    }
    root.to_string()
}

/// Makes links to models local, and notes the models. The recursion ends: the JSON parser limits depth.
fn relink(value: &mut Value, prefix: &str, linked: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members.iter_mut() {
                let name = member.as_str().filter(|_| key == "$ref").and_then(|link| link.split(prefix).nth(1));
                match name.map(str::to_owned) {
                    Some(name) => {
                        *member = Value::String(format!("#/definitions/{name}"));
                        linked.push(name);
                    }
                    None => relink(member, prefix, linked),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| relink(item, prefix, linked)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(schema: &Value, expected: &str) {
        let mut text = String::new();
        write_template(schema, schema, Depth::default(), &mut text);
        assert_eq!(text, expected);
    }

    #[test]
    fn templates_print_examples() {
        check(&json!({"type": "object"}), "{ }");
        check(&json!({"properties": {"message": {"type": "string"}}}), "{\n  \"message\" : \"foo\"\n}");
        let tag = json!({"properties": {"name": {"type": "string"}, "size": {"type": ["integer", "null"]}}});
        check(
            &json!({"properties": {"tags": {"type": "array", "items": {"$ref": "#/definitions/Tag"}}, "on": {"type": "boolean"}},
                "definitions": {"Tag": tag}}),
            "{\n  \"tags\" : [\n##TODO: Update this foreach loop to reference array from input json\n\
             #foreach($elem in $inputRoot.TODO)\n {\n    \"name\" : \"foo\",\n    \"size\" : 42\n  } \n\
             #if($foreach.hasNext),#end\n#end\n  ],\n  \"on\" : true\n}",
        );
    }

    #[test]
    fn a_schema_that_contains_itself_many_times_ends() {
        let members: serde_json::Map<String, Value> =
            (0..10).map(|number| (number.to_string(), json!({"$ref": "#"}))).collect();
        let schema = json!({ "properties": members });
        let mut text = String::new();
        write_template(&schema, &schema, Depth::default(), &mut text);
        assert!(text.len() < 2 * MAX_TEMPLATE_BYTES);
    }
}
