//! Resource: the path tree.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::gateway::import::IdSource as _;
use crate::gateway::{ApiDefinition, Quotas, Resource};

use super::call::{Answer, Call, to_value};
use super::constraint::Constraints;
use super::definition::{resource, unknown_resource};
use super::page::{answer, slice};
use super::patch::{self, Op};
use super::refusal::Refusal;

/// Resources on a page unless `limit` says otherwise.
const DEFAULT_LIMIT: usize = 25;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreateInput {
    path_part: Option<String>,
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let definition = call.control.definition(call.path("restapi_id"))?;
    let mut resources: Vec<&Resource> = definition.resources.values().collect();
    resources.sort_by(|a, b| a.path.cmp(&b.path));
    let (page, position) = slice(call, resources, DEFAULT_LIMIT, |resource| resource.id.clone())?;
    let items = page.into_iter().map(|resource| shown(resource, embeds_methods(call))).collect::<Result<_, _>>()?;
    Ok(answer(items, position))
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let definition = call.control.definition_or(call.path("restapi_id"), unknown_resource)?;
    shown(resource(&definition, call.path("resource_id"))?, embeds_methods(call)).map(Answer::json)
}

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: CreateInput = call.input()?;
    let mut constraints = Constraints::new(call.input_name());
    constraints.required("pathPart", input.path_part.as_ref());
    constraints.finish()?;
    let path_part = input.path_part.unwrap_or_default();
    let created = call.control.edit(call.path("restapi_id"), unknown_resource, |definition, _| {
        let parent = resource(definition, call.path("parent_id"))?.clone();
        check_path_part(definition, &parent, &path_part, None)?;
        // The root is there without being asked for, and does not count.
        if definition.resources.len() > Quotas::default().resources {
            return Err(Refusal::limit_exceeded("Resources", "this API"));
        }
        let created = Resource::child(call.ids().next_id(6), &parent, &path_part);
        definition.resources.insert(created.id.clone(), created.clone());
        Ok(created)
    })?;
    shown(&created, false).map(Answer::json)
}

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let id = call.path("resource_id");
    let updated = call.control.edit(call.path("restapi_id"), unknown_resource, |definition, _| {
        resource(definition, id)?;
        for operation in &operations {
            match (operation.op, operation.path.as_str()) {
                (Op::Replace, "/pathPart") => rename(definition, id, &operation.text())?,
                (Op::Replace, "/parentId") => reparent(definition, id, &operation.text())?,
                _ => return Err(operation.unsupported(&["/parentId", "/pathPart"])),
            }
        }
        resource(definition, id).cloned()
    })?;
    shown(&updated, false).map(Answer::json)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("resource_id");
    call.control.edit(call.path("restapi_id"), unknown_resource, |definition, _| {
        if resource(definition, id)?.parent_id.is_none() {
            return Err(Refusal::bad_request("Root resource cannot be deleted"));
        }
        for gone in subtree(definition, id) {
            definition.resources.remove(&gone);
        }
        Ok(())
    })?;
    Ok(Answer::empty())
}

fn embeds_methods(call: &Call<'_>) -> bool {
    call.query.iter().any(|(name, value)| name == "embed" && value.split(',').any(|item| item == "methods"))
}

/// Returns a resource as it is answered: its methods are empty objects unless they were asked for.
fn shown(resource: &Resource, with_methods: bool) -> Result<Value, Refusal> {
    if with_methods {
        let mut value = to_value(resource)?;
        let methods = value.get_mut("resourceMethods").and_then(Value::as_object_mut);
        methods.into_iter().flat_map(Map::values_mut).for_each(super::method::complete);
        return Ok(value);
    }
    let mut members = Map::new();
    members.insert("id".to_owned(), json!(resource.id));
    if let (Some(parent), Some(part)) = (&resource.parent_id, &resource.path_part) {
        members.insert("parentId".to_owned(), json!(parent));
        members.insert("pathPart".to_owned(), json!(part));
    }
    members.insert("path".to_owned(), json!(resource.path));
    if !resource.resource_methods.is_empty() {
        let methods: Map<String, Value> =
            resource.resource_methods.keys().map(|verb| (verb.clone(), json!({}))).collect();
        members.insert("resourceMethods".to_owned(), Value::Object(methods));
    }
    Ok(Value::Object(members))
}

/// Returns the ids of a resource and all below it.
fn subtree(definition: &ApiDefinition, id: &str) -> Vec<String> {
    let mut ids = vec![id.to_owned()];
    let mut next = 0;
    while let Some(parent) = ids.get(next).cloned() {
        let children = definition.resources.values().filter(|r| r.parent_id.as_deref() == Some(parent.as_str()));
        let children: Vec<String> = children.map(|r| r.id.clone()).filter(|child| !ids.contains(child)).collect();
        ids.extend(children);
        next += 1;
    }
    ids
}

fn is_variable(part: &str) -> bool {
    part.starts_with('{')
}

fn check_path_part(
    definition: &ApiDefinition,
    parent: &Resource,
    part: &str,
    renamed: Option<&str>,
) -> Result<(), Refusal> {
    let inner = part.strip_prefix('{').and_then(|s| s.strip_suffix('}')).map(|s| s.strip_suffix('+').unwrap_or(s));
    let legal = |c: char| c.is_ascii_alphanumeric() || "._-:~,$".contains(c);
    if part.is_empty() {
        return Err(Refusal::bad_request("Resource's path part must be specified"));
    }
    let text = inner.unwrap_or(part);
    if text.is_empty() || !text.chars().all(legal) {
        return Err(Refusal::bad_request(
            "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the \
             beginning and the end.",
        ));
    }
    if let Some(greedy) = parent.path_part.as_deref().filter(|part| part.ends_with("+}")) {
        return Err(Refusal::bad_request(format!(
            "Cannot create a child of a resource with a greedy path variable: {greedy}"
        )));
    }
    let siblings = definition.resources.values().filter(|sibling| {
        sibling.parent_id.as_deref() == Some(parent.id.as_str()) && Some(sibling.id.as_str()) != renamed
    });
    for sibling in siblings.filter_map(|sibling| sibling.path_part.as_deref()) {
        if sibling == part {
            return Err(Refusal::conflict(format!(
                "Another resource with the same parent already has this name: {part}"
            )));
        }
        if is_variable(part) && is_variable(sibling) {
            return Err(Refusal::bad_request(format!(
                "A sibling ({sibling}) of this resource already has a variable path part -- only one is allowed"
            )));
        }
    }
    Ok(())
}

fn rename(definition: &mut ApiDefinition, id: &str, part: &str) -> Result<(), Refusal> {
    let Some(parent_id) = resource(definition, id)?.parent_id.clone() else {
        return Err(Refusal::bad_request("Root resource cannot update its pathPart."));
    };
    let parent = resource(definition, &parent_id)?.clone();
    check_path_part(definition, &parent, part, Some(id))?;
    place(definition, id, &parent_id, part);
    Ok(())
}

fn reparent(definition: &mut ApiDefinition, id: &str, parent_id: &str) -> Result<(), Refusal> {
    let moved = resource(definition, id)?;
    let Some(part) = moved.path_part.clone() else {
        return Err(Refusal::bad_request("Root resource cannot update its parentId."));
    };
    let parent = resource(definition, parent_id)?.clone();
    if subtree(definition, id).iter().any(|below| below == parent_id) {
        return Err(Refusal::bad_request("Resources cannot be cyclical."));
    }
    check_path_part(definition, &parent, &part, Some(id))?;
    place(definition, id, parent_id, &part);
    Ok(())
}

/// Puts a resource under a parent and gives all below it their new paths.
fn place(definition: &mut ApiDefinition, id: &str, parent_id: &str, part: &str) {
    for moved in subtree(definition, id) {
        let Some(resource) = definition.resources.get(&moved) else { continue };
        let (parent, part) = if moved == id {
            (Some(parent_id.to_owned()), part.to_owned())
        } else {
            (resource.parent_id.clone(), resource.path_part.clone().unwrap_or_default())
        };
        let base = parent.as_ref().and_then(|p| definition.resources.get(p)).map_or("", |p| p.path.as_str());
        let path = format!("{}/{part}", base.trim_end_matches('/'));
        if let Some(resource) = definition.resources.get_mut(&moved) {
            resource.parent_id = parent;
            resource.path_part = Some(part);
            resource.path = path;
        }
    }
}
