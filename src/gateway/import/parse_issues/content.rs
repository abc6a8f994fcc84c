//! Parameters, headers, bodies and responses, and what is in them.

use ahash::AHashSet as HashSet;

use super::place::Place;
use super::{Reader, object, shape};
use crate::source::Node;

const PARAMETER_STYLES: [&str; 7] =
    ["form", "deepObject", "label", "matrix", "pipeDelimited", "simple", "spaceDelimited"];
const ENCODING_STYLES: [&str; 4] = ["form", "deepObject", "pipeDelimited", "spaceDelimited"];

impl<'d> Reader<'d> {
    /// Reads the parameters of a path or an operation; two of one name and place are warned of.
    pub(super) fn parameters(&mut self, node: &'d Node, place: Place<'_>) {
        let mut read: HashSet<(Option<&str>, Option<&str>)> = HashSet::new();
        for parameter in node.get("parameters").map(Node::items).unwrap_or_default() {
            if parameter.as_map().is_none() || !self.parameter(parameter, place) {
                continue;
            }
            let meant =
                parameter.reference().map_or(Some(parameter), |reference| self.component("parameters", reference));
            let key = (meant.and_then(|p| p.str_of("name")), meant.and_then(|p| p.str_of("in")));
            let is_new = read.insert(key);
            if !is_new && parameter.reference().is_none_or(|reference| reference.starts_with("#/")) {
                self.issues.warn(parameter.span, place, "There are duplicate parameter values");
            }
        }
    }

    /// Returns the component that a reference names by its last part.
    fn component(&self, section: &str, reference: &str) -> Option<&'d Node> {
        let name = reference.rsplit('/').next()?;
        self.components?.get(section)?.get(name)
    }

    /// Reads a parameter, and returns whether the parser makes one of it.
    pub(super) fn parameter(&mut self, parameter: &'d Node, place: Place<'_>) -> bool {
        if self.issues.refers(parameter, place) {
            return parameter.reference().is_some();
        }
        let name = parameter.get("name").and_then(Node::scalar_text);
        let place = Place::Listed(&place, name.as_deref().unwrap_or("['unknown']"));
        let Some(kind) = parameter.get("in") else {
            self.issues.missing(parameter, place, "in");
            return false;
        };
        match kind.as_str().filter(|kind| !kind.trim().is_empty()) {
            Some("query" | "header" | "path" | "cookie") => {}
            None => return false,
            Some(_) => {
                self.issues.mistyped(parameter, place, "in", "string");
                return false;
            }
        }
        let seen = self.issues.types(parameter, place, shape::parameter);
        if name.is_none() {
            self.issues.required(parameter, place, "name");
        }
        if seen.may_have("style") {
            self.style(parameter, place, &PARAMETER_STYLES);
        }
        if let Some(schema) = object(parameter, "schema") {
            self.schema(schema, Place::Member(&place, "schemas"));
        }
        if seen.may_have("examples") {
            self.examples(parameter, Place::Member(&place, "examples"));
        }
        if seen.may_have("content") {
            self.content(parameter, place);
        }
        self.issues.unexpected(seen, parameter, place, shape::parameter);
        true
    }

    fn style(&mut self, node: &Node, place: Place<'_>, known: &[&str]) {
        if node.str_of("style").is_some_and(|style| !style.trim().is_empty() && !known.contains(&style)) {
            self.issues.mistyped(node, place, "style", "string");
        }
    }

    fn headers(&mut self, node: &'d Node, place: Place<'_>) {
        if let Some(headers) = object(node, "headers") {
            self.named(headers, place, "Header name", true, Self::header);
        }
    }

    pub(super) fn header(&mut self, header: &'d Node, place: Place<'_>) {
        if self.issues.refers(header, place) {
            return;
        }
        let seen = self.issues.types(header, place, shape::header);
        if let Some(schema) = object(header, "schema") {
            self.schema(schema, place);
        }
        self.examples(header, place);
        self.content(header, place);
        self.issues.unexpected(seen, header, place, shape::header);
    }

    pub(super) fn request_body(&mut self, body: &'d Node, place: Place<'_>) {
        if self.issues.refers(body, place) {
            return;
        }
        let seen = self.issues.types(body, place, shape::request_body);
        self.issues.required(body, place, "content");
        self.content(body, place);
        self.issues.unexpected(seen, body, place, shape::request_body);
    }

    pub(super) fn responses(&mut self, responses: &'d Node, place: Place<'_>) {
        for entry in responses.entries() {
            let status = entry.key.text.as_str();
            self.issues.name(entry, place, "Response key");
            if status.starts_with("x-") {
                continue;
            }
            if entry.value.as_map().is_some() {
                self.response(&entry.value, Place::Member(&place, status));
            } else {
                // The parser names the member twice here.
                self.issues.mistyped(&entry.value, Place::Member(&place, "responses"), status, "object");
            }
        }
    }

    pub(super) fn response(&mut self, response: &'d Node, place: Place<'_>) {
        if self.issues.refers(response, place) {
            return;
        }
        let seen = self.issues.types(response, place, shape::response);
        self.issues.required(response, place, "description");
        if seen.may_have("headers") {
            self.headers(response, place);
        }
        if let Some(links) = seen.may_have("links").then(|| object(response, "links")).flatten() {
            self.named(links, place, "Link name", true, Self::link);
        }
        if seen.may_have("content") {
            self.content(response, place);
        }
        self.issues.unexpected(seen, response, place, shape::response);
    }

    fn content(&mut self, node: &'d Node, place: Place<'_>) {
        let content = Place::Member(&place, "content");
        for media in object(node, "content").map(Node::entries).unwrap_or_default() {
            let media = &media.value;
            let seen = self.issues.types(media, content, shape::media_type);
            if let Some(schema) = object(media, "schema") {
                self.schema(schema, Place::Member(&content, "schema"));
            }
            if seen.may_have("encoding") {
                let place = Place::Member(&content, "encoding");
                for encoding in object(media, "encoding").map(Node::entries).unwrap_or_default() {
                    self.encoding(&encoding.value, place);
                }
            }
            if seen.may_have("examples") {
                self.examples(media, Place::Member(&content, "examples"));
            }
            self.issues.unexpected(seen, media, content, shape::media_type);
        }
    }

    fn encoding(&mut self, encoding: &'d Node, place: Place<'_>) {
        let seen = self.issues.types(encoding, place, shape::encoding);
        self.issues.required(encoding, place, "contentType");
        self.style(encoding, place, &ENCODING_STYLES);
        self.headers(encoding, place);
        self.issues.unexpected(seen, encoding, place, shape::encoding);
    }

    pub(super) fn link(&mut self, link: &'d Node, place: Place<'_>) {
        if self.issues.refers(link, place) {
            return;
        }
        let seen = self.issues.types(link, place, shape::link);
        self.headers(link, place);
        if let Some(server) = object(link, "server") {
            self.server(server, place);
        }
        self.issues.unexpected(seen, link, place, shape::link);
    }

    fn examples(&mut self, node: &'d Node, place: Place<'_>) {
        if let Some(examples) = object(node, "examples") {
            self.named(examples, place, "Example name", true, Self::example);
        }
    }

    pub(super) fn example(&mut self, example: &'d Node, place: Place<'_>) {
        if self.issues.refers(example, place) {
            return;
        }
        let seen = self.issues.types(example, place, shape::example);
        self.issues.unexpected(seen, example, place, shape::example);
    }
}
