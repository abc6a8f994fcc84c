use super::prelude::*;

declare_rule! {
    /// Finds CloudFormation functions (`Fn::Sub`, `Ref`, …) in the document.
    ///
    /// ## What API Gateway does
    /// Knows nothing of them. They work only where CloudFormation or SAM takes the document in; imported by itself,
    /// the integration is `malformed`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration:
    ///         type: aws_proxy
    ///         httpMethod: POST
    ///         uri: {'Fn::Sub': 'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations'}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock}
    /// ```
    CLOUDFORMATION_INTRINSIC = "cloudformation-intrinsic", Info, Quality, Both, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let mut places = Vec::new();
    search(cx.root(), 0, &mut places);
    let Some((name, span)) = places.first() else { return };
    let message = match places.len() {
        1 => format!("API Gateway does not know `{name}`: only CloudFormation resolves it"),
        n => format!("API Gateway does not know `{name}`: only CloudFormation resolves it, here and in {} other places", n - 1),
    };
    let help = "import the document through CloudFormation or SAM, or write `${name}` and give the value in `gatewright.toml`";
    out.add(CLOUDFORMATION_INTRINSIC.at(*span, message).with_help(help));
}

fn search(node: &Node, depth: usize, places: &mut Vec<(String, Span)>) {
    if depth > 256 {
        return;
    }
    if is_intrinsic(node) {
        let key = node.entries().next().map(|e| (e.key.text.to_string(), e.key.span));
        places.extend(key);
        return;
    }
    node.items().for_each(|item| search(item, depth + 1, places));
    node.entries().for_each(|entry| search(&entry.value, depth + 1, places));
}
