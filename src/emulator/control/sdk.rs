//! The kinds of SDK that API Gateway generates, and the JavaScript one itself; Java's is in `sdk_java`, the others are
//! listed only.
//!
//! A client is one file without dependencies. Unlike API Gateway's it signs nothing: methods with `AWS_IAM` need a
//! signature from elsewhere.

use std::collections::HashSet;
use std::io::{Cursor, Write as _};

use serde::Serialize;
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::gateway::{ApiDefinition, Method};

use super::call::{Answer, Call};
use super::page::page;
use super::refusal::{Exception, Refusal};

const CLIENT: &str = include_str!("sdk_client.js");

/// Returns the kinds with their properties, as API Gateway's own developer portal has them.
fn types() -> Vec<Value> {
    let required = |name: &str, friendly: &str| json!({ "name": name, "friendlyName": friendly, "required": true });
    let property = |name: &str, friendly: &str, required: bool, description: &str| json!({ "name": name, "friendlyName": friendly, "description": description, "required": required });
    vec![
        json!({
            "id": "android",
            "friendlyName": "Android",
            "configurationProperties": [
                required("groupId", "Group ID"),
                required("invokerPackage", "Invoker package"),
                required("artifactId", "Artifact ID"),
                required("artifactVersion", "Artifact version"),
            ],
        }),
        json!({ "id": "javascript", "friendlyName": "JavaScript", "configurationProperties": [] }),
        json!({
            "id": "objectivec",
            "friendlyName": "iOS (Objective-C)",
            "configurationProperties": [required("classPrefix", "Prefix")],
        }),
        json!({
            "id": "swift",
            "friendlyName": "iOS (Swift)",
            "configurationProperties": [required("classPrefix", "Prefix")],
        }),
        json!({
            "id": "java",
            "friendlyName": "Java",
            "description": "Java SDK generator for API Gateway APIs",
            "configurationProperties": [
                property(
                    "service.name",
                    "Service Name",
                    true,
                    "Name of the service which is used to derive the Java interface name for your client",
                ),
                property(
                    "java.package-name",
                    "Java Package Name",
                    true,
                    "Name of the Java package your code will be generated under",
                ),
                property(
                    "java.build-system",
                    "Java Build System",
                    false,
                    "Build system to setup for project; Currently supported: maven, gradle",
                ),
                property(
                    "java.group-id",
                    "Java Group Id",
                    false,
                    "Group id for your Maven or Gradle project. Defaults to package name",
                ),
                property(
                    "java.artifact-id",
                    "Java Artifact Id",
                    false,
                    "Artifact Id for your Maven project or project name for your Gradle project. Defaults to service name",
                ),
                property(
                    "java.artifact-version",
                    "Java Artifact Version",
                    false,
                    "Version of your Maven or Gradle project. Defaults to 1.0-SNAPSHOT",
                ),
                property(
                    "java.license-text",
                    "Source Code License Text",
                    false,
                    "Customer provided license to inject into source file headers",
                ),
            ],
        }),
        json!({
            "id": "ruby",
            "friendlyName": "Ruby",
            "description": "Ruby SDK generator for API Gateway APIs",
            "configurationProperties": [
                property(
                    "service.name",
                    "Service Name",
                    true,
                    "Name of the service which is used to derive the name for your client",
                ),
                property(
                    "ruby.gem-name",
                    "Ruby Gem Name",
                    false,
                    "Name of the Ruby gem your code will be generated under",
                ),
                property("ruby.gem-version", "Ruby Gem Version", false, "Version number for your service gem. Defaults to 1.0.0"),
            ],
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

pub(super) fn generate(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (api_id, stage_name, kind) = (call.path("restapi_id"), call.path("stage_name"), call.path("sdk_type"));
    let stage = call.control.stage(api_id, stage_name)?;
    let snapshot = call.control.store.snapshot(api_id, &stage.deployment_id)?.ok_or_else(super::stage::unknown)?;
    let types = types();
    let known = types.iter().find(|known| known.get("id").and_then(Value::as_str) == Some(kind));
    let known = known.ok_or_else(|| Refusal::bad_request(format!("Invalid SDK type specified: {kind}")))?;
    let properties = known.get("configurationProperties").and_then(Value::as_array).into_iter().flatten();
    let required = properties.filter(|property| property.get("required") == Some(&json!(true)));
    let missing: Vec<&str> = required
        .filter_map(|property| property.get("name").and_then(Value::as_str))
        .filter(|name| call.query(name).is_none_or(str::is_empty))
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::bad_request(format!("Missing required SDK parameters: {}", missing.join(", "))));
    }
    let address = call.control.gateway.address;
    let url = format!("http://{address}/_aws/execute-api/{api_id}/{stage_name}");
    let files = match kind {
        "javascript" => javascript(&snapshot.definition, &url),
        "java" => super::sdk_java::files(call, &snapshot.definition, &url)?,
        _ => {
            return Err(Refusal::bad_request(format!(
                "The embedded API Gateway generates SDKs of type javascript and java, not {kind}"
            )));
        }
    };
    let archive = archive(&files)
        .map_err(|error| Refusal::new(Exception::ServiceUnavailable, format!("cannot write the SDK: {error}")))?;
    let mut answer = Answer::raw("application/octet-stream", archive);
    // `javascript_2016-02-22_23-52Z.zip` (AWS CLI, examples of `get-sdk`).
    let now = jiff::Timestamp::from_second(call.now()).unwrap_or_default();
    let file = format!("attachment; filename=\"{kind}_{}.zip\"", now.strftime("%Y-%m-%d_%H-%MZ"));
    answer.headers.push(("Content-Disposition", file));
    Ok(answer)
}

/// Returns the files of the JavaScript SDK: path to text.
fn javascript(definition: &ApiDefinition, url: &str) -> Vec<(String, String)> {
    let operations = operations(definition, &[], name_of);
    let (url, methods) = (literal(&json!(url)), literal(&json!(operations)));
    let client = filled(CLIENT, &[("__INVOKE_URL__", &url), ("__METHODS__", &methods)]);
    let mut readme = "A client of an API. In a browser, include `apigClient.js` and call\n\
                      `apigClientFactory.newClient({ apiKey, invokeUrl })`; in Node.js, `require(\"./apigClient.js\")`.\n\
                      Requests are not signed.\n\n"
        .to_owned();
    for Operation { name, verb, path, .. } in &operations {
        readme.push_str(&format!("    {name}(params, body, additionalParams)   {verb} {path}\n"));
    }
    let file = |name: &str| format!("apiGateway-js-sdk/{name}");
    vec![(file("apigClient.js"), client), (file("README.md"), readme)]
}

fn archive(files: &[(String, String)]) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(name.as_str(), SimpleFileOptions::default())?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Returns JSON that is a JavaScript expression and ends no script element.
fn literal(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// A method as a client has it.
#[derive(Serialize)]
pub(super) struct Operation<'d> {
    pub(super) name: String,
    pub(super) verb: &'d str,
    pub(super) path: &'d str,
    /// The names of what goes into the query, of headers, and of what must be given.
    pub(super) query: Vec<&'d str>,
    pub(super) headers: Vec<&'d str>,
    pub(super) required: Vec<&'d str>,
}

/// Returns a template with texts in the places that have their names; what is like a place in a text stays.
pub(super) fn filled(template: &str, texts: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = template;
    loop {
        let places = texts.iter().filter_map(|(place, text)| Some((rest.split_once(place)?, text)));
        let Some(((before, behind), text)) = places.min_by_key(|((before, _), _)| before.len()) else { break };
        out.push_str(before);
        out.push_str(text);
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Returns the methods of an API, with names that differ and are none of `reserved`: those of their operations or what
/// `name_of` makes of their paths and verbs.
pub(super) fn operations<'d>(
    definition: &'d ApiDefinition,
    reserved: &[&str],
    name_of: impl Fn(&str, &str) -> String,
) -> Vec<Operation<'d>> {
    let mut names = HashSet::new();
    super::method::all(definition)
        .into_iter()
        .map(|((path, verb), method)| {
            let given = method.operation_name.as_deref().filter(|name| is_identifier(name)).map(str::to_owned);
            let mut name = given.unwrap_or_else(|| name_of(path, verb));
            while reserved.contains(&name.as_str()) || !names.insert(name.clone()) {
                name.push('_');
            }
            let of = |place: &str| parameters(method, place).map(|(name, _)| name).collect();
            let required = ["path", "querystring", "header"]
                .iter()
                .flat_map(|place| parameters(method, place))
                .filter(|(_, required)| *required)
                .map(|(name, _)| name)
                .collect();
            Operation { name, verb, path, query: of("querystring"), headers: of("header"), required }
        })
        .collect()
}

fn parameters<'a>(method: &'a Method, place: &str) -> impl Iterator<Item = (&'a str, bool)> {
    let prefix = format!("method.request.{place}.");
    method
        .request_parameters
        .iter()
        .flatten()
        .filter_map(move |(name, required)| Some((name.strip_prefix(&prefix)?, *required)))
}

pub(super) fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Returns the name of a method: `petsPetIdGet` for `GET /pets/{petId}`, `rootGet` for `GET /`.
fn name_of(path: &str, verb: &str) -> String {
    words(&[if path == "/" { "root" } else { path }, verb.to_ascii_lowercase().as_str()])
}

/// Returns the words of texts as one name: `petsPetId` of `/pets/{pet-id}`.
pub(super) fn words(texts: &[&str]) -> String {
    let mut name = String::new();
    let words = texts.iter().flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric()));
    for word in words.filter(|word| !word.is_empty()) {
        let (first, rest) = word.split_at(1);
        if name.is_empty() {
            name.push_str(&first.to_ascii_lowercase());
        } else {
            name.push_str(&first.to_ascii_uppercase());
        }
        name.push_str(rest);
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_named_after_path_and_verb() {
        assert_eq!(name_of("/", "GET"), "rootGet");
        assert_eq!(name_of("/pets/{petId}", "DELETE"), "petsPetIdDelete");
        assert_eq!(name_of("/{proxy+}", "ANY"), "proxyAny");
        assert_eq!(name_of("/1/a-b", "POST"), "_1ABPost");
    }

    #[test]
    fn a_text_like_a_place_stays() {
        assert_eq!(filled("a __B__ __A____B__ c", &[("__A__", "<__B__>"), ("__B__", "b")]), "a b <__B__>b c");
    }

    #[test]
    fn a_literal_leaves_neither_its_quotes_nor_a_script() {
        assert_eq!(literal(&json!("a\"</script>\u{2028}")), "\"a\\\"\\u003c/script>\\u2028\"");
    }
}
