//! What an import is asked to do, from the command line or from a plan in a file.

use std::collections::BTreeMap;
use std::path::Path;

use crate::deploy::saved_plan::{FORMAT, SavedPlan, SavedTarget, basis};
use crate::deploy::{ApiSelector, ApplyOptions, Connection, PlanOptions, Secret};
use crate::gateway::ApiKind;
use crate::gateway::import::{BasePathMode, ImportMode};
use crate::openapi::{Document, LoadOptions, load_text};
use crate::source::{Access, Key, Loader, Node, Origin, write_whole};

use super::super::lock;
use super::super::target::{Target, TargetKind};
use super::super::{CommandError, Cx};
use super::Args;
use super::jobs::Job;

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum Mode {
    /// It goes.
    Overwrite,
    /// It stays.
    Merge,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(in crate::cli) enum Kind {
    /// A REST API (API Gateway v1).
    Rest,
    /// An HTTP API (API Gateway v2).
    Http,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum BasePath {
    /// Nothing.
    Ignore,
    /// Resources in front of every path.
    Prepend,
    /// All but its first segment becomes resources.
    Split,
}

/// A document that is to be imported, with what `[apis]` of the configuration says of it.
pub(super) struct Wanted {
    /// The document's name.
    pub(super) label: String,
    document: Document,
    api: Option<String>,
    stage: Option<String>,
    allow_warnings: bool,
    ignore_documentation: bool,
    /// The name under which the API's id is remembered.
    remembered: Option<String>,
}

impl Wanted {
    /// Reads the documents that are named, or, when none is, those of the configuration.
    pub(super) fn of_arguments(cx: &Cx, args: &Args) -> Result<Vec<Self>, CommandError> {
        let folder = &cx.config.folder;
        let remembered = |spec: &str| args.target.env.is_some().then(|| lock::document_name(folder, spec));
        let mut all = Vec::new();
        for spec in &args.specs {
            all.push(Self {
                label: spec.clone(),
                document: args.document.load(cx, spec)?.document,
                api: None,
                stage: None,
                allow_warnings: false,
                ignore_documentation: false,
                remembered: remembered(spec),
            });
        }
        if !all.is_empty() {
            return Ok(all);
        }
        if cx.config.settings.apis.is_empty() {
            return Err(CommandError::new("no document is named, and the configuration has none").with_hint(
                "name it: `gatewright import api.yaml`; or add `[apis.NAME]` with `document = \"api.yaml\"`",
            ));
        }
        for (name, api) in &cx.config.settings.apis {
            if api.document.as_os_str().is_empty() {
                return Err(CommandError::new(format!("`[apis.{name}]` in the configuration has no `document`")));
            }
            let path = folder.join(&api.document);
            let path = path.to_string_lossy();
            all.push(Self {
                label: name.clone(),
                document: args.document.load(cx, &path)?.document,
                api: api.api.clone(),
                stage: api.stage.clone(),
                allow_warnings: api.allow_warnings,
                ignore_documentation: api.ignore_documentation,
                remembered: remembered(&path),
            });
        }
        Ok(all)
    }

    /// Returns the name of the file that the document begins in.
    pub(super) fn file_name(&self) -> String {
        self.document.sources().files().next().map(|(_, file)| file.name().to_owned()).unwrap_or_default()
    }

    /// Reads the document of a plan.
    pub(super) fn of_plan(saved: &SavedPlan) -> Result<Self, CommandError> {
        Ok(Self {
            label: saved.name.clone(),
            document: document_of(saved)?,
            api: None,
            stage: None,
            allow_warnings: saved.allow_warnings,
            ignore_documentation: saved.ignore_documentation,
            remembered: saved.target.document.clone(),
        })
    }
}

/// One document, where it goes, and how.
pub(super) struct Request {
    pub(super) document: Document,
    /// The way to the service of the document's kind of API.
    pub(super) connection: Connection,
    pub(super) selector: ApiSelector,
    pub(super) options: PlanOptions,
    pub(super) allow_warnings: bool,
    /// The name under which the API's id is remembered for the environment, if it is.
    pub(super) remembered: Option<String>,
    stage_variables: Vec<(String, String)>,
}

impl Request {
    pub(super) fn of_arguments(cx: &Cx, args: &Args, wanted: &Wanted, target: &Target) -> Result<Self, CommandError> {
        let kind = match args.kind {
            Some(Kind::Rest) => ApiKind::Rest,
            Some(Kind::Http) => ApiKind::Http,
            None => ApiKind::of(&wanted.document),
        };
        if kind == ApiKind::Http {
            not_for_http(args)?;
        }
        let mut document = super::complete(cx, &wanted.document, &target.connection, &target.account_id, kind)?;
        let remembered = wanted.remembered.clone();
        let title = title(&document).unwrap_or_default().to_owned();
        // With several documents an environment's API cannot be all of them.
        let of_environment = target.environment.api.clone().filter(|_| args.specs.len() == 1);
        let mut named = args.api.clone().or_else(|| wanted.api.clone()).or(of_environment);
        if let (None, Some(remembered)) = (&named, &remembered) {
            let lock = lock::Lock::read(&cx.config.folder)?;
            named = lock.api_id(&target.environment_name, remembered).map(str::to_owned);
        }
        // What is named by name keeps that name, whatever the document's title: import sets the API's name from it.
        if let Some(name) = named.as_deref().filter(|name| *name != title && !is_id(name)) {
            document = renamed(&document, name);
        }
        let id_or_name = named.unwrap_or(title);
        if id_or_name.is_empty() {
            return Err(CommandError::new("the document has no `info.title` to name the API by")
                .with_hint("give the document a title, or name the API with `--api`"));
        }
        let stage = args.stage.clone().or_else(|| wanted.stage.clone()).or_else(|| target.environment.stage.clone());
        let stage = stage.unwrap_or_else(|| "dev".into());
        let stage_variables = stage_variables(args, target)?;
        let options = PlanOptions {
            stage,
            mode: match args.mode {
                Mode::Overwrite => ImportMode::Overwrite,
                Mode::Merge => ImportMode::Merge,
            },
            base_path: match args.basepath {
                BasePath::Ignore => BasePathMode::Ignore,
                BasePath::Prepend => BasePathMode::Prepend,
                BasePath::Split => BasePathMode::Split,
            },
            ignore_documentation: args.ignore_documentation || wanted.ignore_documentation,
            stage_variables: Some(stage_variables.clone()),
            settings: target.environment.settings(),
            account_id: target.account_id.clone(),
        };
        let selector = ApiSelector { create: !is_id(&id_or_name), id_or_name };
        let connection = target.connection.to(kind);
        let allow_warnings = args.allow_warnings || wanted.allow_warnings;
        Ok(Self { document, connection, selector, options, allow_warnings, remembered, stage_variables })
    }

    pub(super) fn of_plan(saved: &SavedPlan, wanted: &Wanted, target: &Target) -> Result<Self, CommandError> {
        let made = &saved.target;
        let now = saved_target(target, made.document.clone());
        if (&made.kind, &made.endpoint_url, &made.region, &made.account_id)
            != (&now.kind, &now.endpoint_url, &now.region, &now.account_id)
        {
            let words = |t: &SavedTarget| {
                let service = t.endpoint_url.as_deref().or(t.kind.as_deref()).unwrap_or_default();
                format!("{service}, region {}, account {}", t.region, t.account_id)
            };
            return Err(CommandError::new(format!(
                "the plan was made for {}, and this is {}; nothing was changed",
                words(made),
                words(&now)
            ))
            .with_hint("leave out `--target`, `--endpoint-url` and `--env`: the plan names its target"));
        }
        let unknown = |what: &str| CommandError::new(format!("the plan has an unknown {what}"));
        let options = PlanOptions {
            stage: saved.stage.clone(),
            mode: match saved.mode.as_str() {
                "overwrite" => ImportMode::Overwrite,
                "merge" => ImportMode::Merge,
                _ => return Err(unknown("mode")),
            },
            base_path: match saved.base_path.as_str() {
                "ignore" => BasePathMode::Ignore,
                "prepend" => BasePathMode::Prepend,
                "split" => BasePathMode::Split,
                _ => return Err(unknown("base path mode")),
            },
            ignore_documentation: saved.ignore_documentation,
            stage_variables: Some(saved.stage_variables.clone()),
            settings: saved.settings.clone(),
            account_id: target.account_id.clone(),
        };
        let id_or_name = saved.api_id.clone().unwrap_or_else(|| saved.name.clone());
        Ok(Self {
            document: wanted.document.clone(),
            connection: target.connection.to(match saved.kind.as_str() {
                "rest" => ApiKind::Rest,
                "http" => ApiKind::Http,
                _ => return Err(unknown("kind of API")),
            }),
            selector: ApiSelector { create: saved.api_id.is_none(), id_or_name },
            options,
            allow_warnings: saved.allow_warnings,
            remembered: wanted.remembered.clone(),
            stage_variables: saved.stage_variables.clone(),
        })
    }

    /// Returns how the plan is carried out.
    pub(super) fn apply_options(
        &self,
        description: String,
        canary: Option<f64>,
        api_key_values: BTreeMap<String, Secret>,
    ) -> ApplyOptions {
        ApplyOptions {
            mode: self.options.mode,
            base_path: self.options.base_path,
            fail_on_warnings: !self.allow_warnings,
            ignore_documentation: self.options.ignore_documentation,
            description,
            stage_variables: self.stage_variables.clone(),
            settings: self.options.settings.clone(),
            api_key_values,
            canary,
        }
    }

    /// Returns the values of the API keys that are declared to come from environment variables.
    pub(super) fn api_key_values(&self) -> Result<BTreeMap<String, Secret>, CommandError> {
        let mut values = BTreeMap::new();
        for (name, key) in &self.options.settings.api_keys {
            let Some(variable) = &key.value_from else { continue };
            let value = std::env::var(variable).ok().filter(|value| !value.is_empty()).ok_or_else(|| {
                CommandError::new(format!("the environment variable `{variable}` is not set"))
                    .with_hint(format!("the API key `{name}` takes its value from it"))
            })?;
            values.insert(name.clone(), Secret::new(value));
        }
        Ok(values)
    }

    /// Returns the plan as a file holds it.
    pub(super) fn saved(&self, job: &Job, target: &Target) -> SavedPlan {
        let plan = &job.plan;
        let mode = match self.options.mode {
            ImportMode::Overwrite => "overwrite",
            ImportMode::Merge => "merge",
        };
        let base_path = match self.options.base_path {
            BasePathMode::Ignore => "ignore",
            BasePathMode::Prepend => "prepend",
            BasePathMode::Split => "split",
        };
        SavedPlan {
            format: FORMAT,
            target: saved_target(target, self.remembered.clone()),
            api_id: plan.api.as_ref().map(|api| api.id.clone()),
            name: plan.name.clone(),
            stage: plan.stage.clone(),
            kind: if self.connection.kind() == ApiKind::Http { "http".into() } else { "rest".into() },
            mode: mode.into(),
            base_path: base_path.into(),
            ignore_documentation: self.options.ignore_documentation,
            allow_warnings: self.allow_warnings,
            stage_variables: self.stage_variables.clone(),
            settings: self.options.settings.clone(),
            basis: basis(plan),
            revision: job.revision.clone(),
            body: plan.body.clone(),
        }
    }
}

/// Refuses what an HTTP API does not have.
fn not_for_http(args: &Args) -> Result<(), CommandError> {
    let wrong = if matches!(args.mode, Mode::Merge) {
        "`--mode merge`: an import into one always replaces"
    } else if args.canary.is_some() {
        "`--canary`"
    } else if args.ignore_documentation {
        "`--ignore-documentation`: it keeps none"
    } else {
        return Ok(());
    };
    Err(CommandError::new(format!("the document is for an HTTP API, and those have no {wrong}"))
        .with_hint("`--kind rest` makes a REST API of it"))
}

/// Returns where a plan is made for.
fn saved_target(target: &Target, document: Option<String>) -> SavedTarget {
    let kind = target.kind.map(|kind| match kind {
        TargetKind::Local => "local".to_owned(),
        TargetKind::Aws => "aws".to_owned(),
    });
    let connection = &target.connection;
    SavedTarget {
        endpoint_url: kind.is_none().then(|| connection.endpoint().to_owned()),
        kind,
        region: connection.region().to_owned(),
        account_id: target.account_id.clone(),
        profile: target.profile.clone(),
        environment: target.environment_name.clone(),
        document,
    }
}

/// Reads a plan's file.
pub(super) fn read_plan(path: &Path) -> Result<SavedPlan, CommandError> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| CommandError::new(format!("cannot read the plan `{}`", path.display())).with_source(e))?;
    let failed = |e: serde_json::Error| CommandError::new(format!("`{}` is not a plan", path.display())).with_source(e);
    let json: serde_json::Value = serde_json::from_str(&text).map_err(failed)?;
    if json.get("format").is_some_and(|format| format != FORMAT) {
        return Err(CommandError::new(format!("the plan `{}` is of another version of gatewright", path.display())));
    }
    serde_json::from_value(json).map_err(failed)
}

/// Writes a plan's file, whole.
pub(super) fn write_plan(path: &Path, plan: &SavedPlan) -> Result<(), CommandError> {
    let failed =
        |e: std::io::Error| CommandError::new(format!("cannot write the plan `{}`", path.display())).with_source(e);
    let json = serde_json::to_vec_pretty(plan).map_err(|e| failed(e.into()))?;
    write_whole(path, &json, Access::Private).map_err(failed)
}

/// Returns the document of a plan.
fn document_of(plan: &SavedPlan) -> Result<Document, CommandError> {
    let origin = Origin::Memory("the plan's document".into());
    let (document, _, _) = load_text(&Loader::default(), &origin, plan.body.clone(), &LoadOptions::default());
    document.ok_or_else(|| CommandError::new("the plan's document cannot be read"))
}

fn title(document: &Document) -> Option<&str> {
    document.root().get("info")?.str_of("title")
}

/// Returns whether this is the form of an API's id: ten lower-case letters and digits.
fn is_id(text: &str) -> bool {
    text.len() == 10
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        && text.bytes().any(|b| b.is_ascii_digit())
}

/// Returns the document under another title.
fn renamed(document: &Document, name: &str) -> Document {
    let mut root = document.root().clone();
    let span = root.span;
    if let crate::source::Value::Mapping(members) = &mut root.value {
        let mut info = members.get("info").cloned().unwrap_or_else(|| Node::mapping(Default::default(), span));
        let info_span = info.span;
        if let crate::source::Value::Mapping(info) = &mut info.value {
            info.set(Key { text: "title".into(), span: info_span }, Node::string(name, info_span));
        }
        members.set(Key { text: "info".into(), span: info_span }, info);
    }
    document.with_root(root)
}

fn stage_variables(args: &Args, target: &Target) -> Result<Vec<(String, String)>, CommandError> {
    let mut variables = target.environment.stage_variables.clone();
    for given in &args.stage_variables {
        let (name, value) = given.split_once('=').ok_or_else(|| {
            CommandError::new(format!("`{given}` is not a stage variable")).with_hint("write `NAME=VALUE`")
        })?;
        variables.insert(name.to_owned(), value.to_owned());
    }
    Ok(variables.into_iter().collect())
}
