use super::prelude::*;

declare_rule! {
    /// Finds documents with more than 300 resources. Every distinct path prefix is one, `/` included.
    ///
    /// ## What API Gateway does
    /// Refuses to import what is beyond the quota of resources per API (300 unless AWS has raised it for the
    /// account).
    RESOURCE_QUOTA = "resource-quota", Error, Refused, Rest, Document(check)
}

const QUOTA: usize = 300;

fn check(cx: &Context<'_>, out: &mut Sink) {
    let mut resources: HashSet<&str> = HashSet::from([""]);
    for path in cx.document.paths() {
        let whole = path.path.trim_end_matches('/');
        resources.extend(whole.match_indices('/').map(|(at, _)| &whole[..at]));
        resources.insert(whole);
    }
    if let Some(paths) = cx.root().entry("paths").filter(|_| resources.len() > QUOTA) {
        let message = format!("API Gateway refuses {} resources: the quota is {QUOTA} unless raised", resources.len());
        let help = "split the document over several APIs under base paths, or ask AWS for a higher quota";
        out.add(RESOURCE_QUOTA.at(paths.key.span, message).with_help(help));
    }
}
