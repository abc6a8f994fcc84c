//! Numbers as Java prints them.

/// Returns the text of `Double.toString`.
pub(super) fn java_double(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if value == 0.0 {
        return if value.is_sign_negative() { "-0.0" } else { "0.0" }.to_owned();
    }
    if (1e-3..1e7).contains(&value.abs()) {
        let text = value.to_string();
        return if text.contains('.') { text } else { text + ".0" };
    }
    // Rust writes `1e10`, Java `1.0E10`.
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    if digits.contains('.') { format!("{digits}E{exponent}") } else { format!("{digits}.0E{exponent}") }
}

#[cfg(test)]
mod tests {
    use super::java_double;

    #[test]
    fn prints_as_java_does() {
        let cases = [
            (1.0, "1.0"),
            (1.1, "1.1"),
            (-0.5, "-0.5"),
            (1e7, "1.0E7"),
            (12_345_678.9, "1.23456789E7"),
            (0.001, "0.001"),
            (0.0001, "1.0E-4"),
            (9_999_999.0, "9999999.0"),
        ];
        for (value, text) in cases {
            assert_eq!(java_double(value), text);
        }
    }
}
