//! All rules: one line each.

use super::Rule;

macro_rules! rules {
    ($($module:ident $name:ident)*) => {
        $(mod $module;)*

        /// All rules, in the order of the documentation.
        pub static ALL: &[&Rule] = &[$(&$module::$name),*];
    };
}

rules! {
    path_segment_charset PATH_SEGMENT_CHARSET
    path_param_whole_segment PATH_PARAM_WHOLE_SEGMENT
    greedy_param_not_last GREEDY_PARAM_NOT_LAST
    operation_id_missing OPERATION_ID_MISSING
    integration_missing INTEGRATION_MISSING
}

/// Returns the rule of this code.
#[must_use]
pub fn find(code: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.code == code)
}

/// Returns all codes.
pub fn codes() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|rule| rule.code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::{Options, lint, page};
    use crate::openapi::{LoadOptions, load_text};
    use crate::source::{Loader, Origin};

    fn codes_of(example: &page::Example) -> Vec<String> {
        let origin = Origin::Memory("example.yaml".into());
        let (document, _, loaded) =
            load_text(&Loader::default(), &origin, example.text.clone(), &LoadOptions::default());
        let options = Options { kind: Some(example.kind), ..Options::default() };
        let found = match document {
            Some(document) => lint(&document, &loaded, &options),
            None => loaded,
        };
        found.into_iter().map(|d| d.code.into_owned()).collect()
    }

    #[test]
    fn every_example_fails_or_passes_as_its_page_says() {
        let mut wrong = Vec::new();
        for rule in ALL {
            for example in page::examples(rule) {
                let codes = codes_of(&example);
                if codes.iter().any(|code| code == rule.code) != example.fails {
                    let verb = if example.fails { "must fail" } else { "must pass" };
                    wrong.push(format!("{}: {verb}, found {codes:?}\n{}", rule.code, example.text));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    }

    #[test]
    fn codes_are_unique_and_kebab_case() {
        let mut sorted: Vec<_> = codes().collect();
        sorted.sort_unstable();
        let count = sorted.len();
        sorted.dedup();
        assert_eq!(count, sorted.len());
        for code in sorted {
            assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{code}");
        }
    }

    #[test]
    fn every_page_says_what_api_gateway_does() {
        for rule in ALL {
            assert!(rule.doc.contains("## What API Gateway does"), "{}", rule.code);
        }
    }
}
