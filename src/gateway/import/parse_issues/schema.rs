//! Schemas. Wherever in a schema something is, its place is that of the outermost one. They are as deep as the reader of
//! texts lets them be.

use super::place::Place;
use super::{Reader, shape};
use crate::source::{Node, Value};

/// The members of a schema that are read further, found in one go.
#[derive(Default)]
struct Members<'d> {
    reference: Option<&'d Node>,
    all_of: Option<&'d Node>,
    any_of: Option<&'d Node>,
    one_of: Option<&'d Node>,
    items: Option<&'d Node>,
    additional: Option<&'d Node>,
    discriminator: Option<&'d Node>,
    required: Option<&'d Node>,
    values: Option<&'d Node>,
    not: Option<&'d Node>,
    properties: Option<&'d Node>,
    default: Option<&'d Node>,
    xml: Option<&'d Node>,
    kind: Option<&'d str>,
    is_written_only: bool,
    is_read_only: bool,
    has_docs: bool,
}

impl<'d> Members<'d> {
    fn of(schema: &'d Node) -> Self {
        let mut members = Self::default();
        for entry in schema.entries() {
            let value = &entry.value;
            let member = match entry.key.text.as_str() {
                "$ref" => &mut members.reference,
                "allOf" => &mut members.all_of,
                "anyOf" => &mut members.any_of,
                "oneOf" => &mut members.one_of,
                "items" => &mut members.items,
                "additionalProperties" => &mut members.additional,
                "discriminator" => &mut members.discriminator,
                "required" => &mut members.required,
                "enum" => &mut members.values,
                "not" => &mut members.not,
                "properties" => &mut members.properties,
                "default" => &mut members.default,
                "xml" => &mut members.xml,
                name => {
                    match name {
                        "type" => members.kind = value.as_str(),
                        "writeOnly" => members.is_written_only = is_true(value),
                        "readOnly" => members.is_read_only = is_true(value),
                        "externalDocs" => members.has_docs = true,
                        _ => {}
                    }
                    continue;
                }
            };
            *member = Some(value);
        }
        members
    }

    /// Whether the parser has made a map of the schema before it asks for its type.
    fn is_map(&self) -> bool {
        self.additional.is_some() && self.all_of.is_none() && self.any_of.is_none() && self.one_of.is_none()
    }
}

impl<'d> Reader<'d> {
    pub(super) fn schema(&mut self, schema: &'d Node, place: Place<'_>) {
        if schema.as_map().is_none() {
            return;
        }
        // What most schemas of parameters and bodies are.
        if let [only] = schema.entries().as_slice()
            && only.key.text == "$ref"
        {
            return self.reference(schema, &only.value, place);
        }
        let members = Members::of(schema);
        for composed in [members.all_of, members.any_of, members.one_of].into_iter().flatten() {
            composed.items().for_each(|schema| self.schema(schema, place));
        }
        if let Some(items) = members.items {
            self.schema(items, place);
        }
        match members.additional {
            Some(additional) if additional.as_map().is_some() => self.schema(additional, place),
            Some(additional) if !matches!(additional.value, Value::Bool(_) | Value::String(_)) => {
                self.issues.mistyped(additional, place, "additionalProperties", "object");
            }
            _ => {}
        }
        if let Some(reference) = members.reference {
            return self.reference(schema, reference, place);
        }
        let seen = self.issues.types(schema, place, shape::schema);
        self.values(schema, &members, place);
        if let Some(not) = members.not {
            self.schema(not, place);
        }
        for property in members.properties.map(Node::entries).unwrap_or_default() {
            if property.value.as_map().is_some() {
                self.schema(&property.value, place);
            } else {
                self.issues.mistyped(&property.value, place, "properties", "object");
            }
        }
        if let Some(default) = members.default {
            self.default(default, members.kind, place);
        }
        if members.is_read_only && members.is_written_only {
            self.issues.warn(schema.span, place, " writeOnly and readOnly are both present");
        }
        if let Some(xml) = members.xml.filter(|xml| xml.as_map().is_some()) {
            let seen = self.issues.types(xml, place, shape::xml);
            self.issues.unexpected(seen, xml, place, shape::xml);
        }
        if members.has_docs {
            self.external_docs(schema, place);
        }
        self.issues.unexpected(seen, schema, place, shape::schema);
    }

    /// Looks where a schema that is a reference leads.
    fn reference(&mut self, schema: &Node, reference: &Node, place: Place<'_>) {
        match reference.as_str() {
            None => self.issues.mistyped(reference, place, "$ref", "string"),
            Some(to) if place.is_in_paths() && !self.is_known(to) => self.issues.missing(schema, place, to),
            Some(_) => {}
        }
    }

    /// Looks at the values of a schema's own keywords.
    fn values(&mut self, schema: &Node, members: &Members<'_>, place: Place<'_>) {
        if let Some(discriminator) = members.discriminator.filter(|value| value.as_map().is_some()) {
            self.issues.required(discriminator, place, "propertyName");
        }
        for name in members.required.map(Node::items).unwrap_or_default() {
            if name.as_str().is_none() {
                self.issues.mistyped(name, place, "required", "string");
            }
        }
        for value in members.values.map(Node::items).unwrap_or_default() {
            if value.as_map().is_some() || value.as_seq().is_some() {
                self.issues.mistyped(value, place, "enum", "value");
            }
        }
        let has_items = members.items.is_some_and(|items| items.as_map().is_some());
        if members.kind == Some("array") && !has_items && !members.is_map() {
            self.issues.missing(schema, place, "items");
        }
    }

    /// Looks at the default, which should be of the schema's type.
    fn default(&mut self, default: &Node, kind: Option<&str>, place: Place<'_>) {
        let wanted = match kind {
            Some("array") => shape::Kind::Array,
            Some("string") => shape::Kind::Text,
            Some("object") => shape::Kind::Object,
            Some("integer") => shape::Kind::Integer,
            Some("number") => shape::Kind::Decimal,
            _ => shape::Kind::Any,
        };
        if let Some(wanted) = wanted.wanted(default) {
            self.issues.mistyped(default, place, "default", wanted);
        }
    }

    /// Whether the component that a reference names is there; of references elsewhere the parser does not know.
    fn is_known(&self, reference: &str) -> bool {
        if let Some(name) = reference.strip_prefix("#/components/schemas/").filter(|name| !name.contains('/')) {
            return self.schemas.is_some_and(|schemas| schemas.get(name).is_some());
        }
        let Some(path) = reference.strip_prefix("#/components") else { return true };
        let mut parts = path.split('/').skip(1);
        let (Some(section), Some(name)) = (parts.next(), parts.next()) else { return false };
        let entries = self.components.and_then(|components| components.get(section));
        shape::components(section).is_some() && entries.is_some_and(|entries| entries.get(name).is_some())
    }
}

/// Whether a flag is on; texts count.
fn is_true(flag: &Node) -> bool {
    flag.as_bool() == Some(true) || flag.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"))
}
