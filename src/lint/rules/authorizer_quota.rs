use super::prelude::*;

declare_rule! {
    /// Finds documents with more than 10 authorizers.
    ///
    /// ## What API Gateway does
    /// Refuses those beyond the quota (10 unless AWS has raised it). Every scheme with the extension counts, used
    /// or not.
    AUTHORIZER_QUOTA = "authorizer-quota", Error, Refused, Both, Document(check)
}

const QUOTA: usize = 10;

fn check(cx: &Context<'_>, out: &mut Sink) {
    let authorizers: Vec<&SchemeCx<'_>> = cx.schemes.iter().filter(|s| s.authorizer.is_some()).collect();
    if let Some(first_over) = authorizers.get(QUOTA) {
        let message = format!("API Gateway refuses {} authorizers: the quota is {QUOTA} unless raised", authorizers.len());
        out.add(AUTHORIZER_QUOTA.at(first_over.key, message).with_help("let operations share authorizers"));
    }
}
