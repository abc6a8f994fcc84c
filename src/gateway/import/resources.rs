//! Paths to the tree of resources.

use crate::gateway::Resource;
use crate::source::Span;

use super::importer::Importer;

impl Importer<'_> {
    /// Returns the id of the resource at a path, made with all above it where they are missing.
    ///
    /// `None`, with the fault noted, when API Gateway would not make one of them.
    pub(super) fn resource(&mut self, segments: &[&str], span: Span) -> Option<String> {
        let mut id = self.definition.api.root_resource_id.clone();
        let mut path = String::new();
        for segment in segments {
            path.push('/');
            path.push_str(segment);
            id = match self.resource_ids.get(&path) {
                Some(id) => id.clone(),
                None => match self.new_resource(&id, segment, &path) {
                    Ok(id) => id,
                    Err(message) => {
                        self.fault(span, format!("Unable to create resource at path '{path}': {message}"));
                        return None;
                    }
                },
            };
        }
        Some(id)
    }

    fn new_resource(&mut self, parent_id: &str, segment: &str, path: &str) -> Result<String, String> {
        let Some(parent) = self.definition.resources.get(parent_id) else {
            return Err("Invalid Resource identifier specified".into());
        };
        if !is_path_part(segment) {
            return Err("Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly \
                 braces at the beginning and the end."
                .into());
        }
        if let Some(greedy) = parent.path_part.as_deref().filter(|p| p.ends_with("+}")) {
            return Err(format!("Cannot create a child of a resource with a greedy path variable: {greedy}"));
        }
        if segment.starts_with('{')
            && let Some(sibling) = self.variable_child(parent_id)
        {
            return Err(format!(
                "A sibling ({sibling}) of this resource already has a variable path part -- only one is allowed"
            ));
        }
        // The root is there without being asked for, and does not count.
        if self.definition.resources.len() > self.options.quotas.resources {
            return Err(crate::gateway::quota::reached("Resources", "this API"));
        }
        // A path that the API had keeps its resource, and with it the id that callers of the control plane know.
        let known = self.before.and_then(|before| before.resource_at(path)).map(|r| r.id.clone());
        let resources = &self.definition.resources;
        let id = known.unwrap_or_else(|| self.ids.free_id(6, &|id| resources.contains_key(id)));
        let resource = Resource::child(id.clone(), parent, segment);
        if segment.starts_with('{') {
            self.variable_children.insert(parent_id.to_owned(), segment.to_owned());
        }
        self.resource_ids.insert(path.to_owned(), id.clone());
        self.definition.resources.insert(id.clone(), resource);
        Ok(id)
    }

    fn variable_child(&self, parent_id: &str) -> Option<&str> {
        self.variable_children.get(parent_id).map(String::as_str)
    }
}

/// Returns whether a segment is a literal, `{name}` or `{name+}` that API Gateway takes.
fn is_path_part(segment: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | ':' | ',' | '~' | '$');
    match segment.strip_prefix('{') {
        Some(rest) => {
            let name = rest.strip_suffix('}').map(|n| n.strip_suffix('+').unwrap_or(n));
            name.is_some_and(|n| !n.is_empty() && n.chars().all(good))
        }
        None => !segment.is_empty() && segment.chars().all(good),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_parts() {
        for good in ["pets", "{id}", "{proxy+}", "v1.0", "a-b_c:d"] {
            assert!(is_path_part(good), "{good}");
        }
        for bad in ["", "a{x}", "{x}.json", "{}", "{+}", "a b", "a*"] {
            assert!(!is_path_part(bad), "{bad}");
        }
    }
}
