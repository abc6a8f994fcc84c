use super::prelude::*;

declare_rule! {
    /// Finds names in `components.schemas` with other characters than letters and digits.
    ///
    /// ## What API Gateway does
    /// Refuses the model: `Model name must be alphanumeric: NAME`, and with it all that refers to it.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   schemas: {pet_item: {type: object}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas: {PetItem: {type: object}}
    /// ```
    MODEL_NAME_ALPHANUMERIC = "model-name-alphanumeric", Error, Refused, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    use heck::ToUpperCamelCase as _;
    let mut references: HashMap<&str, Vec<Span>> = HashMap::new();
    for (target, span) in cx.references() {
        let name = target.strip_prefix("#/components/schemas/").or_else(|| target.strip_prefix("#/definitions/"));
        references.entry(name.unwrap_or_default()).or_default().push(*span);
    }
    for entry in cx.components("schemas") {
        let name = entry.key.text.as_str();
        if !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric()) {
            continue;
        }
        let better: String = name.to_upper_camel_case().chars().filter(char::is_ascii_alphanumeric).collect();
        let message = format!("API Gateway refuses the model name `{name}`: it must be letters and digits");
        let mut found = MODEL_NAME_ALPHANUMERIC.at(entry.key.span, message);
        if !better.is_empty() && !cx.models.contains_key(better.as_str()) {
            found = found.with_help(format!("rename it to `{better}`, in its references too"));
            let users = references.get(name).map(Vec::as_slice).unwrap_or_default();
            found.fix = rename(cx, entry, users, &better);
        }
        out.add(found);
    }
}

/// Renames the key and what refers to it; not when the key was written elsewhere than its text says.
fn rename(cx: &Context<'_>, entry: &Entry, users: &[Span], better: &str) -> Option<Fix> {
    let name = entry.key.text.as_str();
    let mut edits = vec![replaced(cx, entry.key.span, name, better)?];
    for span in users {
        edits.push(replaced(cx, *span, name, better)?);
    }
    edits.sort_by_key(|edit| edit.span);
    edits.dedup();
    Some(Fix { title: format!("rename it to `{better}`"), edits })
}

/// Replaces the last `name` of the text at `span`.
fn replaced(cx: &Context<'_>, span: Span, name: &str, better: &str) -> Option<Edit> {
    let text = cx.document.sources().text(span);
    let at = text.rfind(name)?;
    let start = span.start as usize + at;
    Some(Edit { span: Span::new(span.file, start, start + name.len()), text: better.to_owned() })
}
