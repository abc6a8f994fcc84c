//! Which route a request takes (`http-api-develop-routes` of the developer guide).
//!
//! A full match comes before a greedy variable, and that before `$default`. Among full matches, literals come before
//! variables, segment by segment; among greedy ones the longer prefix comes first; of one path, the verb comes before
//! `ANY`. A slash at the end of a path is a segment of its own.

use std::collections::HashMap;

use crate::emulator::data::request::percent_decoded;
use crate::gateway::HttpApi;
use crate::gateway::http_api::{Integration, Route, RouteKey};

/// A route with what it leads to.
#[derive(Debug)]
pub(super) struct CompiledRoute {
    pub(super) route: Route,
    pub(super) integration: Option<Integration>,
    method: String,
    segments: Vec<Segment>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Literal(String),
    Variable(String),
    Greedy(String),
}

impl Segment {
    fn rank(&self) -> u8 {
        match self {
            Self::Literal(_) => 0,
            Self::Variable(_) => 1,
            Self::Greedy(_) => 2,
        }
    }
}

impl CompiledRoute {
    /// Returns whether it is `$default`.
    pub(super) fn is_default(&self) -> bool {
        self.method.is_empty()
    }

    /// Returns the path template; `$default` has none.
    pub(super) fn path(&self) -> Option<&str> {
        self.route.route_key.split_once(' ').map(|(_, path)| path)
    }

    fn takes(&self, method: &str) -> bool {
        self.method == method
            || (self.method == "ANY"
                && matches!(method, "DELETE" | "GET" | "HEAD" | "OPTIONS" | "PATCH" | "POST" | "PUT"))
    }

    /// Returns the path parameters of a path that fits, still encoded.
    fn fits(&self, path: &[&str]) -> Option<Vec<(String, String)>> {
        let mut parameters = Vec::new();
        for (at, segment) in self.segments.iter().enumerate() {
            match segment {
                Segment::Greedy(name) => {
                    let rest = path.get(at..)?.join("/");
                    if rest.is_empty() {
                        return None;
                    }
                    parameters.push((name.clone(), rest));
                    return Some(parameters);
                }
                Segment::Variable(name) => {
                    let value = path.get(at).filter(|v| !v.is_empty())?;
                    parameters.push((name.clone(), (*value).to_owned()));
                }
                Segment::Literal(text) => {
                    let value = path.get(at)?;
                    let same = value == text || (value.contains('%') && percent_decoded(value) == *text);
                    if !same {
                        return None;
                    }
                }
            }
        }
        (self.segments.len() == path.len()).then_some(parameters)
    }
}

/// The routes of an API.
#[derive(Debug, Default)]
pub(super) struct Routes {
    all: Vec<CompiledRoute>,
    /// Routes without a greedy variable by their number of segments, the most specific first.
    full: HashMap<usize, Vec<usize>>,
    /// Routes with one, the most specific first.
    greedy: Vec<usize>,
    default: Option<usize>,
}

impl Routes {
    /// Makes the routes of an API ready.
    pub(super) fn new(definition: &HttpApi) -> Self {
        let mut all = Vec::new();
        for route in definition.routes.values() {
            let (method, path) = match RouteKey::parse(&route.route_key) {
                Ok(RouteKey::Path { method, path }) => (method.to_owned(), path),
                Ok(RouteKey::Default) => (String::new(), ""),
                Err(_) => continue,
            };
            let segments = path.split('/').skip(1).map(segment).collect();
            let integration = definition.integration_of(route).cloned();
            all.push(CompiledRoute { route: route.clone(), integration, method, segments });
        }
        all.sort_by(|a, b| order(a).cmp(&order(b)));
        let mut routes = Self::default();
        for (index, route) in all.iter().enumerate() {
            match route.segments.last() {
                None => routes.default = Some(index),
                Some(Segment::Greedy(_)) => routes.greedy.push(index),
                Some(_) => routes.full.entry(route.segments.len()).or_default().push(index),
            }
        }
        // The sort put literals first; of greedy routes, those with more before the variable come first.
        routes.greedy.sort_by_key(|index| std::cmp::Reverse(all.get(*index).map_or(0, |r| r.segments.len())));
        routes.all = all;
        routes
    }

    /// Returns the route of a request, with its path parameters, still encoded.
    pub(super) fn find(&self, method: &str, path: &str) -> Option<(&CompiledRoute, Vec<(String, String)>)> {
        let segments: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
        let candidates = self.full.get(&segments.len()).into_iter().flatten().chain(&self.greedy);
        let fitting = candidates.filter_map(|index| self.all.get(*index)).filter(|route| route.takes(method));
        for route in fitting {
            if let Some(parameters) = route.fits(&segments) {
                return Some((route, parameters));
            }
        }
        Some((self.all.get(self.default?)?, Vec::new()))
    }
}

fn order(route: &CompiledRoute) -> (Vec<u8>, bool, &[Segment]) {
    (route.segments.iter().map(Segment::rank).collect(), route.method == "ANY", &route.segments)
}

fn segment(text: &str) -> Segment {
    match text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
        Some(name) => match name.strip_suffix('+') {
            Some(greedy) => Segment::Greedy(greedy.to_owned()),
            None => Segment::Variable(name.to_owned()),
        },
        None => Segment::Literal(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::http_api::Api;

    fn routes(keys: &[&str]) -> Routes {
        let mut api = HttpApi::new(Api::new("a", "a", "us-east-1", 0));
        for (index, key) in keys.iter().enumerate() {
            let id = format!("r{index}");
            api.routes.insert(id.clone(), Route::new(id, *key));
        }
        Routes::new(&api)
    }

    #[track_caller]
    fn check(routes: &Routes, method: &str, path: &str, expected: &str) {
        let found = routes.find(method, path).map_or("-".to_owned(), |(route, parameters)| {
            parameters.iter().fold(route.route.route_key.clone(), |text, (n, v)| format!("{text} {n}={v}"))
        });
        assert_eq!(found, expected, "{method} {path}");
    }

    #[test]
    fn the_example_of_the_developer_guide() {
        let routes =
            routes(&["GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default"]);
        check(&routes, "GET", "/pets/dog/1", "GET /pets/dog/1");
        check(&routes, "GET", "/pets/dog/2", "GET /pets/dog/{id} id=2");
        check(&routes, "GET", "/pets/cat/1", "GET /pets/{proxy+} proxy=cat/1");
        check(&routes, "POST", "/test/5", "ANY /{proxy+} proxy=test/5");
        check(&routes, "POST", "/pets/dog/1", "ANY /{proxy+} proxy=pets/dog/1");
        check(&routes, "GET", "/", "$default");
        check(&routes, "TRACE", "/x", "$default");
    }

    #[test]
    fn a_verb_comes_before_any_and_slashes_count() {
        let routes = routes(&["ANY /a", "POST /a", "GET /{x}", "GET /b/{y}/c", "GET /b/{y}/"]);
        check(&routes, "POST", "/a", "POST /a");
        check(&routes, "GET", "/a", "ANY /a");
        check(&routes, "GET", "/%61", "ANY /a");
        check(&routes, "GET", "/a/", "-");
        check(&routes, "GET", "/z", "GET /{x} x=z");
        check(&routes, "GET", "/b/1/c", "GET /b/{y}/c y=1");
        check(&routes, "GET", "/b/1/", "GET /b/{y}/ y=1");
        check(&routes, "GET", "/", "-");
        check(&routes, "PUT", "/z", "-");
    }
}
