use super::prelude::*;

declare_rule! {
    /// Finds documents with more than 2000 descriptions. Each becomes a documentation part.
    ///
    /// ## What API Gateway does
    /// Refuses documentation parts beyond the quota (2000 unless AWS has raised it); import with
    /// `ignore=documentation` instead.
    DOCUMENTATION_QUOTA = "documentation-quota", Error, Refused, Rest, Document(check)
}

const QUOTA: usize = 2000;

fn check(cx: &Context<'_>, out: &mut Sink) {
    let documentation = cx.root().get("x-amazon-apigateway-documentation");
    let parts = documentation.and_then(|d| d.get("documentationParts")).map_or(0, |parts| parts.items().len());
    let described = |node: &Node| usize::from(node.get("description").is_some() || node.get("summary").is_some());
    let operations: usize = cx
        .operations
        .iter()
        .map(|o| {
            let responses = o.responses().map(|r| &r.value).map(described).sum::<usize>();
            described(o.node()) + responses + o.parameters.iter().map(|p| described(p.node)).sum::<usize>()
        })
        .sum();
    let models: usize = cx.components("schemas").map(|e| described(&e.value)).sum();
    let count = parts + operations + models;
    if let Some(entry) = cx.root().entry("paths").filter(|_| count > QUOTA) {
        let message = format!("API Gateway refuses {count} documentation parts: the quota is {QUOTA} unless raised");
        out.add(DOCUMENTATION_QUOTA.at(entry.key.span, message).with_help("import with `--ignore-documentation`"));
    }
}
