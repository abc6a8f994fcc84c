//! The templates: embedded in the binary, each replaceable by a file of the same name.

use std::collections::BTreeMap;

use handlebars::{Handlebars, handlebars_helper};
use serde::Serialize;
use thiserror::Error;

/// A built-in template's name and text.
macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/", $name, ".hbs")))),*]
    };
}

/// All built-in templates, by their path below `templates/` without `.hbs`.
pub const BUILT_IN: &[(&str, &str)] = templates![
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
    "project/ops_mod.rs",
    "project/routes.rs",
    "project/rt.rs",
    "project/state.rs",
];

/// The templates of a run.
#[derive(Clone)]
pub struct Templates {
    registry: Handlebars<'static>,
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

    /// Returns the built-in templates below a folder.
    pub(crate) fn below(folder: &str) -> Result<Self, TemplateError> {
        Self::registered(BUILT_IN.iter().copied().filter(|(name, _)| name.starts_with(folder)))
    }

    /// Returns the built-in templates, those of the given names (`project/handler.rs`) replaced, others added.
    ///
    /// # Errors
    /// When one of the given texts is not a template.
    pub fn with_overrides(overrides: &BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let given = overrides.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        Self::registered(BUILT_IN.iter().copied().filter(|(name, _)| !overrides.contains_key(*name)).chain(given))
    }

    fn registered<'t>(templates: impl Iterator<Item = (&'t str, &'t str)>) -> Result<Self, TemplateError> {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        registry.register_escape_fn(handlebars::no_escape);
        registry.register_helper("lit", Box::new(literal));
        registry.register_helper("doc", Box::new(doc_helper));
        registry.register_helper("module-doc", Box::new(module_doc));
        registry.register_helper("json", Box::new(json_helper));
        registry.register_helper("toml", Box::new(toml_string));
        registry.register_helper("line", Box::new(line_helper));
        registry.register_helper("text", Box::new(text_helper));
        registry.register_helper("quoted", Box::new(quoted));
        for (name, text) in templates {
            registry.register_template_string(name, text).map_err(|error| TemplateError::Syntax {
                name: name.to_owned(),
                message: one_line(&error.to_string()),
            })?;
        }
        Ok(Self { registry })
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
        self.registry
            .render(name, context)
            .map_err(|error| TemplateError::Render { name: name.to_owned(), message: one_line(&error.to_string()) })
    }

    /// Returns the Rust source that a template makes, formatted.
    ///
    /// # Errors
    /// When the template fails, or what it makes is not Rust.
    pub fn render_rust(&self, name: &str, context: &impl Serialize) -> Result<String, TemplateError> {
        let text = self.render(name, context)?;
        let file = syn::parse_file(&text).map_err(|error| {
            let at = error.span().start();
            let line = text.lines().nth(at.line.saturating_sub(1)).unwrap_or_default();
            let message = format!("line {}: {error}: `{}`", at.line, line.trim());
            TemplateError::NotRust { name: name.to_owned(), message }
        })?;
        Ok(format!(
            "// @generated by gatewright. Rewritten at every run: change the document or the template instead.\n\n{}",
            prettyplease::unparse(&file)
        ))
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

handlebars_helper!(literal: |text: str| format!("{text:?}"));
handlebars_helper!(doc_helper: |text: str| comment(text, "///"));
handlebars_helper!(module_doc: |text: str| comment(text, "//!"));
handlebars_helper!(json_helper: |value: Json| serde_json::to_string(value).unwrap_or_default());
handlebars_helper!(toml_string: |text: str| toml::Value::String(text.to_owned()).to_string());
handlebars_helper!(text_helper: |value: Json| plain(value));
handlebars_helper!(quoted: |value: Json| format!("'{}'", plain(value).replace('\'', "")));
handlebars_helper!(line_helper: |text: str| harmless(&one_line(text)));

/// Returns a scalar as it is, anything else as JSON.
fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Returns the text as a comment, each line led by `mark`; nothing when it is empty.
fn comment(text: &str, mark: &str) -> String {
    const MAX_LINES: usize = 40;
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = text.trim().lines().take(MAX_LINES);
    lines.map(|line| format!("{mark} {}", harmless(line.trim_end())).trim_end().to_owned() + "\n").collect()
}

/// Returns the text as code within a comment.
pub(crate) fn code_span(text: &str) -> String {
    format!("`{}`", harmless(&one_line(text)).replace('`', "'"))
}

/// Returns the text without control characters and without those that change the direction of text, which rustc
/// refuses in comments.
fn harmless(text: &str) -> String {
    let hostile = |c: char| {
        c.is_control()
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
    };
    text.chars().map(|c| if hostile(c) { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_templates_are_well_formed() {
        assert!(!Templates::built_in().names("").is_empty());
    }

    #[test]
    fn comments_cannot_be_left() {
        assert_eq!(comment("a\r*/ #[x]\n\nb\u{202e}", "///"), "/// a\n/// */ #[x]\n///\n/// b\n");
    }

    #[test]
    fn an_unknown_variable_is_an_error() {
        let overrides = BTreeMap::from([("mine".to_owned(), "{{nothing}}".to_owned())]);
        let templates = Templates::with_overrides(&overrides).expect("a template");
        let error = templates.render("mine", &serde_json::json!({})).expect_err("strict");
        assert!(error.to_string().contains("`mine`"), "{error}");
    }
}
