use super::prelude::*;

declare_rule! {
    /// Finds keywords of JSON Schema that came after draft 4: `const`, `if`, `$defs`, `contains` and others.
    ///
    /// ## What API Gateway does
    /// Refuses the model: models are JSON Schema draft 4.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   schemas: {Cat: {type: object, properties: {kind: {const: cat}}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas: {Cat: {type: object, properties: {kind: {enum: [cat]}}}}
    /// ```
    SCHEMA_NOT_DRAFT4 = "schema-not-draft4", Error, Refused, Rest, Schema(check)
}

const LATER: [&str; 17] = [
    "const", "if", "then", "else", "$defs", "contains", "propertyNames", "examples", "prefixItems", "unevaluatedItems",
    "unevaluatedProperties", "dependentRequired", "dependentSchemas", "minContains", "maxContains", "contentMediaType",
    "contentEncoding",
];

fn check(_cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    for entry in schema.node.entries() {
        let key = entry.key.text.as_str();
        if LATER.contains(&key) {
            let message = format!("API Gateway refuses `{key}` in a model: JSON Schema draft 4 does not have it");
            let help = if key == "const" { "write an `enum` of one value" } else { "say it in keywords of draft 4, or leave it out" };
            out.add(SCHEMA_NOT_DRAFT4.at(entry.key.span, message).with_help(help));
        }
    }
    for member in schema.node.get("properties").map(Node::entries).unwrap_or_default() {
        if member.value.as_bool().is_some() {
            let message = format!("API Gateway refuses the schema of `{}`: draft 4 has no boolean schemas", member.key.text);
            out.add(SCHEMA_NOT_DRAFT4.at(member.value.span, message).with_help("write `{}` for anything, `{not: {}}` for nothing"));
        }
    }
}
