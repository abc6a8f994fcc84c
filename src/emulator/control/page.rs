//! Pages of lists: `limit` and `position` in, `item` and `position` out.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::refusal::Refusal;

/// Items on a page unless `limit` says otherwise.
const DEFAULT_LIMIT: usize = 25;
/// The most items on a page.
const MAX_LIMIT: usize = 500;

/// Returns the page of a list that a call asks for. The position is the number of items before the page.
pub(crate) fn page(call: &Call<'_>, items: Vec<Value>) -> Result<Answer, Refusal> {
    let (items, position) = slice(call, items, DEFAULT_LIMIT)?;
    Ok(answer(items, position))
}

/// Returns the items of the page that a call asks for, and the position of the next page.
pub(crate) fn slice<T>(call: &Call<'_>, items: Vec<T>, default: usize) -> Result<(Vec<T>, Option<String>), Refusal> {
    let limit = match call.query("limit") {
        None | Some("") => default,
        // A limit that is out of range acts as none (recorded for API keys).
        Some(text) => {
            let limit: i64 = text.parse().map_err(|_| Refusal::bad_request("Invalid limit specified"))?;
            usize::try_from(limit).ok().filter(|limit| (1..=MAX_LIMIT).contains(limit)).unwrap_or(default)
        }
    };
    let start = match call.query("position") {
        None | Some("") => 0,
        Some(text) => decode(text).ok_or_else(|| Refusal::bad_request("Invalid position parameter specified"))?,
    };
    let more = items.len() > start.saturating_add(limit);
    let items = items.into_iter().skip(start).take(limit).collect();
    Ok((items, more.then(|| encode(start + limit))))
}

/// Returns a list's answer.
pub(crate) fn answer(items: Vec<Value>, position: Option<String>) -> Answer {
    let mut body = json!({ "item": items });
    if let (Some(position), Some(members)) = (position, body.as_object_mut()) {
        members.insert("position".to_owned(), Value::String(position));
    }
    Answer::json(body)
}

fn encode(start: usize) -> String {
    URL_SAFE_NO_PAD.encode(start.to_string())
}

fn decode(text: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    std::str::from_utf8(&bytes).ok()?.parse().ok()
}
