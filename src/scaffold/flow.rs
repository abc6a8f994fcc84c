//! What follows from how models refer to each other: who is recursive, and which way values travel.

use super::schema::Models;
use super::shape::{Kind, ModelId, ModelKind, Shape};

/// Makes every type finite: circular aliases become types of their own, circular members are boxed.
pub(crate) fn break_cycles(models: &mut Models<'_>) {
    wrap_circular_aliases(models);
    leave_out_empty_circles(models);
    box_circular_members(models);
}

/// Takes away what leads back to where it began without any part of a value on the way: a variant that is the type
/// itself says nothing, and reading it would never end.
fn leave_out_empty_circles(models: &mut Models<'_>) {
    let nothing = models.list.len();
    let within = |models: &Models<'_>, shape: &Shape| direct_model(models.without_aliases(shape)).unwrap_or(nothing);
    let edges: Vec<Vec<ModelId>> = models
        .list
        .iter()
        .map(|model| match &model.kind {
            ModelKind::OneOf { variants, .. } => variants.iter().map(|v| within(models, &v.shape)).collect(),
            ModelKind::Wrapper { shape, .. } => vec![within(models, shape)],
            _ => Vec::new(),
        })
        .collect();
    let mut found = back_edges(&edges);
    // From the last variant to the first, so that positions stay what they are.
    found.sort_unstable_by_key(|(from, _, slot)| std::cmp::Reverse((*from, *slot)));
    for (from, _, slot) in found {
        let model = &mut models.list[from];
        match &mut model.kind {
            ModelKind::OneOf { variants, .. } => {
                variants.remove(slot);
                if variants.is_empty() {
                    model.kind = ModelKind::Alias(Shape::of(Kind::Json));
                }
            }
            ModelKind::Wrapper { shape, .. } => *shape = Shape::of(Kind::Json),
            _ => {}
        }
    }
}

fn wrap_circular_aliases(models: &mut Models<'_>) {
    let edges: Vec<Vec<ModelId>> = models
        .list
        .iter()
        .map(|model| {
            let mut targets = Vec::new();
            if let ModelKind::Alias(shape) = &model.kind {
                shape.models(&mut |id, _| targets.push(id));
            }
            targets
        })
        .collect();
    for (_, to, _) in back_edges(&edges) {
        let model = &mut models.list[to];
        if let ModelKind::Alias(shape) = &model.kind {
            model.kind = ModelKind::Wrapper { shape: shape.clone(), boxed: false };
        }
    }
}

fn box_circular_members(models: &mut Models<'_>) {
    let edges: Vec<Vec<ModelId>> = (0..models.list.len())
        .map(|id| {
            slots(models, id).iter().map(|shape| direct_model(shape).unwrap_or(id_without_edges(models))).collect()
        })
        .collect();
    for (from, _, slot) in back_edges(&edges) {
        match &mut models.list[from].kind {
            ModelKind::Struct { fields, .. } => {
                if let Some(field) = fields.get_mut(slot) {
                    field.boxed = true;
                }
            }
            ModelKind::OneOf { variants, .. } => {
                if let Some(variant) = variants.get_mut(slot) {
                    variant.boxed = true;
                }
            }
            ModelKind::Wrapper { boxed, .. } => *boxed = true,
            // A circle of aliases and structs: the struct's edge into the alias is found from another root.
            _ => {}
        }
    }
}

fn id_without_edges(models: &Models<'_>) -> ModelId {
    models.list.len()
}

/// Returns the shapes that a model holds, each in its slot; aliases are seen through, and so have none.
fn slots<'m>(models: &'m Models<'_>, id: ModelId) -> Vec<&'m Shape> {
    match &models.model(id).kind {
        ModelKind::Struct { fields, .. } => fields.iter().map(|f| models.without_aliases(&f.shape)).collect(),
        ModelKind::OneOf { variants, .. } => variants.iter().map(|v| models.without_aliases(&v.shape)).collect(),
        ModelKind::Wrapper { shape, .. } => vec![models.without_aliases(shape)],
        _ => Vec::new(),
    }
}

fn direct_model(shape: &Shape) -> Option<ModelId> {
    match shape.kind {
        Kind::Model(id) => Some(id),
        _ => None,
    }
}

/// Returns the edges (from, to, position) that close a circle, found depth first in order.
fn back_edges(edges: &[Vec<ModelId>]) -> Vec<(ModelId, ModelId, usize)> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; edges.len()];
    let mut found = Vec::new();
    for root in 0..edges.len() {
        if marks[root] != Mark::New {
            continue;
        }
        let mut stack = vec![(root, 0)];
        marks[root] = Mark::Open;
        while let Some((node, next)) = stack.last_mut() {
            let Some(target) = edges[*node].get(*next).copied() else {
                marks[*node] = Mark::Done;
                stack.pop();
                continue;
            };
            let at = *next;
            *next += 1;
            match marks.get(target) {
                Some(Mark::New) => {
                    marks[target] = Mark::Open;
                    stack.push((target, 0));
                }
                Some(Mark::Open) => found.push((*node, target, at)),
                _ => {}
            }
        }
    }
    found
}

/// Which way values travel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Response,
}

/// Marks the models that a shape's values are made of.
pub(crate) fn mark(models: &mut Models<'_>, shape: &Shape, direction: Direction) {
    let mut open = Vec::new();
    shape.models(&mut |id, _| open.push(id));
    while let Some(id) = open.pop() {
        let model = &mut models.list[id];
        let seen = match direction {
            Direction::Request => std::mem::replace(&mut model.in_requests, true),
            Direction::Response => std::mem::replace(&mut model.in_responses, true),
        };
        if seen {
            continue;
        }
        every_shape(&model.kind, &mut |shape| shape.models(&mut |id, _| open.push(id)));
    }
}

/// Calls `visit` with each shape that a model names.
pub(crate) fn every_shape(kind: &ModelKind, visit: &mut impl FnMut(&Shape)) {
    match kind {
        ModelKind::Struct { fields, extra, .. } => {
            fields.iter().for_each(|field| visit(&field.shape));
            if let super::shape::Extra::Keep(shape) = extra {
                visit(shape);
            }
        }
        ModelKind::OneOf { variants, .. } => variants.iter().for_each(|variant| visit(&variant.shape)),
        ModelKind::Alias(shape) | ModelKind::Wrapper { shape, .. } => visit(shape),
        ModelKind::Enum { .. } | ModelKind::Pending => {}
    }
}
