//! What templates can call: cases, literals of Rust, JSON and TOML, comments, texts of mapping templates.

use std::borrow::Cow;

use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext, RenderErrorReason, Renderable as _,
    StringOutput, handlebars_helper,
};
use heck::{ToKebabCase as _, ToLowerCamelCase as _, ToShoutySnakeCase as _, ToSnakeCase as _, ToUpperCamelCase as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What a form does not escape.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*');

/// A helper that makes one text of another.
pub(crate) type TextHelper = fn(&str, &mut String);

/// The helpers that make one text of another.
const OF_TEXT: &[(&str, TextHelper)] = &[
    ("lit", literal),
    ("raw-lit", push_raw_literal),
    ("doc", |text, out| comment(text, "///", out)),
    ("module-doc", |text, out| comment(text, "//!", out)),
    ("toml", |text, out| out.push_str(&toml::Value::String(text.to_owned()).to_string())),
    ("line", |text, out| out.push_str(&harmless(&one_line(text)))),
    ("snake", |text, out| out.push_str(&text.to_snake_case())),
    ("kebab", |text, out| out.push_str(&text.to_kebab_case())),
    ("camel", |text, out| out.push_str(&text.to_lower_camel_case())),
    ("pascal", |text, out| out.push_str(&text.to_upper_camel_case())),
    ("shouty", |text, out| out.push_str(&text.to_shouty_snake_case())),
];

/// The names of the other helpers, handlebars' own among them.
const OTHERS: &[&str] = &[
    "json",
    "text",
    "quoted",
    "vtl",
    "vtl-json",
    "vtl-name",
    "url-encode",
    "status-code",
    "quote",
    "if",
    "unless",
    "each",
    "with",
    "lookup",
    "raw",
    "log",
    "eq",
    "ne",
    "gt",
    "gte",
    "lt",
    "lte",
    "and",
    "or",
    "not",
    "len",
];

/// Returns the helper of this name that makes one text of another.
pub(crate) fn of_text(name: &str) -> Option<TextHelper> {
    OF_TEXT.iter().find(|(known, _)| *known == name).map(|(_, helper)| *helper)
}

/// Returns whether there is a helper of this name.
pub(crate) fn is_helper(name: &str) -> bool {
    of_text(name).is_some() || OTHERS.contains(&name)
}

/// Registers all helpers.
pub(crate) fn register(registry: &mut Handlebars<'static>) {
    for (name, helper) in OF_TEXT {
        registry.register_helper(name, Box::new(OfText { name, helper: *helper }));
    }
    registry.register_helper("json", Box::new(json_helper));
    registry.register_helper("text", Box::new(text_helper));
    registry.register_helper("quoted", Box::new(quoted));
    registry.register_helper("vtl", Box::new(vtl_helper));
    registry.register_helper("vtl-json", Box::new(vtl_json));
    registry.register_helper("vtl-name", Box::new(vtl_name));
    registry.register_helper("url-encode", Box::new(url_encode));
    registry.register_helper("status-code", Box::new(status));
    registry.register_helper("quote", Box::new(quote));
}

handlebars_helper!(json_helper: |value: Json| serde_json::to_string(value).unwrap_or_default());
handlebars_helper!(text_helper: |value: Json| plain(value));
handlebars_helper!(quoted: |value: Json| format!("'{}'", plain(value).replace('\'', "")));
handlebars_helper!(vtl_helper: |value: Json| vtl(&plain(value)));
handlebars_helper!(vtl_json: |value: Json| vtl(&json_inner(&plain(value))));
handlebars_helper!(vtl_name: |value: Json| format!("'{}'", plain(value).replace(['\'', '"', '\\'], "")));
handlebars_helper!(url_encode: |value: Json| utf8_percent_encode(&plain(value), FORM).to_string());

/// A helper that makes one text of another, for handlebars.
struct OfText {
    name: &'static str,
    helper: TextHelper,
}

impl HelperDef for OfText {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let param = helper.param(0).filter(|param| !param.is_value_missing());
        let param = param.ok_or(RenderErrorReason::ParamNotFoundForIndex(self.name, 0))?;
        let text = param.value().as_str().ok_or_else(|| {
            RenderErrorReason::ParamTypeMismatchForName(self.name, "text".to_owned(), "str".to_owned())
        })?;
        let mut written = String::with_capacity(text.len() + 8);
        (self.helper)(text, &mut written);
        Ok(out.write(&written)?)
    }
}

/// Writes a text as a literal of Rust.
fn literal(text: &str, out: &mut String) {
    use std::fmt::Write as _;
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\')) {
        out.extend(["\"", text, "\""]);
    } else {
        let _ = write!(out, "{text:?}");
    }
}

/// Returns a text as a literal of Rust, raw where that says it more plainly.
pub(crate) fn raw_literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    push_raw_literal(text, &mut out);
    out
}

/// Writes a text as a raw literal of Rust, where that says it more plainly: quotes and backslashes stay as they are.
fn push_raw_literal(text: &str, out: &mut String) {
    let plain = |c: char| matches!(c, ' '..='~') || (!c.is_ascii() && c.is_alphanumeric());
    if !text.contains(['"', '\\']) || !text.chars().all(plain) {
        return literal(text, out);
    }
    let mut hashes = 1;
    while text.contains(&format!("\"{}", "#".repeat(hashes))) {
        hashes += 1;
    }
    // More of them than Rust takes.
    if hashes > 255 {
        return literal(text, out);
    }
    let hashes = "#".repeat(hashes);
    out.extend(["r", &hashes, "\"", text, "\"", &hashes]);
}

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

/// Writes the text as a comment, each line led by `mark`; nothing when it is empty.
fn comment(text: &str, mark: &str, out: &mut String) {
    const MAX_LINES: usize = 40;
    let text =
        if text.contains('\r') { Cow::from(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Cow::from(text) };
    for line in text.trim().lines().take(MAX_LINES) {
        let line = line.trim_end();
        out.push_str(mark);
        if !line.is_empty() {
            out.push(' ');
            push_harmless(line, out);
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
}

/// Returns the text as code within a comment.
pub(crate) fn code_span(text: &str) -> String {
    format!("`{}`", harmless(&one_line(text)).replace('`', "'"))
}

/// Returns the text without control characters and without those that change the direction of text, which rustc
/// refuses in comments.
fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_harmless(text, &mut out);
    out
}

fn push_harmless(text: &str, out: &mut String) {
    // Most texts are ASCII without a control character, which are seen without being decoded.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return out.push_str(text);
    }
    let hostile = |c: char| {
        c.is_control()
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
    };
    out.extend(text.chars().map(|c| if hostile(c) { ' ' } else { c }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_cannot_be_left() {
        let mut out = String::from("\n");
        comment("a\r*/ #[x]\n\nb\u{202e}", "///", &mut out);
        assert_eq!(out, "\n/// a\n/// */ #[x]\n///\n/// b\n");
    }

    #[test]
    fn literals_are_raw_where_that_is_plainer() {
        assert_eq!(raw_literal("{\"a\":1}"), "r#\"{\"a\":1}\"#");
        assert_eq!(raw_literal("\"# {\"a\"}"), "r##\"\"# {\"a\"}\"##");
        assert_eq!(raw_literal("plain"), "\"plain\"");
        assert_eq!(raw_literal("\"\u{202e}"), "\"\\\"\\u{202e}\"");
        assert_eq!(raw_literal("\"\n"), "\"\\\"\\n\"");
    }

    #[test]
    fn texts_are_hidden_from_velocity() {
        assert_eq!(vtl("orders"), "orders");
        assert_eq!(vtl("$input.body"), "$util.urlDecode('%24input.body')");
        assert_eq!(vtl(&json_inner("a\"b")), "$util.urlDecode('a%5C%22b')");
    }
}
