//! Names: from anything a document may hold to Rust identifiers, file names and Lambda function names.

use ahash::AHashSet as HashSet;

use heck::{ToKebabCase as _, ToSnakeCase as _, ToUpperCamelCase as _};

/// The most characters of an identifier or file stem that comes from a document.
const MAX_IDENTIFIER: usize = 80;

/// The most characters of a module's name: longer ones would make rustfmt break the lines they are in.
const MAX_MODULE: usize = 56;

/// The most characters of a Lambda function's name (Lambda, `CreateFunction`).
const MAX_FUNCTION_NAME: usize = 64;

/// Keywords of edition 2024, strict and reserved; those that cannot be raw identifiers are in [`NEVER_RAW`].
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

const NEVER_RAW: &[&str] = &["crate", "self", "super", "_"];

/// Type names that generated code uses unqualified, so a model cannot have them.
const TAKEN_TYPES: &[&str] = &[
    "BTreeMap",
    "Base64",
    "Binary",
    "Box",
    "Check",
    "Checker",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Deserialize",
    "Deserializer",
    "Display",
    "Eq",
    "Err",
    "Error",
    "Fn",
    "FnMut",
    "FnOnce",
    "Formatter",
    "From",
    "Hash",
    "Into",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Serialize",
    "Serializer",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToString",
    "Tried",
    "TryFrom",
    "TryInto",
    "Untyped",
    "Value",
    "Vec",
];

/// Names of files that Windows keeps for devices, with any ending (Naming Files, Paths, and Namespaces).
fn is_device(name: &str) -> bool {
    let numbered = |start: &str| name.strip_prefix(start).is_some_and(|rest| matches!(rest.as_bytes(), [b'0'..=b'9']));
    matches!(name, "con" | "aux" | "nul" | "prn") || numbered("com") || numbered("lpt")
}

/// Crates that a project depends on, and those of Rust itself: a package of this name would stand in their way.
const CRATES: &[&str] = &[
    "alloc",
    "aws-lambda-events",
    "base64",
    "chrono",
    "http",
    "lambda-runtime",
    "proc-macro",
    "regex",
    "serde",
    "serde-json",
    "tokio",
    "uuid",
];

/// Hands out each name once.
#[derive(Debug, Default)]
pub(crate) struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// Takes a name, so that nobody else gets it.
    pub(crate) fn reserve(&mut self, name: &str) -> bool {
        self.taken.insert(name.to_owned())
    }

    /// Returns `wanted`, or `wanted` with the least number that makes it new.
    pub(crate) fn unique(&mut self, wanted: String, join: &str) -> String {
        if self.taken.insert(wanted.clone()) {
            return wanted;
        }
        let mut n = 2_usize;
        // A name that ends in the joint already, as `type_` does, has no need of another.
        let stem = if join.is_empty() { wanted.as_str() } else { wanted.trim_end_matches(join) };
        loop {
            let candidate = format!("{stem}{join}{n}");
            if self.taken.insert(candidate.clone()) {
                return candidate;
            }
            n += 1;
        }
    }
}

/// Returns a type's or variant's name: `UpperCamelCase`, never a keyword.
pub(crate) fn type_name(text: &str) -> String {
    let camel = match plain_words(text) {
        Some(words) => limited(words.fold(String::with_capacity(text.len()), |mut camel, word| {
            let mut letters = word.chars();
            camel.extend(letters.next().map(|c| c.to_ascii_uppercase()));
            camel.push_str(letters.as_str());
            camel
        })),
        None if is_upper_camel(text) => text.to_owned(),
        None => limited(words(text).to_upper_camel_case()),
    };
    let name = if camel.is_empty() { symbol_words(text).to_upper_camel_case() } else { camel };
    let name = limited(led_by_letter(name, 'N'));
    if name == "Self" { "SelfValue".into() } else { name }
}

/// Returns a model's name: a type's name that generated code does not need for itself.
pub(crate) fn model_name(text: &str) -> String {
    let name = type_name(text);
    if TAKEN_TYPES.contains(&name.as_str()) { format!("{name}Model") } else { name }
}

/// Returns a field's or variable's name: `snake_case`, not yet escaped by [`raw`].
pub(crate) fn field_name(text: &str) -> String {
    let snake = match plain_words(text) {
        Some(_) => text.to_owned(),
        None => limited(words(text).to_snake_case()),
    };
    let name = if snake.is_empty() { symbol_words(text).to_snake_case() } else { snake };
    let name = limited(led_by_letter(name, 'n'));
    if NEVER_RAW.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// Returns whether a text is a plain Rust identifier, as all names made here are.
fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Returns a module's name, which is also a file's: like a field's, but keywords end in `_`.
pub(crate) fn module_name(text: &str) -> String {
    let name: String = field_name(text).chars().take(MAX_MODULE).collect();
    let name = name.trim_end_matches('_').to_owned();
    if is_module(&name) { name } else { format!("{name}_") }
}

/// Returns whether a text can be the name of a module and its file, so that it can be taken from a file that anybody may
/// have written.
pub(crate) fn is_module(name: &str) -> bool {
    let is_special = KEYWORDS.contains(&name)
        || NEVER_RAW.contains(&name)
        || matches!(name, "mod" | "lib" | "main")
        || is_device(name);
    is_plain(name) && !is_special
}

/// Returns the identifier as it must be written: `r#type`.
pub(crate) fn raw(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("r#{name}") } else { name.to_owned() }
}

/// Returns a Lambda function's and binary's name: `kebab-case`, at most 64 characters.
pub(crate) fn function_name(text: &str) -> String {
    let kebab: String = words(text).to_kebab_case().chars().take(MAX_FUNCTION_NAME - 4).collect();
    let kebab = kebab.trim_matches('-');
    match kebab.chars().next() {
        None => "function".into(),
        Some(c) if c.is_ascii_digit() => format!("fn-{kebab}"),
        // Cargo refuses these as names of binaries: they are folders of its own, or std's.
        Some(_) if matches!(kebab, "build" | "deps" | "examples" | "incremental" | "test" | "core" | "std") => {
            format!("{kebab}-fn")
        }
        Some(_) if KEYWORDS.contains(&kebab) || NEVER_RAW.contains(&kebab) || is_device(kebab) => {
            format!("{kebab}-fn")
        }
        Some(_) => kebab.to_owned(),
    }
}

/// Returns the package's name.
pub(crate) fn package_name(text: &str) -> String {
    let name: String = function_name(text).chars().take(MAX_MODULE - 16).collect();
    let name = name.trim_end_matches('-');
    match name {
        "function" => "api".into(),
        name if CRATES.contains(&name) => format!("{name}-api"),
        name => name.to_owned(),
    }
}

/// Returns the words of a text that is in `snake_case` already, as most names are.
fn plain_words(text: &str) -> Option<std::str::Split<'_, char>> {
    let is_plain = text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        && text.len() <= MAX_IDENTIFIER
        && !text.split('_').any(str::is_empty);
    is_plain.then(|| text.split('_'))
}

/// Returns whether a text is in `UpperCamelCase` already, as names are that were made of such names: each capital begins a
/// word.
fn is_upper_camel(text: &str) -> bool {
    let bytes = text.as_bytes();
    let begins_word = |at: usize| bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
    text.len() <= MAX_IDENTIFIER
        && bytes.first().is_some_and(u8::is_ascii_uppercase)
        && bytes.iter().enumerate().all(|(at, b)| match b {
            b'A'..=b'Z' => begins_word(at),
            _ => b.is_ascii_alphanumeric(),
        })
}

/// Returns the text with everything but ASCII letters and digits turned into separators, and letters
/// of other scripts into something that can be spelled.
fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(4 * MAX_IDENTIFIER));
    for c in text.chars().take(4 * MAX_IDENTIFIER) {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => out.push(c),
            '\'' | '’' => {}
            c if c.is_alphanumeric() => transliterate(c, &mut out),
            _ => out.push(' '),
        }
    }
    out
}

fn transliterate(c: char, out: &mut String) {
    let ascii = match c {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ą' => "a",
        'À' | 'Á' | 'Â' | 'Ã' | 'Å' | 'Ā' | 'Ą' => "A",
        'ä' | 'æ' => "ae",
        'Ä' | 'Æ' => "Ae",
        'ç' | 'ć' | 'č' => "c",
        'Ç' | 'Ć' | 'Č' => "C",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'È' | 'É' | 'Ê' | 'Ë' | 'Ē' | 'Ę' | 'Ě' => "E",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'Ì' | 'Í' | 'Î' | 'Ï' | 'Ī' | 'İ' => "I",
        'ñ' | 'ń' | 'ň' => "n",
        'Ñ' | 'Ń' | 'Ň' => "N",
        'ò' | 'ó' | 'ô' | 'õ' | 'ō' | 'ø' => "o",
        'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ō' | 'Ø' => "O",
        'ö' | 'œ' => "oe",
        'Ö' | 'Œ' => "Oe",
        'ß' => "ss",
        'ś' | 'š' | 'ş' => "s",
        'Ś' | 'Š' | 'Ş' => "S",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' => "u",
        'Ù' | 'Ú' | 'Û' | 'Ū' | 'Ů' => "U",
        'ü' => "ue",
        'Ü' => "Ue",
        'ý' | 'ÿ' => "y",
        'Ý' | 'Ÿ' => "Y",
        'ź' | 'ż' | 'ž' => "z",
        'Ź' | 'Ż' | 'Ž' => "Z",
        'ł' => "l",
        'Ł' => "L",
        _ => {
            out.push_str(&format!(" u{:x} ", c as u32));
            return;
        }
    };
    out.push_str(ascii);
}

/// Returns words for a text without a letter or digit: `+1` and `-1`, `<=`, or the empty text.
fn symbol_words(text: &str) -> String {
    if text.is_empty() {
        return "empty".into();
    }
    let mut out = String::new();
    for c in text.chars().take(8) {
        let word = match c {
            ' ' => "space",
            '+' => "plus",
            '-' => "minus",
            '*' => "star",
            '/' => "slash",
            '\\' => "backslash",
            '.' => "dot",
            ',' => "comma",
            ':' => "colon",
            ';' => "semicolon",
            '<' => "less",
            '>' => "greater",
            '=' => "equal",
            '!' => "not",
            '?' => "question",
            '#' => "hash",
            '$' => "dollar",
            '%' => "percent",
            '&' => "and",
            '|' => "or",
            '@' => "at",
            '_' => "underscore",
            '~' => "tilde",
            _ => "symbol",
        };
        out.push_str(word);
        out.push(' ');
    }
    out
}

fn led_by_letter(name: String, letter: char) -> String {
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("{letter}{name}") } else { name }
}

fn limited(mut name: String) -> String {
    if name.len() <= MAX_IDENTIFIER {
        name.truncate(name.trim_end_matches('_').len());
        return name;
    }
    name.chars().take(MAX_IDENTIFIER).collect::<String>().trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_identifier_is_not_plain() {
        // Also one that several have, of which the name alone is as long as may be.
        let long = format!("{}_2", module_name(&"x".repeat(500)));
        assert!(is_module(&long) && is_module("type_") && !is_module("self") && !is_module("con"), "{long}");
        assert!(is_plain("get_pets_2") && is_plain("_") && is_plain("type_"));
        for hostile in ["", "2x", "../x", "x; include!(\"y\"); mod z", "r#type", "é"] {
            assert!(!is_plain(hostile), "{hostile}");
        }
    }

    #[test]
    fn identifiers_come_from_anything() {
        let cases = [
            ("pet", "Pet", "pet"),
            ("Chat.v3.channel", "ChatV3Channel", "chat_v3_channel"),
            ("3d-model", "N3dModel", "n3d_model"),
            ("type", "Type", "type"),
            ("self", "SelfValue", "self_"),
            ("Größe", "Groesse", "groesse"),
            ("名", "U540d", "u540d"),
            ("+1", "N1", "n1"),
            ("+", "Plus", "plus"),
            ("pull_request_2fa", "PullRequest2fa", "pull_request_2fa"),
            ("a__b", "AB", "a_b"),
            ("", "Empty", "empty"),
            ("a\"; panic!(); //", "APanic", "a_panic"),
        ];
        for (text, camel, snake) in cases {
            assert_eq!((type_name(text).as_str(), field_name(text).as_str()), (camel, snake), "{text:?}");
        }
        assert_eq!(module_name("type"), "type_");
        assert_eq!(raw("type"), "r#type");
        assert_eq!(model_name("Option"), "OptionModel");
    }

    #[test]
    fn what_is_upper_camel_already_stays() {
        for text in ["Pet", "PetTag2fa", "A", "PetA", "PetAB", "PetABc", "Pet2B", "N2Bc", "aPet", "URLPath"] {
            let slowly = limited(words(text).to_upper_camel_case());
            assert_eq!(type_name(text), slowly);
            assert!(!is_upper_camel(text) || slowly == text, "{text}");
        }
        assert!(is_upper_camel("PetTag2fa") && !is_upper_camel("PetAB") && !is_upper_camel("Pet2B"));
    }

    #[test]
    fn function_names_fit_lambda() {
        assert_eq!(function_name("listPets"), "list-pets");
        assert_eq!(function_name("../../etc"), "etc");
        assert_eq!(function_name("名"), "u540d");
        assert_eq!(function_name("?"), "function");
        assert_eq!(
            (function_name("CON"), module_name("Aux."), module_name("com10")),
            ("con-fn".into(), "aux_".into(), "com10".into())
        );
        assert_eq!(
            (package_name("HTTP"), package_name("Lambda Runtime")),
            ("http-api".into(), "lambda-runtime-api".into())
        );
        assert!(function_name(&"x".repeat(500)).len() <= 64);
    }

    #[test]
    fn names_are_handed_out_once() {
        let mut names = Names::default();
        assert_eq!(names.unique("Asc".into(), ""), "Asc");
        assert_eq!(names.unique("Asc".into(), ""), "Asc2");
        assert_eq!(
            (names.unique("type_".into(), "_"), names.unique("type_".into(), "_")),
            ("type_".into(), "type_2".into())
        );
    }
}
