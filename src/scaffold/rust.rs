//! Shapes as Rust: types, default values, and the code that checks values.

use crate::source::{Diagnostic, Number};

use super::sample::{self, Fit};
use super::schema::Models;
use super::shape::{Extra, Field, Kind, Literal, Model, ModelId, ModelKind, Pattern, Rules, Shape, TextFormat};

/// Returns the type of a shape, `null` included. `prefix` leads to the models: `models::`, or nothing.
pub(crate) fn rust_type(models: &Models<'_>, shape: &Shape, prefix: &str) -> String {
    let plain = plain_type(models, shape, prefix);
    if shape.nullable { format!("Option<{plain}>") } else { plain }
}

/// Returns the type without the `Option` that stands for `null`.
pub(crate) fn plain_type(models: &Models<'_>, shape: &Shape, prefix: &str) -> String {
    match &shape.kind {
        Kind::Bool => "bool".into(),
        Kind::I32 => "i32".into(),
        Kind::I64 => "i64".into(),
        Kind::U64 => "u64".into(),
        Kind::F32 => "f32".into(),
        Kind::F64 => "f64".into(),
        Kind::Str => "String".into(),
        Kind::DateTime => "chrono::DateTime<chrono::FixedOffset>".into(),
        Kind::Date => "chrono::NaiveDate".into(),
        Kind::Uuid => "uuid::Uuid".into(),
        Kind::Base64 => "Base64".into(),
        Kind::Binary => "Binary".into(),
        Kind::Json => "Value".into(),
        Kind::Model(id) => format!("{prefix}{}", models.model(*id).name),
        Kind::List(item) => format!("Vec<{}>", rust_type(models, item, prefix)),
        Kind::Map(value) => format!("BTreeMap<String, {}>", rust_type(models, value, prefix)),
    }
}

/// Returns the form that the texts of a shape have, as a variant of `rt::Form`, or `None` where their type reads no more
/// than the standard allows.
pub(crate) fn form_of(models: &Models<'_>, shape: &Shape) -> Option<&'static str> {
    match &models.without_aliases(shape).kind {
        Kind::Date => Some("Date"),
        Kind::DateTime => Some("DateTime"),
        Kind::Uuid => Some("Uuid"),
        Kind::List(inner) | Kind::Map(inner) => form_of(models, inner),
        _ => None,
    }
}

/// Returns how many `Option`s are around a field's type: for absence, for `null`, for both where both matter.
pub(crate) fn options_around(model: &Model, field: &Field) -> usize {
    let absent = field.is_optional(model) && field_default(model, field).is_none();
    match (absent, field.shape.nullable) {
        (true, true) if model.in_requests => 2,
        (false, false) => 0,
        _ => 1,
    }
}

/// Returns whether `null` is no value of a field.
pub(crate) fn is_no_null(models: &Models<'_>, field: &Field) -> bool {
    !field.shape.nullable && !is_any(models, field)
}

/// Returns whether any JSON is a value of a field, `null` among it.
pub(crate) fn is_any(models: &Models<'_>, field: &Field) -> bool {
    models.without_aliases(&field.shape).kind == Kind::Json
}

/// Returns a field's type.
pub(crate) fn field_type(models: &Models<'_>, model: &Model, field: &Field) -> String {
    let inner = plain_type(models, &field.shape, "");
    let inner = if field.boxed { format!("Box<{inner}>") } else { inner };
    (0..options_around(model, field)).fold(inner, |inner, _| format!("Option<{inner}>"))
}

/// Returns the expression of the value a field has when it is absent.
pub(crate) fn field_default<'f>(model: &Model, field: &'f Field) -> Option<&'f str> {
    // In a response, a member that may be `null` is left out with `None`.
    let is_left_out = field.shape.nullable && !model.in_requests;
    let has_none = !field.is_optional(model) || is_left_out || field.boxed || field.read_only;
    field.filled.as_deref().filter(|_| !has_none)
}

/// Finds the expressions of the values that members have when they are absent, and says which cannot be used.
pub(crate) fn fill_in_defaults(models: &mut Models<'_>) {
    let mut found = Vec::new();
    let mut diagnostics = Vec::new();
    for (id, model) in models.list.iter().enumerate() {
        let ModelKind::Struct { fields, .. } = &model.kind else { continue };
        for (index, field) in fields.iter().enumerate() {
            let Some((value, span)) = field.default.as_deref() else { continue };
            let meant = default_meant(models, &field.shape, value);
            let filled = meant.as_ref().and_then(|value| value_of(models, &field.shape, value, ""));
            let is_needed = model.in_requests && field.is_optional(model) && !field.read_only;
            if is_needed && (filled.is_none() || field.boxed) {
                let why = why_not_filled(models, &field.shape, value);
                let message = format!("the default of `{}` is not filled in: {why}", field.wire);
                diagnostics.push(Diagnostic::info("default-not-filled-in", *span, message));
            }
            found.extend(filled.map(|filled| (id, index, filled)));
        }
    }
    for (id, index, filled) in found {
        if let ModelKind::Struct { fields, .. } = &mut models.list[id].kind {
            fields[index].filled = Some(filled);
        }
    }
    models.diagnostics.append(&mut diagnostics);
}

/// Returns the default that is meant where it keeps to its schema: a number or boolean may be written as a text.
pub(crate) fn default_meant(
    models: &Models<'_>,
    shape: &Shape,
    value: &serde_json::Value,
) -> Option<serde_json::Value> {
    let fits = |value: &serde_json::Value| sample::fits(models, shape, value, Fit::Valid);
    if fits(value) {
        return Some(value.clone());
    }
    let kind = &models.without_aliases(shape).kind;
    let is_scalar = matches!(kind, Kind::Bool | Kind::I32 | Kind::I64 | Kind::U64 | Kind::F32 | Kind::F64);
    let read = value.as_str().filter(|_| is_scalar).and_then(|text| serde_json::from_str(text).ok());
    read.filter(fits)
}

/// Returns why a default is not filled in.
pub(crate) fn why_not_filled(models: &Models<'_>, shape: &Shape, value: &serde_json::Value) -> &'static str {
    if default_meant(models, shape, value).is_none() {
        "it is not of its schema"
    } else {
        "there is no plain expression for it in Rust"
    }
}

/// Returns a value as an expression of the shape's type, when there is a plain one.
pub(crate) fn value_of(models: &Models<'_>, shape: &Shape, value: &serde_json::Value, prefix: &str) -> Option<String> {
    use serde_json::Value as Json;
    if shape.nullable {
        if value.is_null() {
            return Some("None".to_owned());
        }
        let inner = Shape { nullable: false, ..shape.clone() };
        return value_of(models, &inner, value, prefix).map(|value| format!("Some({value})"));
    }
    match (&shape.kind, value) {
        (Kind::Json, value) => Some(format!("serde_json::json!({})", json(value))),
        (Kind::Bool, Json::Bool(b)) => Some(b.to_string()),
        (Kind::I32, Json::Number(n)) => i32::try_from(n.as_i64()?).ok().map(|n| n.to_string()),
        (Kind::I64, Json::Number(n)) => n.as_i64().map(|n| n.to_string()),
        (Kind::U64, Json::Number(n)) => n.as_u64().map(|n| n.to_string()),
        (Kind::F32, Json::Number(n)) => float(n.as_f64()?, true),
        (Kind::F64, Json::Number(n)) => float(n.as_f64()?, false),
        (Kind::Str, Json::String(text)) => Some(format!("{text:?}.to_owned()")),
        (Kind::Model(id), value) => {
            let model = models.model(*id);
            match &model.kind {
                ModelKind::Alias(target) => value_of(models, target, value, prefix),
                ModelKind::Enum { variants, .. } => {
                    let literal = match value {
                        Json::String(text) => Literal::Text(text.clone()),
                        Json::Number(n) => Literal::Integer(n.as_i64()?),
                        _ => return None,
                    };
                    let variant = variants.iter().find(|variant| variant.value == literal)?;
                    Some(format!("{prefix}{}::{}", model.name, variant.name))
                }
                ModelKind::OneOf { variants, tag: None } => {
                    let variant = sample::read_as(models, variants, value)?;
                    let inner = value_of(models, &variant.shape, value, prefix)?;
                    let inner = if variant.boxed { format!("Box::new({inner})") } else { inner };
                    Some(format!("{prefix}{}::{}({inner})", model.name, variant.name))
                }
                _ => None,
            }
        }
        (Kind::Date, Json::String(text)) => {
            let date: jiff::civil::Date = text.parse().ok()?;
            let (year, month, day) = (date.year(), date.month(), date.day());
            Some(format!("chrono::NaiveDate::from_ymd_opt({year}, {month}, {day}).unwrap_or_default()"))
        }
        (Kind::DateTime, Json::String(text)) => {
            Some(format!("chrono::DateTime::parse_from_rfc3339({text:?}).unwrap_or_default()"))
        }
        (Kind::Uuid, Json::String(text)) => {
            let digits: String = text.chars().filter(|c| *c != '-').collect();
            let number = u128::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 32)?;
            Some(format!("uuid::Uuid::from_u128({number:#x})"))
        }
        (Kind::List(_), Json::Array(items)) if items.is_empty() => Some("Vec::new()".into()),
        (Kind::List(item), Json::Array(items)) => {
            let items = items.iter().map(|value| value_of(models, item, value, prefix)).collect::<Option<Vec<_>>>()?;
            Some(format!("vec![{}]", items.join(", ")))
        }
        (Kind::Map(_), Json::Object(members)) if members.is_empty() => Some("BTreeMap::new()".into()),
        (Kind::Map(inner), Json::Object(members)) => {
            let member = |(name, value): (&String, &Json)| {
                Some(format!("({name:?}.to_owned(), {})", value_of(models, inner, value, prefix)?))
            };
            let members = members.iter().map(member).collect::<Option<Vec<_>>>()?;
            Some(format!("BTreeMap::from([{}])", members.join(", ")))
        }
        _ => None,
    }
}

/// Returns a value as what `serde_json::json!` takes.
fn json(value: &serde_json::Value) -> String {
    use serde_json::Value as Json;
    match value {
        Json::String(text) => format!("{text:?}"),
        // Without its type, a literal is one of 32 bits.
        Json::Number(n) if n.is_i64() => format!("{n}_i64"),
        Json::Number(n) if n.is_u64() => format!("{n}_u64"),
        Json::Number(n) => n.as_f64().map_or_else(|| "null".to_owned(), |n| format!("{n:?}_f64")),
        Json::Array(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(", ")),
        Json::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{name:?}: {}", json(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Json::Bool(_) | Json::Null => value.to_string(),
    }
}

fn float(value: f64, single: bool) -> Option<String> {
    let fits = value.is_finite() && (!single || (value as f32).is_finite());
    fits.then(|| if single { format!("{:?}", value as f32) } else { format!("{value:?}") })
}

/// The code that checks values, for the models that need any.
pub(crate) struct Checks {
    needed: Vec<bool>,
}

impl Checks {
    /// Finds the models whose values have rules, in themselves or further in.
    pub(crate) fn new(models: &Models<'_>) -> Self {
        let mut needed = vec![false; models.list.len()];
        loop {
            let mut changed = false;
            for id in 0..needed.len() {
                if !needed[id] {
                    let mut found = false;
                    let kind = &models.model(id).kind;
                    super::flow::every_shape(kind, &mut |shape| found |= has_rules(shape, &needed));
                    if let ModelKind::Struct { fields, .. } = kind {
                        found |= fields.iter().any(|field| is_demanded(models.model(id), field));
                    }
                    needed[id] = found;
                    changed |= found;
                }
            }
            if !changed {
                return Self { needed };
            }
        }
    }

    /// Returns the statements that check `value`, an expression of reference type, or nothing.
    pub(crate) fn statements(&self, models: &Models<'_>, shape: &Shape, value: &str) -> String {
        if !has_rules(shape, &self.needed) {
            return String::new();
        }
        if shape.nullable {
            let inner = Shape { nullable: false, ..shape.clone() };
            let body = self.statements(models, &inner, "value");
            return if body.is_empty() { body } else { format!("if let Some(value) = {value} {{ {body} }}") };
        }
        let Rules { min_size, max_size, minimum, maximum, multiple_of, .. } = &*shape.rules;
        let restricted = shape.rules.restriction().map(|schema| {
            let schema = super::helpers::raw_literal(&schema.to_string());
            format!("at.keeps_to({value}, crate::api::rt::restriction!({schema}));")
        });
        let restricted = restricted.unwrap_or_default();
        let sizes = |what: &str, size: String| {
            if min_size.is_none() && max_size.is_none() {
                return String::new();
            }
            format!("at.size({what:?}, {size}, {}, {});", option(*min_size), option(*max_size))
        };
        let code = match &shape.kind {
            Kind::Str => {
                let mut code = sizes("characters", format!("{value}.chars().count()"));
                if let Some(Pattern { regex, source }) = shape.rules.pattern.as_deref() {
                    let pattern = regex.as_str();
                    code.push_str(&format!("at.pattern({value}, crate::api::rt::pattern!({pattern:?}), {source:?});"));
                }
                match shape.rules.format {
                    Some(TextFormat::Decimal) => code.push_str(&format!("at.decimal({value});")),
                    Some(TextFormat::Email) => code.push_str(&format!("at.email({value});")),
                    Some(TextFormat::Ipv4) => {
                        code.push_str(&format!("at.address::<std::net::Ipv4Addr>({value}, \"IPv4\");"));
                    }
                    Some(TextFormat::Ipv6) => {
                        code.push_str(&format!("at.address::<std::net::Ipv6Addr>({value}, \"IPv6\");"));
                    }
                    Some(TextFormat::Uri) => code.push_str(&format!("at.uri({value});")),
                    None => {}
                }
                code
            }
            Kind::I32 | Kind::I64 | Kind::U64 | Kind::F32 | Kind::F64 => {
                let finite = if shape.kind == Kind::F32 { format!("at.finite(*{value});") } else { String::new() };
                let mut code = finite;
                for (method, bound) in [("minimum", minimum), ("maximum", maximum)] {
                    if let Some((number, exclusive)) = bound
                        && let Some(bound) = bound_of(&shape.kind, number, method == "minimum")
                    {
                        code.push_str(&format!("at.{method}(*{value}, {bound}, {exclusive});"));
                    }
                }
                if let Some(step) = multiple_of {
                    let whole = step.as_i64().filter(|_| matches!(shape.kind, Kind::I32 | Kind::I64 | Kind::U64));
                    if let Some(step) = whole {
                        code.push_str(&format!("at.whole_multiple_of(*{value}, {step});"));
                    } else if let Some(step) = float(step.as_f64(), false) {
                        let cast = if shape.kind == Kind::F64 { "" } else { " as f64" };
                        code.push_str(&format!("at.multiple_of(*{value}{cast}, {step});"));
                    }
                }
                code
            }
            Kind::List(item) => {
                let mut code = sizes("items", format!("{value}.len()"));
                if shape.rules.unique {
                    code.push_str(&format!("at.unique({value});"));
                }
                let inner = self.statements(models, item, "value");
                if !inner.is_empty() {
                    code.push_str(&format!("at.each({value}, |at, value| {{ {inner} }});"));
                }
                code
            }
            Kind::Map(item) => {
                let mut code = sizes("members", format!("{value}.len()"));
                let inner = self.statements(models, item, "value");
                if !inner.is_empty() {
                    code.push_str(&format!("at.values({value}, |at, value| {{ {inner} }});"));
                }
                code
            }
            Kind::Model(id) => match &models.model(*id).kind {
                ModelKind::Alias(target) => self.statements(models, target, value),
                _ if self.needed[*id] => format!("{value}.check(at);"),
                _ => String::new(),
            },
            _ => String::new(),
        };
        code + &restricted
    }

    /// Returns the body of a model's `Check::check`, or nothing when there is nothing to check.
    pub(crate) fn body(&self, models: &Models<'_>, id: ModelId) -> String {
        let model = models.model(id);
        if !self.needed[id] || !model.in_requests {
            return String::new();
        }
        match &model.kind {
            ModelKind::Struct { fields, extra, .. } => {
                let mut code = String::new();
                for field in fields {
                    let plain = Shape { nullable: false, ..field.shape.clone() };
                    let name = super::names::raw(&field.name);
                    let depth = options_around(model, field);
                    let wire = &field.wire;
                    if is_demanded(model, field) {
                        code.push_str(&format!("at.required({wire:?}, self.{name}.is_some());"));
                    }
                    let inner = self.statements(models, &plain, "value");
                    if inner.is_empty() {
                        continue;
                    }
                    let checked = format!("at.under({wire:?}, |at| {{ {inner} }});");
                    code.push_str(&match depth {
                        0 => format!("at.under({wire:?}, |at| {{ let value = &self.{name}; {inner} }});"),
                        1 => format!("if let Some(value) = &self.{name} {{ {checked} }}"),
                        _ => format!("if let Some(Some(value)) = &self.{name} {{ {checked} }}"),
                    });
                }
                if let Extra::Keep(shape) = extra {
                    let inner = self.statements(models, shape, "value");
                    if !inner.is_empty() {
                        code.push_str(&format!("at.values(&self.additional, |at, value| {{ {inner} }});"));
                    }
                }
                code
            }
            ModelKind::OneOf { variants, .. } => {
                let mut arms = String::new();
                let mut rest = false;
                for variant in variants {
                    let inner = self.statements(models, &variant.shape, "value");
                    if inner.is_empty() {
                        rest = true;
                    } else {
                        arms.push_str(&format!("Self::{}(value) => {{ {inner} }}", variant.name));
                    }
                }
                if rest {
                    arms.push_str("_ => {}");
                }
                format!("match self {{ {arms} }}")
            }
            ModelKind::Wrapper { shape, .. } => {
                let inner = self.statements(models, shape, "value");
                format!("let value = &self.0; {inner}")
            }
            _ => String::new(),
        }
    }
}

/// Returns whether requests must have a member that the type can be without, because responses have none.
pub(crate) fn is_demanded(model: &Model, field: &Field) -> bool {
    let is_for_requests = field.required && field.write_only && !field.read_only && model.in_requests;
    is_for_requests && field.is_optional(model) && options_around(model, field) > 0
}

fn has_rules(shape: &Shape, needed: &[bool]) -> bool {
    let own = !shape.rules.is_empty();
    own || match &shape.kind {
        Kind::Model(id) => needed.get(*id).copied().unwrap_or(false),
        Kind::List(inner) | Kind::Map(inner) => has_rules(inner, needed),
        // Numbers of JSON may be larger.
        Kind::F32 => true,
        _ => false,
    }
}

fn option(size: Option<u64>) -> String {
    // A bound beyond what a size can be on a 32-bit machine is none.
    match size.filter(|size| *size <= u64::from(u32::MAX)) {
        Some(size) => format!("Some({size})"),
        None => "None".into(),
    }
}

/// Returns how many members an object may have, as two expressions, or `None` where it may have any number.
pub(crate) fn member_count(rules: &Rules) -> Option<String> {
    let most = rules.max_size.filter(|size| *size <= u64::from(u32::MAX));
    if rules.min_size.is_none() && most.is_none() {
        return None;
    }
    let most = most.map_or_else(|| "usize::MAX".to_owned(), |most| most.to_string());
    Some(format!("{}, {most}", rules.min_size.unwrap_or_default().min(u64::from(u32::MAX))))
}

/// Returns a bound as a literal of the value's type, or `None` when every value of the type keeps to it.
fn bound_of(kind: &Kind, number: &Number, lower: bool) -> Option<String> {
    let value = number.as_f64();
    match kind {
        Kind::F32 => float(value, true).map(|text| format!("{text}_f32")),
        Kind::F64 => float(value, false).map(|text| format!("{text}_f64")),
        Kind::U64 => {
            let rounded = if lower { value.ceil() } else { value.floor() };
            let near = || (0.0..1.8e19).contains(&rounded).then_some(rounded as u64);
            number.as_str().parse().ok().or_else(near).map(|n: u64| format!("{n}_u64"))
        }
        _ => {
            let whole = number.as_i64().or_else(|| {
                let rounded = if lower { value.ceil() } else { value.floor() };
                (rounded.abs() < 9.0e15).then_some(rounded as i64)
            })?;
            match kind {
                Kind::I32 => i32::try_from(whole).ok().map(|n| format!("{n}_i32")),
                _ => Some(format!("{whole}_i64")),
            }
        }
    }
}
