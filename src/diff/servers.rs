//! Servers: where calls go.

use super::checks::paths as check;
use super::edit::{Edit, quoted};
use super::operations::{Both, Differ};
use crate::openapi::{Document, Operation};
use crate::source::{Node, Span};

/// A server with its variables set to their defaults.
struct Server {
    url: String,
    span: Option<Span>,
}

impl Server {
    /// Returns the path of the URL without a slash at its end.
    fn path(&self) -> &str {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let path = match (rest.find('/'), self.url.starts_with('/')) {
            (_, true) => self.url.as_str(),
            (Some(at), _) => &rest[at..],
            (None, _) => "",
        };
        path.trim_end_matches('/')
    }
}

/// Compares the servers that an operation has, its own or inherited ones.
pub(super) fn compare<'a>(differ: &mut Differ<'a, '_>, both: &Both<'a>) {
    let before = servers(differ.cx.old, &both.old);
    let after = servers(differ.cx.new, &both.new);
    let same = |a: &Server, b: &Server| a.url.trim_end_matches('/') == b.url.trim_end_matches('/');
    let near = after.iter().find_map(|s| s.span).unwrap_or(both.new.span);
    for gone in before.iter().filter(|a| !after.iter().any(|b| same(a, b))) {
        let (check, message) = if after.iter().any(|b| b.path() == gone.path()) {
            (&check::SERVER_REMOVED, format!("the server {} was removed", quoted(&gone.url)))
        } else {
            let now = after.first().map_or("", Server::path);
            let message = format!(
                "the base path changed from {} to {}",
                quoted(if gone.path().is_empty() { "/" } else { gone.path() }),
                quoted(if now.is_empty() { "/" } else { now })
            );
            (&check::SERVER_PATH_CHANGED, message)
        };
        differ.report_whole([both.index], Edit::new(check, gone.span, None, message).near(near));
    }
    for added in after.iter().filter(|b| !before.iter().any(|a| same(a, b))) {
        if let Some(span) = added.span {
            let message = format!("the server {} was added", quoted(&added.url));
            differ.report_whole([both.index], Edit::new(&check::SERVER_ADDED, None, span, message));
        }
    }
}

fn servers(document: &Document, operation: &Operation<'_>) -> Vec<Server> {
    let listed = [operation.node, operation.path.node, document.root()]
        .into_iter()
        .find_map(|node| node.get("servers").filter(|servers| servers.items().len() > 0));
    let Some(listed) = listed else { return vec![Server { url: "/".into(), span: None }] };
    listed
        .items()
        .map(|server| {
            let mut url = server.str_of("url").unwrap_or("/").to_owned();
            for variable in server.get("variables").map(Node::entries).unwrap_or_default() {
                let default = variable.value.get("default").and_then(Node::scalar_text).unwrap_or_default();
                url = url.replace(&format!("{{{}}}", variable.key.text), &default);
            }
            // A base path of `/prod` after `…/{basePath}` is how API Gateway writes `…/prod`.
            let at = url.find("://").map_or(0, |at| at + 3);
            while let Some(double) = url[at..].find("//") {
                url.remove(at + double);
            }
            Server { url, span: Some(server.get("url").map_or(server.span, |n| n.span)) }
        })
        .collect()
}
