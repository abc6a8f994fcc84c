//! `String.format`.

use super::{Problem, Result, Scope, thrown};
use crate::vtl::value::{Value, as_double};

/// The characters that a conversion is padded to at most.
const MAX_WIDTH: usize = 10_000;

/// Formats as `java.util.Formatter` does, for the conversions that templates use: `%s %d %f %x %X %c %b %e %n %%`.
pub(super) fn format(scope: &Scope<'_>, template: &str, arguments: &[Value]) -> Result {
    let mut out = String::new();
    let mut next = 0;
    let mut rest = template;
    while let Some(at) = rest.find('%') {
        let (before, conversion) = rest.split_at(at);
        out.push_str(before);
        let (spec, behind) = Spec::parse(conversion.get(1..).unwrap_or_default())?;
        rest = behind;
        match spec.conversion {
            'n' => out.push('\n'),
            '%' => out.push_str(&spec.padded("%".to_owned())),
            _ => {
                let index = spec.index.unwrap_or_else(|| {
                    next += 1;
                    next
                });
                let Some(argument) = index.checked_sub(1).and_then(|index| arguments.get(index)) else {
                    return thrown(format!("`format()` has no argument for `%{}`", spec.conversion));
                };
                out.push_str(&spec.padded(spec.converted(scope, argument)?));
            }
        }
        scope.heap.charge_text(out.len())?;
    }
    out.push_str(rest);
    scope.made(out)
}

#[derive(Debug, Default)]
struct Spec {
    index: Option<usize>,
    left: bool,
    zero: bool,
    plus: bool,
    group: bool,
    width: usize,
    precision: Option<usize>,
    conversion: char,
}

impl Spec {
    /// Parses what follows a `%`.
    fn parse(text: &str) -> Result<(Self, &str)> {
        let mut spec = Self { conversion: 's', ..Self::default() };
        let mut rest = text;
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        if let (Some(index), Some(behind)) = (rest.get(..digits), rest.get(digits..).and_then(|r| r.strip_prefix('$')))
        {
            spec.index = index.parse().ok();
            rest = behind;
        }
        while let Some(flag) = rest.chars().next() {
            match flag {
                '-' => spec.left = true,
                '0' => spec.zero = true,
                '+' => spec.plus = true,
                ',' => spec.group = true,
                _ => break,
            }
            rest = rest.get(1..).unwrap_or_default();
        }
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        spec.width = rest.get(..digits).and_then(|width| width.parse().ok()).unwrap_or(0).min(MAX_WIDTH);
        rest = rest.get(digits..).unwrap_or_default();
        if let Some(behind) = rest.strip_prefix('.') {
            let digits = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
            spec.precision = behind.get(..digits).and_then(|precision| precision.parse().ok());
            rest = behind.get(digits..).unwrap_or_default();
        }
        let Some(conversion) = rest.chars().next() else { return thrown("`format()` ends in `%`") };
        spec.conversion = conversion;
        Ok((spec, rest.get(conversion.len_utf8()..).unwrap_or_default()))
    }

    fn converted(&self, scope: &Scope<'_>, argument: &Value) -> Result<String> {
        let mismatch =
            || Problem::Thrown(format!("`format()` cannot convert its argument with `%{}`", self.conversion));
        let sign = |text: String| if self.plus && !text.starts_with('-') { format!("+{text}") } else { text };
        Ok(match (self.conversion, argument) {
            ('s' | 'S', value) => {
                let text = scope.heap.text(value)?;
                let text: String = text.chars().take(self.precision.unwrap_or(usize::MAX)).collect();
                if self.conversion == 'S' { text.to_uppercase() } else { text }
            }
            ('d' | 'x' | 'X' | 'f' | 'e' | 'c', Value::Null) => "null".to_owned(),
            ('d', Value::Integer(value)) => {
                sign(if self.group { grouped(&value.to_string()) } else { value.to_string() })
            }
            ('x', Value::Integer(value)) => match i32::try_from(*value) {
                Ok(value) => format!("{value:x}"),
                Err(_) => format!("{value:x}"),
            },
            ('X', Value::Integer(value)) => match i32::try_from(*value) {
                Ok(value) => format!("{value:X}"),
                Err(_) => format!("{value:X}"),
            },
            ('f', value @ Value::Double(_)) => {
                let value = as_double(value).unwrap_or(0.0);
                let text = format!("{value:.*}", self.precision.unwrap_or(6).min(100));
                sign(if self.group { grouped(&text) } else { text })
            }
            ('c', Value::Text(text)) if text.chars().count() == 1 => text.to_string(),
            ('c', Value::Integer(code)) => {
                u32::try_from(*code).ok().and_then(char::from_u32).ok_or_else(mismatch)?.to_string()
            }
            ('b', Value::Bool(value)) => value.to_string(),
            ('b', value) => (!matches!(value, Value::Null)).to_string(),
            ('d' | 'x' | 'X' | 'f' | 'c', _) => return Err(mismatch()),
            (other, _) => {
                return Err(Problem::Unsupported(format!("the conversion `%{other}` of `format()` is not supported")));
            }
        })
    }

    fn padded(&self, text: String) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        if missing == 0 {
            return text;
        }
        if self.left {
            return text + &" ".repeat(missing);
        }
        if self.zero && matches!(self.conversion, 'd' | 'f' | 'x' | 'X') {
            let (sign, digits) = match text.strip_prefix('-') {
                Some(digits) => ("-", digits),
                None => ("", text.as_str()),
            };
            return format!("{sign}{}{digits}", "0".repeat(missing));
        }
        " ".repeat(missing) + &text
    }
}

/// Returns a number with commas between thousands.
fn grouped(text: &str) -> String {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", text),
    };
    let (whole, fraction) = unsigned.split_once('.').map_or((unsigned, None), |(whole, part)| (whole, Some(part)));
    let mut out = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}
