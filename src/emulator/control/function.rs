//! Lambda functions: native executables, alone or in a ZIP file with a `bootstrap`, and handlers in Python and Node.js.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::emulator::lambda::{FunctionConfig, FunctionName, is_native};

use super::Control;
use super::call::{Answer, Call, to_value};
use super::function_code::unpack;
use super::function_input::{self, Input};
use super::refusal::{Exception, Refusal};

/// The file that is run when the handler names none.
pub(super) const BOOTSTRAP: &str = "bootstrap";

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Environment {
    pub(super) variables: BTreeMap<String, String>,
}

/// A function's configuration (shape `FunctionConfiguration`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Function {
    pub(super) function_name: String,
    pub(super) function_arn: String,
    pub(super) runtime: String,
    role: String,
    handler: String,
    pub(super) code_size: u64,
    pub(super) description: String,
    timeout: i64,
    memory_size: i64,
    last_modified: String,
    pub(super) code_sha256: String,
    pub(super) version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    environment: Option<Environment>,
    tracing_config: Value,
    pub(super) revision_id: String,
    state: String,
    last_update_status: String,
    package_type: String,
    architectures: Vec<String>,
    ephemeral_storage: Value,
    #[serde(default = "no_snap_start")]
    snap_start: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    runtime_version_config: Value,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    logging_config: Map<String, Value>,
    /// What is kept as data alone, by its name on the wire: `VpcConfig`, `DeadLetterConfig`, `KMSKeyArn`, `Layers`,
    /// `FileSystemConfigs`.
    #[serde(flatten)]
    other: Map<String, Value>,
}

fn no_snap_start() -> Value {
    json!({ "ApplyOn": "None", "OptimizationStatus": "Off" })
}

/// A function and what is not shown of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) function: Function,
    command: PathBuf,
    #[serde(default)]
    pub(super) tags: IndexMap<String, String>,
    /// Reserved concurrency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) concurrency: Option<u32>,
    /// The number of the last version: none is given twice.
    #[serde(default)]
    pub(super) published: u64,
}

impl Record {
    /// Returns where the code is.
    fn folder(&self) -> Option<&Path> {
        self.command.parent()
    }
}

pub(super) fn key(name: &str) -> String {
    format!("function/{name}")
}

impl Control {
    /// Starts the functions that were kept.
    pub(crate) fn restore_functions(&self) {
        for record in self.store.list::<Record>("function/").unwrap_or_default() {
            self.register(&record);
        }
    }

    /// Lets a function run as its record says.
    pub(super) fn register(&self, record: &Record) {
        let function = &record.function;
        let mut config = FunctionConfig::new(&record.command);
        config.env = function.environment.clone().unwrap_or_default().variables;
        config.timeout = Duration::from_secs(u64::try_from(function.timeout).unwrap_or(3));
        config.memory_mb = u32::try_from(function.memory_size).unwrap_or(128);
        config.handler.clone_from(&function.handler);
        config.concurrency = record.concurrency.map(|reserved| usize::try_from(reserved).unwrap_or(usize::MAX));
        config.working_dir = record.folder().map(Path::to_owned);
        self.interpreters.set(&mut config, &function.runtime);
        self.gateway.functions.register(&function.function_name, config);
    }

    /// Returns a function that was created here, or one that runs without having been created.
    pub(super) fn function(&self, name: &FunctionName) -> Result<Function, Refusal> {
        if let Some(record) = self.store.get::<Record>(&key(&name.name))? {
            return Ok(record.function);
        }
        let Some(config) = self.gateway.functions.get(&name.name) else {
            return Err(self.unknown_function(&name.name));
        };
        let mut function = new_function(self, &name.name, "");
        function.handler.clone_from(&config.handler);
        function.timeout = i64::try_from(config.timeout.as_secs()).unwrap_or(i64::MAX);
        function.memory_size = i64::from(config.memory_mb);
        // Its identity does not change from one read to the next.
        function.revision_id = uuid::Uuid::nil().to_string();
        function.last_modified = modified(0);
        Ok(function)
    }

    pub(super) fn unknown_function(&self, name: &str) -> Refusal {
        let arn = self.gateway.functions.arn(name);
        Refusal::new(Exception::ResourceNotFound, format!("Function not found: {arn}")).with("Type", "User")
    }
}

/// Returns the function that a call names, with the qualifier of its query.
pub(super) fn name_of(call: &Call<'_>) -> Result<FunctionName, Refusal> {
    let text = call.path("function_name");
    let mut name = FunctionName::parse(text).ok_or_else(|| function_input::illegal_name(text))?;
    name.qualifier = name.qualifier.or_else(|| call.query("Qualifier").map(str::to_owned));
    Ok(name)
}

pub(super) fn invalid(message: &str) -> Refusal {
    Refusal::new(Exception::InvalidParameterValue, message).with("Type", "User")
}

/// Returns the time at which a function is made, which has milliseconds; that of a change has none (recorded).
fn made() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string()
}

fn modified(seconds: i64) -> String {
    let time = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    time.strftime("%Y-%m-%dT%H:%M:%S.000+0000").to_string()
}

fn new_function(control: &Control, name: &str, role: &str) -> Function {
    Function {
        function_name: name.to_owned(),
        function_arn: control.gateway.functions.arn(name),
        runtime: "provided.al2023".to_owned(),
        role: role.to_owned(),
        handler: BOOTSTRAP.to_owned(),
        code_size: 0,
        description: String::new(),
        timeout: 3,
        memory_size: 128,
        last_modified: made(),
        code_sha256: String::new(),
        version: "$LATEST".to_owned(),
        environment: None,
        tracing_config: json!({ "Mode": "PassThrough" }),
        revision_id: uuid::Uuid::new_v4().to_string(),
        state: "Active".to_owned(),
        last_update_status: "Successful".to_owned(),
        package_type: "Zip".to_owned(),
        architectures: vec![if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }.to_owned()],
        ephemeral_storage: json!({ "Size": 512 }),
        snap_start: no_snap_start(),
        runtime_version_config: runtime_version(control, "provided.al2023"),
        logging_config: Map::from_iter([
            ("LogFormat".to_owned(), json!("Text")),
            ("LogGroup".to_owned(), json!(format!("/aws/lambda/{name}"))),
        ]),
        other: Map::new(),
    }
}

/// Returns the version of a runtime, as Lambda names it: by a hash.
fn runtime_version(control: &Control, runtime: &str) -> Value {
    let hash: String = Sha256::digest(runtime).iter().map(|byte| format!("{byte:02x}")).collect();
    let region = &control.region;
    let partition = crate::gateway::partition(region);
    json!({ "RuntimeVersionArn": format!("arn:{partition}:lambda:{region}::runtime:{hash}") })
}

/// A member of a function that says that a change to it is under way, and what it says.
pub(super) type UnderWay = (&'static str, &'static str);
pub(super) const PENDING: UnderWay = ("State", "Pending");
const IN_PROGRESS: UnderWay = ("LastUpdateStatus", "InProgress");

/// Returns what a change to a function is answered with: the change is still under way then, and done with the next read
/// (logs of users).
pub(super) fn changing(function: &Function, (member, status): UnderWay) -> Result<Answer, Refusal> {
    let mut value = to_value(function)?;
    if let Some(members) = value.as_object_mut() {
        if (member, status) == PENDING {
            members.shift_remove("LastUpdateStatus");
        }
        members.insert(member.to_owned(), json!(status));
        members.insert(format!("{member}Reason"), json!("The function is being created."));
        members.insert(format!("{member}ReasonCode"), json!("Creating"));
    }
    Ok(Answer::json(value))
}

/// Demands that a change is made to the revision that it names, if it names one.
fn check_revision(wanted: Option<&str>, function: &Function) -> Result<(), Refusal> {
    if wanted.is_some_and(|wanted| wanted != function.revision_id) {
        return Err(function_input::stale("the GetFunction/GetAlias API"));
    }
    Ok(())
}

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = call.input()?;
    let name = input.check_creation()?.name;
    if input.package_type.as_deref() == Some("Image") {
        return Err(invalid("Container images are not run here: give the function's code as a ZIP file"));
    }
    let mut function = new_function(call.control, &name, input.role.as_deref().unwrap_or_default());
    configure(call.control, &mut function, &input)?;
    let code = input.code.and_then(|code| code.zip_file);
    let code = code.ok_or_else(|| invalid("Please provide the function's code as a ZIP file"))?;
    if call.control.store.contains(&key(&name)) {
        return Err(
            Refusal::new(Exception::ResourceConflict, format!("Function already exist: {name}")).with("Type", "User")
        );
    }
    let command = unpack(call.control, &mut function, &code)?;
    let record = Record { function, command, tags: input.tags.unwrap_or_default(), concurrency: None, published: 0 };
    call.control.write(|tx| Ok(tx.put(&key(&name), &record)?))?;
    call.control.register(&record);
    if input.publish.unwrap_or_default() {
        let mut published = super::function_version::publish_latest(call.control, &name, None)?.function;
        // The answer has the version's number and the function's ARN (recordings of users).
        published.function_arn = call.control.gateway.functions.arn(&name);
        return changing(&published, PENDING);
    }
    changing(&record.function, PENDING)
}

fn configure(control: &Control, function: &mut Function, input: &Input) -> Result<(), Refusal> {
    if let Some(runtime) = &input.runtime {
        function.runtime.clone_from(runtime);
        function.runtime_version_config = runtime_version(control, runtime);
    }
    if let Some(timeout) = input.timeout {
        function.timeout = timeout;
    }
    if let Some(memory) = input.memory_size {
        function.memory_size = memory;
    }
    if let Some(handler) = &input.handler {
        function.handler.clone_from(handler);
    }
    if let Some(description) = &input.description {
        function.description.clone_from(description);
    }
    if let Some(role) = &input.role {
        function.role.clone_from(role);
    }
    if let Some(environment) = input.environment() {
        function.environment = Some(environment);
    }
    if let Some(architectures) = &input.architectures {
        function.architectures.clone_from(architectures);
    }
    if let Some(mode) = input.tracing_mode() {
        function.tracing_config = json!({ "Mode": mode });
    }
    if let Some(size) = input.storage_size() {
        function.ephemeral_storage = json!({ "Size": size });
    }
    if let Some(apply_on) = input.snap_start.as_ref().and_then(|config| config.get("ApplyOn")) {
        function.snap_start["ApplyOn"] = apply_on.clone();
    }
    for (member, value) in input.logging_config.iter().flatten() {
        function.logging_config.insert(member.clone(), value.clone());
    }
    // Levels are of JSON alone, and have defaults there.
    if function.logging_config.get("LogFormat") == Some(&json!("JSON")) {
        for level in ["ApplicationLogLevel", "SystemLogLevel"] {
            function.logging_config.entry(level).or_insert_with(|| json!("INFO"));
        }
    } else {
        function.logging_config.retain(|member, _| !member.ends_with("Level"));
    }
    for (member, shown) in input.data_alone() {
        match shown {
            Some(shown) => function.other.insert(member.to_owned(), shown),
            None => function.other.shift_remove(member),
        };
    }
    Ok(())
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mut names: Vec<String> =
        call.control.store.keys("function/").iter().filter_map(|k| k.split('/').nth(1).map(str::to_owned)).collect();
    names.extend(call.control.gateway.functions.list().into_iter().map(|(name, _)| name));
    names.sort();
    names.dedup();
    let names = names.into_iter().filter_map(|name| FunctionName::parse(&name));
    let every_version = call.query("FunctionVersion") == Some("ALL");
    let functions = names.map(|name| match every_version {
        true => super::function_version::all(call.control, &name),
        false => call.control.function(&name).map(|function| vec![function]),
    });
    let functions = functions.collect::<Result<Vec<_>, _>>()?;
    let functions = functions.iter().flatten().map(in_list).collect::<Result<_, _>>()?;
    function_input::page(call, "Functions", functions)
}

/// Returns a function as lists have it: a part of what there is (API reference, ListFunctions; recordings of users).
pub(super) fn in_list(function: &Function) -> Result<Value, Refusal> {
    let mut value = to_value(function)?;
    if let Some(members) = value.as_object_mut() {
        members.retain(|member, _| {
            !member.starts_with("State") && !member.starts_with("LastUpdateStatus") && member != "RuntimeVersionConfig"
        });
    }
    Ok(value)
}

/// Returns a function's configuration under the ARN that a call names it by: with its qualifier.
fn shown_as(control: &Control, name: &FunctionName) -> Result<Function, Refusal> {
    let mut function = super::function_version::qualified(control, name)?;
    if name.qualifier.is_some() {
        function.function_arn = control.gateway.functions.arn(&name.to_string());
    }
    Ok(function)
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = name_of(call)?;
    let function = shown_as(call.control, &name)?;
    let record: Option<Record> = call.control.store.get(&key(&name.name))?;
    let code = |record: &Record| match is_native(&record.function.runtime) {
        true => record.command.clone(),
        false => record.folder().unwrap_or(&record.command).to_owned(),
    };
    let location = record.as_ref().map_or(String::new(), |record| format!("file://{}", code(record).display()));
    let mut answer = json!({
        "Configuration": function,
        "Code": { "RepositoryType": "S3", "Location": location },
    });
    // Only what there is of them is shown.
    if let Some(record) = record {
        if !record.tags.is_empty() {
            answer["Tags"] = json!(record.tags);
        }
        if let Some(reserved) = record.concurrency {
            answer["Concurrency"] = json!({ "ReservedConcurrentExecutions": reserved });
        }
    }
    Ok(Answer::json(answer))
}

/// Answers that code need not be signed. Terraform asks with every read of a function.
pub(super) fn get_code_signing(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = name_of(call)?;
    call.control.function(&name)?;
    Ok(Answer::json(json!({ "CodeSigningConfigArn": "", "FunctionName": name.name })))
}

pub(super) fn get_configuration(call: &Call<'_>) -> Result<Answer, Refusal> {
    Answer::entity(&shown_as(call.control, &name_of(call)?)?)
}

pub(super) fn update_configuration(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = call.input()?;
    input.check_update()?;
    change(call, |function, control| {
        check_revision(input.revision_id.as_deref(), function)?;
        configure(control, function, &input).map(|()| None)
    })
}

pub(super) fn update_code(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = call.input()?;
    let code = input.code_update.zip_file;
    let code = code.ok_or_else(|| invalid("Please provide a source for function code."))?;
    if input.dry_run.unwrap_or_default() {
        let function = call.control.function(&name_of(call)?)?;
        check_revision(input.revision_id.as_deref(), &function)?;
        return Answer::entity(&function);
    }
    let (architectures, revision) = (input.architectures, input.revision_id);
    let answer = change(call, |function, control| {
        check_revision(revision.as_deref(), function)?;
        if let Some(architectures) = architectures {
            function.architectures = architectures;
        }
        unpack(control, function, &code).map(Some)
    })?;
    if input.publish.unwrap_or_default() {
        return super::function_version::publish_latest(call.control, &name_of(call)?.name, None)?.answer();
    }
    Ok(answer)
}

fn change(
    call: &Call<'_>,
    change: impl FnOnce(&mut Function, &Control) -> Result<Option<PathBuf>, Refusal>,
) -> Result<Answer, Refusal> {
    let name = name_of(call)?;
    let record = call.control.write(|tx| {
        let record: Option<Record> = tx.get(&key(&name.name))?;
        let mut record = record.ok_or_else(|| call.control.unknown_function(&name.name))?;
        if let Some(command) = change(&mut record.function, call.control)? {
            record.command = command;
        }
        record.function.last_modified = modified(call.now());
        record.function.revision_id = uuid::Uuid::new_v4().to_string();
        tx.put(&key(&name.name), &record)?;
        Ok(record)
    })?;
    call.control.register(&record);
    changing(&record.function, IN_PROGRESS)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = name_of(call)?;
    if let Some(version) = &name.qualifier {
        return super::function_version::delete(call, &name.name, version);
    }
    call.control.write(|tx| {
        if !tx.contains(&key(&name.name)) {
            return Err(call.control.unknown_function(&name.name));
        }
        tx.delete(&key(&name.name));
        for kind in ["functionpolicy", "functionversion", "functionalias", "functionurl"] {
            for record in tx.keys(&format!("{kind}/{}/", name.name)) {
                tx.delete(&record);
            }
        }
        Ok(())
    })?;
    call.control.gateway.functions.remove(&name.name);
    Ok(Answer::empty())
}
