use super::prelude::*;

declare_rule! {
    /// Finds an empty `info.description`.
    ///
    /// ## What API Gateway does
    /// Refuses an API's description that is empty: `Description cannot be an empty string`.
    ///
    /// ## Fails
    /// ```yaml
    /// info: {title: Pets, version: '1', description: ''}
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// info: {title: Pets, version: '1', description: All about pets.}
    /// paths: {}
    /// ```
    DESCRIPTION_EMPTY = "description-empty", Warning, Refused, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let Some(entry) = cx.root().get("info").and_then(|i| i.entry("description")) else { return };
    if entry.value.as_str().is_some_and(str::is_empty) {
        let message = "API Gateway refuses an API description that is empty";
        out.add(DESCRIPTION_EMPTY.at(entry.key.span, message).with_help("write a description, or take the member out"));
    }
}
