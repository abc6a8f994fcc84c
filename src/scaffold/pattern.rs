//! Patterns of ECMA-262, as OpenAPI has them, in the dialect of Rust's `regex`.

use regex::Regex;

/// Returns the pattern compiled, or `None` when it has no equal: look-around, back references.
pub(crate) fn compiled(pattern: &str) -> Option<Regex> {
    Regex::new(&translated(pattern)).or_else(|_| Regex::new(pattern)).ok()
}

/// Returns the pattern with what the dialects write differently written as Rust's has it.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut characters = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next() {
                // Only ASCII digits and letters are meant.
                Some('d') => out.push_str(if in_class { "0-9" } else { "[0-9]" }),
                Some('w') => out.push_str(if in_class { "0-9A-Za-z_" } else { "[0-9A-Za-z_]" }),
                Some('D') if !in_class => out.push_str("[^0-9]"),
                Some('W') if !in_class => out.push_str("[^0-9A-Za-z_]"),
                Some('u') => {
                    let digits: String = characters.clone().take(4).take_while(char::is_ascii_hexdigit).collect();
                    if digits.len() == 4 {
                        characters.nth(3);
                        out.push_str(&format!("\\x{{{digits}}}"));
                    } else {
                        out.push_str("\\u");
                    }
                }
                // A letter or sign without a meaning of its own stands for itself.
                Some(sign) if !sign.is_ascii_alphanumeric() && !sign.is_ascii_punctuation() => out.push(sign),
                Some(other) => {
                    out.push('\\');
                    out.push(other);
                }
                None => out.push('\\'),
            },
            '[' if !in_class => {
                in_class = true;
                out.push('[');
                if characters.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
                // `[]` is nothing, and `[^]` is anything; Rust's dialect would take `]` for a member there.
                if characters.peek() == Some(&']') {
                    out.push_str("\\pL&&\\pN");
                }
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            // Within a class these would begin another one, or an operation on classes.
            '[' | '&' | '~' if in_class => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::compiled;

    #[test]
    fn patterns_mean_what_they_mean_in_the_document() {
        let cases = [
            (r"^\d+$", "12", true),
            (r"^\d+$", "१२", false),
            (r"^[\w\-[\]]+$", "a-[b]", true),
            (r"^[a-z&&x]+$", "a&x", true),
            ("^\\u0041$", "A", true),
            (r"^a\/b$", "a/b", true),
            (r"^[^\d]$", "x", true),
            (r"^\W$", "é", true),
            ("^[^\"\\\\]*$", "a", true),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(compiled(pattern).map(|regex| regex.is_match(text)), Some(expected), "{pattern} {text}");
        }
        assert!(compiled("(?=a)").is_none());
    }
}
