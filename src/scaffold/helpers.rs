//! What templates can call: cases, literals of Rust, JSON and TOML, comments, texts of mapping templates.

use handlebars::{
    Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderErrorReason, Renderable as _, StringOutput,
    handlebars_helper,
};
use heck::{ToKebabCase as _, ToLowerCamelCase as _, ToShoutySnakeCase as _, ToSnakeCase as _, ToUpperCamelCase as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What a form does not escape.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*');

/// Registers all helpers.
pub(crate) fn register(registry: &mut Handlebars<'static>) {
    registry.register_helper("lit", Box::new(literal));
    registry.register_helper("doc", Box::new(doc_helper));
    registry.register_helper("module-doc", Box::new(module_doc));
    registry.register_helper("json", Box::new(json_helper));
    registry.register_helper("toml", Box::new(toml_string));
    registry.register_helper("line", Box::new(line_helper));
    registry.register_helper("text", Box::new(text_helper));
    registry.register_helper("quoted", Box::new(quoted));
    registry.register_helper("snake", Box::new(snake));
    registry.register_helper("kebab", Box::new(kebab));
    registry.register_helper("camel", Box::new(camel));
    registry.register_helper("pascal", Box::new(pascal));
    registry.register_helper("shouty", Box::new(shouty));
    registry.register_helper("vtl", Box::new(vtl_helper));
    registry.register_helper("vtl-json", Box::new(vtl_json));
    registry.register_helper("vtl-name", Box::new(vtl_name));
    registry.register_helper("url-encode", Box::new(url_encode));
    registry.register_helper("status-code", Box::new(status));
    registry.register_helper("quote", Box::new(quote));
}

handlebars_helper!(literal: |text: str| format!("{text:?}"));
handlebars_helper!(doc_helper: |text: str| comment(text, "///"));
handlebars_helper!(module_doc: |text: str| comment(text, "//!"));
handlebars_helper!(json_helper: |value: Json| serde_json::to_string(value).unwrap_or_default());
handlebars_helper!(toml_string: |text: str| toml::Value::String(text.to_owned()).to_string());
handlebars_helper!(text_helper: |value: Json| plain(value));
handlebars_helper!(quoted: |value: Json| format!("'{}'", plain(value).replace('\'', "")));
handlebars_helper!(line_helper: |text: str| harmless(&one_line(text)));
handlebars_helper!(snake: |text: str| text.to_snake_case());
handlebars_helper!(kebab: |text: str| text.to_kebab_case());
handlebars_helper!(camel: |text: str| text.to_lower_camel_case());
handlebars_helper!(pascal: |text: str| text.to_upper_camel_case());
handlebars_helper!(shouty: |text: str| text.to_shouty_snake_case());
handlebars_helper!(vtl_helper: |value: Json| vtl(&plain(value)));
handlebars_helper!(vtl_json: |value: Json| vtl(&json_inner(&plain(value))));
handlebars_helper!(vtl_name: |value: Json| format!("'{}'", plain(value).replace(['\'', '"', '\\'], "")));
handlebars_helper!(url_encode: |value: Json| utf8_percent_encode(&plain(value), FORM).to_string());

/// Writes a status, and nothing else.
fn status(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let text = helper.param(0).map(|value| plain(value.value())).unwrap_or_default();
    match text.parse::<u16>().ok().filter(|status| (100..600).contains(status)) {
        Some(status) => Ok(out.write(&status.to_string())?),
        None => Err(RenderErrorReason::Other(format!("`{text}` is no status")).into()),
    }
}

/// Writes what is inside as a string of JSON.
fn quote<'reg, 'rc>(
    helper: &Helper<'rc>,
    registry: &'reg Handlebars<'reg>,
    context: &'rc Context,
    render: &mut RenderContext<'reg, 'rc>,
    out: &mut dyn Output,
) -> HelperResult {
    let mut inner = StringOutput::new();
    if let Some(template) = helper.template() {
        template.render(registry, context, render, &mut inner)?;
    }
    let text = serde_json::Value::String(inner.into_string()?).to_string();
    Ok(out.write(&text)?)
}

/// Returns a text as a mapping template writes it out: what would be a reference or a directive is hidden from Velocity.
fn vtl(text: &str) -> String {
    if text.contains(['$', '#', '\\']) {
        format!("$util.urlDecode('{}')", utf8_percent_encode(text, FORM))
    } else {
        text.to_owned()
    }
}

/// Returns what is between the quotes of a text in JSON.
fn json_inner(text: &str) -> String {
    let string = serde_json::Value::String(text.to_owned()).to_string();
    string.get(1..string.len() - 1).unwrap_or_default().to_owned()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns a scalar as it is, anything else as JSON.
fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Returns the text as a comment, each line led by `mark`; nothing when it is empty.
fn comment(text: &str, mark: &str) -> String {
    const MAX_LINES: usize = 40;
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = text.trim().lines().take(MAX_LINES);
    lines.map(|line| format!("{mark} {}", harmless(line.trim_end())).trim_end().to_owned() + "\n").collect()
}

/// Returns the text as code within a comment.
pub(crate) fn code_span(text: &str) -> String {
    format!("`{}`", harmless(&one_line(text)).replace('`', "'"))
}

/// Returns the text without control characters and without those that change the direction of text, which rustc
/// refuses in comments.
fn harmless(text: &str) -> String {
    let hostile = |c: char| {
        c.is_control()
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
    };
    text.chars().map(|c| if hostile(c) { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_cannot_be_left() {
        assert_eq!(comment("a\r*/ #[x]\n\nb\u{202e}", "///"), "/// a\n/// */ #[x]\n///\n/// b\n");
    }

    #[test]
    fn texts_are_hidden_from_velocity() {
        assert_eq!(vtl("orders"), "orders");
        assert_eq!(vtl("$input.body"), "$util.urlDecode('%24input.body')");
        assert_eq!(vtl(&json_inner("a\"b")), "$util.urlDecode('a%5C%22b')");
    }
}
