//! "Did you mean": the known name that is nearest to one that is not known.

/// Returns the name that differs least from `word`, when it differs little enough to be a slip.
pub(crate) fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    let lower = word.to_lowercase();
    names
        .filter(|name| name.len().abs_diff(word.len()) <= allowed * 4)
        .take(10_000)
        .map(|name| (distance(&lower, &name.to_lowercase(), allowed), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Returns how many insertions, removals, replacements and swaps of neighbours make one text of the other; more than
/// `limit` when it is certain to be more.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit || a.len() > 200 {
        return limit + 1;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found() {
        let names = || ["required", "responses", "parameters"].into_iter();
        assert_eq!(nearest("requierd", names()), Some("required"));
        assert_eq!(nearest("Responses", names()), Some("responses"));
        assert_eq!(nearest("param", names()), None);
        assert_eq!(nearest("x", names()), None);
    }
}
