use super::prelude::*;

declare_rule! {
    /// Finds form parameters of Swagger 2.0 (`in: formData`).
    ///
    /// ## What API Gateway does
    /// Warns `Parameter type formData for parameter NAME not supported. Ignoring.` and leaves them out.
    ///
    /// ## Fails
    /// ```yaml
    /// swagger: '2.0'
    /// info: {title: Pets, version: '1'}
    /// paths:
    ///   /pets:
    ///     post:
    ///       parameters: [{name: photo, in: formData, type: file}]
    ///       responses: {'200': {description: ok}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// swagger: '2.0'
    /// info: {title: Pets, version: '1'}
    /// paths:
    ///   /pets:
    ///     post:
    ///       parameters: [{name: photo, in: body, schema: {type: object}}]
    ///       responses: {'200': {description: ok}}
    /// ```
    PARAM_IN_FORM_DATA = "param-in-form-data", Warning, Warned, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    if !cx.is_swagger() {
        return;
    }
    // Conversion has made request bodies of them; what was written tells.
    let roots = cx.document.sources().files().filter_map(|(_, file)| file.root());
    let operations = roots
        .filter_map(|root| root.get("paths"))
        .flat_map(Node::entries)
        .flat_map(|path| path.value.entries().map(|e| &e.value).chain([&path.value]));
    for parameter in operations.filter_map(|o| o.get("parameters")).flat_map(Node::items) {
        if parameter.str_of("in") != Some("formData") {
            continue;
        }
        let name = parameter.str_of("name").unwrap_or_default();
        let span = parameter.get("in").map_or(parameter.span, |node| node.span);
        let message = format!("API Gateway leaves the form parameter `{name}` out and warns of it");
        out.add(PARAM_IN_FORM_DATA.at(span, message).with_help("declare a body with a model, or none, and parse the form in the handler"));
    }
}
