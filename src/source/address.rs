//! Addresses relative to others (RFC 3986 §5.2).

/// Returns the address that a reference names, seen from another; what follows `?` or `#` in the other is not part of
/// where it is. Either may be a path alone.
#[must_use]
pub(crate) fn joined(base: &str, reference: &str) -> String {
    if has_scheme(reference) {
        return reference.to_owned();
    }
    let base = base.split(['?', '#']).next().unwrap_or_default();
    let (start, path) = match base.split_once("://") {
        Some((scheme, rest)) => {
            if reference.starts_with("//") {
                return format!("{scheme}:{reference}");
            }
            base.split_at(base.len() - rest.len() + rest.find('/').unwrap_or(rest.len()))
        }
        None => ("", base),
    };
    let joined = match path.rsplit_once('/') {
        _ if reference.starts_with('/') => reference.to_owned(),
        Some((folder, _)) => format!("{folder}/{reference}"),
        None if start.is_empty() => reference.to_owned(),
        None => format!("/{reference}"),
    };
    let (root, relative) = joined.strip_prefix('/').map_or(("", joined.as_str()), |relative| ("/", relative));
    let mut parts: Vec<&str> = Vec::new();
    for part in relative.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("{start}{root}{}", parts.join("/"))
}

fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    })
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn references_between_addresses() {
        let check =
            |base, reference, expected| assert_eq!(joined(base, reference), expected, "{reference} from {base}");
        let base = "https://example.com/specs/v1/api.yaml?x=1";
        check(base, "pet.yaml", "https://example.com/specs/v1/pet.yaml");
        check(base, "../pet.yaml", "https://example.com/specs/pet.yaml");
        check(base, "/pet.yaml", "https://example.com/pet.yaml");
        check(base, "//other.example/a", "https://other.example/a");
        check(base, "https://other.example/a.json", "https://other.example/a.json");
        check(base, "urn:a:b", "urn:a:b");
        check("https://example.com", "a", "https://example.com/a");
        check("folder/a.json", "./b.json", "folder/b.json");
        check("a.json", "b.json", "b.json");
        check("", "a", "a");
    }
}
