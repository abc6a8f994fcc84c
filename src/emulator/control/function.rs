//! Lambda functions: native executables, alone or in a ZIP file with a `bootstrap`.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::emulator::lambda::{FunctionConfig, FunctionName, InvokeError, InvokeOptions};
use crate::source::{Access, write_whole};

use super::Control;
use super::call::{Answer, Call, to_value};
use super::refusal::{Exception, Refusal};

/// Bytes; the most that a package may have when it is unpacked.
const MAX_UNPACKED: u64 = 262_144_000;
/// The file that is run when the handler names none.
const BOOTSTRAP: &str = "bootstrap";

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Input {
    function_name: Option<String>,
    runtime: Option<String>,
    role: Option<String>,
    handler: Option<String>,
    code: Option<Code>,
    description: Option<String>,
    timeout: Option<i64>,
    memory_size: Option<i64>,
    environment: Option<Environment>,
    architectures: Option<Vec<String>>,
    publish: Option<bool>,
    package_type: Option<String>,
    tags: Option<IndexMap<String, String>>,
    #[serde(flatten)]
    code_update: Code,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Code {
    zip_file: Option<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Environment {
    variables: BTreeMap<String, String>,
}

/// A function's configuration (shape `FunctionConfiguration`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Function {
    pub(super) function_name: String,
    pub(super) function_arn: String,
    runtime: String,
    role: String,
    handler: String,
    code_size: u64,
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
}

/// A function and what is not shown of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Record {
    function: Function,
    command: PathBuf,
    #[serde(default)]
    pub(super) tags: IndexMap<String, String>,
    /// Reserved concurrency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) concurrency: Option<u32>,
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
        config.working_dir = record.command.parent().map(Path::to_owned);
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
    let mut name = FunctionName::parse(text).ok_or_else(|| {
        invalid(&format!(
            "1 validation error detected: Value '{text}' at 'functionName' failed to satisfy constraint: Member must \
         satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{{2}}(-gov)?-[a-z]+-\\d{{1}}:)?\
         (\\d{{12}}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?"
        ))
    })?;
    name.qualifier = name.qualifier.or_else(|| call.query("Qualifier").map(str::to_owned));
    Ok(name)
}

pub(super) fn invalid(message: &str) -> Refusal {
    Refusal::new(Exception::InvalidParameterValue, message).with("Type", "User")
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
        last_modified: modified(super::now()),
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
    }
}

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = call.input()?;
    let name = input.function_name.as_deref().and_then(FunctionName::parse);
    let name = name.ok_or_else(|| invalid("The function name is missing or not one"))?.name;
    if input.package_type.as_deref() == Some("Image") {
        return Err(invalid("Container images are not run here: give the function's code as a ZIP file"));
    }
    let role = input.role.clone().ok_or_else(|| invalid("Role is required"))?;
    let mut function = new_function(call.control, &name, &role);
    configure(&mut function, &input)?;
    let code = input.code.and_then(|code| code.zip_file);
    let code = code.ok_or_else(|| invalid("Please provide the function's code as a ZIP file"))?;
    if call.control.store.contains(&key(&name)) {
        return Err(
            Refusal::new(Exception::ResourceConflict, format!("Function already exist: {name}")).with("Type", "User")
        );
    }
    let command = unpack(call.control, &mut function, &code)?;
    let record = Record { function, command, tags: input.tags.unwrap_or_default(), concurrency: None };
    call.control.write(|tx| Ok(tx.put(&key(&name), &record)?))?;
    call.control.register(&record);
    if input.publish.unwrap_or_default() {
        return super::function_version::publish_latest(call.control, &name);
    }
    Answer::entity(&record.function)
}

fn configure(function: &mut Function, input: &Input) -> Result<(), Refusal> {
    if let Some(runtime) = &input.runtime {
        if !runtime.starts_with("provided") {
            return Err(invalid(&format!(
                "The runtime `{runtime}` is not run here: functions are native executables (provided.al2023)"
            )));
        }
        function.runtime.clone_from(runtime);
    }
    if let Some(timeout) = input.timeout {
        if !(1..=900).contains(&timeout) {
            return Err(invalid("Timeout must be between 1 and 900 seconds"));
        }
        function.timeout = timeout;
    }
    if let Some(memory) = input.memory_size {
        if !(128..=10_240).contains(&memory) {
            return Err(invalid("MemorySize must be between 128 and 10240 MB"));
        }
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
    if let Some(environment) = &input.environment {
        function.environment = Some(environment.clone());
    }
    if let Some(architectures) = &input.architectures {
        function.architectures.clone_from(architectures);
    }
    Ok(())
}

/// Returns whether code is a program itself, rather than an archive with one: an executable of Linux, macOS or Windows, or
/// a script.
fn is_program(code: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 7] =
        [b"\x7fELF", b"#!", b"MZ", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf"];
    BEGINNINGS.iter().any(|beginning| code.starts_with(beginning))
}

/// Puts a function's code in a folder of its own, named after its hash, and returns the executable.
fn unpack(control: &Control, function: &mut Function, code: &str) -> Result<PathBuf, Refusal> {
    let unreadable = |_: &dyn std::fmt::Display| {
        invalid("Could not unzip uploaded file. Please check your file, then try to upload again.")
    };
    let bytes = STANDARD.decode(code).map_err(|error| unreadable(&error))?;
    let hash = Sha256::digest(&bytes);
    function.code_sha256 = STANDARD.encode(hash);
    function.code_size = bytes.len() as u64;
    let hex: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let folder = control.functions_folder()?.join(&function.function_name).join(hex);
    let unwritable = |error: std::io::Error| {
        Refusal::new(Exception::ServiceUnavailable, format!("cannot keep the function's code: {error}"))
    };
    std::fs::create_dir_all(&folder).map_err(unwritable)?;
    if is_program(&bytes) {
        let file = folder.join(BOOTSTRAP);
        write_whole(&file, &bytes, Access::Executable).map_err(unwritable)?;
        return Ok(file);
    }
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    let mut unpacked = 0u64;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| unreadable(&error))?;
        // Names that would leave the folder are refused.
        let name = entry.enclosed_name().ok_or_else(|| unreadable(&"a file in it has no safe name"))?;
        let path = folder.join(name);
        if entry.is_dir() {
            std::fs::create_dir_all(&path).map_err(unwritable)?;
            continue;
        }
        let mut contents = Vec::new();
        let left = MAX_UNPACKED.saturating_sub(unpacked);
        entry.by_ref().take(left + 1).read_to_end(&mut contents).map_err(|error| unreadable(&error))?;
        unpacked += contents.len() as u64;
        if unpacked > MAX_UNPACKED {
            return Err(invalid("Unzipped size must be smaller than 262144000 bytes"));
        }
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(unwritable)?;
        }
        // A process that runs the old program keeps it.
        write_whole(&path, &contents, Access::Executable).map_err(unwritable)?;
    }
    let named = folder.join(BOOTSTRAP);
    if named.is_file() {
        return Ok(named);
    }
    Err(invalid("The ZIP file has no `bootstrap`: it must hold the executable under this name"))
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mut names: Vec<String> =
        call.control.store.keys("function/").iter().filter_map(|k| k.split('/').nth(1).map(str::to_owned)).collect();
    names.extend(call.control.gateway.functions.list().into_iter().map(|(name, _)| name));
    names.sort();
    names.dedup();
    let names = names.into_iter().filter_map(|name| FunctionName::parse(&name));
    let functions: Vec<Value> = names.map(|name| to_value(&call.control.function(&name)?)).collect::<Result<_, _>>()?;
    Ok(Answer::json(json!({ "Functions": functions })))
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = name_of(call)?;
    let function = super::function_version::qualified(call.control, &name)?;
    let record: Option<Record> = call.control.store.get(&key(&name.name))?;
    let location = record.as_ref().map_or(String::new(), |record| format!("file://{}", record.command.display()));
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
    Answer::entity(&super::function_version::qualified(call.control, &name_of(call)?)?)
}

pub(super) fn update_configuration(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = call.input()?;
    change(call, |function, _| configure(function, &input).map(|()| None))
}

pub(super) fn update_code(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = call.input()?;
    let code = input.code_update.zip_file;
    let code = code.ok_or_else(|| invalid("Please provide the function's code as a ZIP file"))?;
    let answer = change(call, |function, control| unpack(control, function, &code).map(Some))?;
    if input.publish.unwrap_or_default() {
        return super::function_version::publish_latest(call.control, &name_of(call)?.name);
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
    Answer::entity(&record.function)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = name_of(call)?;
    call.control.write(|tx| {
        if !tx.contains(&key(&name.name)) {
            return Err(call.control.unknown_function(&name.name));
        }
        tx.delete(&key(&name.name));
        for kind in ["functionpolicy", "functionversion", "functionalias"] {
            for record in tx.keys(&format!("{kind}/{}/", name.name)) {
                tx.delete(&record);
            }
        }
        Ok(())
    })?;
    call.control.gateway.functions.remove(&name.name);
    Ok(Answer::empty())
}

pub(super) fn invoke(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = name_of(call)?;
    let options = InvokeOptions {
        qualifier: name.qualifier.clone(),
        client_context: call.header("x-amz-client-context").map(str::to_owned),
        trace_id: call.header("x-amzn-trace-id").map(str::to_owned),
        log_tail: call.header("x-amz-log-type") == Some("Tail"),
        ..InvokeOptions::default()
    };
    let functions = call.control.gateway.functions.clone();
    let (text, payload) = (name.to_string(), call.body.clone());
    if !payload.is_empty()
        && let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(&payload)
    {
        let message = format!("Could not parse request body into json: {error}");
        return Err(Refusal::new(Exception::InvalidRequestContent, message).with("Type", "User"));
    }
    // What `dev` runs was not created, and has one version.
    let version = match super::function_version::qualified(call.control, &name) {
        Ok(function) => function.version,
        Err(refusal) if call.control.store.contains(&key(&name.name)) => return Err(refusal),
        Err(_) => "$LATEST".to_owned(),
    };
    match call.header("x-amz-invocation-type") {
        Some("DryRun") => {
            call.control.function(&name)?;
            return Ok(Answer { status: Some(204), ..Answer::empty() });
        }
        Some("Event") => {
            call.control.function(&name)?;
            tokio::runtime::Handle::current().spawn(async move {
                // Nobody waits for the answer of an event.
                let _ = functions.invoke(&text, payload, options).await;
            });
            return Ok(Answer { status: Some(202), ..Answer::empty() });
        }
        _ => {}
    }
    // This runs on a thread for waiting, not on one of the runtime's own.
    let result = tokio::runtime::Handle::current().block_on(functions.invoke(&text, payload, options));
    let invocation = result.map_err(|error| match error {
        InvokeError::NotFound { .. } => call.control.unknown_function(&name.name),
        InvokeError::InvalidName { .. } | InvokeError::PayloadTooLarge { .. } => {
            Refusal::new(Exception::InvalidRequestContent, error.to_string()).with("Type", "User")
        }
        InvokeError::Throttled { .. } => Refusal::new(Exception::TooManyRequests, "Rate Exceeded.")
            .with("Type", "User")
            .with("Reason", "ReservedFunctionConcurrentInvocationLimitExceeded"),
        error => Refusal::new(Exception::ServiceUnavailable, error.to_string()),
    })?;
    let mut answer = Answer::raw("application/json", invocation.payload);
    answer.headers.push(("X-Amz-Executed-Version", version));
    answer.headers.extend(invocation.function_error.map(|error| ("X-Amz-Function-Error", error)));
    answer.headers.extend(invocation.log_tail.map(|log| ("X-Amz-Log-Result", STANDARD.encode(log))));
    Ok(answer)
}
