//! Java's regular expressions, by a backtracking engine with limits.

use ecow::EcoString;
use fancy_regex::{Captures, Regex, RegexBuilder};

use super::{Problem, Result, thrown};

/// The patterns that a rendering remembers at most.
const MAX_PATTERNS: usize = 64;
/// The steps back that one match takes at most.
const MAX_BACKTRACKS: usize = 200_000;
/// The bytes of a compiled pattern at most.
const MAX_COMPILED: usize = 1 << 20;

/// Compiled patterns, so that a loop compiles each once.
#[derive(Debug, Default)]
pub(in crate::vtl) struct Patterns {
    compiled: Vec<(EcoString, Regex)>,
}

impl Patterns {
    /// Returns the compiled pattern.
    pub(super) fn get(&mut self, pattern: &EcoString) -> Result<&Regex> {
        if let Some(index) = self.compiled.iter().position(|(known, _)| known == pattern) {
            return Ok(&self.compiled[index].1);
        }
        let regex = RegexBuilder::new(pattern)
            .backtrack_limit(MAX_BACKTRACKS)
            .delegate_size_limit(MAX_COMPILED)
            .delegate_dfa_size_limit(MAX_COMPILED)
            .build();
        let regex = match regex {
            Ok(regex) => regex,
            Err(error) => return thrown(format!("`{pattern}` is not a regular expression: {error}")),
        };
        if self.compiled.len() >= MAX_PATTERNS {
            self.compiled.remove(0);
        }
        self.compiled.push((pattern.clone(), regex));
        match self.compiled.last() {
            Some((_, regex)) => Ok(regex),
            None => thrown("no pattern"),
        }
    }
}

/// Returns whether the pattern stands for itself: no character of it is special.
pub(super) fn is_plain(pattern: &str) -> bool {
    !pattern.is_empty() && !pattern.contains(['\\', '^', '$', '.', '|', '?', '*', '+', '(', ')', '[', ']', '{', '}'])
}

/// Returns the error of a match that was given up.
pub(super) fn given_up(pattern: &str, error: &fancy_regex::Error) -> Problem {
    Problem::Thrown(format!("matching `{pattern}` was given up: {error}"))
}

/// Appends a replacement as Java does: `$1` and `${name}` are groups, a backslash takes the next character literally.
pub(super) fn append_replacement(replacement: &str, groups: &Captures<'_, str>, out: &mut String) -> Result<()> {
    let mut characters = replacement.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some(escaped) => out.push(escaped),
                None => return thrown("the replacement ends in a backslash"),
            },
            '$' if characters.peek() == Some(&'{') => {
                characters.next();
                let name: String = characters.by_ref().take_while(|c| *c != '}').collect();
                match groups.name(&name) {
                    Some(group) => out.push_str(group.as_str()),
                    None => return thrown(format!("the pattern has no group `{name}`")),
                }
            }
            '$' => {
                let Some(first) = characters.next_if(char::is_ascii_digit) else {
                    return thrown("the replacement has a `$` that names no group; write `\\$`");
                };
                let mut number = first.to_digit(10).unwrap_or(0) as usize;
                if number >= groups.len() {
                    return thrown(format!("the pattern has no group {number}"));
                }
                // More digits belong to the number as long as there are so many groups.
                while let Some(digit) = characters.peek().and_then(|c| c.to_digit(10)) {
                    let longer = number * 10 + digit as usize;
                    if longer >= groups.len() {
                        break;
                    }
                    number = longer;
                    characters.next();
                }
                out.push_str(groups.get(number).map_or("", |group| group.as_str()));
            }
            other => out.push(other),
        }
    }
    Ok(())
}
