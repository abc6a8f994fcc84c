use super::prelude::*;

declare_rule! {
    /// Finds integrations with roles of different accounts.
    ///
    /// ## What API Gateway does
    /// Refuses a role of another account than the API's: `Cross-account pass role is not allowed.`
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /a:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com', credentials: 'arn:aws:iam::111111111111:role/a'}
    ///   /b:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com', credentials: 'arn:aws:iam::222222222222:role/a'}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /a:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com', credentials: 'arn:aws:iam::111111111111:role/a'}
    /// ```
    CROSS_ACCOUNT_ROLE = "cross-account-role", Warning, Refused, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let mut accounts: Vec<(&str, usize, Span)> = Vec::new();
    let mut places = Vec::new();
    for node in cx.operations.iter().filter_map(|o| o.integration.as_ref()?.node.get("credentials")) {
        let Some(account) = node.as_str().and_then(|text| text.split(':').nth(4)) else { continue };
        if account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()) {
            continue;
        }
        places.push((account, node.span));
        match accounts.iter_mut().find(|(known, ..)| *known == account) {
            Some((_, count, _)) => *count += 1,
            None => accounts.push((account, 1, node.span)),
        }
    }
    // Most roles are the API's own account's; of two as frequent, the first.
    let Some((own, _, first)) = accounts.iter().rev().max_by_key(|(_, count, _)| *count) else { return };
    for (account, span) in places.iter().filter(|(account, _)| account != own) {
        let message = format!("API Gateway refuses a role of account {account} if the API is in account {own}");
        let found = CROSS_ACCOUNT_ROLE.at(*span, message).with_label(*first, "another account here");
        out.add(found.with_help("use a role of the API's account that may assume the other"));
    }
}
