use super::prelude::*;
use crate::source::Format;
use crate::source::yaml::boolean_at;

declare_rule! {
    /// Finds `yes`, `no`, `on` and `off` that stand in YAML without quotes.
    ///
    /// ## What API Gateway does
    /// Takes these words for booleans, as YAML 1.1 does; in YAML 1.2, which OpenAPI is written in, they are texts. A
    /// country `NO` in an `enum` becomes `false`, a property `on` is called `true`. That is what becomes of a file that
    /// the console, the AWS CLI or CloudFormation sends; `gatewright import` sends JSON, where they stay texts.
    ///
    /// ## Fails
    /// ```yaml
    /// paths: {}
    /// components: {schemas: {Country: {type: string, enum: [SE, NO]}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths: {}
    /// components: {schemas: {Country: {type: string, enum: [SE, 'NO']}}}
    /// ```
    YAML_BOOLEAN = "yaml-boolean", Warning, Dropped, Both, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    if cx.document.sources().files().any(|(_, file)| file.format() == Format::Yaml) {
        visit(cx, cx.root(), out);
    }
}

fn visit(cx: &Context<'_>, node: &Node, out: &mut Sink) {
    if node.as_str().is_some() {
        tell(cx, node.span, out);
    }
    node.items().for_each(|item| visit(cx, item, out));
    for entry in node.entries() {
        tell(cx, entry.key.span, out);
        visit(cx, &entry.value, out);
    }
}

fn tell(cx: &Context<'_>, span: Span, out: &mut Sink) {
    let sources = cx.document.sources();
    if let Some(boolean) = boolean_at(sources, span) {
        let word = sources.text(span);
        let message = format!("API Gateway reads `{word}` as `{boolean}` where it stands without quotes");
        out.add(YAML_BOOLEAN.at(span, message).with_help(format!("write `'{word}'` for the word, or `{boolean}`")));
    }
}
