//! Tags: the same as those of REST APIs, behind another path and method.

use serde_json::json;

use crate::emulator::control::call::{Answer, Call};
use crate::emulator::control::refusal::Refusal;
use crate::emulator::control::tag;

pub(in super::super) fn add(call: &Call<'_>) -> Result<Answer, Refusal> {
    tag::add(call)?;
    Ok(Answer::json(json!({})))
}
