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

/// The variables below one parent, in the order of their first paths: name, the path, in how many paths.
type Variables<'a> = Vec<(&'a str, &'a PathItem<'a>, usize)>;

fn check(cx: &Context<'_>, out: &mut Sink) {
    let paths: Vec<PathItem<'_>> = cx.document.paths().collect();
    let mut by_parent: HashMap<&str, Variables<'_>> = HashMap::new();
    let mut parents = Vec::new();
    for path in &paths {
        for (at, _) in path.path.match_indices("/{") {
            let (parent, rest) = path.path.split_at(at);
            let (segment, further) = rest[1..].split_once('/').unwrap_or((&rest[1..], ""));
            // A greedy variable that is not the last segment, or one with text around it, is told of as such.
            if !segment.ends_with('}') || segment.matches('{').count() != 1 || (segment.ends_with("+}") && !further.is_empty())
            {
                break;
            }
            let variables = by_parent.entry(parent).or_insert_with(|| {
                parents.push(parent);
                Vec::new()
            });
            match variables.iter_mut().find(|(known, ..)| *known == segment) {
                Some((_, _, count)) => *count += 1,
                None => variables.push((segment, path, 1)),
            }
        }
    }
    for parent in parents {
        let Some(variables) = by_parent.get(parent) else { continue };
        // The name that most paths have is the one that was meant; of two as frequent, the first.
        let most = variables.iter().map(|(.., count)| *count).max().unwrap_or_default();
        let Some((known, place, _)) = variables.iter().find(|(.., count)| *count == most) else { continue };
        for (segment, path, count) in variables.iter().filter(|(segment, ..)| segment != known) {
            let parent = if parent.is_empty() { "/" } else { parent };
            let others = match count {
                1 => String::new(),
                count => format!(" (in {count} paths)"),
            };
            let message = format!(
                "API Gateway refuses the variable `{segment}`{others}: `{parent}` already has the variable `{known}`"
            );
            let found = SIBLING_PATH_PARAMS.at(path.span, message).with_label(place.span, format!("`{known}` is here"));
            out.add(found.with_help(format!("name the variable `{known}` in both paths")));
        }
    }
}
