//! The table of verdicts, cell by cell, from `tests/data/diff`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{document, found, placed};
use crate::diff::{Options, Policy, diff};

const SCHEMAS: &str = include_str!("../../../tests/data/diff/schemas.txt");
const OPERATIONS: &str = include_str!("../../../tests/data/diff/operations.txt");
const KINDS: &str = include_str!("../../../tests/data/diff/kinds.txt");

/// Where a schema is put; the order of the letters of a level.
const PLACES: [&str; 7] = [
    "request body",
    "request property",
    "parameter",
    "parameter property",
    "response body",
    "response property",
    "response header",
];

/// A pair of documents, or of schemas, and what is found.
struct Block<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Block<'a> {
    fn get(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
    }

    fn must(&self, key: &str) -> &'a str {
        self.get(key).unwrap_or_else(|| panic!("a block lacks `{key}`: {:?}", self.0))
    }

    /// Returns the two ways to read the block: old, new, and what is expected.
    fn ways(&self) -> [(&'a str, &'a str, &'a str); 2] {
        let (old, new) = (self.must("old"), self.must("new"));
        [(old, new, self.must("edit")), (new, old, self.must("back"))]
    }
}

fn blocks(text: &str) -> impl Iterator<Item = Block<'_>> {
    text.split("\n\n").filter_map(|block| {
        let lines = block.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let members: Vec<_> = lines.map(|line| line.split_once(": ").expect("`key: value`")).collect();
        (!members.is_empty()).then_some(Block(members))
    })
}

/// Compares two documents; with and without shortcuts, the answer is the same.
fn compare(old: &str, new: &str, policy: &str) -> Vec<String> {
    let (old, new) = (document(old), document(new));
    let policy = Policy {
        today: Some(jiff::civil::date(2026, 1, 1)),
        require_sunset: policy == "require-sunset",
        stable_days: if policy == "sunset-days" { 90 } else { 0 },
        ..Policy::default()
    };
    let of = |shortcuts| {
        let mut found = found(&diff(&old, &new, &Options { policy: policy.clone(), shortcuts, ..Options::default() }));
        found.sort();
        found
    };
    let quick = of(true);
    assert_eq!(quick, of(false), "shortcuts change nothing");
    quick
}

fn level(letter: char) -> &'static str {
    match letter {
        'E' => "error",
        'W' => "warning",
        'I' => "info",
        other => panic!("`{other}` is no level"),
    }
}

/// Returns the letter of a place, `None` where it is left to another block.
fn letter(levels: &str, place: usize) -> Option<char> {
    let letters = match levels {
        "narrows" => "EEEEIII",
        "widens" => "IIIIEEE",
        "alters" => "EEEEEEE",
        "annotates" => "IIIIIII",
        letters => letters,
    };
    letters.chars().nth(place).filter(|letter| *letter != '-')
}

#[test]
fn every_edit_of_a_schema_at_every_place() {
    let mut wrong = String::new();
    for block in blocks(SCHEMAS) {
        let version = block.get("version").unwrap_or("3.0.3");
        for (old, new, expected) in block.ways() {
            for (at, place) in PLACES.iter().enumerate() {
                let findings = expected.split(" + ").map(|finding| finding.split_once(' ').expect("`check levels`"));
                let findings: Option<Vec<_>> =
                    findings.map(|(id, levels)| Some(format!("{} {id}", level(letter(levels, at)?)))).collect();
                let Some(mut expected) = findings else { continue };
                expected.sort();
                let got = compare(&placed(place, old, version), &placed(place, new, version), "");
                if got != expected {
                    let _ = writeln!(wrong, "{place}: {old} → {new}: expected {expected:?}, got {got:?}");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_edit_of_anything_else() {
    const KEYS: &str = "components: {securitySchemes: {key: {type: apiKey, in: header, name: K}, auth: {type: oauth2, \
                        flows: {clientCredentials: {tokenUrl: 'https://a.test/t', scopes: {a: A, b: B}}}}}}";
    let mut wrong = String::new();
    for block in blocks(OPERATIONS) {
        let version = block.get("version").unwrap_or("3.0.3");
        let whole = |members: &str| {
            let members = members.replace("OK", "responses: {'200': {description: ok}}").replace("KEYS", KEYS);
            format!("{{openapi: {version}, info: {{title: t, version: '1'}}, {members}}}\n")
        };
        for (old, new, expected) in block.ways() {
            let mut expected: Vec<String> = match expected {
                "silent" => Vec::new(),
                listed => listed
                    .split(" + ")
                    .filter_map(|finding| finding.split_once(' '))
                    .map(|(id, letter)| format!("{} {id}", letter.chars().map(level).collect::<String>()))
                    .collect(),
            };
            expected.sort();
            let got = compare(&whole(old), &whole(new), block.get("policy").unwrap_or_default());
            if got != expected {
                let _ = writeln!(wrong, "{old} → {new}: expected {expected:?}, got {got:?}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_kind_of_another_differ_is_covered_or_waived() {
    let covered: BTreeSet<&str> = [SCHEMAS, OPERATIONS]
        .into_iter()
        .flat_map(blocks)
        .flat_map(|block| block.get("kinds").unwrap_or_default().split(' ').collect::<Vec<_>>())
        .filter(|kind| !kind.is_empty())
        .collect();
    let mut known = BTreeSet::new();
    for line in KINDS.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (kind, reason) = line.split_once(": ").unwrap_or((line, ""));
        assert!(known.insert(kind), "`{kind}` is there twice");
        assert!(covered.contains(kind) == reason.is_empty(), "`{kind}` is either covered or waived");
    }
    assert_eq!(covered.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new(), "no kind has this name");
}
