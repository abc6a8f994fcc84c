//! Which resource a path belongs to.
//!
//! A trie of path segments. Below one node a literal child comes before `{name}`, and that before
//! `{name+}`; a branch that leads nowhere is left again, so a path below a literal resource that has no
//! such child falls back to a greedy variable higher up, and the deepest greedy variable wins.
//!
//! A branch also leads nowhere when its resource has no method for the request: API Gateway gives precedence to a
//! *method request* against a specific resource (`api-gateway-method-settings-method-request` of the developer guide),
//! so `GET /users/me` goes to `/users/{id}` when `/users/me` has a `PATCH` alone.
//!
//! Assumes what API Gateway demands of a resource tree: at most one `{name}` and one `{name+}` below a
//! node, and nothing below `{name+}`.

use std::collections::HashMap;

use super::request::percent_decoded;

/// Segments that are looked at; a longer path matches greedy variables only.
const MAX_DEPTH: usize = 512;

/// The resource tree of an API, by path; `T` is what a resource is here.
#[derive(Debug)]
pub(crate) struct Router<T> {
    root: Node<T>,
}

#[derive(Debug)]
struct Node<T> {
    target: Option<T>,
    literals: HashMap<String, Node<T>>,
    variable: Option<(String, Box<Node<T>>)>,
    greedy: Option<(String, T)>,
}

impl<T> Default for Node<T> {
    fn default() -> Self {
        Self { target: None, literals: HashMap::new(), variable: None, greedy: None }
    }
}

/// A match: the resource and the path parameters, still encoded as in the path.
#[derive(Debug, PartialEq)]
pub(crate) struct Matched<'r, T> {
    pub(crate) target: &'r T,
    pub(crate) parameters: Vec<(String, String)>,
}

impl<T> Router<T> {
    /// Returns a router without resources.
    pub(crate) fn new() -> Self {
        Self { root: Node::default() }
    }

    /// Adds a resource by its path template, such as `/pets/{petId}`.
    pub(crate) fn add(&mut self, template: &str, target: T) {
        let mut node = &mut self.root;
        for segment in template.split('/').filter(|s| !s.is_empty()) {
            let name = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}'));
            node = match name {
                Some(name) => match name.strip_suffix('+') {
                    Some(greedy) => {
                        node.greedy = Some((greedy.to_owned(), target));
                        return;
                    }
                    None => &mut *node.variable.get_or_insert_with(|| (name.to_owned(), Box::default())).1,
                },
                None => node.literals.entry(segment.to_owned()).or_default(),
            };
        }
        node.target = Some(target);
    }

    /// Returns the resource of a path template.
    pub(crate) fn find_template(&self, template: &str) -> Option<&T> {
        let mut node = &self.root;
        for segment in template.split('/').filter(|s| !s.is_empty()) {
            let name = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}'));
            node = match name {
                Some(name) if name.ends_with('+') => return node.greedy.as_ref().map(|(_, target)| target),
                Some(_) => &node.variable.as_ref()?.1,
                None => node.literals.get(segment)?,
            };
        }
        node.target.as_ref()
    }

    /// Returns the first resource that a request's path belongs to and that answers it, which `answers` says. The path
    /// is still encoded; one slash at its end is not looked at.
    pub(crate) fn find(&self, path: &str, answers: impl Fn(&T) -> bool) -> Option<Matched<'_, T>> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = path.strip_suffix('/').unwrap_or(path);
        let mut parameters = Vec::new();
        let target = self.root.find((!path.is_empty()).then_some(path), 0, &answers, &mut parameters)?;
        Some(Matched { target, parameters })
    }
}

impl<T> Node<T> {
    fn find<'r>(
        &'r self,
        rest: Option<&str>,
        depth: usize,
        answers: &impl Fn(&T) -> bool,
        found: &mut Vec<(String, String)>,
    ) -> Option<&'r T> {
        let Some(rest) = rest else { return self.target.as_ref().filter(|target| answers(target)) };
        if depth < MAX_DEPTH {
            let (segment, below) = match rest.split_once('/') {
                Some((segment, below)) => (segment, Some(below)),
                None => (rest, None),
            };
            let literal = self
                .literals
                .get(segment)
                .or_else(|| segment.contains('%').then(|| self.literals.get(&percent_decoded(segment))).flatten());
            if let Some(target) = literal.and_then(|node| node.find(below, depth + 1, answers, found)) {
                return Some(target);
            }
            if let Some((name, node)) = self.variable.as_ref().filter(|_| !segment.is_empty()) {
                let before = found.len();
                found.push((name.clone(), segment.to_owned()));
                if let Some(target) = node.find(below, depth + 1, answers, found) {
                    return Some(target);
                }
                found.truncate(before);
            }
        }
        let (name, target) = self.greedy.as_ref().filter(|(_, target)| answers(target))?;
        found.push((name.clone(), rest.to_owned()));
        Some(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(templates: &[&'static str], path: &str, expected: &str) {
        let mut router = Router::new();
        for template in templates {
            router.add(template, *template);
        }
        let found = router.find(path, |_| true).map_or("-".to_owned(), |m| {
            m.parameters.iter().fold((*m.target).to_owned(), |text, (n, v)| format!("{text} {n}={v}"))
        });
        assert_eq!(found, expected, "{path}");
    }

    const TREE: &[&str] = &[
        "/",
        "/pets",
        "/pets/{petId}",
        "/pets/mine",
        "/pets/{petId}/toys",
        "/files/{proxy+}",
        "/{proxy+}",
        "/pets/mine/{rest+}",
    ];

    #[test]
    fn literals_come_before_variables_and_those_before_greedy_ones() {
        check(TREE, "/", "/");
        check(TREE, "/pets", "/pets");
        check(TREE, "/pets/", "/pets");
        check(TREE, "/pets/mine", "/pets/mine");
        check(TREE, "/pets/7", "/pets/{petId} petId=7");
        check(TREE, "/pets/7/toys", "/pets/{petId}/toys petId=7");
        check(TREE, "/other", "/{proxy+} proxy=other");
    }

    #[test]
    fn a_branch_that_leads_nowhere_falls_back() {
        check(TREE, "/pets/mine/toys", "/pets/mine/{rest+} rest=toys");
        check(TREE, "/pets/7/food", "/{proxy+} proxy=pets/7/food");
        check(TREE, "/files", "/{proxy+} proxy=files");
        check(TREE, "/files/a/b", "/files/{proxy+} proxy=a/b");
        check(&["/pets/{petId}"], "/pets", "-");
        check(&["/{proxy+}"], "/", "-");
    }

    #[test]
    fn greedy_values_keep_inner_slashes_and_lose_the_last() {
        check(&["/{proxy+}"], "/proxy-value//double-slash", "/{proxy+} proxy=proxy-value//double-slash");
        check(&["/{proxy+}"], "/proxy-value/", "/{proxy+} proxy=proxy-value");
        check(&["/{proxy+}"], "/test%2Balias@gmail.com", "/{proxy+} proxy=test%2Balias@gmail.com");
    }

    #[test]
    fn a_resource_that_does_not_answer_is_passed_by() {
        let mut router = Router::new();
        for (template, verbs) in [
            ("/{proxy+}", "POST"),
            ("/users/me", "PATCH"),
            ("/users/{id}", "GET"),
            ("/users/{id}/toys", ""),
            ("/users/{rest+}", "PUT"),
        ] {
            router.add(template, (template, verbs));
        }
        let check = |verb: &str, path: &str, expected: &str| {
            let found = router.find(path, |(_, verbs)| *verbs == verb);
            let found = found.map_or("-".to_owned(), |m| {
                m.parameters.iter().fold(m.target.0.to_owned(), |text, (n, v)| format!("{text} {n}={v}"))
            });
            assert_eq!(found, expected, "{verb} {path}");
        };
        check("PATCH", "/users/me", "/users/me");
        check("GET", "/users/me", "/users/{id} id=me");
        check("PUT", "/users/me", "/users/{rest+} rest=me");
        check("POST", "/users/me", "/{proxy+} proxy=users/me");
        check("PUT", "/users/7/toys", "/users/{rest+} rest=7/toys");
        check("POST", "/users", "/{proxy+} proxy=users");
        check("GET", "/users", "-");
    }

    #[test]
    fn an_encoded_literal_is_the_same_literal() {
        check(TREE, "/%70ets", "/pets");
        check(TREE, &format!("/{}", "a/".repeat(100_000)), &format!("/{{proxy+}} proxy={}a", "a/".repeat(99_999)));
    }
}
