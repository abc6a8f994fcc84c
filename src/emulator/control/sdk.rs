//! The kinds of SDK that API Gateway generates. They are listed; none is generated here.

use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::page::page;
use super::refusal::Refusal;

fn types() -> Vec<Value> {
    let property = |name: &str, friendly: &str, description: &str, required: bool| json!({ "name": name, "friendlyName": friendly, "description": description, "required": required });
    vec![
        json!({
            "id": "android",
            "friendlyName": "Android",
            "description": "Java SDK for Android",
            "configurationProperties": [
                property("groupId", "Group ID", "The Maven group of the SDK", true),
                property("invokerPackage", "Invoker package", "The package of the SDK's classes", true),
                property("artifactId", "Artifact ID", "The Maven artifact of the SDK", true),
                property("artifactVersion", "Artifact version", "The Maven version of the SDK", true),
            ],
        }),
        json!({ "id": "javascript", "friendlyName": "JavaScript", "description": "JavaScript SDK", "configurationProperties": [] }),
        json!({
            "id": "objectivec",
            "friendlyName": "iOS (Objective-C)",
            "description": "Objective-C SDK for iOS",
            "configurationProperties": [property("classPrefix", "Prefix", "What class names begin with", true)],
        }),
        json!({
            "id": "swift",
            "friendlyName": "iOS (Swift)",
            "description": "Swift SDK for iOS",
            "configurationProperties": [property("classPrefix", "Prefix", "What class names begin with", true)],
        }),
        json!({
            "id": "java",
            "friendlyName": "Java SDK",
            "description": "Java SDK",
            "configurationProperties": [
                property("service.name", "Service Name", "The name of the client's class", true),
                property("java.package-name", "Java Package Name", "The package of the SDK's classes", false),
            ],
        }),
        json!({
            "id": "ruby",
            "friendlyName": "Ruby",
            "description": "Ruby SDK",
            "configurationProperties": [property("service.name", "Service Name", "The name of the client's class", true)],
        }),
    ]
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    page(call, types())
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("sdktype_id");
    let found = types().into_iter().find(|kind| kind.get("id").and_then(Value::as_str) == Some(id));
    found.map(Answer::json).ok_or_else(|| Refusal::not_found("Invalid SDK type identifier specified"))
}
