//! Templates that use the plain part of handlebars, written straight from the context.
//!
//! A project of a large document is made of some hundred thousand expressions, and handlebars looks each up from the
//! root of its context, with a copy of the path. What it has parsed is followed here without that: values, `if`,
//! `unless`, `each`, `with`, and the helpers that make one text of another. A template with anything else in it, and
//! every mistake, is left to handlebars, which then says what is wrong.

use std::fmt::Write as _;

use handlebars::Template;
use handlebars::template::{HelperTemplate, Parameter, TemplateElement};
use serde_json::Value as Json;

use super::helpers::{self, TextHelper};

/// How many members are compared one by one.
const FEW: usize = 8;

/// A template that can be written quickly.
#[derive(Clone, Debug)]
pub(crate) struct Quick {
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Text(String),
    Value(Path),
    Helper(TextHelper, Path),
    If { test: Test, then: Vec<Step>, otherwise: Vec<Step> },
    Each { over: Path, body: Vec<Step>, empty: Vec<Step> },
    With { of: Path, body: Vec<Step>, otherwise: Vec<Step> },
}

#[derive(Clone, Debug)]
enum Test {
    Truthy(Path),
    Equal(Operand, Operand),
    Greater(Operand, Operand),
}

#[derive(Clone, Debug)]
enum Operand {
    Literal(Json),
    Value(Path),
    Length(Path),
}

#[derive(Clone, Debug)]
enum Path {
    /// How many blocks up, and the members from there.
    Members(usize, Vec<String>),
    Index,
    First,
    Last,
}

/// A block's value and where in its list it is.
#[derive(Clone, Copy)]
struct Scope<'c> {
    value: &'c Json,
    index: usize,
    count: usize,
}

enum Found<'c> {
    Json(&'c Json),
    Number(usize),
    Bool(bool),
}

impl Quick {
    /// Returns the template, or `None` when it uses what is not known here.
    pub(crate) fn of(template: &Template) -> Option<Self> {
        Some(Self { steps: steps(template)? })
    }

    /// Returns the template of a text that asks for nothing.
    pub(crate) fn text(text: &str) -> Self {
        Self { steps: vec![Step::Text(text.to_owned())] }
    }

    /// Returns the text that the template makes of a context, or `None` when it asks for what is not there.
    pub(crate) fn render(&self, context: &Json) -> Option<String> {
        let mut out = String::with_capacity(4096);
        let mut scopes = vec![Scope { value: context, index: 0, count: 0 }];
        write(&self.steps, &mut scopes, &mut out)?;
        Some(out)
    }
}

fn steps(template: &Template) -> Option<Vec<Step>> {
    let mut steps = Vec::with_capacity(template.elements.len());
    for element in &template.elements {
        match element {
            TemplateElement::RawString(text) => steps.push(Step::Text(text.clone())),
            TemplateElement::Comment(_) => {}
            TemplateElement::Expression(expression) if !expression.block => steps.push(expression_of(expression)?),
            TemplateElement::HelperBlock(block) => steps.push(block_of(block)?),
            _ => return None,
        }
    }
    Some(steps)
}

fn expression_of(expression: &HelperTemplate) -> Option<Step> {
    let name = expression.name.as_name()?;
    if !expression.hash.is_empty() {
        return None;
    }
    match expression.params.as_slice() {
        [] if helpers::is_helper(name) => None,
        [] => path(&expression.name).map(Step::Value),
        [Parameter::Path(_)] => Some(Step::Helper(helpers::of_text(name)?, path(&expression.params[0])?)),
        _ => None,
    }
}

fn block_of(block: &HelperTemplate) -> Option<Step> {
    if !block.hash.is_empty() || block.block_param.is_some() {
        return None;
    }
    let [param] = block.params.as_slice() else { return None };
    let body = block.template.as_ref().map_or(Some(Vec::new()), steps)?;
    let inverse = block.inverse.as_ref().map_or(Some(Vec::new()), steps)?;
    Some(match block.name.as_name()? {
        "if" => Step::If { test: test(param)?, then: body, otherwise: inverse },
        "unless" => Step::If { test: test(param)?, then: inverse, otherwise: body },
        "each" => Step::Each { over: path(param)?, body, empty: inverse },
        "with" if block.inverse.is_none() => Step::With { of: path(param)?, body, otherwise: inverse },
        _ => return None,
    })
}

fn test(param: &Parameter) -> Option<Test> {
    let Parameter::Subexpression(inner) = param else { return path(param).map(Test::Truthy) };
    let [left, right] = inner.params()?.as_slice() else { return None };
    let (left, right) = (operand(left)?, operand(right)?);
    match inner.name() {
        "eq" => Some(Test::Equal(left, right)),
        "gt" => Some(Test::Greater(left, right)),
        _ => None,
    }
}

fn operand(param: &Parameter) -> Option<Operand> {
    match param {
        Parameter::Literal(value) => Some(Operand::Literal(value.clone())),
        Parameter::Path(_) => path(param).map(Operand::Value),
        Parameter::Subexpression(inner) if inner.name() == "len" => match inner.params()?.as_slice() {
            [of] => path(of).map(Operand::Length),
            _ => None,
        },
        _ => None,
    }
}

/// Reads a path as it is written: `op.params`, `../name`, `required.[0]`, `this`, `@index`.
fn path(param: &Parameter) -> Option<Path> {
    let mut rest = param.as_name()?;
    match rest {
        "@index" => return Some(Path::Index),
        "@first" => return Some(Path::First),
        "@last" => return Some(Path::Last),
        "this" | "." => return Some(Path::Members(0, Vec::new())),
        _ => {}
    }
    let mut up = 0;
    while let Some(after) = rest.strip_prefix("../") {
        up += 1;
        rest = after;
    }
    let plain = |segment: &str| {
        let inner = segment.strip_prefix('[').and_then(|s| s.strip_suffix(']')).unwrap_or(segment);
        let is_name = inner.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !inner.is_empty();
        (is_name && inner != "this").then(|| inner.to_owned())
    };
    Some(Path::Members(up, rest.split('.').map(plain).collect::<Option<_>>()?))
}

fn find<'c>(path: &Path, scopes: &[Scope<'c>]) -> Option<Found<'c>> {
    let scope = scopes.last()?;
    Some(match path {
        // Outside of a list there is no place in one.
        Path::Index | Path::First | Path::Last if scope.count == 0 => return None,
        Path::Index => Found::Number(scope.index),
        Path::First => Found::Bool(scope.index == 0),
        Path::Last => Found::Bool(scope.index + 1 == scope.count),
        Path::Members(up, members) => {
            let mut value = scopes.get(scopes.len().checked_sub(up + 1)?)?.value;
            for member in members {
                value = match value {
                    // Comparing a few names takes less than hashing one.
                    Json::Object(map) if map.len() <= FEW => map.iter().find(|(name, _)| *name == member)?.1,
                    Json::Object(map) => map.get(member)?,
                    Json::Array(list) => list.get(member.parse::<usize>().ok()?)?,
                    _ => return None,
                };
            }
            Found::Json(value)
        }
    })
}

fn json<'c>(path: &Path, scopes: &[Scope<'c>]) -> Option<&'c Json> {
    match find(path, scopes)? {
        Found::Json(value) => Some(value),
        _ => None,
    }
}

fn is_truthy(value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::Bool(value) => *value,
        Json::Number(number) => number.as_f64().is_some_and(f64::is_normal),
        Json::String(text) => !text.is_empty(),
        Json::Array(list) => !list.is_empty(),
        Json::Object(members) => !members.is_empty(),
    }
}

fn holds(test: &Test, scopes: &[Scope<'_>]) -> Option<bool> {
    let number = |operand: &Operand| -> Option<u64> {
        match operand {
            Operand::Literal(value) => value.as_u64(),
            Operand::Value(path) => json(path, scopes)?.as_u64(),
            Operand::Length(path) => match json(path, scopes)? {
                Json::Array(list) => Some(list.len() as u64),
                Json::Object(members) => Some(members.len() as u64),
                Json::String(text) => Some(text.len() as u64),
                _ => None,
            },
        }
    };
    match test {
        Test::Truthy(path) => Some(match find(path, scopes)? {
            Found::Json(value) => is_truthy(value),
            Found::Number(number) => number != 0,
            Found::Bool(value) => value,
        }),
        Test::Greater(left, right) => Some(number(left)? > number(right)?),
        Test::Equal(Operand::Value(left), Operand::Literal(right)) => Some(json(left, scopes)? == right),
        Test::Equal(left, right) => Some(number(left)? == number(right)?),
    }
}

fn write<'c>(steps: &[Step], scopes: &mut Vec<Scope<'c>>, out: &mut String) -> Option<()> {
    for step in steps {
        match step {
            Step::Text(text) => out.push_str(text),
            Step::Value(path) => match find(path, scopes)? {
                Found::Json(Json::String(text)) => out.push_str(text),
                Found::Json(Json::Null) => {}
                Found::Json(Json::Bool(value)) => out.push_str(if *value { "true" } else { "false" }),
                Found::Json(Json::Number(number)) => write!(out, "{number}").ok()?,
                Found::Json(_) => return None,
                Found::Number(number) => write!(out, "{number}").ok()?,
                Found::Bool(value) => out.push_str(if value { "true" } else { "false" }),
            },
            Step::Helper(helper, path) => helper(json(path, scopes)?.as_str()?, out),
            Step::If { test, then, otherwise } => {
                let steps = if holds(test, scopes)? { then } else { otherwise };
                write(steps, scopes, out)?;
            }
            Step::Each { over, body, empty } => match json(over, scopes)? {
                Json::Array(list) if !list.is_empty() => {
                    for (index, value) in list.iter().enumerate() {
                        scopes.push(Scope { value, index, count: list.len() });
                        write(body, scopes, out)?;
                        scopes.pop();
                    }
                }
                Json::Array(_) => write(empty, scopes, out)?,
                // Objects are rare, and `null` is a mistake.
                _ => return None,
            },
            Step::With { of, body, otherwise } => {
                let value = json(of, scopes)?;
                if is_truthy(value) {
                    let (index, count) = scopes.last().map_or((0, 0), |scope| (scope.index, scope.count));
                    scopes.push(Scope { value, index, count });
                    write(body, scopes, out)?;
                    scopes.pop();
                } else if otherwise.is_empty() {
                    return None;
                } else {
                    write(otherwise, scopes, out)?;
                }
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use handlebars::Handlebars;
    use serde_json::json;

    use super::*;

    fn registry(template: &str) -> Handlebars<'static> {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        registry.register_escape_fn(handlebars::no_escape);
        helpers::register(&mut registry);
        registry.register_template_string("t", template).expect("a template");
        registry
    }

    #[test]
    fn what_is_written_quickly_is_what_handlebars_writes() {
        let context = json!({
            "name": "a\"b\n", "on": true, "off": false, "none": null, "n": 3, "zero": 0, "empty": [], "list": [
                { "name": "x", "tags": ["p", "q"], "doc": "one\r\n*/ two" }, { "name": "y", "tags": [], "doc": "" },
            ],
            "inner": { "list": ["u"], "name": "i" },
        });
        for template in [
            "{{name}} {{n}} {{on}}{{none}} {{inner.name}} {{list.[1].name}}",
            "{{lit name}} {{line name}} {{toml name}}\n{{doc name}}|{{module-doc name}}",
            "{{#if on}}a{{else}}b{{/if}}{{#unless off}}c{{/unless}}{{#if zero}}d{{/if}}{{#if none}}e{{else}}f{{/if}}",
            "{{#each list}}\n  {{@index}} {{name}}{{#unless @last}}, {{/unless}}{{#if @first}}!{{/if}}\n{{/each}}\n",
            "{{#each list}}{{doc doc}}{{#each tags}}{{this}} {{../name}} {{../../inner.name}};{{/each}}{{/each}}",
            "{{#each empty}}x{{else}}none{{/each}}{{#each empty}}y{{/each}}{{#with inner}}{{name}}{{../n}}{{/with}}",
            "{{#if (eq (len list) 2)}}two{{/if}}{{#if (gt (len name) 41)}}long{{else}}short{{/if}}",
            "{{#if (eq inner.name \"i\")}}is{{/if}}{{#unless (eq name \"ANY\")}}not{{/unless}}{{! a comment }}",
            "{{#each list}}{{#if tags}}{{#each tags}}{{#if @last}}{{this}}{{/if}}{{/each}}{{/if}}{{/each}}",
        ] {
            let registry = registry(template);
            let quick = Quick::of(registry.get_template("t").expect("it is there")).expect(template);
            assert_eq!(quick.render(&context), registry.render("t", &context).ok(), "{template}");
        }
    }

    #[test]
    fn what_is_not_known_is_left_to_handlebars() {
        for template in
            ["{{#each list as |x|}}{{x}}{{/each}}", "{{lookup a b}}", "{{json a}}", "{{> other}}", "{{@root.a}}"]
        {
            let template = Template::compile(template).expect("a template");
            assert!(Quick::of(&template).is_none(), "{template:?}");
        }
        let missing = Quick::of(&Template::compile("{{nothing}}").expect("a template")).expect("it is plain");
        assert_eq!(missing.render(&json!({})), None);
    }
}
