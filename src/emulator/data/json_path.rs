//! Values in JSON by path.

use serde_json::Value;

/// Returns the value at a path of names and indices (`$.a.b[0]`).
pub(crate) fn json_path(value: &Value, path: &str) -> Option<Value> {
    let mut value = value;
    for part in path.strip_prefix('$')?.split('.').filter(|p| !p.is_empty()) {
        let (name, indices) = part.split_at(part.find('[').unwrap_or(part.len()));
        if !name.is_empty() {
            value = value.get(name)?;
        }
        for index in indices.split('[').filter(|i| !i.is_empty()) {
            let index = index.strip_suffix(']')?;
            value = match index.parse::<usize>() {
                Ok(index) => value.get(index)?,
                Err(_) => value.get(index.trim_matches(['\'', '"']))?,
            };
        }
    }
    Some(value.clone())
}
