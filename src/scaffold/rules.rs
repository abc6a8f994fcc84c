//! The rules of `[scaffold]` in `gatewright.toml`: which operations, which paths.

use globset::{Glob, GlobMatcher};
use serde::{Deserialize, Deserializer};

use crate::gateway::extension::nearest_of;
use crate::openapi::{Document, Operation};
use crate::source::{Diagnostic, Node};

use super::ScaffoldOptions;
use super::manifest::Owner;

/// Which operations a rule is for: those for which all that is given holds.
#[derive(Clone, Debug, Default)]
pub struct When {
    /// A tag of the operation.
    pub tag: Option<String>,
    /// A pattern of the path: `/orders/**`.
    pub path: Option<Pattern>,
    /// The method, in any case.
    pub method: Option<String>,
    /// The `operationId`s, or `GET /pets`.
    pub operations: Vec<String>,
}

/// Operations that one function answers.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "FunctionTable")]
pub struct FunctionRule {
    /// The function's name.
    pub name: String,
    /// The operations.
    pub when: When,
}

/// [`FunctionRule`] as it is written; `flatten` would let misspelt keys pass.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FunctionTable {
    name: String,
    tag: Option<String>,
    path: Option<Pattern>,
    method: Option<String>,
    #[serde(default)]
    operations: Vec<String>,
}

impl From<FunctionTable> for FunctionRule {
    fn from(table: FunctionTable) -> Self {
        let FunctionTable { name, tag, path, method, operations } = table;
        Self { name, when: When { tag, path, method, operations } }
    }
}

/// The template that makes the integration of operations.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "IntegrationTable")]
pub struct IntegrationRule {
    /// The template's name below `integrations/`.
    pub template: String,
    /// What it is given as `with`.
    pub with: serde_json::Map<String, serde_json::Value>,
    /// The operations.
    pub when: When,
}

/// [`IntegrationRule`] as it is written; `flatten` would let misspelt keys pass.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct IntegrationTable {
    template: String,
    #[serde(default)]
    with: serde_json::Map<String, serde_json::Value>,
    tag: Option<String>,
    path: Option<Pattern>,
    method: Option<String>,
    #[serde(default)]
    operations: Vec<String>,
}

impl From<IntegrationTable> for IntegrationRule {
    fn from(table: IntegrationTable) -> Self {
        let IntegrationTable { template, with, tag, path, method, operations } = table;
        Self { template, with, when: When { tag, path, method, operations } }
    }
}

/// The template that makes the authorizer of a security scheme.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AuthorizerRule {
    /// The template's name below `authorizers/`.
    pub template: String,
    /// What it is given as `with`.
    #[serde(default)]
    pub with: serde_json::Map<String, serde_json::Value>,
    /// A pattern of the security scheme's name.
    pub scheme: Option<Pattern>,
    /// The security scheme's type: `oauth2`, `openIdConnect`, `http`, `apiKey`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// Whose files are; a path that several patterns match is the first of `ignored`, `provided`, `managed`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct PathRules {
    /// Rewritten at every run.
    pub managed: Vec<Pattern>,
    /// Written once, then the user's.
    pub provided: Vec<Pattern>,
    /// Never written.
    pub ignored: Vec<Pattern>,
}

/// A pattern of paths: `*` within a segment, `**` over several.
#[derive(Clone, Debug)]
pub struct Pattern(GlobMatcher);

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // The braces of a path's parameters are not alternatives.
        let literal = text.replace('{', "[{]").replace('}', "[}]");
        let glob = globset::GlobBuilder::new(&literal).literal_separator(true).build();
        let glob: Result<Glob, _> = glob;
        glob.map(|glob| Self(glob.compile_matcher())).map_err(serde::de::Error::custom)
    }
}

impl Pattern {
    fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl When {
    /// Returns whether an operation is meant; a rule that names nothing means none.
    pub(crate) fn holds(&self, operation: &Operation<'_>) -> bool {
        let names_nothing =
            self.tag.is_none() && self.path.is_none() && self.method.is_none() && self.operations.is_empty();
        let mut tags = operation.node.get("tags").map(Node::items).unwrap_or_default().filter_map(Node::as_str);
        let label = operation.label();
        !names_nothing
            && self.tag.as_deref().is_none_or(|tag| tags.any(|t| t == tag))
            && self.path.as_ref().is_none_or(|path| path.matches(operation.path.path))
            && self.method.as_deref().is_none_or(|method| method.eq_ignore_ascii_case(operation.method.verb()))
            && (self.operations.is_empty()
                || self.operations.iter().any(|name| *name == label || Some(name.as_str()) == operation.id()))
    }
}

/// Returns what is wrong with rules that are for no operation.
pub(crate) fn doubts(document: &Document, options: &ScaffoldOptions) -> Vec<Diagnostic> {
    let functions = options.functions.iter().map(|rule| (format!("the function `{}`", rule.name), &rule.when));
    let integrations =
        options.integrations.iter().map(|rule| (format!("the integration `{}`", rule.template), &rule.when));
    let rules: Vec<_> = functions.chain(integrations).collect();
    let mut diagnostics = Vec::new();
    if rules.is_empty() {
        return diagnostics;
    }
    let operations: Vec<Operation<'_>> = document.operations().collect();
    let names: Vec<String> = operations.iter().map(|o| o.id().map_or_else(|| o.label(), str::to_owned)).collect();
    for (what, when) in rules {
        let is_known = |name: &String| operations.iter().any(|o| o.id() == Some(name.as_str()) || o.label() == *name);
        let unknown: Vec<&String> = when.operations.iter().filter(|name| !is_known(name)).collect();
        for name in &unknown {
            let message = format!("a rule for {what} names `{name}`, which is no operation of this document");
            let diagnostic = Diagnostic::warning("rule-without-operation", None, message);
            let nearest = nearest_of(name, names.iter().map(String::as_str));
            diagnostics.push(match nearest {
                Some(nearest) => diagnostic.with_help(format!("`{nearest}` is one")),
                None => diagnostic,
            });
        }
        if unknown.is_empty() && !operations.iter().any(|operation| when.holds(operation)) {
            let message = format!("no operation is what a rule for {what} says");
            diagnostics.push(Diagnostic::warning("rule-without-operation", None, message));
        }
    }
    diagnostics
}

impl AuthorizerRule {
    /// Returns whether a security scheme is meant; a rule that names nothing means none.
    pub(crate) fn holds(&self, name: &str, kind: &str) -> bool {
        (self.scheme.is_some() || self.kind.is_some())
            && self.scheme.as_ref().is_none_or(|pattern| pattern.matches(name))
            && self.kind.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(kind))
    }
}

impl PathRules {
    /// Returns whose a file is, or `None` when it is not to be written.
    pub(crate) fn owner(&self, path: &str, usual: Owner) -> Option<Owner> {
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(path));
        if any(&self.ignored) {
            None
        } else if any(&self.provided) {
            Some(Owner::User)
        } else if any(&self.managed) {
            Some(Owner::Tool)
        } else {
            Some(usual)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ScaffoldOptions;

    #[test]
    fn a_misspelt_key_is_an_error() {
        for text in [
            "[[functions]]\nname = \"a\"\ntags = \"b\"",
            "[[integrations]]\ntemplate = \"mock\"\npaths = \"/b\"",
            "[[authorizers]]\ntemplate = \"jwt\"\nschema = \"b\"",
            "[paths]\nignore = []",
        ] {
            let error = toml::from_str::<ScaffoldOptions>(text).expect_err(text);
            assert!(error.to_string().contains("unknown field"), "{error}");
        }
        let text = "[[functions]]\nname = \"a\"\npath = \"/a/{b}/**\"\nmethod = \"get\"\noperations = [\"c\"]";
        assert!(toml::from_str::<ScaffoldOptions>(text).is_ok());
    }
}
