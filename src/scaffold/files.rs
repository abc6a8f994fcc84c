//! The files that templates make, gathered by path.

use std::collections::BTreeMap;

use handlebars::Context;
use serde_json::{Value as Json, json};

use crate::parallel::in_parallel;

use super::manifest::Owner;
use super::project::ProjectFile;
use super::schema::Evaluates;
use super::template::{TemplateError, Templates};
use super::{ScaffoldOptions, apply};

/// A text that a template has made.
pub(super) struct Rendered {
    pub(super) path: String,
    pub(super) template: &'static str,
    pub(super) text: String,
    pub(super) owner: Owner,
}

/// Takes out the blank lines that a template leaves behind where it leaves something out: rustfmt does not.
pub(super) fn tidied(mut text: String) -> String {
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    text
}

/// The files of a project, as far as they are made.
pub(super) struct Files<'t> {
    templates: &'t Templates,
    options: &'t ScaffoldOptions,
    files: BTreeMap<String, ProjectFile>,
    ignored: Vec<String>,
}

impl<'t> Files<'t> {
    pub(super) fn new(templates: &'t Templates, options: &'t ScaffoldOptions) -> Self {
        Self { templates, options, files: BTreeMap::new(), ignored: Vec::new() }
    }

    /// Returns the files, sorted by path, and the paths of those that a rule leaves out.
    pub(super) fn finished(self) -> (Vec<ProjectFile>, Vec<String>) {
        (self.files.into_values().collect(), self.ignored)
    }

    pub(super) fn rust(&mut self, path: &str, template: &str, context: &Context) -> Result<(), TemplateError> {
        let text = self.templates.render_rust_with(template, context)?;
        self.add(path, template, text, Owner::Tool);
        Ok(())
    }

    /// Adds Rust whose template is laid out already.
    pub(super) fn rust_as_written(
        &mut self,
        path: &str,
        template: &str,
        context: &Context,
    ) -> Result<(), TemplateError> {
        let text = self.templates.render_as_written(template, context)?;
        self.add(path, template, tidied(text), Owner::Tool);
        Ok(())
    }

    pub(super) fn text(
        &mut self,
        path: &str,
        template: &str,
        context: &Context,
        owner: Owner,
    ) -> Result<(), TemplateError> {
        let text = self.templates.render_with(template, context)?;
        let text = if path.ends_with(".rs") { tidied(text) } else { text };
        self.add(path, template, text, owner);
        Ok(())
    }

    pub(super) fn add_all(&mut self, files: Vec<Rendered>) {
        for Rendered { path, template, text, owner } in files {
            self.add(&path, template, text, owner);
        }
    }

    fn add(&mut self, path: &str, template: &str, text: String, usual: Owner) {
        let owner = match self.options.paths.owner(path, usual) {
            Some(owner) => owner,
            None => {
                self.ignored.push(path.to_owned());
                return;
            }
        };
        let template = if owner == Owner::User { self.templates.digest(template) } else { String::new() };
        self.files.insert(path.to_owned(), ProjectFile { path: path.to_owned(), text, owner, template });
    }

    /// Makes the files of the templates that the user has added.
    pub(super) fn added(&mut self, context: &Json) -> Result<(), TemplateError> {
        for (name, matter) in self.templates.added()? {
            let owner = if matter.once { Owner::User } else { Owner::Tool };
            let list = match matter.each.as_str() {
                "operation" => Some(("ops", "op")),
                "function" => Some(("functions", "function")),
                "model" => Some(("models", "model")),
                _ => None,
            };
            let contexts: Vec<Json> = match list {
                None => vec![context.clone()],
                Some((list, one)) => {
                    let items = context[list].as_array().map(Vec::as_slice).unwrap_or_default();
                    items.iter().map(|item| json!({ "api": context["api"], one: item })).collect()
                }
            };
            for context in &contexts {
                let path = self.templates.render_inline(&name, &matter.to, context)?;
                let refused = |message: &str| TemplateError::Place {
                    name: name.clone(),
                    message: format!("`{}` {message}", path.escape_debug()),
                };
                if !apply::is_inside(&path) || path.chars().any(char::is_control) || path.starts_with(".gatewright/") {
                    return Err(refused("is no path within the project"));
                }
                if self.files.contains_key(&path) {
                    return Err(refused("is a file of the project already"));
                }
                let context = Context::from(context.clone());
                if path.ends_with(".rs") && owner == Owner::Tool {
                    self.rust(&path, &name, &context)?;
                } else {
                    self.text(&path, &name, &context, owner)?;
                }
            }
        }
        Ok(())
    }

    /// Returns which crates the generated code names. Schemas that are evaluated match texts by themselves.
    pub(super) fn uses(&self, evaluates: Evaluates) -> Json {
        const NAMES: [&str; 4] = ["chrono::", "uuid::", "pattern!(", "regex::Regex"];
        let is_code = |file: &&ProjectFile| file.owner == Owner::Tool && file.path.ends_with(".rs");
        let code: Vec<&ProjectFile> = self.files.values().filter(is_code).collect();
        let named = in_parallel(&code, || (), |(), _, file| NAMES.map(|name| file.text.contains(name)));
        let [chrono, uuid, pattern, regex] = [0, 1, 2, 3].map(|name| named.iter().any(|named| named[name]));
        let regex = evaluates.patterns || pattern || regex;
        json!({
            "chrono": chrono, "uuid": uuid, "regex": regex, "schema": evaluates.schemas,
            "form": chrono || uuid, "untyped": chrono || uuid || evaluates.schemas,
        })
    }
}
