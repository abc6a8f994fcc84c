//! `gatewright dev`: the whole road on one machine, again on every save.

mod build;
mod watch;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::deploy::{
    ApiSelector, ApplyOptions, Connection, Credentials, PlanOptions, Settings, TargetConfig, apply, plan,
};
use crate::emulator::lambda::{FunctionConfig, LogLine, LogStream};
use crate::emulator::{DEFAULT_PORT, ServerOptions};
use crate::gateway::ApiKind;
use crate::gateway::import::{BasePathMode, ImportMode};
use crate::openapi::Document;
use crate::source::{Diagnostic, Severity};

use super::backends::BackendArgs;
use super::document::DocumentArgs;
use super::import::Kind;
use super::local::{self, DEFAULT_ACCOUNT_ID, DEFAULT_REGION, LocalGateway};
use super::project::title;
use super::target::failed;
use super::ui::Ui;
use super::{CommandError, Cx, Outcome};
use crate::scaffold::integration::{self, IntegrationContext};
use crate::scaffold::{Manifest, ScaffoldOptions, apply};
use crate::source::render::sanitized;

/// Runs a document as an API on this machine: embedded gateway, Rust handlers, rebuilt when saved.
///
/// The document's extensions say whether it becomes a REST API or an HTTP API. How a handler is run (memory, timeout,
/// concurrency, environment variables) is set by `[functions.NAME]` and `[functions."*"]` of `gatewright.toml`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The document: a path.
    spec: String,
    #[command(flatten)]
    document: DocumentArgs,
    /// The folder of the handlers' Cargo project, written if there is none [default: TITLE-handlers].
    #[arg(long, value_name = "DIR")]
    handlers: Option<PathBuf>,
    /// The port the gateway listens on.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_PORT)]
    port: u16,
    /// The stage that is deployed to.
    #[arg(long, value_name = "NAME", default_value = "dev")]
    stage: String,
    /// The kind of API [default: what the document's extensions are for, REST where they are for both].
    #[arg(long)]
    kind: Option<Kind>,
    /// Build the handlers with optimisation.
    #[arg(long)]
    release: bool,
    /// Start, and end again at the first problem, without watching for changes.
    #[arg(long)]
    no_watch: bool,
    #[command(flatten)]
    backends: BackendArgs,
}

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    super::runtime()?.block_on(dev(cx, args))
}

async fn dev(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    let document = read(cx, &args)?;
    let title = title(&document);
    let folder = folder(cx, &args, &title)?;
    let (ui, log_ui) = (cx.ui.clone(), cx.ui.clone());
    let options = ServerOptions {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, args.port)),
        state: Some(cx.config.state_folder()),
        account_id: DEFAULT_ACCOUNT_ID.into(),
        region: DEFAULT_REGION.into(),
        function_log: Arc::new(move |line: LogLine| show_log(&ui, &line)),
        log: Arc::new(move |line| log_ui.line(line)),
        ..args.backends.clone().options(cx, &cx.config.state_folder())
    };
    // Before the long build, so that a port in use is known at once.
    let gateway = local::start(options).await?;
    let session = Session { cx, args: &args, folder, title, running: Mutex::default() };
    let outcome = session.run(document, &gateway).await;
    cx.ui.status("Stopping", "the gateway and its functions");
    gateway.close().await;
    outcome
}

/// Returns the folder of the handlers' project.
fn folder(cx: &Cx, args: &Args, title: &str) -> Result<PathBuf, CommandError> {
    args.handlers.clone().map_or_else(|| super::project::folder(cx, title), Ok)
}

/// Reads the document, completes its integrations, and says what API Gateway would refuse or drop.
fn read(cx: &Cx, args: &Args) -> Result<Document, CommandError> {
    let loaded = args.document.load(cx, &args.spec)?;
    let manifest = apply::read_manifest(&folder(cx, args, &title(&loaded.document))?)?;
    let context = IntegrationContext {
        region: DEFAULT_REGION.into(),
        account_id: DEFAULT_ACCOUNT_ID.into(),
        partition: "aws".into(),
        options: scaffold_options(cx, args, &manifest)?,
        manifest,
    };
    let templates = super::scaffold::templates(cx, None)?;
    let (document, mut diagnostics) = integration::complete_with(&loaded.document, &context, &templates);
    diagnostics.extend(loaded.diagnostics);
    report(cx, &document, &diagnostics)?;
    Ok(document)
}

/// Returns how handlers are made: as the project was before, but for the payload of HTTP APIs when one is asked for.
fn scaffold_options(cx: &Cx, args: &Args, manifest: &Manifest) -> Result<ScaffoldOptions, CommandError> {
    let mut options = super::scaffold::options(cx, manifest)?;
    options.http |= matches!(args.kind, Some(Kind::Http));
    Ok(options)
}

/// Shows the findings; an error ends the command.
fn report(cx: &Cx, document: &Document, read: &[Diagnostic]) -> Result<(), CommandError> {
    let mut diagnostics = crate::lint::lint(document, read, &crate::lint::Options::default());
    // Remarks at every save would bury what matters; `lint` shows them.
    diagnostics.retain(|d| d.severity > Severity::Info);
    cx.ui.talk(&crate::source::render::terminal::render(&diagnostics, document.sources(), cx.ui.stderr_color()));
    if diagnostics.iter().any(|d| d.severity == Severity::Error) {
        let error = CommandError::new("API Gateway would refuse the document");
        return Err(error.with_hint("mend the errors above; `gatewright explain CODE` says more about one"));
    }
    Ok(())
}

/// One run of the command.
struct Session<'a> {
    cx: &'a Cx,
    args: &'a Args,
    folder: PathBuf,
    title: String,
    /// Which program each function runs.
    running: Mutex<BTreeMap<String, Program>>,
}

/// A program as it was built: its path, length and time.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Program(PathBuf, u64, Option<SystemTime>);

impl Program {
    fn of(path: &Path) -> Self {
        let seen = std::fs::metadata(path).ok();
        let modified = seen.as_ref().and_then(|m| m.modified().ok());
        Self(path.to_owned(), seen.map_or(0, |m| m.len()), modified)
    }
}

impl Session<'_> {
    async fn run(&self, document: Document, gateway: &LocalGateway) -> Result<Outcome, CommandError> {
        let interrupted = super::interrupted();
        tokio::pin!(interrupted);
        let connection = Connection::open(&TargetConfig {
            endpoint_url: Some(gateway.url()),
            region: Some(DEFAULT_REGION.into()),
            profile: None,
            credentials: Some(Credentials::unchecked()),
        })
        .await;
        self.scaffold(&document)?;
        // From now on, so that what is saved during the first build is not missed.
        let mut watched = self.watched(&document)?;
        let mut changes = watch::Changes::of(&watched)?;
        let api_id = tokio::select! {
            () = &mut interrupted => return Ok(Outcome::Clean),
            started = self.start(&document, gateway, &connection) => started?,
        };
        self.announce(&document, gateway, &api_id);
        if self.args.no_watch {
            interrupted.await;
            return Ok(Outcome::Clean);
        }
        loop {
            let changed = tokio::select! {
                () = &mut interrupted => return Ok(Outcome::Clean),
                changed = changes.next() => changed,
            };
            let Some(changed) = changed else { return Ok(Outcome::Clean) };
            let refreshed = tokio::select! {
                () = &mut interrupted => return Ok(Outcome::Clean),
                refreshed = self.refresh(&changed, gateway, &connection) => refreshed,
            };
            match refreshed {
                // A document may refer to other files than it did.
                Ok(document) => {
                    let mut more = self.watched(&document)?;
                    // A file that is gone for a moment is watched still.
                    more.retain(|path| !watched.contains(path));
                    if !more.is_empty() {
                        watched.extend(more);
                        changes = watch::Changes::of(&watched)?;
                    }
                }
                Err(error) => {
                    self.cx.ui.error(&error);
                    self.cx.ui.status("Serving", "what was last good; save again to retry");
                }
            }
        }
    }

    /// Builds, registers the functions, imports, deploys; returns the API's id. Handlers that do not build are no reason
    /// to end: their functions fail until they do.
    async fn start(
        &self,
        document: &Document,
        gateway: &LocalGateway,
        connection: &Connection,
    ) -> Result<String, CommandError> {
        match self.build(document, gateway).await {
            Err(error) if !self.args.no_watch => {
                self.cx.ui.error(&error);
                self.cx
                    .ui
                    .status("Waiting", "for handlers that build: until then they answer 502; save again to retry");
                self.register_unbuilt(document, gateway)?;
            }
            built => built?,
        }
        self.import(document, connection).await
    }

    /// Does again what the changed files ask for; returns the document as it is now.
    async fn refresh(
        &self,
        changed: &[PathBuf],
        gateway: &LocalGateway,
        connection: &Connection,
    ) -> Result<Document, CommandError> {
        let document = read(self.cx, self.args)?;
        let spec_changed = changed.iter().any(|path| !is_within(path, &self.folder));
        if spec_changed {
            self.cx.ui.status("Changed", "the document");
            self.scaffold(&document)?;
        } else {
            self.cx.ui.status("Changed", "the handlers");
        }
        self.build(&document, gateway).await?;
        if spec_changed {
            self.import(&document, connection).await?;
        }
        self.cx.ui.status("Serving", "the change");
        Ok(document)
    }

    fn scaffold(&self, document: &Document) -> Result<(), CommandError> {
        let options = scaffold_options(self.cx, self.args, &apply::read_manifest(&self.folder)?)?;
        super::scaffold::write_project(self.cx, document, &options, &self.folder)
    }

    /// Registers functions that say, in the log, that they were not built.
    fn register_unbuilt(&self, document: &Document, gateway: &LocalGateway) -> Result<(), CommandError> {
        let manifest = apply::read_manifest(&self.folder)?;
        let functions =
            crate::scaffold::functions(document, &scaffold_options(self.cx, self.args, &manifest)?, &manifest);
        let Some(pool) = gateway.server().map(|server| server.functions()) else { return Ok(()) };
        for function in functions {
            let mut config = FunctionConfig::new(self.folder.clone());
            config.unavailable =
                Some(format!("the handlers in `{}` do not build; the compiler says why", self.folder.display()));
            pool.register(&function.name, config);
        }
        Ok(())
    }

    async fn build(&self, document: &Document, gateway: &LocalGateway) -> Result<(), CommandError> {
        let manifest = apply::read_manifest(&self.folder)?;
        let functions =
            crate::scaffold::functions(document, &scaffold_options(self.cx, self.args, &manifest)?, &manifest);
        if functions.is_empty() {
            return Ok(());
        }
        self.cx.ui.status("Building", &self.folder.display().to_string());
        let executables = build::executables(&self.folder, self.args.release, &self.cx.ui).await?;
        let pool = gateway.server().map(|server| server.functions());
        for function in functions {
            let executable = executables.get(&function.bin).ok_or_else(|| {
                CommandError::new(format!(
                    "the project in `{}` has no program `{}`",
                    self.folder.display(),
                    function.bin
                ))
                .with_hint("run `gatewright scaffold` to bring the project up to date")
            })?;
            if let Some(pool) = pool {
                // One whose program is the same goes on as it is, its processes with it.
                let program = Program::of(executable);
                let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
                if running.get(&function.name) == Some(&program) {
                    continue;
                }
                let mut config = FunctionConfig::new(executable);
                config.working_dir = Some(self.folder.clone());
                self.cx.config.apply_to_function(&function.name, &mut config);
                pool.register(&function.name, config);
                running.insert(function.name, program);
            }
        }
        Ok(())
    }

    async fn import(&self, document: &Document, connection: &Connection) -> Result<String, CommandError> {
        let options = PlanOptions {
            stage: self.args.stage.clone(),
            mode: ImportMode::Overwrite,
            base_path: BasePathMode::Ignore,
            ignore_documentation: false,
            stage_variables: None,
            settings: Settings::default(),
            account_id: DEFAULT_ACCOUNT_ID.into(),
        };
        let selector = ApiSelector { id_or_name: self.title.clone(), create: true };
        let connection = &connection.to(self.kind(document));
        let plan = plan(connection, document, &selector, &options).await.map_err(|error| {
            super::import::show_refusal(self.cx, document, &error);
            failed(error)
        })?;
        for warning in &plan.warnings {
            self.cx.ui.warning(&format!("API Gateway: {}", warning.message));
        }
        if let (true, Some(api)) = (plan.is_empty(), &plan.api) {
            return Ok(api.id.clone());
        }
        let apply_options = ApplyOptions {
            mode: ImportMode::Overwrite,
            base_path: BasePathMode::Ignore,
            fail_on_warnings: false,
            ignore_documentation: false,
            description: "gatewright dev".into(),
            stage_variables: Vec::new(),
            settings: Settings::default(),
            api_key_values: BTreeMap::new(),
            canary: None,
        };
        let ui = self.cx.ui.clone();
        let progress = move |verb: &str, what: &str| ui.status(verb, what);
        let applied = apply(connection, &plan, &apply_options, &progress).await.map_err(failed)?;
        Ok(applied.api_id)
    }

    /// Returns the kind of API that the document becomes.
    fn kind(&self, document: &Document) -> ApiKind {
        match self.args.kind {
            Some(Kind::Rest) => ApiKind::Rest,
            Some(Kind::Http) => ApiKind::Http,
            None => ApiKind::of(document),
        }
    }

    fn announce(&self, document: &Document, gateway: &LocalGateway, api_id: &str) {
        let url = gateway.invoke_url(api_id, &self.args.stage);
        self.cx.ui.status("Serving", &format!("{} at", self.title));
        self.cx.ui.answer(&format!("{url}\n"));
        // Resolvers that do not know `*.localhost` are spared it.
        let stage = if self.args.stage == local::DEFAULT_STAGE { "" } else { &format!("/{}", self.args.stage) };
        let path_url = format!("{}/_aws/execute-api/{api_id}{stage}", gateway.url());
        if let Some(line) = super::curl::first_call(document, &path_url) {
            self.cx.ui.status("Try", "");
            self.cx.ui.answer(&format!("{}\n", sanitized(&line)));
        }
        let handlers = self.folder.join("src").join("handlers");
        if handlers.is_dir() {
            self.cx.ui.status("Handlers", &format!("are in {}; saved changes are rebuilt", handlers.display()));
        }
        self.cx.ui.status("Stop", "with Ctrl-C");
    }

    fn watched(&self, document: &Document) -> Result<Vec<PathBuf>, CommandError> {
        let mut paths: Vec<PathBuf> =
            document.sources().files().map(|(_, file)| PathBuf::from(file.name())).filter(|p| p.is_file()).collect();
        let below = ["src", "Cargo.toml"].map(|below| self.folder.join(below));
        // Templates of the user's own make the handlers and complete the integrations.
        let templates = super::scaffold::templates_folder(self.cx, None)?;
        paths.extend(below.into_iter().chain(templates).filter(|path| path.exists()));
        Ok(paths)
    }
}

fn is_within(path: &Path, folder: &Path) -> bool {
    let canonical = |p: &Path| std::fs::canonicalize(p).unwrap_or_else(|_| p.to_owned());
    // A file that has just been removed has no canonical path; its folder has.
    let parent = path.parent().map(canonical).unwrap_or_default();
    parent.starts_with(canonical(folder))
}

fn show_log(ui: &Ui, line: &LogLine) {
    let request = line.request_id.as_deref().map(|id| id.chars().take(8).collect::<String>()).unwrap_or_default();
    let mark = match line.stream {
        LogStream::Stdout => "",
        LogStream::Stderr => "!",
        LogStream::Platform => "=",
    };
    ui.talk(&format!("{}{mark} {request} {}\n", line.function, sanitized(&line.text)));
}
