//! What a crate that was there before lacks to hold a project.

use std::path::Path;

use toml_edit::{DocumentMut, Item};

use super::project::Project;

/// The modules of `src/lib.rs` that generated code names, and how each is declared.
const MODULES: [(&str, &str); 3] = [
    ("api", "#[path = \"gen/mod.rs\"] #[rustfmt::skip] pub mod api;"),
    ("handlers", "pub mod handlers;"),
    ("state", "pub mod state;"),
];

/// Features that a crate has unless it is told to go without.
const DEFAULTS: [(&str, &str); 5] = [
    ("aws_lambda_events", "apigw"),
    ("chrono", "alloc"),
    ("lambda_runtime", "tracing"),
    ("regex", "std"),
    ("regex", "unicode"),
];

/// Features that others bring along.
const INCLUDED: [(&str, &str, &str); 4] = [
    ("tokio", "full", "macros"),
    ("tokio", "full", "rt"),
    ("tokio", "rt-multi-thread", "rt"),
    ("chrono", "std", "alloc"),
];

/// Returns what the user is to add to the files that are the user's own, one sentence each; nothing where the project
/// compiles as it is.
#[must_use]
pub fn missing(project: &Project, folder: &Path) -> Vec<String> {
    let written = |path: &str| project.files.iter().find(|file| file.path == path).map(|file| file.text.as_str());
    let there = |path: &str| std::fs::read_to_string(folder.join(path)).ok();
    let mut missing = Vec::new();
    if let (Some(_), Some(library)) = (written("src/lib.rs"), there("src/lib.rs")) {
        missing.extend(modules(&library));
    }
    if let (Some(generated), Some(manifest)) = (written("Cargo.toml"), there("Cargo.toml")) {
        missing.extend(features(&manifest, generated));
    }
    missing
}

fn modules(library: &str) -> Vec<String> {
    let declares = |name: &str| {
        library.lines().any(|line| {
            // Also after attributes on the same line.
            let mut words = line.split("//").next().unwrap_or_default().split_whitespace();
            words.by_ref().any(|word| word == "mod")
                && words.next().is_some_and(|word| word.trim_end_matches([';', '{']) == name)
        })
    };
    let lacking = MODULES.iter().filter(|(name, _)| !declares(name));
    lacking.map(|(_, line)| format!("add `{line}` to `src/lib.rs`")).collect()
}

fn features(manifest: &str, generated: &str) -> Vec<String> {
    let (Ok(manifest), Ok(generated)) = (manifest.parse::<DocumentMut>(), generated.parse::<DocumentMut>()) else {
        return Vec::new();
    };
    let mut missing = Vec::new();
    let edition = manifest.get("package").and_then(|package| package.get("edition"));
    if edition.is_none_or(|edition| edition.as_str().is_some_and(|edition| edition < "2024")) {
        missing.push("set `edition = \"2024\"` in `Cargo.toml`".to_owned());
    }
    let dependencies = |document: &DocumentMut| document.get("dependencies").cloned();
    let (Some(theirs), Some(ours)) = (dependencies(&manifest), dependencies(&generated)) else { return missing };
    let named = |item: &Item| -> Vec<String> {
        let list = item.get("features").and_then(Item::as_array);
        list.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
    };
    for (name, ours) in ours.as_table_like().into_iter().flat_map(|table| table.iter()) {
        // What a workspace says of a crate is elsewhere.
        let Some(theirs) = theirs.get(name).filter(|item| item.get("workspace").is_none()) else { continue };
        let has_defaults = theirs.get("default-features").and_then(Item::as_bool) != Some(false);
        let known = named(theirs);
        let has = |feature: &String| {
            known.contains(feature)
                || (has_defaults && DEFAULTS.contains(&(name, feature)))
                || INCLUDED.iter().any(|(of, all, one)| *of == name && one == feature && known.iter().any(|k| k == all))
        };
        let lacking: Vec<String> =
            named(ours).iter().filter(|feature| !has(feature)).map(|f| format!("`{f}`")).collect();
        if !lacking.is_empty() {
            let plural = if lacking.len() == 1 { "" } else { "s" };
            missing.push(format!("give `{name}` in `Cargo.toml` the feature{plural} {}", lacking.join(", ")));
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_declares_what_is_generated() {
        let all = "#[path = \"gen/mod.rs\"]\npub mod api;\npub(crate) mod handlers;\nmod state { }\n";
        assert_eq!(modules(all), Vec::<String>::new());
        assert_eq!(modules("// mod api;\npub mod handlers;\nmod states;\n").len(), 2);
    }

    #[test]
    fn crates_have_the_features_that_are_used() {
        let generated = "[dependencies]\nserde = { version = \"1\", features = [\"derive\"] }\n\
                         tokio = { version = \"1\", features = [\"macros\", \"rt\"] }\n\
                         regex = { version = \"1\", default-features = false, features = [\"std\"] }\n";
        let head = "[package]\nname = \"a\"\nedition = \"2024\"\n";
        assert_eq!(features(&format!("{head}{generated}"), generated), Vec::<String>::new());
        let theirs =
            "[dependencies]\nserde = \"1\"\nregex = \"1\"\ntokio = { version = \"1\", features = [\"full\"] }\n";
        assert_eq!(
            features(&format!("{head}{theirs}"), generated),
            ["give `serde` in `Cargo.toml` the feature `derive`"]
        );
        assert_eq!(features("[package]\nedition = \"2021\"\n", generated).len(), 1);
    }
}
