//! What another thread does of an import: what asks for the document alone, and methods from the last path on, while the
//! import itself goes through the paths from the first on.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use ahash::AHashMap as HashMap;

use crate::gateway::{Method, RequestValidator};
use crate::openapi::{Document, PathItem};
use crate::parallel::beside;

use super::documentation::{self, Parts};
use super::importer::Importer;
use super::parse_issues::parse_issues;
use super::security::Scheme;
use super::{ImportOptions, ImportWarning, SequentialIds, methods};

/// Paths from which on an import is worth a second thread.
const MANY_PATHS: usize = 64;

/// What is found in a document without anything that an import makes.
pub(super) struct Aside {
    /// What the service's parser warns of.
    pub(super) parse_issues: Vec<ImportWarning>,
    /// The documentation parts of what is said outside the extension for them; none where they are not wanted.
    pub(super) prose: Parts,
}

impl Aside {
    fn of(document: &Document, options: &ImportOptions, prefix: &[String]) -> Self {
        let prose = match options.ignore_documentation {
            true => Parts::default(),
            false => documentation::described(document, prefix),
        };
        Self { parse_issues: parse_issues(document), prose }
    }
}

/// The methods of one path, by the place of their operations. Where nothing is, the import makes them itself.
pub(super) type Methods = Vec<Option<Method>>;

/// The methods that another thread has made.
#[derive(Default)]
pub(super) struct Ahead {
    paths: Vec<Mutex<Methods>>,
    /// The path that the import is at: from there on back nothing need be made any more.
    at: AtomicUsize,
}

impl Ahead {
    /// Takes the methods that have been made of a path.
    pub(super) fn methods_of(&self, path: usize) -> Methods {
        self.at.store(path, Ordering::Relaxed);
        let methods = self.paths.get(path).and_then(|methods| methods.lock().ok());
        methods.map(|mut methods| std::mem::take(&mut *methods)).unwrap_or_default()
    }

    fn make(&self, maker: &Maker<'_>, prefix: &[String]) {
        let paths: Vec<PathItem<'_>> = maker.document.paths().collect();
        let mut ids = SequentialIds::default();
        let mut importer = maker.importer(&mut ids);
        for (index, (item, place)) in paths.into_iter().zip(&self.paths).enumerate().rev() {
            if index <= self.at.load(Ordering::Relaxed) {
                break;
            }
            let path = super::path_of(&super::segments_of(prefix, item.path));
            let made = importer.methods_without_findings(item, &path);
            if let Ok(mut methods) = place.lock() {
                *methods = made;
            }
        }
    }
}

/// What a method is made from, without what else an import makes.
struct Maker<'a> {
    document: &'a Document,
    options: &'a ImportOptions,
    schemes: HashMap<String, Scheme>,
    request_validators: BTreeMap<String, RequestValidator>,
}

impl<'a> Maker<'a> {
    fn importer<'b>(&'b self, ids: &'b mut SequentialIds) -> Importer<'b> {
        let mut importer = Importer::new(self.document, self.options, None, ids);
        importer.makes_models = false;
        importer.schemes.clone_from(&self.schemes);
        importer.definition.request_validators.clone_from(&self.request_validators);
        importer
    }
}

impl<'a> Importer<'a> {
    /// Makes the resources and methods of all paths, and returns what else is found in the document.
    pub(super) fn paths_with_help(&mut self, prefix: &[String]) -> Aside {
        let (document, options) = (self.document, self.options);
        let aside = || Aside::of(document, options, prefix);
        let count = document.root().get("paths").map_or(0, |paths| paths.entries().len());
        if count < MANY_PATHS || !options.on_two_threads {
            self.paths(prefix, &Ahead::default());
            return aside();
        }
        let maker = Maker {
            document,
            options,
            schemes: self.schemes.clone(),
            request_validators: self.definition.request_validators.clone(),
        };
        let ahead = Ahead { paths: (0..count).map(|_| Mutex::default()).collect(), at: AtomicUsize::new(0) };
        let other = || {
            let aside = aside();
            ahead.make(&maker, prefix);
            aside
        };
        let this = || {
            self.paths(prefix, &ahead);
            ahead.at.store(count, Ordering::Relaxed);
        };
        beside(other, this).1
    }

    /// Returns the methods of one path for a resource that has no id yet. What has to be told of is told by whoever
    /// makes that method again, in its turn.
    fn methods_without_findings(&mut self, item: PathItem<'a>, path: &str) -> Methods {
        let operations = self.document.operations_of(item);
        operations
            .map(|operation| {
                let method = methods::is_supported(operation.method).then(|| self.method(&operation, "", path));
                let has_findings = !self.warnings.is_empty() || !self.faults.is_empty();
                self.warnings.clear();
                self.faults.clear();
                method.filter(|_| !has_findings)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::gateway::Quotas;
    use crate::gateway::import::{ImportOptions, SequentialIds, import_in_part};
    use crate::openapi::{LoadOptions, load_text};
    use crate::source::{Loader, Origin};

    #[test]
    fn two_threads_import_what_one_does() {
        let operations = [
            "{x-amazon-apigateway-integration: {type: mock}}",
            "{security: [{key: []}, {pool: [a]}], x-amazon-apigateway-integration: {type: http, uri: 'http://a', \
             httpMethod: GET}}",
            "{security: [{none: []}], description: d}",
            "{requestBody: {content: {a/b: {schema: {type: object}}}}, x-amazon-apigateway-request-validator: all}",
            "{requestBody: {description: b, content: {a/b: {schema: {$ref: '#/components/schemas/Pet'}}}}}",
            "{responses: {'200': {description: ok, headers: {h: {schema: {type: string}}}}}, tags: [t]}",
            "{parameters: [{name: id, in: query, description: q}], x-amazon-apigateway-integration: {type: nothing}}",
            "{x-amazon-apigateway-integration: {type: mock, requestParameters: {integration.request.header.a: 1}}}",
        ];
        let mut paths = String::new();
        for (number, operation) in operations.iter().cycle().take(400).enumerate() {
            let parent = number % 7;
            paths.push_str(&format!("  /p{parent}/{number}: {{get: {operation}, trace: {{}}, post: {operation}}}\n"));
        }
        paths.push_str("  /p1/1/: {get: {}}\n  /{a}: {}\n  /{b}: {get: {}}\n  x-none: {get: {}}\n");
        let text = format!(
            "openapi: 3.0.1\ninfo: {{title: t, version: '1', description: i}}\nservers: [{{url: 'https://example.com/a/b'}}]\n\
             x-amazon-apigateway-request-validators: {{all: {{validateRequestBody: true}}}}\n\
             components:\n  schemas: {{Pet: {{type: object, description: p}}}}\n  securitySchemes:\n    \
             key: {{type: apiKey, in: header, name: x-api-key}}\n    pool: {{type: apiKey, in: header, name: A, \
             x-amazon-apigateway-authtype: cognito_user_pools, x-amazon-apigateway-authorizer: {{type: \
             cognito_user_pools, providerARNs: ['arn:aws:cognito-idp:us-east-1:1:userpool/a']}}}}\npaths:\n{paths}"
        );
        let origin = Origin::Memory("document".into());
        let (document, ..) = load_text(&Loader::default(), &origin, text, &LoadOptions::default());
        let document = document.expect("a document");
        for ignore_documentation in [false, true] {
            let options = |on_two_threads| ImportOptions {
                base_path: crate::gateway::import::BasePathMode::Prepend,
                ignore_documentation,
                on_two_threads,
                quotas: Quotas { resources: 1000, documentation_parts: 5000, ..Quotas::default() },
                ..ImportOptions::default()
            };
            let mut ids = [SequentialIds::default(), SequentialIds::default()];
            let (one, faults_of_one) = import_in_part(&document, &options(false), None, &mut ids[0]);
            let (two, faults_of_two) = import_in_part(&document, &options(true), None, &mut ids[1]);
            assert!(one.definition.resources.len() > 400 && one.warnings.len() > 100 && faults_of_one.len() > 50);
            assert_eq!(one.definition, two.definition);
            assert_eq!(one.warnings, two.warnings);
            assert_eq!(faults_of_one, faults_of_two);
        }
    }
}
