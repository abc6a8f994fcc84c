use super::prelude::*;

declare_rule! {
    /// Finds mapping templates of more than 300 KB.
    ///
    /// ## What API Gateway does
    /// Refuses them.
    TEMPLATE_TOO_LARGE = "template-too-large", Error, Refused, Rest, Template(check)
}

const LIMIT: usize = 300 * 1024;

fn check(_cx: &Context<'_>, template: &TemplateCx<'_>, out: &mut Sink) {
    if template.text.len() > LIMIT {
        let message = format!(
            "API Gateway refuses the template for `{}`: it has {} bytes, the limit is {LIMIT}",
            template.media_type,
            template.text.len()
        );
        out.add(TEMPLATE_TOO_LARGE.at(template.span, message).with_help("move what it holds into the backend"));
    }
}
