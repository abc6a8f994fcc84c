//! Alternatives that a member tells apart though no `discriminator` says so: each has its own fixed values for it.
//!
//! A value is then read as the one type that it says it is, and a mistake in it has its place.

use std::collections::HashSet;

use super::schema::Models;
use super::shape::{Field, Kind, Literal, ModelKind, OneOfVariant, Shape};

/// Gives alternatives the tag that tells them apart, where there is one.
pub(crate) fn find(models: &mut Models<'_>) {
    for id in 0..models.list.len() {
        let ModelKind::OneOf { variants, tag: None } = &models.list[id].kind else { continue };
        let Some((name, values)) = telling(models, variants) else { continue };
        if let ModelKind::OneOf { variants, tag } = &mut models.list[id].kind {
            *tag = Some(name);
            for (variant, tags) in variants.iter_mut().zip(values) {
                variant.tags = tags;
            }
        }
    }
}

/// Returns the member that tells variants apart, and its values for each.
fn telling(models: &Models<'_>, variants: &[OneOfVariant]) -> Option<(String, Vec<Vec<String>>)> {
    let (first, others) = variants.split_first()?;
    if others.is_empty() {
        return None;
    }
    fields(models, &first.shape)?.iter().find_map(|candidate| {
        let mut seen = HashSet::new();
        let mut of_variant = |variant: &OneOfVariant| {
            let field = fields(models, &variant.shape)?.iter().find(|field| field.wire == candidate.wire)?;
            let values = values(models, field)?;
            values.iter().all(|value| seen.insert(value.clone())).then_some(values)
        };
        let values = variants.iter().map(&mut of_variant).collect::<Option<Vec<_>>>()?;
        Some((candidate.wire.clone(), values))
    })
}

/// Returns the fields of a shape that is a struct.
fn fields<'m>(models: &'m Models<'_>, shape: &'m Shape) -> Option<&'m [Field]> {
    let shape = models.without_aliases(shape);
    let Kind::Model(id) = shape.kind else { return None };
    match &models.model(id).kind {
        ModelKind::Struct { fields, .. } if !shape.nullable => Some(fields),
        _ => None,
    }
}

/// Returns the fixed values, as texts, of a member that must be there.
fn values(models: &Models<'_>, field: &Field) -> Option<Vec<String>> {
    let shape = models.without_aliases(&field.shape);
    let Kind::Model(id) = shape.kind else { return None };
    let ModelKind::Enum { variants, open: false } = &models.model(id).kind else { return None };
    let is_always_there = field.required && !field.read_only && !field.write_only && !field.shape.nullable;
    let text = |value: &Literal| match value {
        Literal::Text(text) => text.clone(),
        Literal::Integer(number) => number.to_string(),
    };
    (is_always_there && !shape.nullable).then(|| variants.iter().map(|variant| text(&variant.value)).collect())
}
