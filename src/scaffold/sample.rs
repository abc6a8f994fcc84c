//! Values and shapes: which examples of a document hold, and the least value that a shape takes.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value as Json, json};

use super::rust::is_demanded;
use super::schema::Models;
use super::shape::{Extra, Field, Kind, Literal, Model, ModelId, ModelKind, OneOfVariant, Rules, Shape, TextFormat};

/// How deep values are followed.
const MAX_DEPTH: usize = 64;

/// How well a value fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// The generated types read it.
    Readable,
    /// They read it, and the rules hold.
    Valid,
    /// They read it, the rules hold, and what they write is the same again.
    Exact,
    /// All that, and what only requests must have is there.
    Sent,
}

impl Fit {
    fn is_exact(self) -> bool {
        matches!(self, Self::Exact | Self::Sent)
    }
}

/// Returns whether a value fits a shape.
pub(crate) fn fits(models: &Models<'_>, shape: &Shape, value: &Json, fit: Fit) -> bool {
    Judgement { models, fit, depth: 0 }.passed_over(shape, value, &mut Vec::new()).is_some()
}

/// Returns the variant that a value is read as.
pub(crate) fn read_as<'v>(models: &Models<'_>, variants: &'v [OneOfVariant], value: &Json) -> Option<&'v OneOfVariant> {
    Judgement { models, fit: Fit::Readable, depth: 0 }
        .best(variants, value, &mut Vec::new())
        .map(|(variant, _)| variant)
}

/// Models that were judged for one value, with what came of it; `None` while it is being found out. A model that is made
/// of itself (`oneOf` of itself and another) adds nothing to itself, and no model is judged twice for one value.
type Judged = Vec<(ModelId, Fit, Option<usize>)>;

#[derive(Clone, Copy)]
struct Judgement<'m> {
    models: &'m Models<'m>,
    fit: Fit,
    depth: usize,
}

impl Judgement<'_> {
    /// Returns how many members are passed over where a value fits; `judged` is what is known of this value.
    fn passed_over(self, shape: &Shape, value: &Json, judged: &mut Judged) -> Option<usize> {
        if self.depth > MAX_DEPTH {
            return None;
        }
        if value.is_null() && shape.nullable {
            return Some(0);
        }
        let exact = self.fit != Fit::Readable;
        if exact && !restrictions_hold(&shape.rules, value) {
            return None;
        }
        let within = |shape: &Shape, value: &Json| self.deeper().passed_over(shape, value, &mut Vec::new());
        let fits = match (&shape.kind, value) {
            (Kind::Json, _) | (Kind::Bool, Json::Bool(_)) => true,
            (Kind::I32, Json::Number(n)) => {
                n.as_i64().is_some_and(|n| i32::try_from(n).is_ok()) && (!exact || in_bounds(value, &shape.rules))
            }
            (Kind::I64, Json::Number(n)) => n.is_i64() && (!exact || in_bounds(value, &shape.rules)),
            (Kind::U64, Json::Number(n)) => n.is_u64() && (!exact || in_bounds(value, &shape.rules)),
            (Kind::F32, Json::Number(n)) => {
                let n = n.as_f64().unwrap_or(f64::NAN);
                let is_kept = !self.fit.is_exact() || f64::from(n as f32) == n;
                !exact || (is_kept && in_bounds(value, &shape.rules))
            }
            (Kind::F64, Json::Number(_)) => !exact || in_bounds(value, &shape.rules),
            (Kind::Binary, Json::String(_)) => true,
            (Kind::Str, Json::String(text)) => !exact || text_holds(text, &shape.rules),
            (Kind::DateTime, Json::String(text)) => is_date_time(text, self.fit.is_exact()),
            (Kind::Date, Json::String(text)) => text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok(),
            (Kind::Uuid, Json::String(text)) => {
                let same = |id: uuid::Uuid| match (id.hyphenated().to_string(), self.fit) {
                    (again, fit) if fit.is_exact() => again == *text,
                    (again, _) => again.eq_ignore_ascii_case(text),
                };
                text.parse().is_ok_and(same)
            }
            (Kind::Base64, Json::String(text)) => {
                use base64::Engine as _;
                let engine = base64::engine::general_purpose::STANDARD;
                engine.decode(text).is_ok_and(|bytes| engine.encode(bytes) == *text)
            }
            (Kind::List(item), Json::Array(items)) => {
                let doubled = || items.iter().enumerate().any(|(i, v)| items[..i].contains(v));
                if exact && (!size_holds(items.len(), &shape.rules) || shape.rules.unique && doubled()) {
                    return None;
                }
                return items.iter().map(|value| within(item, value)).sum();
            }
            (Kind::Map(inner), Json::Object(members)) => {
                if exact && !size_holds(members.len(), &shape.rules) {
                    return None;
                }
                return members.values().map(|value| within(inner, value)).sum();
            }
            (Kind::Model(id), value) => return self.of_model(*id, value, judged),
            _ => false,
        };
        fits.then_some(0)
    }

    /// Returns the variant that a value is read as, and how many members that passes over.
    fn best<'v>(
        self,
        variants: &'v [OneOfVariant],
        value: &Json,
        judged: &mut Judged,
    ) -> Option<(&'v OneOfVariant, usize)> {
        let readable = Judgement { fit: Fit::Readable, ..self.deeper() };
        let mut best: Option<(&OneOfVariant, usize)> = None;
        for variant in variants {
            if let Some(passed_over) = readable.passed_over(&variant.shape, value, judged)
                && best.is_none_or(|(_, fewest)| passed_over < fewest)
            {
                best = Some((variant, passed_over));
                if passed_over == 0 {
                    break;
                }
            }
        }
        best
    }

    fn deeper(self) -> Self {
        Judgement { depth: self.depth + 1, ..self }
    }

    fn of_model(self, id: ModelId, value: &Json, judged: &mut Judged) -> Option<usize> {
        let model = self.models.model(id);
        if matches!(model.kind, ModelKind::Struct { .. } | ModelKind::Enum { .. } | ModelKind::Pending) {
            return self.of_kind(model, value, judged);
        }
        if let Some((.., known)) = judged.iter().find(|(of, fit, _)| *of == id && *fit == self.fit) {
            return *known;
        }
        let at = judged.len();
        judged.push((id, self.fit, None));
        let found = self.of_kind(model, value, judged);
        judged[at].2 = found;
        found
    }

    fn of_kind(self, model: &Model, value: &Json, judged: &mut Judged) -> Option<usize> {
        let fit = self.fit;
        let within = |shape: &Shape, value: &Json| self.deeper().passed_over(shape, value, &mut Vec::new());
        match &model.kind {
            ModelKind::Struct { fields, extra, size } => {
                let Json::Object(members) = value else { return None };
                let of_field = |field: &Field| match members.get(&field.wire) {
                    None => {
                        let is_left_out = field.is_optional(model) && !(fit == Fit::Sent && is_demanded(model, field));
                        is_left_out.then_some(0)
                    }
                    Some(Json::Null) if super::rust::is_no_null(self.models, field) => {
                        let is_left_out = !model.in_requests && super::rust::options_around(model, field) > 0;
                        (fit == Fit::Readable && is_left_out).then_some(0)
                    }
                    Some(value) => within(&field.shape, value),
                };
                let known: usize = fields.iter().map(of_field).sum::<Option<usize>>()?;
                // What comes in is counted, and held to what is asked of it, when it is read.
                let is_held = fit != Fit::Readable || model.in_requests;
                if is_held && !(size_holds(members.len(), size) && restrictions_hold(size, value)) {
                    return None;
                }
                let mut others = members.iter().filter(|(name, _)| !fields.iter().any(|field| field.wire == **name));
                let others: usize = match extra {
                    Extra::Ignore if fit == Fit::Readable => others.count(),
                    Extra::Ignore | Extra::Deny => others.next().is_none().then_some(0)?,
                    Extra::Keep(shape) => others.map(|(_, value)| within(shape, value)).sum::<Option<usize>>()?,
                };
                Some(known + others)
            }
            ModelKind::Enum { variants, open } => {
                let literal = match value {
                    Json::String(text) => Literal::Text(text.clone()),
                    Json::Number(n) => match n.as_i64() {
                        Some(n) => Literal::Integer(n),
                        None => return None,
                    },
                    _ => return None,
                };
                let same_type = variants.first().is_some_and(|v| {
                    matches!(
                        (&v.value, &literal),
                        (Literal::Text(_), Literal::Text(_)) | (Literal::Integer(_), Literal::Integer(_))
                    )
                });
                (variants.iter().any(|variant| variant.value == literal) || (*open && same_type)).then_some(0)
            }
            ModelKind::OneOf { variants, tag: Some(tag) } => {
                let name = tag_text(value.get(tag))?;
                let variant = variants.iter().find(|variant| variant.tags.contains(&name))?;
                // Where the variant has no member for the tag, the first of its tags is written again.
                self.deeper().passed_over(&variant.shape, value, judged).or_else(|| {
                    let mut inner = value.clone();
                    if let Json::Object(members) = &mut inner {
                        members.shift_remove(tag);
                    }
                    let again = variant.tags.first().is_some_and(|first| *first == name);
                    if again || fit == Fit::Readable { within(&variant.shape, &inner) } else { None }
                })
            }
            ModelKind::OneOf { variants, tag: None } => {
                let (variant, passed_over) = self.best(variants, value, judged)?;
                if fit == Fit::Readable {
                    return Some(passed_over);
                }
                self.deeper().passed_over(&variant.shape, value, judged)
            }
            ModelKind::Alias(shape) | ModelKind::Wrapper { shape, .. } => {
                self.deeper().passed_over(shape, value, judged)
            }
            ModelKind::Pending => None,
        }
    }
}

/// Returns the value of a tag as a text.
fn tag_text(value: Option<&Json>) -> Option<String> {
    match value? {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => number.as_i64().map(|number| number.to_string()),
        _ => None,
    }
}

fn in_bounds(value: &Json, rules: &Rules) -> bool {
    let value = value.as_f64().unwrap_or(f64::NAN);
    let above = rules.minimum.as_ref().is_none_or(
        |(n, exclusive)| {
            if *exclusive { value > n.as_f64() } else { value >= n.as_f64() }
        },
    );
    let below = rules.maximum.as_ref().is_none_or(
        |(n, exclusive)| {
            if *exclusive { value < n.as_f64() } else { value <= n.as_f64() }
        },
    );
    let stepped = rules.multiple_of.as_ref().is_none_or(|step| {
        let ratio = value / step.as_f64();
        (ratio - ratio.round()).abs() <= 1e-9 * ratio.abs().max(1.0)
    });
    above && below && stepped
}

/// Returns whether a value keeps to what its type and the other rules do not say.
fn restrictions_hold(rules: &Rules, value: &Json) -> bool {
    rules.restrictions.iter().all(|schema| super::evaluate::problems(schema, schema, value, matches).is_empty())
}

/// Returns whether a text matches a pattern of a restriction, which is one of Rust's already.
fn matches(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text))
}

fn size_holds(size: usize, rules: &Rules) -> bool {
    let size = size as u64;
    rules.min_size.is_none_or(|least| size >= least) && rules.max_size.is_none_or(|most| size <= most)
}

fn text_holds(text: &str, rules: &Rules) -> bool {
    size_holds(text.chars().count(), rules)
        && rules.pattern.as_ref().is_none_or(|pattern| pattern.regex.is_match(text))
        && match rules.format {
            Some(TextFormat::Decimal) => {
                let number = text.strip_prefix(['-', '+']).unwrap_or(text);
                let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
                [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
            }
            Some(TextFormat::Email) => {
                let plain = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
                text.rsplit_once('@').is_some_and(|(local, domain)| plain(local) && plain(domain))
            }
            Some(TextFormat::Ipv4) => text.parse::<std::net::Ipv4Addr>().is_ok(),
            Some(TextFormat::Ipv6) => text.parse::<std::net::Ipv6Addr>().is_ok(),
            Some(TextFormat::Uri) => is_uri(text),
            None => true,
        }
}

/// Returns whether the generated code takes a text for a URI.
fn is_uri(text: &str) -> bool {
    static FORM: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"^[A-Za-z][A-Za-z0-9+.-]*:[^\s\p{Cc}<>"\\^`{|}]*$"#).ok());
    FORM.as_ref().is_some_and(|form| form.is_match(text))
}

/// Returns whether a text is a time (RFC 3339), and where asked one that would be written again as it is.
fn is_date_time(text: &str, exact: bool) -> bool {
    static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let time =
            r"(?i-u)^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$";
        Regex::new(time).ok()
    });
    static WRITTEN: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^[\d-]{10}T[\d:]{8}(\.(\d{3}){1,3})?(Z|[+-](0\d|1[0-3]):[0-5]\d)$").ok());
    let is_written = || {
        WRITTEN.as_ref().is_some_and(|form| form.is_match(text))
            && !text.ends_with("000Z")
            && !text.ends_with("00:00")
            && text.get(17..19) != Some("60")
    };
    FORM.as_ref().is_some_and(|form| form.is_match(text))
        && text.get(..10).is_some_and(|date| date.parse::<jiff::civil::Date>().is_ok())
        && (!exact || is_written())
}

/// Returns the least value of a shape, or `None` when none is easily found.
pub(crate) fn sample(models: &Models<'_>, shape: &Shape) -> Option<Json> {
    sampled(models, shape, Fit::Exact)
}

/// Returns the least value that a request may have of a shape, or `None` when none is easily found.
pub(crate) fn sent(models: &Models<'_>, shape: &Shape) -> Option<Json> {
    sampled(models, shape, Fit::Sent)
}

fn sampled(models: &Models<'_>, shape: &Shape, fit: Fit) -> Option<Json> {
    let value = Sampler { models, making: Vec::new(), left: MAX_SHAPES, fit }.of(shape)?;
    fits(models, shape, &value, fit).then_some(value)
}

/// How many shapes are looked at for one value.
const MAX_SHAPES: usize = 2000;

struct Sampler<'m> {
    models: &'m Models<'m>,
    making: Vec<ModelId>,
    left: usize,
    fit: Fit,
}

impl Sampler<'_> {
    fn of(&mut self, shape: &Shape) -> Option<Json> {
        self.left = self.left.checked_sub(1)?;
        if let Some(value) = fixed(self.models, shape, &shape.rules) {
            return Some(value);
        }
        Some(match &shape.kind {
            Kind::Bool => json!(true),
            Kind::I32 | Kind::I64 | Kind::U64 => number(shape, true)?,
            Kind::F32 | Kind::F64 => number(shape, false)?,
            Kind::Str => json!(text(&shape.rules)?),
            Kind::DateTime => json!("2026-01-02T03:04:05Z"),
            Kind::Date => json!("2026-01-02"),
            Kind::Uuid => json!("4f9d3c1e-5c5e-4d6f-8a51-0f6f5f9c2b1a"),
            Kind::Base64 => json!("Z2F0ZQ=="),
            Kind::Binary => json!("bytes"),
            Kind::Json => json!({}),
            Kind::List(item) => {
                let least = usize::try_from(shape.rules.min_size.unwrap_or(0)).ok().filter(|n| *n <= 100)?;
                let value = if least == 0 { Json::Null } else { self.of(item)? };
                Json::Array(vec![value; least])
            }
            Kind::Map(inner) => {
                let least = shape.rules.min_size.unwrap_or(0).min(100);
                let required = shape.rules.restrictions.iter().filter_map(|said| said.get("required")?.as_array());
                let mut names: Vec<String> = required.flatten().filter_map(Json::as_str).map(str::to_owned).collect();
                names.extend((names.len() as u64..least).map(|n| format!("name{n}")));
                let value = if names.is_empty() { Json::Null } else { self.of(inner)? };
                Json::Object(names.into_iter().map(|name| (name, value.clone())).collect())
            }
            Kind::Model(id) => {
                // The least value of a model does not hold another of it.
                if self.making.len() > MAX_DEPTH || self.making.contains(id) {
                    return None;
                }
                self.making.push(*id);
                let value = self.of_model(self.models.model(*id));
                self.making.pop();
                value?
            }
        })
    }

    fn of_model(&mut self, model: &Model) -> Option<Json> {
        Some(match &model.kind {
            ModelKind::Struct { fields, size, .. } => {
                let mut members = serde_json::Map::new();
                let is_sent = |field: &Field| self.fit == Fit::Sent && is_demanded(model, field);
                let least: Vec<_> = fields.iter().filter(|field| !field.is_optional(model) || is_sent(field)).collect();
                for field in least {
                    members.insert(field.wire.clone(), self.of(&field.shape)?);
                }
                self.completed(model, fields, size, members)
            }
            ModelKind::Enum { variants, .. } => match &variants.first()?.value {
                Literal::Text(text) => json!(text),
                Literal::Integer(n) => json!(n),
            },
            ModelKind::OneOf { variants, tag } => variants.iter().take(8).find_map(|variant| {
                let mut value = self.of(&variant.shape)?;
                if let (Some(tag), Json::Object(members)) = (tag, &mut value)
                    && !tag_text(members.get(tag)).is_some_and(|name| variant.tags.contains(&name))
                {
                    members.insert(tag.clone(), json!(variant.tags.first()?));
                }
                Some(value)
            })?,
            ModelKind::Alias(inner) | ModelKind::Wrapper { shape: inner, .. } => self.of(inner)?,
            ModelKind::Pending => return None,
        })
    }
}

impl Sampler<'_> {
    /// Returns an object with as many members that may be left out as it takes to keep to its rules.
    fn completed(
        &mut self,
        model: &Model,
        fields: &[Field],
        size: &Rules,
        least: serde_json::Map<String, Json>,
    ) -> Json {
        /// How many members are tried.
        const MAX_TRIED: usize = 32;
        let holds = |members: &serde_json::Map<String, Json>| {
            size_holds(members.len(), size) && restrictions_hold(size, &Json::Object(members.clone()))
        };
        if holds(&least) {
            return Json::Object(least);
        }
        let mut all = least.clone();
        let optional = fields.iter().filter(|field| field.is_optional(model) && !field.read_only && !field.write_only);
        for field in optional.take(MAX_TRIED) {
            let Some(value) = self.of(&field.shape) else { continue };
            let mut one = least.clone();
            one.insert(field.wire.clone(), value.clone());
            if holds(&one) {
                return Json::Object(one);
            }
            all.insert(field.wire.clone(), value);
            if holds(&all) {
                break;
            }
        }
        Json::Object(all)
    }
}

/// Returns the first of the fixed values of a shape that it takes.
fn fixed(models: &Models<'_>, shape: &Shape, rules: &Rules) -> Option<Json> {
    let lists = rules.restrictions.iter().filter_map(|schema| schema.get("enum")?.as_array());
    lists.flatten().find(|value| fits(models, shape, value, Fit::Exact)).cloned()
}

fn number(shape: &Shape, whole: bool) -> Option<Json> {
    let bounds = [&shape.rules.minimum, &shape.rules.maximum];
    let around = bounds.into_iter().flatten().flat_map(|(n, _)| {
        let n = n.as_f64();
        [n.ceil(), n.floor(), n + 1.0, n - 1.0, n]
    });
    let step = shape.rules.multiple_of.as_ref().map(|n| n.as_f64());
    [1.0, 0.0].into_iter().chain(around).chain(step).find_map(|n| {
        let value = if whole || n.fract() == 0.0 && n.abs() < 1e15 { json!(n as i64) } else { json!(n) };
        in_bounds(&value, &shape.rules).then_some(value)
    })
}

fn text(rules: &Rules) -> Option<String> {
    const MAX_SAMPLE: u64 = 10_000;
    let least = usize::try_from(rules.min_size.unwrap_or(0).min(MAX_SAMPLE)).ok()?;
    let most = usize::try_from(rules.max_size.unwrap_or(36).min(MAX_SAMPLE)).ok()?;
    let mut candidates: Vec<String> =
        ["a", "gate@example.com", "192.0.2.1", "2001:db8::1", "https://example.com/", "", "1", "A", "2026-01-02"]
            .into_iter()
            .map(str::to_owned)
            .collect();
    candidates.push("4f9d3c1e-5c5e-4d6f-8a51-0f6f5f9c2b1a".into());
    for letter in ["a", "A", "0", "1"] {
        candidates.extend([letter.repeat(least), letter.repeat(most), letter.repeat(least.max(8))]);
    }
    candidates.into_iter().find(|text| text_holds(text, rules))
}
