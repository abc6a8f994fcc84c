//! What the service's parser of OpenAPI 3.0 finds in a document that should not be there.
//!
//! The service reads OpenAPI 3.0 with `io.swagger.parser.v3`, whose messages it passes on as warnings: each begins with
//! `Parse issue:` (reports of users). Members, their places and the order of the messages are those of that parser's
//! `OpenAPIDeserializer` as it was when API Gateway began to read OpenAPI 3.0 (until 2.0.17): the place of a body has no
//! media type, and of a schema's own schemas it knows the outermost place only.

use std::fmt;

use ahash::AHashSet as HashSet;

use crate::openapi::{Document, Version};
use crate::source::{Node, Span};

use super::ImportWarning;

const VERBS: [&str; 8] = ["get", "put", "post", "delete", "head", "patch", "options", "trace"];
/// How deep schemas are followed.
const MAX_DEPTH: usize = 256;

/// A place in a document, put into words only where something is found.
#[derive(Clone, Copy)]
enum Place<'p> {
    Root,
    /// `parent.name`
    Member(&'p Place<'p>, &'p str),
    /// `parent.'name'`
    Quoted(&'p Place<'p>, &'p str),
    /// `parent.[name]`
    Listed(&'p Place<'p>, &'p str),
    /// `parent(verb)`
    Operation(&'p Place<'p>, &'p str),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(Self::Root, name) => f.write_str(name),
            Self::Member(parent, name) => write!(f, "{parent}.{name}"),
            Self::Quoted(parent, name) => write!(f, "{parent}.'{name}'"),
            Self::Listed(parent, name) => write!(f, "{parent}.[{name}]"),
            Self::Operation(parent, verb) => write!(f, "{parent}({verb})"),
        }
    }
}

/// Returns what the parser warns of: members that OpenAPI 3.0 does not have, in documents that are written in it.
pub(super) fn parse_issues(document: &Document) -> Vec<ImportWarning> {
    if document.version() != Version::V30 {
        return Vec::new();
    }
    let mut reader = Reader::default();
    reader.root(document.root());
    let unexpected = reader.unexpected.into_iter();
    unexpected.map(|(span, message)| ImportWarning { message, span: Some(span) }).collect()
}

#[derive(Default)]
struct Reader {
    unexpected: Vec<(Span, String)>,
    /// The messages so far: each place is told of once.
    told: HashSet<String>,
}

impl Reader {
    /// Notes the members of an object that its kind does not have.
    fn keys(&mut self, node: &Node, place: Place<'_>, is_known: fn(&str) -> bool) {
        for entry in node.entries() {
            let key = entry.key.text.as_str();
            if is_known(key) || key.starts_with("x-") {
                continue;
            }
            let message = format!("Parse issue: attribute {} is unexpected", Place::Member(&place, key));
            if self.told.insert(message.clone()) {
                self.unexpected.push((entry.key.span, message));
            }
        }
    }

    fn root(&mut self, root: &Node) {
        let place = Place::Root;
        if let Some(info) = root.get("info") {
            let place = Place::Member(&place, "info");
            self.child(info, "contact", place, |key| matches!(key, "name" | "url" | "email"));
            self.child(info, "license", place, |key| matches!(key, "name" | "url"));
            let known = |key: &str| {
                matches!(key, "title" | "description" | "termsOfService" | "contact" | "license" | "version")
            };
            self.keys(info, place, known);
        }
        if let Some(components) = root.get("components") {
            self.components(components, Place::Member(&place, "components"));
        }
        let paths = Place::Member(&place, "paths");
        for entry in root.get("paths").map(Node::entries).unwrap_or_default() {
            if entry.value.reference().is_none() && !entry.key.text.starts_with("x-") {
                self.path_item(&entry.value, Place::Quoted(&paths, &entry.key.text));
            }
        }
        self.servers(root, Place::Member(&place, "servers"));
        self.child(root, "externalDocs", place, is_external_docs);
        let tags = Place::Member(&place, "tags");
        for tag in root.get("tags").map(Node::items).unwrap_or_default() {
            self.child(tag, "externalDocs", tags, is_external_docs);
            self.keys(tag, tags, |key| matches!(key, "description" | "name" | "externalDocs"));
        }
        let known = |key: &str| {
            matches!(
                key,
                "openapi" | "info" | "servers" | "paths" | "components" | "security" | "tags" | "externalDocs"
            )
        };
        self.keys(root, place, known);
    }

    fn child(&mut self, node: &Node, name: &str, place: Place<'_>, is_known: fn(&str) -> bool) {
        if let Some(child) = node.get(name) {
            self.keys(child, Place::Member(&place, name), is_known);
        }
    }

    fn components(&mut self, components: &Node, place: Place<'_>) {
        type Read = fn(&mut Reader, &Node, Place<'_>);
        let sections: [(&str, Read); 6] = [
            ("schemas", |reader, node, place| reader.schema(node, place, 0)),
            ("responses", Self::response),
            ("parameters", Self::parameter),
            ("requestBodies", Self::request_body),
            ("headers", Self::header),
            ("securitySchemes", Self::security_scheme),
        ];
        for (section, read) in sections {
            let place = Place::Member(&place, section);
            for entry in components.get(section).map(Node::entries).unwrap_or_default() {
                read(self, &entry.value, Place::Member(&place, &entry.key.text));
            }
        }
        let known = |key: &str| {
            matches!(
                key,
                "schemas"
                    | "responses"
                    | "parameters"
                    | "examples"
                    | "requestBodies"
                    | "headers"
                    | "securitySchemes"
                    | "links"
                    | "callbacks"
            )
        };
        self.keys(components, place, known);
    }

    fn servers(&mut self, node: &Node, place: Place<'_>) {
        for server in node.get("servers").map(Node::items).unwrap_or_default() {
            let variables = Place::Member(&place, "variables");
            for variable in server.get("variables").map(Node::entries).unwrap_or_default() {
                let place = Place::Member(&variables, &variable.key.text);
                self.keys(&variable.value, place, |key| matches!(key, "enum" | "default" | "description"));
            }
            self.keys(server, place, |key| matches!(key, "url" | "description" | "variables"));
        }
    }

    fn path_item(&mut self, item: &Node, place: Place<'_>) {
        for parameter in item.get("parameters").map(Node::items).unwrap_or_default() {
            self.parameter(parameter, place);
        }
        self.servers(item, place);
        for verb in VERBS {
            if let Some(operation) = item.get(verb) {
                self.operation(operation, Place::Operation(&place, verb));
            }
        }
        let known = |key: &str| {
            matches!(key, "$ref" | "summary" | "description" | "servers" | "parameters") || VERBS.contains(&key)
        };
        self.keys(item, place, known);
    }

    fn operation(&mut self, operation: &Node, place: Place<'_>) {
        self.child(operation, "externalDocs", place, is_external_docs);
        for parameter in operation.get("parameters").map(Node::items).unwrap_or_default() {
            self.parameter(parameter, Place::Member(&place, "parameters"));
        }
        if let Some(body) = operation.get("requestBody") {
            self.request_body(body, Place::Member(&place, "requestBody"));
        }
        let responses = Place::Member(&place, "responses");
        for entry in operation.get("responses").map(Node::entries).unwrap_or_default() {
            if !entry.key.text.starts_with("x-") {
                self.response(&entry.value, Place::Member(&responses, &entry.key.text));
            }
        }
        self.servers(operation, Place::Member(&place, "servers"));
        let known = |key: &str| {
            matches!(
                key,
                "tags"
                    | "summary"
                    | "description"
                    | "externalDocs"
                    | "operationId"
                    | "parameters"
                    | "requestBody"
                    | "responses"
                    | "callbacks"
                    | "deprecated"
                    | "security"
                    | "servers"
            )
        };
        self.keys(operation, place, known);
    }

    fn parameter(&mut self, parameter: &Node, place: Place<'_>) {
        if parameter.reference().is_some() || parameter.get("in").is_none() {
            return;
        }
        let place = Place::Listed(&place, parameter.str_of("name").unwrap_or("['unknown']"));
        if let Some(schema) = parameter.get("schema") {
            self.schema(schema, Place::Member(&place, "schemas"), 0);
        }
        self.content(parameter, place);
        self.keys(parameter, place, is_parameter);
    }

    fn header(&mut self, header: &Node, place: Place<'_>) {
        if header.reference().is_some() {
            return;
        }
        if let Some(schema) = header.get("schema") {
            self.schema(schema, place, 0);
        }
        self.content(header, place);
        self.keys(header, place, is_parameter);
    }

    fn request_body(&mut self, body: &Node, place: Place<'_>) {
        if body.reference().is_some() {
            return;
        }
        self.content(body, place);
        self.keys(body, place, |key| matches!(key, "$ref" | "description" | "content" | "required"));
    }

    fn response(&mut self, response: &Node, place: Place<'_>) {
        if response.reference().is_some() {
            return;
        }
        let headers = Place::Member(&place, "headers");
        for entry in response.get("headers").map(Node::entries).unwrap_or_default() {
            self.header(&entry.value, Place::Member(&headers, &entry.key.text));
        }
        self.content(response, place);
        self.keys(response, place, |key| matches!(key, "$ref" | "description" | "headers" | "content" | "links"));
    }

    fn content(&mut self, node: &Node, place: Place<'_>) {
        let content = Place::Member(&place, "content");
        for media in node.get("content").map(Node::entries).unwrap_or_default() {
            if let Some(schema) = media.value.get("schema") {
                self.schema(schema, Place::Member(&content, "schema"), 0);
            }
            self.keys(&media.value, content, |key| matches!(key, "schema" | "example" | "examples" | "encoding"));
        }
    }

    fn security_scheme(&mut self, scheme: &Node, place: Place<'_>) {
        if scheme.reference().is_some() {
            return;
        }
        let known = |key: &str| {
            matches!(
                key,
                "$ref"
                    | "type"
                    | "name"
                    | "in"
                    | "description"
                    | "flows"
                    | "scheme"
                    | "bearerFormat"
                    | "openIdConnectUrl"
            )
        };
        self.keys(scheme, place, known);
    }

    fn schema(&mut self, schema: &Node, place: Place<'_>, depth: usize) {
        let Some(members) = schema.as_map().filter(|_| depth < MAX_DEPTH && schema.reference().is_none()) else {
            return;
        };
        for member in members {
            match member.key.text.as_str() {
                "oneOf" | "allOf" | "anyOf" => {
                    member.value.items().for_each(|schema| self.schema(schema, place, depth + 1));
                }
                "items" | "additionalProperties" | "not" => self.schema(&member.value, place, depth + 1),
                "properties" => {
                    member.value.entries().for_each(|property| self.schema(&property.value, place, depth + 1));
                }
                _ => {}
            }
        }
        self.keys(schema, place, is_schema);
    }
}

fn is_external_docs(key: &str) -> bool {
    matches!(key, "description" | "url")
}

/// The parser takes the members of parameters for those of headers too.
fn is_parameter(key: &str) -> bool {
    matches!(
        key,
        "$ref"
            | "name"
            | "in"
            | "description"
            | "required"
            | "deprecated"
            | "allowEmptyValue"
            | "style"
            | "explode"
            | "allowReserved"
            | "schema"
            | "example"
            | "examples"
            | "content"
    )
}

fn is_schema(key: &str) -> bool {
    matches!(
        key,
        "$ref"
            | "title"
            | "multipleOf"
            | "maximum"
            | "format"
            | "exclusiveMaximum"
            | "minimum"
            | "exclusiveMinimum"
            | "maxLength"
            | "minLength"
            | "pattern"
            | "maxItems"
            | "minItems"
            | "uniqueItems"
            | "maxProperties"
            | "minProperties"
            | "required"
            | "enum"
            | "type"
            | "allOf"
            | "oneOf"
            | "anyOf"
            | "not"
            | "items"
            | "properties"
            | "additionalProperties"
            | "description"
            | "default"
            | "nullable"
            | "discriminator"
            | "readOnly"
            | "writeOnly"
            | "xml"
            | "externalDocs"
            | "example"
            | "deprecated"
    )
}

#[cfg(test)]
mod tests {
    use super::super::{ImportOptions, SequentialIds, import};

    fn check(members: &str, expected: &[&str]) {
        let text = format!("openapi: 3.0.1\ninfo: {{title: t, version: '1'}}\n{members}");
        let document = crate::gateway::tests::document(&text);
        let imported = import(&document, &ImportOptions::default(), None, &mut SequentialIds::default()).unwrap();
        let messages: Vec<&str> = imported.warnings.iter().map(|warning| warning.message.as_str()).collect();
        assert_eq!(messages, expected);
    }

    #[test]
    fn members_that_are_unexpected_have_their_places() {
        check(
            "paths: {'/area/{zipCode}': {get: {parameters: [{name: zipCode, in: path, required: true, type: string}]}}}",
            &["Parse issue: attribute paths.'/area/{zipCode}'(get).parameters.[zipCode].type is unexpected"],
        );
        check(
            "paths: {/a: {post: {responses: {'200': {description: d, schema: {}}}, x-a: 1}, any: {}}}\nhost: h",
            &[
                "Parse issue: attribute paths.'/a'(post).responses.200.schema is unexpected",
                "Parse issue: attribute paths.'/a'.any is unexpected",
                "Parse issue: attribute host is unexpected",
            ],
        );
        check(
            "paths: {/a: {put: {requestBody: {content: {a/b: {schema: {const: 1}, schemas: {}}}}}}}",
            &[
                "Parse issue: attribute paths.'/a'(put).requestBody.content.schema.const is unexpected",
                "Parse issue: attribute paths.'/a'(put).requestBody.content.schemas is unexpected",
            ],
        );
        check(
            "paths: {}\ncomponents: {schemas: {A: {type: object, properties: {a: {const: 1}, b: {const: 2}}, if: {}}}}",
            &[
                "Parse issue: attribute components.schemas.A.const is unexpected",
                "Parse issue: attribute components.schemas.A.if is unexpected",
            ],
        );
    }
}
