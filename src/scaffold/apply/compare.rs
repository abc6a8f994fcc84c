//! A project's files against what is in a folder: what changes, what stays, and what is the user's.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use crate::parallel::in_parallel;

use super::super::manifest::{Manifest, ManifestFile, ManifestOperation, Owner, digest};
use super::super::operations::anonymous;
use super::super::project::{Project, ProjectFile};
use super::super::shared;
use super::{Action, ApplyError, Bases, Change, Changes, is_inside, located, read, read_bases, same};

/// Compares a project with a folder.
///
/// # Errors
/// When a file cannot be read, or a shared one cannot be brought up to date.
pub fn compare<'p>(project: &'p Project, folder: &Path, manifest: &'p Manifest) -> Result<Changes<'p>, ApplyError> {
    let mut changes = Changes {
        manifest: Manifest {
            version: 1,
            document: project.document.clone().or_else(|| manifest.document.clone()),
            package: Some(project.package.clone()),
            library: None,
            choices: project.choices.clone(),
            operations: project.operations.clone(),
            files: BTreeMap::new(),
        },
        before: Cow::Borrowed(manifest),
        ..Changes::default()
    };
    let bases = read_bases(folder)?;
    let read_and_digested = in_parallel(
        &project.files,
        || (),
        |(), _, file| Ok::<_, ApplyError>((read(&located(folder, &file.path))?, digest(&file.text))),
    );
    for (file, known_now) in project.files.iter().zip(read_and_digested) {
        let (old, digest) = known_now?;
        // What a run that was cut off has not come to is not known yet.
        let known = manifest.files.get(&file.path).filter(|known| old.is_some() || known.next.is_none());
        compare_file(&mut changes, folder, file, known, (old, digest), &bases)?;
    }
    let wanted: HashSet<&str> = project.files.iter().map(|file| file.path.as_str()).collect();
    compare_others(&mut changes, project, folder, manifest, &wanted)?;
    compare_operations(&mut changes, project, manifest);
    remember_renames(&mut changes, &wanted, folder, manifest)?;
    changes.changes.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(changes)
}

/// Compares a file with what is in its place: its text, if it is there, beside the digest of what is to be there.
fn compare_file<'p>(
    changes: &mut Changes<'p>,
    folder: &Path,
    file: &'p ProjectFile,
    known: Option<&ManifestFile>,
    (old, new_digest): (Option<String>, String),
    bases: &Bases<'_>,
) -> Result<(), ApplyError> {
    let template_changed = known.and_then(|known| known.template.as_ref()).is_some_and(|t| *t != file.template);
    if file.owner == Owner::User {
        match &old {
            Some(old) if template_changed => {
                merge(changes, file, old, bases.get(&file.path).map(AsRef::as_ref));
            }
            // Kept as it is: also gone, where that is how the user wants it.
            Some(_) => {}
            None if known.is_some() && file.is_optional() => {}
            None => {
                changes.bases.insert(file.path.clone(), Cow::Borrowed(&file.text));
            }
        }
    }
    let new = match (file.owner, &old) {
        (Owner::User, Some(_)) => None,
        (Owner::User, None) if known.is_some() && file.is_optional() => None,
        (Owner::Shared, Some(old)) => {
            let text = shared::brought_up_to_date(&file.path, old, &file.text);
            Some(Cow::Owned(text.map_err(|message| ApplyError::Shared {
                path: located(folder, &file.path).display().to_string(),
                message,
            })?))
        }
        (Owner::Tool, Some(old)) => {
            let ours = same(old, &file.text) || known.is_some_and(|known| known.has_made(old));
            if !ours {
                let list = if known.is_some() { &mut changes.edited } else { &mut changes.foreign };
                list.push(file.path.clone());
            }
            Some(Cow::Borrowed(file.text.as_str()))
        }
        (_, None) => Some(Cow::Borrowed(file.text.as_str())),
    };
    let sha256 = match (file.owner, known) {
        // What a once-written file was like when it was written stays on record.
        (Owner::User, Some(known)) if old.is_some() && !template_changed => known.sha256.clone(),
        _ => new_digest,
    };
    let template = (file.owner == Owner::User).then(|| file.template.clone());
    changes
        .manifest
        .files
        .insert(file.path.clone(), ManifestFile { owner: file.owner, sha256, template, next: None, moved_to: None });
    if let Some(new) = new
        && !old.as_deref().is_some_and(|old| same(old, &new))
    {
        let action = if old.is_some() { Action::Update } else { Action::Create };
        changes.changes.push(Change { path: file.path.clone(), action, old, new: Some(new) });
    }
    Ok(())
}

/// Compares what was written for a document as it was: files that nothing asks for any more.
fn compare_others(
    changes: &mut Changes<'_>,
    project: &Project,
    folder: &Path,
    manifest: &Manifest,
    wanted: &HashSet<&str>,
) -> Result<(), ApplyError> {
    for (path, known) in manifest.files.iter().filter(|(path, _)| !wanted.contains(path.as_str())) {
        if project.ignored.contains(path) {
            continue;
        }
        // A manifest is a file of the user's folder: a path that leaves it is not followed.
        if !is_inside(path) {
            continue;
        }
        let Some(old) = read(&located(folder, path))? else { continue };
        let action = match known.owner {
            Owner::Tool if known.has_made(&old) => Action::Remove,
            Owner::Tool => {
                changes.edited.push(path.clone());
                Action::Remove
            }
            Owner::User | Owner::Shared => {
                changes.manifest.files.insert(path.clone(), ManifestFile { next: None, ..known.clone() });
                Action::Unhooked
            }
        };
        changes.changes.push(Change { path: path.clone(), action, old: Some(old), new: None });
    }
    Ok(())
}

/// Compares the operations with those of the last run: what they ask a client for, and what they are called.
fn compare_operations(changes: &mut Changes<'_>, project: &Project, manifest: &Manifest) {
    let now: HashSet<&str> = project.operations.iter().map(|operation| operation.key.as_str()).collect();
    let (mut by_key, mut by_place, mut by_module) = (HashMap::new(), HashMap::new(), HashMap::new());
    for known in &manifest.operations {
        by_key.entry(known.key.as_str()).or_insert(known);
        if !now.contains(known.key.as_str()) {
            by_place.entry(anonymous(&known.key)).or_insert(known);
            by_module.entry(known.module.as_str()).or_insert(known);
        }
    }
    for operation in &project.operations {
        let before: Option<&ManifestOperation> = by_key
            .get(operation.key.as_str())
            .or_else(|| by_place.get(&anonymous(&operation.key)))
            .or_else(|| by_module.get(project.named.get(&operation.key)?.as_str()))
            .copied();
        let security = |operation: &ManifestOperation| operation.security.clone();
        if let (Some(old), Some(new)) = (before.and_then(security), security(operation))
            && old != new
        {
            changes.secured.push((operation.key.clone(), old, new));
        }
        if let Some(before) = before.filter(|before| before.module != operation.module) {
            let file = |module: &str| format!("src/handlers/{module}.rs");
            changes.renamed.push((file(&before.module), file(&operation.module)));
        }
    }
}

/// Records where handlers without an operation would go, and keeps those renames that can still be made: the old file is
/// there, and nothing is written into the new one yet.
fn remember_renames(
    changes: &mut Changes<'_>,
    wanted: &HashSet<&str>,
    folder: &Path,
    manifest: &Manifest,
) -> Result<(), ApplyError> {
    let mut renamed = std::mem::take(&mut changes.renamed);
    for (path, known) in &manifest.files {
        if let Some(moved) = &known.moved_to
            && !wanted.contains(path.as_str())
            && !renamed.iter().any(|(old, _)| old == path)
        {
            let now = renamed.iter().find(|(old, _)| old == moved).map_or(moved, |(_, new)| new);
            renamed.push((path.clone(), now.clone()));
        }
    }
    // Of several files for one, those come first that the user has written something into.
    let mut possible = Vec::new();
    for (old, new) in &renamed {
        let Some(entry) = changes.manifest.files.get_mut(old).filter(|_| wanted.contains(new.as_str())) else {
            continue;
        };
        if !wanted.contains(old.as_str()) {
            entry.moved_to = Some(new.clone());
        }
        let is_untouched = |path: &str| -> Result<bool, ApplyError> {
            let text = read(&located(folder, path))?;
            Ok(text.is_none_or(|text| manifest.files.get(path).is_some_and(|known| known.has_made(&text))))
        };
        // Also into one that itself moves.
        if is_untouched(new)? || renamed.iter().any(|(other, _)| other == new) {
            possible.push((is_untouched(old)?, old.clone(), new.clone()));
        }
    }
    possible.sort_by_key(|(is_untouched, ..)| *is_untouched);
    for (is_untouched, old, new) in possible {
        if !changes.renamed.iter().any(|(_, taken)| *taken == new) {
            changes.strands_handlers |= !is_untouched;
            changes.renamed.push((old, new));
        }
    }
    Ok(())
}

/// Brings a file of the user up to date with its template: in it where that is clean, beside it otherwise.
fn merge<'p>(changes: &mut Changes<'p>, file: &'p ProjectFile, old: &str, base: Option<&str>) {
    let Some(base) = base else { return };
    changes.bases.insert(file.path.clone(), Cow::Borrowed(&file.text));
    if same(base, &file.text) || same(old, &file.text) {
        return;
    }
    let change = match diffy::merge(&base.replace("\r\n", "\n"), &old.replace("\r\n", "\n"), &file.text) {
        Ok(merged) if same(&merged, old) => return,
        Ok(merged) => Change {
            path: file.path.clone(),
            action: Action::Update,
            old: Some(old.to_owned()),
            new: Some(merged.into()),
        },
        Err(_) => {
            changes.conflicts.push(file.path.clone());
            Change {
                path: format!("{}.gatewright-new", file.path),
                action: Action::Create,
                old: None,
                new: Some(Cow::Borrowed(&file.text)),
            }
        }
    };
    changes.changes.push(change);
}

impl ProjectFile {
    /// Returns whether a project compiles without the file, so that the user may delete it.
    fn is_optional(&self) -> bool {
        !self.path.starts_with("src/") || self.path == "src/auth.rs"
    }
}
