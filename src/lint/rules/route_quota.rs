use super::prelude::*;

declare_rule! {
    /// Finds documents with more than 300 routes. Every operation is one.
    ///
    /// ## What API Gateway does
    /// Refuses to import what is beyond the quota of routes per API (300 unless AWS has raised it for the account).
    ROUTE_QUOTA = "route-quota", Error, Refused, Http, Document(check)
}

const QUOTA: usize = 300;

fn check(cx: &Context<'_>, out: &mut Sink) {
    if let Some(paths) = cx.root().entry("paths").filter(|_| cx.operations.len() > QUOTA) {
        let message = format!("API Gateway refuses {} routes: the quota is {QUOTA} unless raised", cx.operations.len());
        out.add(ROUTE_QUOTA.at(paths.key.span, message).with_help("split the document over several APIs"));
    }
}
