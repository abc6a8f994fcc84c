//! `gatewright bundle`

use std::path::{Path, PathBuf};

use crate::openapi::Document;
use crate::scaffold::integration::{self, IntegrationContext};
use crate::source::load::MAX_DOCUMENT_BYTES;
use crate::source::{Access, Diagnostic, Format, Node, Severity, Sources, emit, write_whole};

use super::document::{DocumentArgs, show};
use super::{CommandError, Cx, Outcome};

/// Writes the one self-contained document that API Gateway will take.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The document: a path, `-`, or `git:REV:PATH`.
    spec: String,
    /// The file to write, instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How it is written [default: as the file's name says, else as the document].
    #[arg(long, value_name = "FORMAT")]
    format: Option<OutputFormat>,
    /// The version it is written in.
    #[arg(long = "as", value_name = "VERSION", default_value = "openapi3")]
    version: OutputVersion,
    /// Whom it is for: what API Gateway takes in another form only is written in that form.
    #[arg(long = "for", value_name = "READER", conflicts_with = "dereference")]
    reader: Option<Reader>,
    /// Replace every `$ref` by what it leads to, for tools that cannot follow them.
    #[arg(long)]
    dereference: bool,
    /// Leave out every `x-` extension: the copy for the API's consumers.
    #[arg(long, visible_alias = "public")]
    strip_extensions: bool,
    /// The region of integrations and authorizers that templates make, with `--for apigateway`.
    #[arg(long, value_name = "REGION", default_value = "us-east-1")]
    region: String,
    /// The account of integrations and authorizers that templates make, with `--for apigateway`.
    #[arg(long, value_name = "ID", default_value = "000000000000")]
    account_id: String,
    #[command(flatten)]
    document: DocumentArgs,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum OutputFormat {
    Yaml,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum OutputVersion {
    /// OpenAPI 3.0
    Openapi3,
    /// Swagger 2.0
    Swagger2,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Reader {
    /// API Gateway
    Apigateway,
}

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    let loaded = args.document.load(cx, &args.spec)?;
    let mut diagnostics = loaded.diagnostics;
    let (root, sources) = adapted(cx, loaded.document, &args, &mut diagnostics)?;
    show(cx, &sources, &diagnostics);
    if diagnostics.iter().any(|d| d.severity == Severity::Error) {
        let mut error = CommandError::new(format!("`{}` cannot be written so", args.spec));
        error.shown = true;
        return Err(error);
    }
    let format = match (args.format, args.output.as_deref().and_then(Path::extension).and_then(|e| e.to_str())) {
        (Some(OutputFormat::Yaml), _) | (None, Some("yaml" | "yml")) => Format::Yaml,
        (Some(OutputFormat::Json), _) | (None, Some("json")) => Format::Json,
        (None, _) => sources.files().next().map_or(Format::Yaml, |(_, document)| document.format()),
    };
    let text = emit(&root, format);
    if text.len() as u64 > MAX_DOCUMENT_BYTES {
        let message =
            format!("`{}` would be {} bytes; documents may have {MAX_DOCUMENT_BYTES} at most", args.spec, text.len());
        return Err(CommandError::new(message));
    }
    match &args.output {
        None => cx.ui.answer(&text),
        Some(path) => write_whole(path, text.as_bytes(), Access::Shared)
            .map_err(|e| CommandError::new(format!("cannot write `{}`", path.display())).with_source(e))?,
    }
    Ok(Outcome::Clean)
}

fn adapted(
    cx: &Cx,
    document: Document,
    args: &Args,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<(Node, Sources), CommandError> {
    let mut document = document;
    if args.strip_extensions {
        document = document.without_extensions(diagnostics);
    }
    if args.dereference {
        document = document.dereferenced(diagnostics);
    }
    if let Some(Reader::Apigateway) = args.reader {
        let manifest = super::project::manifest(cx, &document)?;
        let context = IntegrationContext {
            region: args.region.clone(),
            account_id: args.account_id.clone(),
            partition: "aws".into(),
            options: super::scaffold::options(cx, &manifest)?,
            manifest,
        };
        let templates = super::scaffold::templates(cx, None)?;
        let (completed, said) = integration::complete_with(&document, &context, &templates);
        diagnostics.extend(said);
        document = completed;
        document = document.for_api_gateway(diagnostics);
    }
    let root = match args.version {
        OutputVersion::Openapi3 => document.root().clone(),
        OutputVersion::Swagger2 => document.to_swagger2(diagnostics),
    };
    Ok((root, document.sources().clone()))
}
