//! JSON pointers (RFC 6901).

use std::fmt;

use ecow::EcoString;

/// A JSON pointer: the member names and indices from a document's root to a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(Vec<EcoString>);

impl Pointer {
    /// Returns the pointer to the root.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// Parses `/a/b~1c`; the empty string is the root.
    ///
    /// Returns `None` when a non-empty text does not begin with `/`, or holds a `~` that is not
    /// followed by `0` or `1`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::root());
        }
        let rest = text.strip_prefix('/')?;
        rest.split('/').map(unescape).collect::<Option<Vec<_>>>().map(Self)
    }

    /// Parses the fragment of a `$ref` (what follows `#`): a percent-encoded pointer.
    #[must_use]
    pub fn parse_fragment(fragment: &str) -> Option<Self> {
        let decoded = percent_encoding::percent_decode_str(fragment).decode_utf8().ok()?;
        Self::parse(&decoded)
    }

    /// Returns the unescaped segments.
    #[must_use]
    pub fn segments(&self) -> &[EcoString] {
        &self.0
    }

    /// Appends a segment, given unescaped.
    pub fn push(&mut self, segment: impl Into<EcoString>) {
        self.0.push(segment.into());
    }

    /// Removes and returns the last segment.
    pub fn pop(&mut self) -> Option<EcoString> {
        self.0.pop()
    }

    /// Returns this pointer with one more segment.
    #[must_use]
    pub fn join(&self, segment: impl Into<EcoString>) -> Self {
        let mut joined = self.clone();
        joined.push(segment);
        joined
    }

    /// Returns the pointer with its `~` and `/` escaped, written as a `$ref` fragment (`#/…`).
    #[must_use]
    pub fn to_fragment(&self) -> String {
        use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
        const FRAGMENT: &AsciiSet = &CONTROLS
            .add(b' ')
            .add(b'"')
            .add(b'<')
            .add(b'>')
            .add(b'`')
            .add(b'%')
            .add(b'#')
            .add(b'{')
            .add(b'}')
            .add(b'|')
            .add(b'\\')
            .add(b'^');
        format!("#{}", utf8_percent_encode(&self.to_string(), FRAGMENT))
    }
}

impl<S: Into<EcoString>> FromIterator<S> for Pointer {
    fn from_iter<I: IntoIterator<Item = S>>(segments: I) -> Self {
        Self(segments.into_iter().map(Into::into).collect())
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for segment in &self.0 {
            f.write_str("/")?;
            for c in segment.chars() {
                match c {
                    '~' => f.write_str("~0")?,
                    '/' => f.write_str("~1")?,
                    c => write!(f, "{c}")?,
                }
            }
        }
        Ok(())
    }
}

fn unescape(segment: &str) -> Option<EcoString> {
    if !segment.contains('~') {
        return Some(segment.into());
    }
    let mut out = EcoString::with_capacity(segment.len());
    let mut chars = segment.chars();
    while let Some(c) = chars.next() {
        match c {
            '~' => match chars.next()? {
                '0' => out.push('~'),
                '1' => out.push('/'),
                _ => return None,
            },
            c => out.push(c),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_round_trip() {
        let pointer: Pointer = ["paths", "/pets/{id}", "a~b"].into_iter().collect();
        assert_eq!(pointer.to_string(), "/paths/~1pets~1{id}/a~0b");
        assert_eq!(Pointer::parse(&pointer.to_string()), Some(pointer.clone()));
        assert_eq!(Pointer::parse_fragment(&pointer.to_fragment()[1..]), Some(pointer));
    }

    #[test]
    fn malformed_pointers_are_none() {
        assert_eq!(Pointer::parse("a/b"), None);
        assert_eq!(Pointer::parse("/a~2"), None);
        assert_eq!(Pointer::parse("/a~"), None);
    }
}
