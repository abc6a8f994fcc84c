//! Account.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::call::{Answer, Call};
use super::patch::{self, Op};
use super::refusal::Refusal;

const KEY: &str = "account/settings";

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Settings {
    cloudwatch_role_arn: Option<String>,
    features: Vec<String>,
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let settings = call.control.store.get(KEY)?.unwrap_or_else(defaults);
    Ok(shown(&settings))
}

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let settings = call.control.write(|tx| {
        let mut settings: Settings = tx.get(KEY)?.unwrap_or_else(defaults);
        for operation in &operations {
            match (operation.op, operation.path.as_str()) {
                (Op::Replace, "/cloudwatchRoleArn") => {
                    let arn = operation.non_empty();
                    if arn.as_deref().is_some_and(|arn| !arn.starts_with("arn:")) {
                        return Err(Refusal::bad_request("The role ARN is not well formed"));
                    }
                    settings.cloudwatch_role_arn = arn;
                }
                (Op::Add, "/features") => {
                    let feature = operation.text();
                    if !settings.features.contains(&feature) {
                        settings.features.push(feature);
                    }
                }
                (Op::Remove, "/features") if operation.text() == "UsagePlans" => {
                    return Err(Refusal::bad_request("Usage Plans cannot be disabled once enabled"));
                }
                (Op::Remove, "/features") => {
                    let feature = operation.text();
                    settings.features.retain(|known| *known != feature);
                }
                _ => return Err(operation.unsupported(&["/cloudwatchRoleArn"])),
            }
        }
        tx.put(KEY, &settings)?;
        Ok(settings)
    })?;
    Ok(shown(&settings))
}

fn defaults() -> Settings {
    Settings { cloudwatch_role_arn: None, features: vec!["UsagePlans".to_owned()] }
}

fn shown(settings: &Settings) -> Answer {
    let mut value = json!({
        "throttleSettings": { "burstLimit": 5000, "rateLimit": 10000.0 },
        "features": settings.features,
        "apiKeyVersion": "4",
    });
    if let (Some(arn), Some(members)) = (&settings.cloudwatch_role_arn, value.as_object_mut()) {
        members.insert("cloudwatchRoleArn".to_owned(), json!(arn));
    }
    Answer::json(value)
}
