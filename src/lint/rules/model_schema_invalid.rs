use super::prelude::*;

declare_rule! {
    /// Finds schema keywords with values that JSON Schema draft 4 does not allow.
    ///
    /// ## What API Gateway does
    /// Refuses the model: `Invalid model schema specified`, without saying where.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   schemas: {Pet: {type: object, required: [], properties: {name: {type: text}}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas: {Pet: {type: object, required: [name], properties: {name: {type: string}}}}
    /// ```
    MODEL_SCHEMA_INVALID = "model-schema-invalid", Error, Refused, Rest, Schema(check)
}

const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "object", "array", "null"];

fn check(cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    if schema.node.reference().is_some() {
        return;
    }
    for entry in schema.node.entries() {
        if let Some((wrong, help)) = fault(entry) {
            let message = format!("API Gateway refuses the model: `{}` {wrong}", entry.key.text);
            out.add(MODEL_SCHEMA_INVALID.at(entry.key.span, message).with_help(help));
        }
    }
    if cx.is_swagger() && schema.node.str_of("type") == Some("file") {
        out.add(MODEL_SCHEMA_INVALID.at(schema.key, "API Gateway refuses the model: `file` is not a type of JSON Schema"));
    }
}

/// Returns what is wrong with a keyword's value, and what to write.
fn fault(entry: &Entry) -> Option<(String, String)> {
    let value = &entry.value;
    let not = |what: &str| Some((format!("is {}", value.kind().with_article()), format!("write {what}")));
    match entry.key.text.as_str() {
        "type" => {
            let names: Vec<&Node> = match value.as_seq() {
                Some(items) => items.iter().collect(),
                None => vec![value],
            };
            let wrong = names.into_iter().find(|n| n.as_str().is_none_or(|name| !TYPES.contains(&name)))?;
            let name = wrong.scalar_text().unwrap_or_default();
            let help = nearest(&name, TYPES).unwrap_or_else(|| "string".into());
            Some((format!("is `{name}`"), format!("write `{help}`; the types are `{}`", TYPES.join("`, `"))))
        }
        "required" => match value.as_seq() {
            Some([]) => Some(("is empty".into(), "name a property, or take the keyword out".into())),
            Some(items) if items.iter().any(|i| i.as_str().is_none()) => {
                Some(("holds something else than names".into(), "write a list of property names".into()))
            }
            Some(items) => {
                let mut seen = HashSet::new();
                let twice = items.iter().filter_map(Node::as_str).find(|name| !seen.insert(*name))?;
                Some((format!("names `{twice}` twice"), "name it once".into()))
            }
            None => not("a list of property names, at the object that has the properties"),
        },
        "properties" | "patternProperties" if value.as_map().is_none() => not("an object of schemas"),
        "items" if value.as_map().is_none() && value.as_seq().is_none() => not("a schema"),
        "allOf" | "anyOf" | "oneOf" if value.as_seq().is_none_or(<[Node]>::is_empty) => {
            Some(("is not a list of schemas".into(), "write a list of one schema at least".into()))
        }
        "enum" if value.as_seq().is_none_or(<[Node]>::is_empty) => {
            Some(("is not a list of values".into(), "write a list of one value at least".into()))
        }
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties"
            if value.as_i64().is_none_or(|n| n < 0) =>
        {
            Some(("is not a count".into(), "write an integer that is not negative".into()))
        }
        "minimum" | "maximum" | "multipleOf" if value.as_number().is_none() => not("a number"),
        "pattern" => match value.as_str() {
            None => not("a string"),
            Some(pattern) => {
                fancy_regex::Regex::new(pattern).err()?;
                Some(("is not a regular expression".into(), "correct the expression".into()))
            }
        },
        "uniqueItems" if value.as_bool().is_none() => not("`true` or `false`"),
        "additionalProperties" if value.as_bool().is_none() && value.as_map().is_none() => {
            not("`true`, `false` or a schema")
        }
        _ => None,
    }
}
