//! RestApi: what `cloneFrom` makes.

use std::collections::{BTreeMap, BTreeSet};

use crate::gateway::import::IdSource as _;
use crate::gateway::{ApiDefinition, RestApi};

use super::ids::RandomIds;

/// Returns what an API defines as another API's, under ids of its own.
pub(super) fn clone_of(source: &ApiDefinition, api: RestApi, ids: &mut RandomIds) -> ApiDefinition {
    let old = format!("/restapis/{}/models/", source.api.id);
    let new = format!("/restapis/{}/models/", api.id);
    let mut definition = ApiDefinition { api, ..source.clone() };
    for model in definition.models.values_mut() {
        model.id = ids.next_id(6);
        if let Some(schema) = &mut model.schema {
            *schema = schema.replace(&old, &new);
        }
    }
    let (mut renamed, mut given) = (BTreeMap::new(), BTreeSet::new());
    let mut renew = |id: &mut String| {
        let new = ids.free_id(id.len(), &|id| given.contains(id));
        given.insert(new.clone());
        renamed.insert(std::mem::replace(id, new.clone()), new.clone());
        new
    };
    definition.authorizers = take_all(&mut definition.authorizers, |authorizer| renew(&mut authorizer.id));
    definition.request_validators = take_all(&mut definition.request_validators, |validator| renew(&mut validator.id));
    definition.documentation_parts = take_all(&mut definition.documentation_parts, |part| renew(&mut part.id));
    definition.resources = take_all(&mut definition.resources, |resource| renew(&mut resource.id));
    let follow = |id: &mut String| {
        if let Some(new) = renamed.get(id) {
            id.clone_from(new);
        }
    };
    definition.api.root_resource_id.clone_from(&source.api.root_resource_id);
    follow(&mut definition.api.root_resource_id);
    for resource in definition.resources.values_mut() {
        resource.parent_id.iter_mut().for_each(follow);
        for method in resource.resource_methods.iter_mut().map(|(_, method)| method) {
            method.authorizer_id.iter_mut().for_each(follow);
            method.request_validator_id.iter_mut().for_each(follow);
            let namespace =
                method.method_integration.as_mut().and_then(|integration| integration.cache_namespace.as_mut());
            namespace.into_iter().for_each(follow);
        }
    }
    definition
}

/// Returns entities under the keys that `key` gives them.
fn take_all<T>(entities: &mut BTreeMap<String, T>, mut key: impl FnMut(&mut T) -> String) -> BTreeMap<String, T> {
    std::mem::take(entities).into_values().map(|mut entity| (key(&mut entity), entity)).collect()
}
