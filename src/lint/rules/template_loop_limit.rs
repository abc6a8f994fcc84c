use super::prelude::*;

declare_rule! {
    /// Finds loops of mapping templates over more than 1000 items.
    ///
    /// ## What API Gateway does
    /// Ends a `#foreach` after 1000 rounds.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{"statusCode": 200} #foreach($i in [1..2000])#end'}, responses: {default: {statusCode: '200'}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{"statusCode": 200} #foreach($i in [1..200])#end'}, responses: {default: {statusCode: '200'}}}
    /// ```
    TEMPLATE_LOOP_LIMIT = "template-loop-limit", Warning, Runtime, Rest, Template(check)
}

fn check(_cx: &Context<'_>, template: &TemplateCx<'_>, out: &mut Sink) {
    for (at, _) in template.text.match_indices("#foreach") {
        let head = template.text[at..].split(')').next().unwrap_or_default();
        let Some((from, to)) = head.split_once('[').and_then(|(_, range)| range.split(']').next()?.split_once("..")) else {
            continue;
        };
        let (Ok(from), Ok(to)) = (from.trim().parse::<i64>(), to.trim().parse::<i64>()) else { continue };
        if from.abs_diff(to) >= 1000 {
            let message = format!("API Gateway ends the loop over `{from}..{to}` after 1000 rounds");
            out.add(TEMPLATE_LOOP_LIMIT.at(template.span, message).with_help("loop over less, or do it in the backend"));
        }
    }
}
