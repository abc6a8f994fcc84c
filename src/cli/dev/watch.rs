//! Which files were saved.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::event::{AccessKind, EventKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use crate::cli::CommandError;

/// How long after a change further ones count as the same: editors write several times per save.
const QUIET: Duration = Duration::from_millis(120);

/// The saves of a set of files and folders.
pub(super) struct Changes {
    events: mpsc::UnboundedReceiver<PathBuf>,
    watched: Vec<PathBuf>,
    _watcher: RecommendedWatcher,
}

impl Changes {
    /// Begins to watch. A file is watched through its folder, because editors replace files.
    pub(super) fn of(paths: &[PathBuf]) -> Result<Self, CommandError> {
        let (sender, events) = mpsc::unbounded_channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let Ok(event) = event else { return };
            if matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(notify::event::AccessMode::Write))
            {
                return;
            }
            for path in event.paths {
                let _ = sender.send(path);
            }
        })?;
        let watched: Vec<PathBuf> =
            paths.iter().map(|p| std::fs::canonicalize(p).unwrap_or_else(|_| p.clone())).collect();
        let mut folders = BTreeSet::new();
        for path in &watched {
            let (folder, mode) = if path.is_dir() {
                (path.clone(), RecursiveMode::Recursive)
            } else {
                (path.parent().unwrap_or(Path::new(".")).to_owned(), RecursiveMode::NonRecursive)
            };
            if folders.insert(folder.clone()) {
                watcher.watch(&folder, mode)?;
            }
        }
        Ok(Self { events, watched, _watcher: watcher })
    }

    /// Waits for the next save and returns all files saved with it; nothing when watching has ended.
    pub(super) async fn next(&mut self) -> Option<Vec<PathBuf>> {
        let mut changed = BTreeSet::new();
        while changed.is_empty() {
            let path = self.events.recv().await?;
            self.add(path, &mut changed);
        }
        while let Ok(Some(path)) = tokio::time::timeout(QUIET, self.events.recv()).await {
            self.add(path, &mut changed);
        }
        Some(changed.into_iter().collect())
    }

    fn add(&self, path: PathBuf, changed: &mut BTreeSet<PathBuf>) {
        if self.watched.iter().any(|watched| path.starts_with(watched)) {
            changed.insert(path);
        }
    }
}
