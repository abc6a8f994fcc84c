//! Files that belong to the user but for a part that is kept up to date: `Cargo.toml` and the list of handlers.

use toml_edit::{DocumentMut, Item, Table};

/// The line that ends the part kept up to date; it begins with a line that has the mark too.
const MARK: &str = "// gatewright:";

/// Returns the user's text with our part as it is in `generated`.
pub(crate) fn brought_up_to_date(path: &str, existing: &str, generated: &str) -> Result<String, String> {
    if path.ends_with(".toml") { manifest(existing, generated) } else { Ok(region(existing, generated)) }
}

/// Puts the marked region of `generated` in the place of that of `existing`, or at its end when it has none.
fn region(existing: &str, generated: &str) -> String {
    let Some((_, ours, _)) = split(generated) else { return existing.to_owned() };
    match split(existing) {
        Some((before, _, after)) => format!("{before}{ours}{after}"),
        None => {
            let gap = if existing.is_empty() || existing.ends_with('\n') { "" } else { "\n" };
            format!("{existing}{gap}\n{ours}")
        }
    }
}

/// Splits a text into what is before the marked region, the region, and what is after it.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let from = text.find(MARK)?;
    let end = format!("{MARK} end");
    let to = from + text[from..].find(&end)? + end.len();
    let to = to + text[to..].find('\n').map_or(text.len() - to, |at| at + 1);
    Some((&text[..from], &text[from..to], &text[to..]))
}

/// Adds what a manifest lacks: dependencies and our metadata. What is there stays as the user has it.
fn manifest(existing: &str, generated: &str) -> Result<String, String> {
    let mut existing: DocumentMut = existing.parse().map_err(|error| format!("{error}"))?;
    let generated: DocumentMut = generated.parse().map_err(|error| format!("{error}"))?;
    for name in ["dependencies", "dev-dependencies"] {
        let Some(ours) = generated.get(name).and_then(Item::as_table_like) else { continue };
        let theirs = existing.entry(name).or_insert(Item::Table(Table::new()));
        let Some(theirs) = theirs.as_table_like_mut() else { return Err(format!("`{name}` is not a table")) };
        for (name, item) in ours.iter() {
            if !theirs.contains_key(name) {
                theirs.insert(name, item.clone());
            }
        }
    }
    if let Some(ours) = generated.get("lib").and_then(Item::as_table_like) {
        let theirs = existing.entry("lib").or_insert(Item::Table(Table::new()));
        if let Some(theirs) = theirs.as_table_like_mut() {
            for (name, item) in ours.iter().filter(|(name, _)| *name == "doctest") {
                if !theirs.contains_key(name) {
                    theirs.insert(name, item.clone());
                }
            }
        }
    }
    let router = ["metadata", "lambda", "watch", "router"];
    let package = generated.get("package").and_then(Item::as_table_like);
    let ours = router.iter().try_fold(package, |table, name| Some(table?.get(name)?.as_table_like()));
    if let Some(ours) = ours.flatten()
        && let Some(package) = existing.get_mut("package").and_then(Item::as_table_like_mut)
    {
        let mut theirs = package;
        for name in router {
            let mut table = Table::new();
            table.set_implicit(name != "router");
            let item = theirs.entry(name).or_insert(Item::Table(table));
            let Some(inner) = item.as_table_like_mut() else {
                return Err(format!("`package.{}` is not a table", router.join(".")));
            };
            theirs = inner;
        }
        // The routes are of the document; one that is as it should be keeps how it is written.
        let said = |item: &Item| {
            let mut item = item.clone();
            if let Some(value) = item.as_value_mut() {
                value.decor_mut().clear();
            }
            item.to_string().split_whitespace().collect::<String>()
        };
        let gone: Vec<String> =
            theirs.iter().map(|(path, _)| path.to_owned()).filter(|p| !ours.contains_key(p)).collect();
        for path in gone {
            theirs.remove(&path);
        }
        for (path, item) in ours.iter() {
            match theirs.get_mut(path) {
                Some(known) if said(known) == said(item) => {}
                Some(known) => *known = item.clone(),
                None => drop(theirs.insert(path, item.clone())),
            }
        }
    }
    Ok(existing.to_string())
}

/// Returns the names that a manifest gives the package, and the library as code names it.
pub(crate) fn names_of(manifest: &str) -> (Option<String>, Option<String>) {
    #[derive(Default, serde::Deserialize)]
    #[serde(default)]
    struct Head {
        package: Named,
        lib: Named,
    }
    #[derive(Default, serde::Deserialize)]
    #[serde(default)]
    struct Named {
        name: Option<String>,
    }
    let head: Head = toml::from_str(manifest).unwrap_or_default();
    let library = head.lib.name.or_else(|| head.package.name.as_ref().map(|name| name.replace('-', "_")));
    // What cargo would refuse goes into no code.
    let is_name = |name: &String| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    (head.package.name, library.filter(is_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marked_region_is_replaced() {
        let existing = "//! mine\n// gatewright: x\npub mod a;\n// gatewright: end\nmod extra;\n";
        let generated = "//! theirs\n// gatewright: y\npub mod b;\n// gatewright: end\n";
        let expected = "//! mine\n// gatewright: y\npub mod b;\n// gatewright: end\nmod extra;\n";
        assert_eq!(region(existing, generated), expected);
        assert_eq!(region(expected, generated), expected);
    }

    #[test]
    fn a_library_is_named_as_its_manifest_says() {
        let names = |text: &str| names_of(text);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(names("[package]\nname = \"my-Shop\"\n"), (some("my-Shop"), some("my_Shop")));
        assert_eq!(names("[package]\nname = \"a\"\n[lib]\nname = \"b\"\n"), (some("a"), some("b")));
        assert_eq!(names("[package]\nname = \"a; b\"\n").1, None);
        assert_eq!(names("no manifest"), (None, None));
    }

    #[test]
    fn the_routes_of_a_manifest_are_kept_up_to_date() {
        let head = "[package]\nname = \"mine\"\n\n[package.metadata.lambda.deploy]\nmemory = 512\n";
        let routes = "\n[package.metadata.lambda.watch.router]\n";
        let of = |lines: &str| format!("{head}{routes}{lines}\n[profile.release]\nlto = true # mine\n");
        let generated = |lines: &str| format!("[package]\nname = \"x\"\n{routes}{lines}");
        let kept = "\"/a\" = [ { method = \"GET\", function = \"a\" } ] # see the wiki\n";
        let existing = of(&format!("{kept}\"/b\" = \"b\"\n\"/gone\" = \"c\"\n"));
        let lines = "\"/a\" = [{ method = \"GET\", function = \"a\" }]\n\"/b\" = \"api\"\n\"/c\" = \"api\"\n";
        let expected = of(&format!("{kept}\"/b\" = \"api\"\n\"/c\" = \"api\"\n"));
        assert_eq!(manifest(&existing, &generated(lines)).as_deref(), Ok(expected.as_str()));
        assert_eq!(manifest(&expected, &generated(lines)).as_deref(), Ok(expected.as_str()));
        let bare = manifest("[package]\nname = \"m\"\n", &generated("\"/b\" = \"b\"\n")).expect("manifests");
        assert_eq!(bare, format!("[package]\nname = \"m\"\n{routes}\"/b\" = \"b\"\n"));
    }

    #[test]
    fn a_manifest_keeps_what_it_has() {
        let existing = "[package]\nname = \"mine\" # keep\n\n[dependencies]\nserde = \"=1.0.1\"\n";
        let generated = "[package]\nname = \"x\"\n\n[dependencies]\nserde = \"1\"\nuuid = \"1\"\n";
        let merged = manifest(existing, generated).expect("manifests");
        assert_eq!(merged, "[package]\nname = \"mine\" # keep\n\n[dependencies]\nserde = \"=1.0.1\"\nuuid = \"1\"\n");
        assert_eq!(manifest(&merged, generated).as_deref(), Ok(merged.as_str()));
    }
}
