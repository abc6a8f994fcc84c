//! `gatewright.toml`: found upwards from the working directory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::CommandError;
use crate::deploy::{ApiKeySettings, MethodSettings, Settings as DeploySettings, StageSettings, UsagePlanSettings};
use crate::emulator::lambda::FunctionConfig;

/// The name of the configuration file.
const FILE_NAME: &str = "gatewright.toml";

/// The configuration, or its defaults when there is no file.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file, if there is one.
    pub file: Option<PathBuf>,
    /// The folder that relative paths and `.gatewright/` are in: the file's, else the working directory.
    pub folder: PathBuf,
    /// The contents.
    pub settings: Settings,
}

/// The contents of `gatewright.toml`.
///
/// The tables of a command are kept as TOML and read by that command.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// `[env.NAME]`
    pub env: BTreeMap<String, Environment>,
    /// `[apis.NAME]`: the documents that `import` without a document imports.
    pub apis: BTreeMap<String, Api>,
    /// `[lint]`
    pub lint: toml::Table,
    /// `[diff]`
    pub diff: toml::Table,
    /// `[jwks]`: where the keys of a token issuer are, by issuer: a file, an address, or an empty text for where the
    /// issuer says itself.
    pub jwks: BTreeMap<String, String>,
    /// `[functions.NAME]`, and `[functions."*"]` for all: how `dev` runs handlers.
    pub functions: BTreeMap<String, Function>,
    /// `[scaffold]`
    pub scaffold: toml::Table,
    /// OpenAPI Overlay files applied to every document.
    pub overlays: Vec<PathBuf>,
}

/// One place an API is deployed to: `[env.prod]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Environment {
    /// `local` or `aws`
    pub target: Option<String>,
    /// An endpoint that speaks API Gateway's protocol.
    pub endpoint_url: Option<String>,
    /// The AWS region.
    pub region: Option<String>,
    /// The profile of the AWS configuration.
    pub profile: Option<String>,
    /// The API's id or name.
    pub api: Option<String>,
    /// The stage.
    pub stage: Option<String>,
    /// Stage variables.
    pub stage_variables: BTreeMap<String, String>,
    /// Settings of the stage: `[env.prod.stage-settings]`.
    pub stage_settings: StageSettings,
    /// Settings of methods: `[env.prod.method-settings."GET /pets"]`, or `"*/*"`.
    pub method_settings: BTreeMap<String, MethodSettings>,
    /// Tags of the API and the stage.
    pub tags: BTreeMap<String, String>,
    /// Usage plans of the stage: `[env.prod.usage-plans.NAME]`.
    pub usage_plans: BTreeMap<String, UsagePlanSettings>,
    /// API keys: `[env.prod.api-keys.NAME]`.
    pub api_keys: BTreeMap<String, ApiKeySettings>,
    /// What `${name}` in the document becomes.
    pub parameters: BTreeMap<String, String>,
}

impl Environment {
    /// Returns what is declared beside the document.
    #[must_use]
    pub fn settings(&self) -> DeploySettings {
        DeploySettings {
            stage: self.stage_settings.clone(),
            methods: self.method_settings.clone(),
            tags: self.tags.clone(),
            usage_plans: self.usage_plans.clone(),
            api_keys: self.api_keys.clone(),
        }
    }
}

/// One document of many: `[apis.orders]`. What an import of it does, unless the command line says otherwise.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Api {
    /// The document's path, from the configuration's folder.
    pub document: PathBuf,
    /// The API's id or name [default: the document's title].
    pub api: Option<String>,
    /// The stage [default: the environment's].
    pub stage: Option<String>,
    /// Whether API Gateway's warnings are accepted.
    pub allow_warnings: bool,
    /// Whether descriptions are left out.
    pub ignore_documentation: bool,
}

/// How a function is run on this machine: `[functions.pets]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Function {
    /// Megabytes of memory.
    pub memory: Option<u32>,
    /// Seconds that one invocation may take.
    pub timeout: Option<f64>,
    /// Reserved concurrency.
    pub concurrency: Option<usize>,
    /// Environment variables.
    pub env: BTreeMap<String, String>,
}

impl Function {
    /// Changes a configuration to what is set here.
    pub fn apply(&self, config: &mut FunctionConfig) {
        config.memory_mb = self.memory.unwrap_or(config.memory_mb);
        // A time that is none (negative, endless) changes nothing.
        let timeout = self.timeout.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        config.timeout = timeout.unwrap_or(config.timeout);
        config.concurrency = self.concurrency.or(config.concurrency);
        config.env.extend(self.env.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
}

impl Config {
    /// Changes a function's configuration to what `[functions."*"]` and then `[functions.NAME]` set.
    pub fn apply_to_function(&self, name: &str, config: &mut FunctionConfig) {
        for settings in ["*", name].into_iter().filter_map(|name| self.settings.functions.get(name)) {
            settings.apply(config);
        }
    }

    /// Reads the named file, or the nearest `gatewright.toml`.
    ///
    /// # Errors
    /// When the file cannot be read or has a key that is not known.
    pub fn load(file: Option<&Path>) -> Result<Self, CommandError> {
        let working = std::env::current_dir()
            .map_err(|e| CommandError::new("cannot tell the working directory").with_source(e))?;
        let found = match file {
            Some(file) => Some(file.to_owned()),
            None => working.ancestors().map(|folder| folder.join(FILE_NAME)).find(|path| path.is_file()),
        };
        let Some(path) = found else {
            return Ok(Self { file: None, folder: working, settings: Settings::default() });
        };
        let text = std::fs::read_to_string(&path)
            .map_err(|e| CommandError::new(format!("cannot read `{}`", path.display())).with_source(e))?;
        let settings = toml::from_str(&text)
            .map_err(|e| CommandError::new(format!("`{}` is not a configuration", path.display())).with_source(e))?;
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
        Ok(Self { file: Some(path), folder, settings })
    }

    /// Returns the environment of this name.
    ///
    /// # Errors
    /// When the configuration has none of this name.
    pub fn environment(&self, name: &str) -> Result<&Environment, CommandError> {
        self.settings.env.get(name).ok_or_else(|| {
            let known: Vec<_> = self.settings.env.keys().map(|k| format!("`{k}`")).collect();
            let error = CommandError::new(format!("there is no environment `{name}`"));
            if known.is_empty() {
                error.with_hint(format!("add `[env.{name}]` to `{FILE_NAME}`"))
            } else {
                error.with_hint(format!("the configuration has {}", known.join(", ")))
            }
        })
    }

    /// Returns the folder of the embedded gateway's state.
    #[must_use]
    pub fn state_folder(&self) -> PathBuf {
        self.folder.join(".gatewright")
    }
}
