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

/// The members that tell the items of a list from one another, those of few kinds first.
const KEYS: [&str; 20] = [
    "id",
    "apiMappingId",
    "routingRuleId",
    "routeId",
    "integrationId",
    "authorizerId",
    "vpcLinkId",
    "modelId",
    "stageName",
    "deploymentId",
    "apiId",
    "domainNameAccessAssociationArn",
    "domainName",
    "basePath",
    "clientCertificateId",
    "responseType",
    "AliasArn",
    "FunctionArn",
    "version",
    "name",
];

/// Returns the page of a list that a call asks for.
pub(crate) fn page(call: &Call<'_>, items: Vec<Value>) -> Result<Answer, Refusal> {
    let (items, position) = slice(call, items, DEFAULT_LIMIT, key_of)?;
    Ok(answer(items, position))
}

/// Returns the items of the page that a call asks for, and the position of the next page.
pub(crate) fn slice<T>(
    call: &Call<'_>,
    items: Vec<T>,
    default: usize,
    key_of: impl Fn(&T) -> String,
) -> Result<(Vec<T>, Option<String>), Refusal> {
    let limit = match call.query("limit") {
        None | Some("") => default,
        // A limit that is out of range acts as none (recorded for API keys).
        Some(text) => {
            let limit: i64 = text.parse().map_err(|_| Refusal::bad_request("Invalid limit specified"))?;
            usize::try_from(limit).ok().filter(|limit| (1..=MAX_LIMIT).contains(limit)).unwrap_or(default)
        }
    };
    let position = call.query("position");
    cut(items, limit, position, key_of).ok_or_else(|| Refusal::bad_request("Invalid position parameter specified"))
}

/// Returns a page and the token of the next, or nothing when `token` is none that was given.
///
/// A token names the first item of its page, so that none is passed by when those before it are deleted meanwhile, and
/// says how many there were before, should it be gone itself.
pub(crate) fn cut<T>(
    items: Vec<T>,
    limit: usize,
    token: Option<&str>,
    key_of: impl Fn(&T) -> String,
) -> Option<(Vec<T>, Option<String>)> {
    let start = match token.filter(|token| !token.is_empty()) {
        None => 0,
        Some(token) => {
            let (before, key) = decode(token)?;
            let first = items.iter().position(|item| !key.is_empty() && key_of(item) == key);
            first.unwrap_or(before)
        }
    };
    let next = start.saturating_add(limit);
    let token = items.get(next).map(|first| encode(next, &key_of(first)));
    Some((items.into_iter().skip(start).take(limit).collect(), token))
}

/// Returns what tells an item of a list from the others; nothing where nothing does.
pub(crate) fn key_of(item: &Value) -> String {
    KEYS.iter().find_map(|key| item.get(key)?.as_str()).unwrap_or_default().to_owned()
}

/// Returns a list's answer.
pub(crate) fn answer(items: Vec<Value>, position: Option<String>) -> Answer {
    let mut body = json!({ "item": items });
    if let (Some(position), Some(members)) = (position, body.as_object_mut()) {
        members.insert("position".to_owned(), Value::String(position));
    }
    Answer::json(body)
}

fn encode(before: usize, key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{before}:{key}"))
}

fn decode(text: &str) -> Option<(usize, String)> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (before, key) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
    Some((before.parse().ok()?, key.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages_of(mut items: Vec<Value>, delete: impl Fn(usize) -> bool) -> Vec<Value> {
        let (mut seen, mut token) = (Vec::new(), None);
        loop {
            let (page, next) = cut(items.clone(), 3, token.as_deref(), key_of).expect("a token that was given");
            items.retain(|item| {
                let at = page.iter().position(|shown| shown == item);
                at.is_none_or(|at| !delete(at))
            });
            seen.extend(page);
            token = next;
            if token.is_none() {
                return seen;
            }
        }
    }

    #[test]
    fn what_is_deleted_between_pages_hides_no_other() {
        let items: Vec<Value> = (0..11).map(|n| json!({ "id": format!("i{n}"), "name": "same" })).collect();
        assert_eq!(pages_of(items.clone(), |_| false), items);
        assert_eq!(pages_of(items.clone(), |_| true), items);
        assert_eq!(pages_of(items.clone(), |at| at == 1), items);
        let keyless: Vec<Value> = (0..11).map(|n| json!({ "location": n })).collect();
        assert_eq!(pages_of(keyless.clone(), |_| false), keyless);
        assert!(cut(items.clone(), 3, Some("nonsense"), key_of).is_none());
        // The first item of the page is gone: its place counts.
        let (_, token) = cut(items.clone(), 3, None, key_of).expect("a page");
        let rest: Vec<Value> = items.into_iter().filter(|item| item["id"] != "i3").collect();
        assert_eq!(cut(rest, 1, token.as_deref(), key_of).expect("a page").0[0]["id"], "i4");
    }
}
