//! Reading and changing the definition of an API.

use std::sync::Arc;

use crate::emulator::store::Transaction;
use crate::gateway::{ApiDefinition, Method, Resource};

use super::Control;
use super::refusal::Refusal;

impl Control {
    /// Returns the definition of an API.
    pub(crate) fn definition(&self, api_id: &str) -> Result<Arc<ApiDefinition>, Refusal> {
        self.store.definition(api_id)?.ok_or_else(|| self.unknown_api(api_id))
    }

    /// Returns the definition of an API, or the refusal that the operation has for an unknown one.
    pub(crate) fn definition_or(
        &self,
        api_id: &str,
        unknown: impl FnOnce() -> Refusal,
    ) -> Result<Arc<ApiDefinition>, Refusal> {
        self.store.definition(api_id)?.ok_or_else(unknown)
    }

    /// Returns the refusal of an API that is not there.
    pub(crate) fn unknown_api(&self, api_id: &str) -> Refusal {
        Refusal::not_found(format!("Invalid API identifier specified {}:{api_id}", self.account_id))
    }

    /// Demands that an API is there.
    pub(crate) fn has_api(&self, api_id: &str) -> Result<(), Refusal> {
        if self.store.contains(&crate::emulator::store::api_key(api_id)) {
            Ok(())
        } else {
            Err(self.unknown_api(api_id))
        }
    }

    /// Carries out one transaction and waits until it is safe on disk.
    pub(crate) fn write<T>(
        &self,
        change: impl FnOnce(&mut Transaction<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.store.write(change)
    }

    /// Deletes a record; `unknown` is the refusal when there is none.
    pub(crate) fn remove(&self, record: &str, unknown: impl FnOnce() -> Refusal) -> Result<(), Refusal> {
        self.write(|tx| {
            if !tx.contains(record) {
                return Err(unknown());
            }
            tx.delete(record);
            Ok(())
        })
    }

    /// Changes the definition of an API; `unknown` is the refusal when there is none.
    pub(crate) fn edit<T>(
        &self,
        api_id: &str,
        unknown: impl FnOnce() -> Refusal,
        change: impl FnOnce(&mut ApiDefinition, &mut Transaction<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.store.write(|tx| {
            let definition = tx.definition(api_id)?.ok_or_else(unknown)?;
            let mut definition = ApiDefinition::clone(&definition);
            let value = change(&mut definition, tx)?;
            tx.put_definition(Arc::new(definition))?;
            Ok(value)
        })
    }
}

/// Returns the refusal of a resource that is not there; calls on resources have it for unknown APIs too (recorded).
pub(crate) fn unknown_resource() -> Refusal {
    Refusal::not_found("Invalid Resource identifier specified")
}

/// Returns the resource of a definition.
pub(crate) fn resource<'a>(definition: &'a ApiDefinition, id: &str) -> Result<&'a Resource, Refusal> {
    definition.resources.get(id).ok_or_else(unknown_resource)
}

/// Returns the resource of a definition, to change it.
pub(crate) fn resource_mut<'a>(definition: &'a mut ApiDefinition, id: &str) -> Result<&'a mut Resource, Refusal> {
    definition.resources.get_mut(id).ok_or_else(unknown_resource)
}

/// Returns the method of a resource.
pub(crate) fn method<'a>(definition: &'a ApiDefinition, id: &str, verb: &str) -> Result<&'a Method, Refusal> {
    resource(definition, id)?.resource_methods.get(verb).ok_or_else(unknown_method)
}

/// Returns the method of a resource, to change it.
pub(crate) fn method_mut<'a>(
    definition: &'a mut ApiDefinition,
    id: &str,
    verb: &str,
) -> Result<&'a mut Method, Refusal> {
    resource_mut(definition, id)?.resource_methods.get_mut(verb).ok_or_else(unknown_method)
}

fn unknown_method() -> Refusal {
    Refusal::not_found("Invalid Method identifier specified")
}
