use super::prelude::*;

declare_rule! {
    /// Finds documents with more than 300 integrations.
    ///
    /// ## What API Gateway does
    /// Refuses to import them: an HTTP API has 300 integrations at most, and the quota cannot be raised.
    INTEGRATION_QUOTA = "integration-quota", Error, Refused, Http, Document(check)
}

const QUOTA: usize = 300;

fn check(cx: &Context<'_>, out: &mut Sink) {
    let places: HashSet<Span> = cx.operations.iter().filter_map(|o| Some(o.integration.as_ref()?.node.span)).collect();
    if let Some(paths) = cx.root().entry("paths").filter(|_| places.len() > QUOTA) {
        let message = format!("API Gateway refuses {} integrations: the quota is {QUOTA}", places.len());
        let help = "share integrations through `components.x-amazon-apigateway-integrations`";
        out.add(INTEGRATION_QUOTA.at(paths.key.span, message).with_help(help));
    }
}
