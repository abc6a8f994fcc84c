use super::prelude::*;

declare_rule! {
    /// Finds two path variables under one parent: `/pets/{id}` beside `/pets/{petId}/toys`.
    ///
    /// ## What API Gateway does
    /// Refuses: `A sibling ({id}) of this resource already has a variable path part -- only one is allowed`. Greedy
    /// variables count as well.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets/{id}:
    ///     get: {responses: {'200': {description: ok}}}
    ///   /pets/{petId}/toys:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets/{id}:
    ///     get: {responses: {'200': {description: ok}}}
    ///   /pets/{id}/toys:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    SIBLING_PATH_PARAMS = "sibling-path-params", Error, Refused, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let mut first: HashMap<&str, (&str, Span)> = HashMap::new();
    for path in cx.document.paths() {
        for (at, _) in path.path.match_indices("/{") {
            let (parent, rest) = path.path.split_at(at);
            let (segment, further) = rest[1..].split_once('/').unwrap_or((&rest[1..], ""));
            // A greedy variable that is not the last segment is told of as such.
            let is_misplaced = segment.ends_with("+}") && !further.is_empty();
            if is_misplaced && !first.contains_key(parent) {
                break;
            }
            let (known, place) = *first.entry(parent).or_insert((segment, path.span));
            let is_one = || segment.trim_end_matches("+}") == known.trim_end_matches('}').trim_end_matches('+');
            if known == segment || (is_misplaced && is_one()) {
                continue;
            }
            let parent = if parent.is_empty() { "/" } else { parent };
            let message =
                format!("API Gateway refuses the variable `{segment}`: `{parent}` already has the variable `{known}`");
            let found = SIBLING_PATH_PARAMS.at(path.span, message).with_label(place, format!("`{known}` is here"));
            out.add(found.with_help(format!("name the variable `{known}` in both paths")));
            break;
        }
    }
}
