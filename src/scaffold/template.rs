//! The templates: embedded in the binary, each replaceable by a file of the same name, others added.

use std::collections::BTreeMap;

use handlebars::{Handlebars, RenderErrorReason};
use serde::Serialize;
use thiserror::Error;

use super::{helpers, layout};

/// A built-in template's name and text.
macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/", $name, ".hbs")))),*]
    };
}

/// All built-in templates, by their path below `templates/` without `.hbs`.
pub const BUILT_IN: &[(&str, &str)] = templates![
    "authorizers/cognito",
    "authorizers/iam",
    "authorizers/jwt",
    "authorizers/lambda-request",
    "authorizers/lambda-token",
    "integrations/aws",
    "integrations/aws-proxy",
    "integrations/cors-preflight",
    "integrations/dynamodb-get-item",
    "integrations/dynamodb-put-item",
    "integrations/dynamodb-query",
    "integrations/eventbridge-put-events",
    "integrations/http-proxy",
    "integrations/kinesis-put-record",
    "integrations/mock",
    "integrations/s3-get-object",
    "integrations/s3-put-object",
    "integrations/sns-publish",
    "integrations/sqs-send-message",
    "integrations/step-functions-start-execution",
    "integrations/step-functions-start-sync-execution",
    "project/Cargo.toml",
    "project/auth.rs",
    "project/bin.rs",
    "project/contract.rs",
    "project/contract_cases.rs",
    "project/event.json",
    "project/gen_mod.rs",
    "project/gitignore",
    "project/handler.rs",
    "project/handlers_mod.rs",
    "project/lib.rs",
    "project/models.rs",
    "project/op.rs",
    "project/op_mapped.rs",
    "project/ops_mod.rs",
    "project/routes.rs",
    "project/rt/check.rs",
    "project/rt/error.rs",
    "project/rt/json.rs",
    "project/rt/mod.rs",
    "project/rt/multipart.rs",
    "project/rt/reader.rs",
    "project/rt/request.rs",
    "project/rt/response.rs",
    "project/rt/run.rs",
    "project/rt/text.rs",
    "project/rt/types.rs",
    "project/state.rs",
];

/// The templates of a run.
#[derive(Clone)]
pub struct Templates {
    registry: Handlebars<'static>,
    /// The text of each.
    sources: BTreeMap<String, String>,
    /// Whether some are not the built-in ones.
    has_overrides: bool,
}

/// What a template that the user has added says of itself, in a comment on its first line:
/// `{{!-- gatewright: for=operation to="docs/{{op.module}}.md" owner=user --}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FrontMatter {
    /// What it is rendered for: `api`, `operation`, `function` or `model`.
    pub(crate) each: String,
    /// The template of the file's path.
    pub(crate) to: String,
    /// Whether the file is written once, rather than at every run.
    pub(crate) once: bool,
}

/// Why a template gives no text.
#[derive(Debug, Error)]
pub enum TemplateError {
    /// The template is not one.
    #[error("the template `{name}` cannot be read: {message}")]
    Syntax {
        /// Its name.
        name: String,
        /// What and where.
        message: String,
    },
    /// The template asks for what is not there.
    #[error("the template `{name}` fails: {message}")]
    Render {
        /// Its name.
        name: String,
        /// What and where.
        message: String,
    },
    /// A template that was added does not say where its text goes, or goes where it may not.
    #[error("the template `{name}` cannot be placed: {message}")]
    Place {
        /// Its name.
        name: String,
        /// What is wrong.
        message: String,
    },
    /// What the template made is not Rust.
    #[error("the template `{name}` makes text that is not Rust: {message}")]
    NotRust {
        /// Its name.
        name: String,
        /// What and where.
        message: String,
    },
}

impl Templates {
    /// Returns the built-in templates.
    ///
    /// # Panics
    /// Never: the built-in templates are read by a test.
    #[must_use]
    pub fn built_in() -> Self {
        Self::with_overrides(&BTreeMap::new()).expect("the built-in templates are well-formed")
    }

    /// Returns the built-in templates that make parts of a document: integrations and authorizers.
    pub(crate) fn of_documents() -> Result<Self, TemplateError> {
        Self::registered(BUILT_IN.iter().copied().filter(|(name, _)| !name.starts_with("project/")))
    }

    /// Returns the built-in templates, those of the given names (`project/handler.rs`) replaced, others added.
    ///
    /// # Errors
    /// When one of the given texts is not a template.
    pub fn with_overrides(overrides: &BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let given = overrides.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let built_in = BUILT_IN.iter().copied().filter(|(name, _)| !overrides.contains_key(*name));
        Ok(Self { has_overrides: !overrides.is_empty(), ..Self::registered(built_in.chain(given))? })
    }

    fn registered<'t>(templates: impl Iterator<Item = (&'t str, &'t str)>) -> Result<Self, TemplateError> {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        registry.register_escape_fn(handlebars::no_escape);
        helpers::register(&mut registry);
        let mut sources = BTreeMap::new();
        for (name, text) in templates {
            registry.register_template_string(name, text).map_err(|error| TemplateError::Syntax {
                name: name.to_owned(),
                message: match error.pos() {
                    Some((line, column)) => {
                        format!("line {line}, column {column}: {}", one_line(&error.reason().to_string()))
                    }
                    None => one_line(&error.to_string()),
                },
            })?;
            sources.insert(name.to_owned(), text.to_owned());
        }
        Ok(Self { registry, sources, has_overrides: false })
    }

    /// Returns the text of a template.
    pub(crate) fn source(&self, name: &str) -> &str {
        self.sources.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Returns the templates that make files of their own, with what they say of themselves.
    ///
    /// # Errors
    /// When one says what is not understood.
    pub(crate) fn added(&self) -> Result<Vec<(String, FrontMatter)>, TemplateError> {
        let mut added = Vec::new();
        for (name, source) in &self.sources {
            if BUILT_IN.iter().any(|(known, _)| known == name) {
                continue;
            }
            if let Some(said) = front_matter(source) {
                let matter = said.map_err(|message| TemplateError::Place { name: name.clone(), message })?;
                added.push((name.clone(), matter));
            }
        }
        Ok(added)
    }

    /// Returns the text that a template written in place makes of a context.
    pub(crate) fn render_inline(
        &self,
        name: &str,
        template: &str,
        context: &impl Serialize,
    ) -> Result<String, TemplateError> {
        self.registry.render_template(template, context).map_err(|error| self.failed(name, &error))
    }

    fn failed(&self, name: &str, error: &handlebars::RenderError) -> TemplateError {
        let reason = match error.reason() {
            RenderErrorReason::MissingVariable(Some(path)) => format!("there is no `{path}`"),
            other => one_line(&other.to_string()),
        };
        let at = error
            .template_name
            .as_deref()
            .filter(|at| *at != name)
            .map(|at| format!("in `{at}`, "))
            .unwrap_or_default();
        let message = match (error.line_no, error.column_no) {
            (Some(line), Some(column)) => format!("{at}line {line}, column {column}: {reason}"),
            _ => format!("{at}{reason}"),
        };
        TemplateError::Render { name: name.to_owned(), message }
    }

    /// Returns the names of the templates below `folder`, sorted.
    #[must_use]
    pub fn names(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> =
            self.registry.get_templates().keys().filter(|name| name.starts_with(folder)).cloned().collect();
        names.sort();
        names
    }

    /// Returns whether there is a template of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.registry.has_template(name)
    }

    /// Returns the text a template makes of a context.
    ///
    /// # Errors
    /// When the template names what the context lacks.
    pub fn render(&self, name: &str, context: &impl Serialize) -> Result<String, TemplateError> {
        self.registry.render(name, context).map_err(|error| self.failed(name, &error))
    }

    /// Returns the Rust source that a template makes, laid out.
    ///
    /// # Errors
    /// When the template fails, or what it makes is not Rust.
    pub fn render_rust(&self, name: &str, context: &impl Serialize) -> Result<String, TemplateError> {
        let text = self.render(name, context)?;
        // The built-in templates make Rust of any document, which tests check; others may have mistakes.
        if self.has_overrides {
            parsed(name, &text)?;
        }
        let Some(code) = layout::laid_out(&text) else {
            parsed(name, &text)?;
            let message = "its brackets do not pair".to_owned();
            return Err(TemplateError::NotRust { name: name.to_owned(), message });
        };
        Ok(format!(
            "// @generated by gatewright. Rewritten at every run: change the document or the template instead.\n\n{code}"
        ))
    }
}

/// Reads what a template has made as Rust.
fn parsed(name: &str, text: &str) -> Result<syn::File, TemplateError> {
    syn::parse_file(text).map_err(|error| {
        let at = error.span().start();
        let line = text.lines().nth(at.line.saturating_sub(1)).unwrap_or_default();
        let message = format!("line {}: {error}: `{}`", at.line, line.trim());
        TemplateError::NotRust { name: name.to_owned(), message }
    })
}

/// Reads the comment that says where a template's text goes.
fn front_matter(source: &str) -> Option<Result<FrontMatter, String>> {
    let inner = source.trim_start().strip_prefix("{{!--")?.trim_start().strip_prefix("gatewright:")?;
    let Some((inner, _)) = inner.split_once("--}}") else { return Some(Err("its comment does not end".into())) };
    let mut matter = FrontMatter { each: "api".into(), to: String::new(), once: false };
    let mut rest = inner.trim();
    while !rest.is_empty() {
        let Some((key, after)) = rest.split_once('=') else { return Some(Err(format!("`{rest}` says nothing"))) };
        let (value, tail) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        match (key.trim(), value) {
            ("for", "api" | "operation" | "function" | "model") => matter.each = value.to_owned(),
            ("to", _) => matter.to = value.to_owned(),
            ("owner", "user") => matter.once = true,
            ("owner", "tool") => matter.once = false,
            (key, value) => return Some(Err(format!("`{key}={value}` is not understood"))),
        }
        rest = tail.trim_start();
    }
    if matter.to.is_empty() { Some(Err("it does not say `to=\"PATH\"`".into())) } else { Some(Ok(matter)) }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_templates_are_well_formed() {
        assert!(!Templates::built_in().names("").is_empty());
    }

    #[test]
    fn a_template_says_where_it_goes() {
        let source = "{{!-- gatewright: for=operation to=\"docs/{{op.module}}.md\" owner=user --}}\n# {{op.id}}\n";
        let matter = FrontMatter { each: "operation".into(), to: "docs/{{op.module}}.md".into(), once: true };
        assert_eq!(front_matter(source), Some(Ok(matter)));
        assert_eq!(front_matter("{{! other }}"), None);
        assert!(matches!(front_matter("{{!-- gatewright: for=moon to=x --}}"), Some(Err(_))));
    }

    #[test]
    fn an_unknown_variable_is_an_error() {
        let overrides = BTreeMap::from([("mine".to_owned(), "{{nothing}}".to_owned())]);
        let templates = Templates::with_overrides(&overrides).expect("a template");
        let error = templates.render("mine", &serde_json::json!({})).expect_err("strict");
        assert_eq!(error.to_string(), "the template `mine` fails: line 1, column 1: there is no `nothing`");
    }
}
