use super::prelude::*;
use std::borrow::Cow;

use crate::vtl::{Template, TemplateError, TemplateErrorKind};

declare_rule! {
    /// Finds mapping templates that are not valid Velocity: an `#if` without its `#end`, a `#set` without a value.
    ///
    /// ## What API Gateway does
    /// Keeps the template and answers 500 to every call that comes to it.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration:
    ///         type: mock
    ///         requestTemplates:
    ///           application/json: |
    ///             #if($input.params('a') == 'b')
    ///             {"statusCode": 200}
    ///         responses: {default: {statusCode: '200'}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration:
    ///         type: mock
    ///         requestTemplates:
    ///           application/json: |
    ///             #if($input.params('a') == 'b')
    ///             {"statusCode": 200}
    ///             #end
    ///         responses: {default: {statusCode: '200'}}
    /// ```
    TEMPLATE_SYNTAX = "template-syntax", Error, Runtime, Rest, Template(check)
}

fn check(cx: &Context<'_>, template: &TemplateCx<'_>, out: &mut Sink) {
    // What another tool has still to fill in is not judged; the import fills in `${AWS::…}`.
    if template.text.contains("{{") {
        return;
    }
    let text = imported_text(template.text);
    let Err(error) = Template::compile(&text) else { return };
    if error.kind == TemplateErrorKind::Syntax && is_in_reference(&text, &error) {
        return;
    }
    let help = match error.kind {
        TemplateErrorKind::Syntax if error.message.ends_with("has no `#end`") => "add `#end`".to_owned(),
        TemplateErrorKind::Syntax => format!("correct line {} of the template", error.line),
        TemplateErrorKind::Unsupported => "write the text into the template".to_owned(),
        TemplateErrorKind::Runtime | TemplateErrorKind::Limit => return,
    };
    let (line, column) = match unclosed(&text).filter(|_| error.message.ends_with("has no `#end`")) {
        Some(place) => place,
        None => (error.line, error.column),
    };
    let span = template.place(cx.document.sources(), line, column);
    let message = format!("API Gateway answers 500: the template for `{}` does not parse: {}", template.media_type, error.message);
    out.add(TEMPLATE_SYNTAX.at(span, message).with_help(help));
}

/// Returns the line and column of the innermost directive that has no `#end`.
fn unclosed(text: &str) -> Option<(usize, usize)> {
    let mut open = Vec::new();
    for (at, _) in text.match_indices('#') {
        let word = text[at + 1..].trim_start_matches('{');
        let word = &word[..word.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(word.len())];
        match word {
            "if" | "foreach" | "macro" | "define" => open.push(at),
            // What follows `end` directly is text.
            _ if word.starts_with("end") => drop(open.pop()),
            _ => {}
        }
    }
    let at = open.pop()?;
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Some((before.matches('\n').count() + 1, before[line_start..].chars().count() + 1))
}

/// Returns the template as the import leaves it: with texts in the places of `${AWS::AccountId}` and the like.
fn imported_text(text: &str) -> Cow<'_, str> {
    if !text.contains("${AWS::") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${AWS::") {
        let end = rest[at..].find('}').map_or(rest.len(), |end| at + end + 1);
        out.push_str(&rest[..at]);
        // As long as what it stands for, so that columns stay.
        out.extend(rest[at..end].chars().map(|c| if c == '\n' { c } else { 'x' }));
        rest = &rest[end..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Returns whether an error is about a backslash in the arguments of a reference outside any directive:
/// `$input.params(\"a\")`, which deployed APIs have.
///
/// Velocity takes what it cannot read there for text, as far as is known.
fn is_in_reference(text: &str, error: &TemplateError) -> bool {
    let about_value = ["expected ", "the string has"].iter().any(|start| error.message.starts_with(start))
        || error.message.contains("is not a value");
    if !about_value {
        return false;
    }
    let line_start = text.split_inclusive('\n').take(error.line - 1).map(str::len).sum::<usize>();
    let line = text.get(line_start..).unwrap_or_default();
    let end = line.char_indices().nth(error.column - 1).map_or(text.len(), |(at, _)| line_start + at);
    let (before, after) = text.split_at_checked(end).unwrap_or_default();
    if !after.starts_with('\\') {
        return false;
    }
    let mut depth = 0_usize;
    for (at, c) in before.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' if depth > 0 => depth -= 1,
            '(' => {
                let word = before[..at].trim_end().trim_end_matches(|c: char| c.is_ascii_alphabetic() || "{}".contains(c));
                if word.ends_with('#') || word.ends_with('@') {
                    return false;
                }
            }
            _ => {}
        }
    }
    true
}
