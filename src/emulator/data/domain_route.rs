//! Where a request to a custom domain name goes: routing rules first, then mappings, as the domain name's routing mode
//! has it (developer guide, `rest-api-routing-mode`).

use hyper::HeaderMap;

/// The base path that stands for none.
const NO_BASE_PATH: &str = "(none)";

/// Where the requests to a custom domain name go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainRoutes {
    /// By priority, of which the first that fits counts; none when the routing mode looks at mappings only.
    pub rules: Vec<RoutingRule>,
    /// None when the routing mode looks at rules only.
    pub mappings: Vec<MappedPath>,
}

/// A base path of a custom domain name, mapped to an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedPath {
    /// `(none)`, or path segments without a slash at either end.
    pub base_path: String,
    /// The API's id.
    pub api_id: String,
    /// The stage; absent when the path names it.
    pub stage: Option<String>,
}

/// A rule: the stage that a request goes to which meets all conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutingRule {
    /// None for a rule that takes every request.
    pub conditions: Vec<RoutingCondition>,
    /// The API's id.
    pub api_id: String,
    /// The stage.
    pub stage: String,
    /// Whether the base path that fits is not part of the path that is routed.
    pub strip_base_path: bool,
}

/// What a request to a custom domain name must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoutingCondition {
    /// A path that begins with one of these; case matters.
    BasePaths(Vec<String>),
    /// One of these headers, with a value that fits: a text, or `a*`, `*a`, `*a*`. The case of values matters.
    Headers(Vec<(String, String)>),
}

/// What a request to a custom domain name was found to be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Route<'a> {
    pub(super) api_id: &'a str,
    /// Absent when what is left of the path names it.
    pub(super) stage: Option<&'a str>,
    /// `(none)`, or the base path that fits.
    pub(super) base_path: &'a str,
    /// What is left of the path, with or without a slash at its beginning.
    pub(super) rest: &'a str,
}

impl DomainRoutes {
    /// Returns where a request goes; nothing when neither a rule nor a mapping fits.
    pub(super) fn find<'a>(&'a self, path: &'a str, headers: &HeaderMap) -> Option<Route<'a>> {
        let path = path.trim_start_matches('/');
        let rule = self.rules.iter().find_map(|rule| rule.route(path, headers));
        rule.or_else(|| {
            let fitting = self.mappings.iter().filter_map(|mapping| Some((mapping, below(&mapping.base_path, path)?)));
            let (mapping, rest) = fitting.min_by_key(|(_, rest)| rest.len())?;
            let MappedPath { base_path, api_id, stage } = mapping;
            Some(Route { api_id, stage: stage.as_deref(), base_path, rest })
        })
    }
}

impl RoutingRule {
    fn route<'a>(&'a self, path: &'a str, headers: &HeaderMap) -> Option<Route<'a>> {
        let mut route = Route { api_id: &self.api_id, stage: Some(&self.stage), base_path: NO_BASE_PATH, rest: path };
        for condition in &self.conditions {
            match condition {
                RoutingCondition::BasePaths(bases) => {
                    let fitting = bases.iter().filter_map(|base| Some((base, below(base, path)?)));
                    let (base, rest) = fitting.min_by_key(|(_, rest)| rest.len())?;
                    route.base_path = base;
                    if self.strip_base_path {
                        route.rest = rest;
                    }
                }
                RoutingCondition::Headers(wanted) => {
                    let sent = |name: &str, glob: &str| {
                        headers.get_all(name).iter().any(|value| value.to_str().is_ok_and(|text| fits(glob, text)))
                    };
                    if !wanted.iter().any(|(name, glob)| sent(name, glob)) {
                        return None;
                    }
                }
            }
        }
        Some(route)
    }
}

/// Returns what follows a base path in a path that begins with it; the longest base path leaves the least.
fn below<'p>(base: &str, path: &'p str) -> Option<&'p str> {
    match base {
        NO_BASE_PATH | "" => Some(path),
        base => path.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with('/')),
    }
}

/// Returns whether a header's value fits: literally, or where `*` stands at the beginning or the end of the pattern.
fn fits(glob: &str, text: &str) -> bool {
    match (glob.strip_prefix('*'), glob.strip_suffix('*')) {
        (Some(_), Some(_)) => text.contains(glob.trim_matches('*')),
        (Some(end), None) => text.ends_with(end),
        (None, Some(start)) => text.starts_with(start),
        (None, None) => text == glob,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(api_id: &str, conditions: Vec<RoutingCondition>, strip_base_path: bool) -> RoutingRule {
        RoutingRule { conditions, api_id: api_id.to_owned(), stage: "s".to_owned(), strip_base_path }
    }

    fn header(name: &str, glob: &str) -> RoutingCondition {
        RoutingCondition::Headers(vec![(name.to_owned(), glob.to_owned())])
    }

    #[test]
    fn the_first_rule_that_fits_counts_before_any_mapping() {
        let base = |path: &str| RoutingCondition::BasePaths(vec![path.to_owned()]);
        let mapping = |base: &str| MappedPath { base_path: base.into(), api_id: format!("m-{base}"), stage: None };
        let routes = DomainRoutes {
            rules: vec![
                rule("both", vec![base("shop/dogs"), header("x-version", "beta")], true),
                rule("dogs", vec![base("shop/dogs")], false),
                rule("alpha", vec![header("X-Version", "a*")], true),
            ],
            mappings: vec![mapping("(none)"), mapping("shop"), mapping("shop/cats")],
        };
        let check = |path: &str, version: Option<&str>, expected: (&str, &str, &str)| {
            let headers = version.map(|v| ("x-version".parse().expect("a name"), v.parse().expect("a value")));
            let found = routes.find(path, &headers.into_iter().collect()).expect("is found");
            assert_eq!((found.api_id, found.base_path, found.rest), expected, "{path} {version:?}");
        };
        check("/shop/dogs/1", Some("beta"), ("both", "shop/dogs", "/1"));
        check("/shop/dogs/1", Some("Beta"), ("dogs", "shop/dogs", "shop/dogs/1"));
        check("/shop/dogs", None, ("dogs", "shop/dogs", "shop/dogs"));
        check("/Shop/dogs", None, ("m-(none)", "(none)", "Shop/dogs"));
        check("/shop/dogsled", None, ("m-shop", "shop", "/dogsled"));
        check("/shop/cats/", None, ("m-shop/cats", "shop/cats", "/"));
        check("/any", Some("alpha"), ("alpha", "(none)", "any"));
        check("/any", Some("ALPHA"), ("m-(none)", "(none)", "any"));
        assert_eq!(DomainRoutes::default().find("/", &HeaderMap::new()), None);
    }

    #[test]
    fn values_fit_by_their_beginning_end_or_middle() {
        for (glob, text, expected) in [
            ("a*", "alpha", true),
            ("a*", "beta", false),
            ("*a", "beta", true),
            ("*a", "alphas", false),
            ("*et*", "beta", true),
            ("*", "", true),
            ("beta", "betas", false),
        ] {
            assert_eq!(fits(glob, text), expected, "{glob} {text}");
        }
    }
}
