//! Function URLs: addresses at which a function answers by itself (Lambda developer guide, `urls-configuration`).

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::emulator::data::{Callers, FunctionUrl};
use crate::emulator::lambda::FunctionName;
use crate::emulator::store::Store;
use crate::gateway::http_api::Cors;
use crate::gateway::import::IdSource as _;

use super::Control;
use super::call::{Answer, Call, to_value};
use super::constraint::Constraints;
use super::function::name_of;
use super::function_policy::missing;
use super::refusal::{Exception, Refusal};
use super::{function_input, function_policy};

/// Letters and digits in a function URL's id.
const ID_LENGTH: usize = 32;

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Input {
    auth_type: Option<String>,
    cors: Option<UrlCors>,
    invoke_mode: Option<String>,
}

/// Who may call a function from a web page of another origin (shape `Cors` of Lambda's service model).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct UrlCors {
    #[serde(skip_serializing_if = "Option::is_none")]
    allow_credentials: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allow_headers: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allow_methods: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allow_origins: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expose_headers: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_age: Option<i64>,
}

impl UrlCors {
    /// Checks the lengths of the service model, whose words users report of `OPTIONS`.
    fn check(&self, constraints: &mut Constraints) {
        for (member, items, most, lengths) in [
            ("allowHeaders", &self.allow_headers, 100, 0..=1024),
            ("allowMethods", &self.allow_methods, 6, 0..=6),
            ("allowOrigins", &self.allow_origins, 100, 1..=253),
            ("exposeHeaders", &self.expose_headers, 100, 0..=1024),
        ] {
            constraints.each_within(&format!("cors.{member}"), items.as_deref().unwrap_or_default(), most, lengths);
        }
        constraints.within("cors.maxAge", self.max_age, 0..=86_400);
    }

    /// Returns why settings that switch CORS on are refused, in words that users report; those without a member switch it
    /// off.
    fn fault(&self) -> Option<&'static str> {
        if *self == Self::default() {
            return None;
        }
        let methods = self.allow_methods.as_deref().unwrap_or_default();
        if methods.len() > 1 && methods.iter().any(|method| method == "*") {
            return Some(
                "You can't specify additional fields for AllowMethods because you already specified the wildcard \
                 character (*).",
            );
        }
        let nobody = self.allow_origins.as_ref().is_none_or(Vec::is_empty);
        nobody.then_some("You can't leave AllowOrigins as empty when Cors is enabled.")
    }

    /// Returns the settings as they are kept: names of headers in small letters, and nothing of settings without a member
    /// (read back from the service).
    fn kept(self) -> Option<Self> {
        let names = |list: Option<Vec<String>>| list.as_deref().map(Cors::header_names);
        let kept =
            Self { allow_headers: names(self.allow_headers), expose_headers: names(self.expose_headers), ..self };
        Some(kept).filter(|cors| *cors != Self::default())
    }
}

/// A function URL as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Record {
    id: String,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    qualifier: Option<String>,
    auth_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cors: Option<UrlCors>,
    invoke_mode: String,
    created: i64,
    modified: i64,
}

impl Record {
    fn function(&self) -> FunctionName {
        FunctionName { name: self.name.clone(), qualifier: self.qualifier.clone() }
    }

    fn shown(&self, control: &Control, with_modified: bool) -> Result<Value, Refusal> {
        let (region, port) = (&control.region, control.gateway.address.port());
        let mut value = json!({
            "FunctionUrl": format!("http://{}.lambda-url.{region}.localhost:{port}/", self.id),
            "FunctionArn": control.gateway.functions.arn(&self.function().to_string()),
            "AuthType": self.auth_type,
            "CreationTime": time(self.created),
            "InvokeMode": self.invoke_mode,
        });
        if with_modified {
            value["LastModifiedTime"] = time(self.modified).into();
        }
        if let Some(cors) = &self.cors {
            value["Cors"] = to_value(cors)?;
        }
        Ok(value)
    }
}

fn time(seconds: i64) -> String {
    let time = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    time.strftime("%Y-%m-%dT%H:%M:%S.000000Z").to_string()
}

fn key(name: &FunctionName) -> String {
    format!("functionurl/{}/{}", name.name, name.qualifier.as_deref().unwrap_or("$LATEST"))
}

/// Returns the addresses of functions by their ids.
pub(crate) fn all(store: &Store, account_id: &str, region: &str) -> HashMap<String, Arc<FunctionUrl>> {
    let records: Vec<Record> = store.list("functionurl/").unwrap_or_default();
    let url = |record: Record| {
        let function = record.function();
        let callers = match record.auth_type.as_str() {
            "AWS_IAM" => Callers::Signed,
            _ if function_policy::allows_everybody(store, &function) => Callers::Everybody,
            _ => Callers::Nobody,
        };
        let cors = record.cors.map(|cors| Cors {
            allow_credentials: cors.allow_credentials,
            allow_headers: cors.allow_headers,
            allow_methods: cors.allow_methods,
            allow_origins: cors.allow_origins,
            expose_headers: cors.expose_headers,
            max_age: cors.max_age,
        });
        let url = FunctionUrl::new(&record.id, function, callers, cors, (account_id, region));
        (record.id, Arc::new(url))
    };
    records.into_iter().map(url).collect()
}

fn checked(input: &Input, creates: bool) -> Result<(), Refusal> {
    let mut constraints = Constraints::new("");
    if creates {
        constraints.required("authType", input.auth_type.as_ref());
    }
    constraints.one_of("authType", input.auth_type.as_deref(), &["AWS_IAM", "NONE"]);
    constraints.one_of("invokeMode", input.invoke_mode.as_deref(), &["BUFFERED", "RESPONSE_STREAM"]);
    if let Some(cors) = &input.cors {
        cors.check(&mut constraints);
    }
    constraints.finish()?;
    let fault = input.cors.as_ref().and_then(UrlCors::fault);
    fault.map_or(Ok(()), |words| Err(Refusal::new(Exception::InvalidParameterValue, words).with("Type", "User")))
}

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (name, input): (_, Input) = (name_of(call)?, call.input()?);
    checked(&input, true)?;
    let record = Record {
        id: call.ids().next_id(ID_LENGTH),
        name: name.name.clone(),
        qualifier: name.qualifier.clone(),
        auth_type: input.auth_type.unwrap_or_default(),
        cors: input.cors.and_then(UrlCors::kept),
        invoke_mode: input.invoke_mode.unwrap_or_else(|| "BUFFERED".to_owned()),
        created: call.now(),
        modified: call.now(),
    };
    call.control.write(|tx| {
        super::function_version::qualified(call.control, &name)
            .map_err(|_| Refusal::new(Exception::ResourceNotFound, "Function does not exist").with("Type", "User"))?;
        if tx.contains(&key(&name)) {
            // The words are from reports of users.
            let arn = call.control.gateway.functions.arn(&name.to_string());
            let message = format!(
                "Failed to create function url config for [functionArn = {arn}]. Error message:  FunctionUrlConfig \
                 exists for this Lambda function"
            );
            return Err(Refusal::new(Exception::ResourceConflict, message).with("Type", "User"));
        }
        Ok(tx.put(&key(&name), &record)?)
    })?;
    record.shown(call.control, false).map(Answer::json)
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let record: Option<Record> = call.control.store.get(&key(&name_of(call)?))?;
    record.ok_or_else(missing)?.shown(call.control, true).map(Answer::json)
}

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (name, input): (_, Input) = (name_of(call)?, call.input()?);
    checked(&input, false)?;
    let record = call.control.write(|tx| {
        let record: Option<Record> = tx.get(&key(&name))?;
        let mut record = record.ok_or_else(missing)?;
        record.auth_type = input.auth_type.unwrap_or(record.auth_type);
        if let Some(cors) = input.cors {
            record.cors = cors.kept();
        }
        record.invoke_mode = input.invoke_mode.unwrap_or(record.invoke_mode);
        record.modified = call.now();
        tx.put(&key(&name), &record)?;
        Ok::<_, Refusal>(record)
    })?;
    record.shown(call.control, true).map(Answer::json)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let key = key(&name_of(call)?);
    call.control.write(|tx| {
        if !tx.contains(&key) {
            return Err(missing());
        }
        tx.delete(&key);
        Ok(())
    })?;
    Ok(Answer::empty())
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = name_of(call)?;
    call.control.function(&name)?;
    let records: Vec<Record> = call.control.store.list(&format!("functionurl/{}/", name.name))?;
    let shown = records.iter().map(|record| record.shown(call.control, true)).collect::<Result<_, _>>()?;
    function_input::page(call, "FunctionUrlConfigs", shown)
}
