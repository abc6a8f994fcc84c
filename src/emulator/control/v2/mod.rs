//! The control plane of HTTP APIs: the operations of `apigatewayv2`, below `/v2`.
//!
//! Bodies are partial entities: an update merges what it is given into what there is. Lists are pages of `items` with a
//! `nextToken`. WebSocket APIs, and what only those have, are refused in so many words.

pub(super) mod api;
pub(super) mod api_mapping;
pub(super) mod authorizer;
pub(super) mod definition;
pub(super) mod deployment;
pub(super) mod document;
pub(super) mod domain_name;
pub(super) mod integration;
pub(super) mod route;
pub(super) mod routing_rule;
pub(super) mod stage;
pub(super) mod tag;
pub(super) mod vpc_link;
pub(super) mod websocket;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::emulator::control::call::{Answer, Call, to_value};
use crate::emulator::control::page::{cut, key_of};
use crate::emulator::control::refusal::{Exception, Refusal};
use crate::gateway::quota;

/// Items on a page unless `maxResults` says otherwise.
const DEFAULT_PAGE: usize = 100;

/// Returns the body as an operation's input. What the service model refuses is a `BadRequestException` here.
fn input<T: DeserializeOwned>(call: &Call<'_>) -> Result<T, Refusal> {
    call.input().map_err(|refusal| match refusal.exception {
        Exception::Serialization => Refusal::bad_request(format!("Invalid request input: {}", refusal.message)),
        _ => refusal,
    })
}

/// Returns a member of an input that must be there.
fn required<T>(value: Option<T>, member: &str) -> Result<T, Refusal> {
    value.ok_or_else(|| Refusal::bad_request(format!("{member} is required")))
}

/// Returns the refusal of one more of `things` than an API may have.
fn full(things: &str) -> Refusal {
    Refusal::new(Exception::LimitConflict, quota::reached(things, "this API"))
}

/// Returns the page of a list that a call asks for.
fn page<T: Serialize>(call: &Call<'_>, items: &[T]) -> Result<Answer, Refusal> {
    let (items, next) = page_of(call, items, DEFAULT_PAGE)?;
    let mut body = json!({ "items": items });
    if let Some(next) = next {
        body["nextToken"] = Value::String(next);
    }
    Ok(Answer::json(body))
}

/// Returns the items of the page that a call asks for, and the token of the next page.
fn page_of<T: Serialize>(
    call: &Call<'_>,
    items: &[T],
    default: usize,
) -> Result<(Vec<Value>, Option<String>), Refusal> {
    let limit = match call.query("maxResults") {
        None | Some("") => default,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=500).contains(limit))
            .ok_or_else(|| Refusal::bad_request("Invalid maxResults specified"))?,
    };
    let items = items.iter().map(to_value).collect::<Result<Vec<_>, _>>()?;
    let page = cut(items, limit, call.query("nextToken"), key_of);
    page.ok_or_else(|| Refusal::bad_request("Invalid nextToken specified"))
}

/// Returns a text that an update may empty: an empty one is none.
fn text(value: String) -> Option<String> {
    Some(value).filter(|v| !v.is_empty())
}

/// Demands that a text is not longer than the service model has it.
fn at_most(member: &str, value: Option<&String>, characters: usize) -> Result<(), Refusal> {
    match value.filter(|v| v.chars().count() > characters) {
        Some(_) => Err(Refusal::bad_request(format!("{member} must have at most {characters} characters"))),
        None => Ok(()),
    }
}
