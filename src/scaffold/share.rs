//! Equal schemas that stand in several places have one type.
//!
//! Documents that were generated repeat the same inline schema hundreds of times. Each place still names its type, so
//! that a name never depends on what stands elsewhere; but all names but the first are aliases of it.

use ahash::AHashMap as HashMap;

use super::schema::Models;
use super::shape::{Extra, Kind, Literal, Model, ModelId, ModelKind, OwnRules, Shape};

/// Makes inline models that are equal, descriptions of their members included, aliases of the first of them.
/// Models of named schemas stay as they are.
pub(crate) fn equal_models(models: &mut Models<'_>) {
    // What an inline schema holds was mostly defined after it.
    let mut classes: Vec<ModelId> = (0..models.list.len()).collect();
    let mut known: HashMap<Vec<u8>, ModelId> = HashMap::default();
    let mut first: HashMap<ModelId, ModelId> = HashMap::default();
    for (id, model) in models.list.iter().enumerate().rev() {
        if model.inline
            && let Some(key) = key(model, &classes)
        {
            let class = *known.entry(key).or_insert(id);
            classes[id] = class;
            first.insert(class, id);
        }
    }
    for (id, class) in classes.iter().enumerate() {
        if let Some(first) = first.get(class).filter(|first| **first != id) {
            models.list[id].kind = ModelKind::Alias(Shape::of(Kind::Model(*first)));
        }
    }
}

/// Returns a text that equal models have in common, and no others.
fn key(model: &Model, classes: &[ModelId]) -> Option<Vec<u8>> {
    let mut key = Key { classes, bytes: Vec::with_capacity(128) };
    match &model.kind {
        ModelKind::Struct { fields, extra, size } => {
            key.number(0);
            // Which of its members may be absent follows from the way its values travel.
            key.flags(&[model.in_requests, model.in_responses]);
            key.rules(size);
            key.number(fields.len() as u64);
            for field in fields {
                key.text(&field.name);
                key.text(&field.wire);
                key.text(&field.doc);
                key.shape(&field.shape);
                key.flags(&[field.required, field.read_only, field.write_only, field.deprecated, field.boxed]);
                match field.default.as_deref() {
                    Some((value, _)) => key.text(&value.to_string()),
                    None => key.number(u64::MAX),
                }
            }
            match extra {
                Extra::Ignore => key.number(0),
                Extra::Deny => key.number(1),
                Extra::Keep(shape) => {
                    key.number(2);
                    key.shape(shape);
                }
            }
        }
        ModelKind::Enum { variants, open } => {
            key.number(1);
            key.flags(&[*open]);
            key.number(variants.len() as u64);
            for variant in variants {
                key.text(&variant.name);
                key.text(&variant.doc);
                match &variant.value {
                    Literal::Text(text) => {
                        key.flags(&[true]);
                        key.text(text);
                    }
                    Literal::Integer(number) => {
                        key.flags(&[false]);
                        key.bytes.extend(number.to_le_bytes());
                    }
                }
            }
        }
        ModelKind::OneOf { variants, tag } => {
            key.number(2);
            key.flags(&[model.in_requests, tag.is_some()]);
            key.text(tag.as_deref().unwrap_or_default());
            key.number(variants.len() as u64);
            for variant in variants {
                key.text(&variant.name);
                key.shape(&variant.shape);
                key.flags(&[variant.boxed]);
                key.number(variant.tags.len() as u64);
                variant.tags.iter().for_each(|tag| key.text(tag));
            }
        }
        ModelKind::Alias(_) | ModelKind::Wrapper { .. } | ModelKind::Pending => return None,
    }
    Some(key.bytes)
}

struct Key<'c> {
    classes: &'c [ModelId],
    bytes: Vec<u8>,
}

impl Key<'_> {
    fn number(&mut self, number: u64) {
        self.bytes.extend(number.to_le_bytes());
    }

    /// Adds a text with its length, so that two texts never read as other two.
    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes.extend(text.as_bytes());
    }

    fn flags(&mut self, flags: &[bool]) {
        self.bytes.extend(flags.iter().map(|flag| u8::from(*flag)));
    }

    fn shape(&mut self, shape: &Shape) {
        self.flags(&[shape.nullable]);
        self.rules(&shape.rules);
        match &shape.kind {
            Kind::Model(id) => {
                self.number(0);
                self.number(self.classes[*id] as u64);
            }
            Kind::List(inner) => {
                self.number(1);
                self.shape(inner);
            }
            Kind::Map(inner) => {
                self.number(2);
                self.shape(inner);
            }
            Kind::Bool => self.number(3),
            Kind::I32 => self.number(4),
            Kind::I64 => self.number(5),
            Kind::F32 => self.number(6),
            Kind::F64 => self.number(7),
            Kind::Str => self.number(8),
            Kind::DateTime => self.number(9),
            Kind::Date => self.number(10),
            Kind::Uuid => self.number(11),
            Kind::Base64 => self.number(12),
            Kind::Binary => self.number(13),
            Kind::Json => self.number(14),
            Kind::U64 => self.number(15),
        }
    }

    fn rules(&mut self, rules: &OwnRules) {
        if rules.is_empty() {
            return self.number(0);
        }
        // Rules are few beside names and types.
        self.text(&format!("{rules:?}"));
    }
}

#[cfg(test)]
mod tests {
    use crate::openapi::{self, LoadOptions};
    use crate::source::{Loader, Origin};

    use super::*;

    fn models_of(schemas: &str) -> Vec<(String, Option<String>)> {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths: {{}}\ncomponents:\n  schemas:\n{schemas}"
        );
        let options = LoadOptions::default();
        let (document, _, _) = openapi::load_text(&Loader::default(), &Origin::Stdin, text, &options);
        let document = document.expect("a document");
        let mut models = Models::new(&document);
        models.define_components();
        equal_models(&mut models);
        let alias = |model: &Model| match &model.kind {
            ModelKind::Alias(Shape { kind: Kind::Model(id), .. }) => Some(models.model(*id).name.clone()),
            _ => None,
        };
        models.list.iter().map(|model| (model.name.clone(), alias(model))).collect()
    }

    #[test]
    fn inline_schemas_that_are_equal_share_the_first_ones_type() {
        let found = models_of(
            "    A: {type: object, properties: {p: {type: object, properties: {q: {type: string, enum: [x]}}}}}\n    \
             B: {type: object, properties: {p: {type: object, properties: {q: {type: string, enum: [x]}}}}}\n    \
             C: {type: object, properties: {p: {type: object, properties: {q: {type: string, enum: [y]}}}}}\n    \
             D: {type: object, properties: {p: {type: object, properties: {q: {type: string, enum: [x], description: d}}}}}\n",
        );
        let aliases: Vec<(&str, &str)> =
            found.iter().filter_map(|(name, alias)| Some((name.as_str(), alias.as_deref()?))).collect();
        // What is said of a member is part of it; what is named stays its own, however equal.
        assert_eq!(aliases, [("Bp", "Ap"), ("BpQ", "ApQ"), ("DpQ", "ApQ")]);
    }
}
