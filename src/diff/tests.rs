//! What must stay silent; documents against themselves; security, removal, API Gateway, reports.

mod table;

use std::fmt::Write as _;
use std::path::PathBuf;

use super::{Options, Policy, Report, diff};
use crate::gateway::ApiKind;
use crate::openapi::{Document, LoadOptions, load_text};
use crate::source::{Loader, Origin};

fn document(text: &str) -> Document {
    let origin = Origin::Memory("api.yaml".into());
    let (document, _, diagnostics) = load_text(&Loader::default(), &origin, text, &LoadOptions::default());
    document.unwrap_or_else(|| panic!("{diagnostics:?}\n{text}"))
}

fn options(shortcuts: bool) -> Options {
    let policy = Policy { today: Some(jiff::civil::date(2026, 1, 1)), ..Policy::default() };
    Options { policy, shortcuts, ..Options::default() }
}

fn found(report: &Report) -> Vec<String> {
    report.changes.iter().map(|c| format!("{} {}", c.level.as_str(), c.id)).collect()
}

/// Compares two documents; with and without shortcuts, the answer is the same.
fn compare(old: &str, new: &str) -> Vec<String> {
    let (old, new) = (document(old), document(new));
    let quick = found(&diff(&old, &new, &options(true)));
    assert_eq!(quick, found(&diff(&old, &new, &options(false))), "shortcuts change nothing");
    quick
}

#[track_caller]
fn check(old: &str, new: &str, expected: &[&str]) {
    assert_eq!(compare(old, new), expected);
}

/// A document with a schema, in flow style, at one place.
fn placed(place: &str, schema: &str, version: &str) -> String {
    let inner = format!("{{type: object, properties: {{p: {schema}}}}}");
    let (parameters, body, content, headers) = match place {
        "request body" => ("", schema.to_owned(), "{}".into(), String::new()),
        "request property" => ("", inner, "{}".into(), String::new()),
        "response body" => ("", String::new(), schema.to_owned(), String::new()),
        "response property" => ("", String::new(), inner, String::new()),
        "response header" => ("", String::new(), "{}".into(), format!("headers: {{X-A: {{schema: {schema}}}}}")),
        "parameter" => (schema, String::new(), "{}".into(), String::new()),
        _ => (inner.as_str(), String::new(), "{}".into(), String::new()),
    };
    let mut out = format!("openapi: {version}\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    post:\n");
    if !parameters.is_empty() {
        let _ = writeln!(out, "      parameters: [{{name: q, in: query, schema: {parameters}}}]");
    }
    if !body.is_empty() {
        let _ = writeln!(out, "      requestBody: {{content: {{application/json: {{schema: {body}}}}}}}");
    }
    let _ = writeln!(out, "      responses:\n        '200':\n          description: ok");
    if !headers.is_empty() {
        let _ = writeln!(out, "          {headers}");
    }
    let _ = writeln!(out, "          content: {{application/json: {{schema: {content}}}}}");
    out
}

/// A document with one operation that has this requirement.
fn with_operation(members: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n  /a/{{id}}:\n    get:\n{members}\n      \
         responses: {{'200': {{description: ok}}}}\ncomponents:\n  securitySchemes:\n    \
         key: {{type: apiKey, in: header, name: x-api-key}}\n    other: {{type: http, scheme: basic}}\n"
    )
}

#[test]
fn security_made_stricter_breaks() {
    let (open, key, either) = (
        with_operation("      security: []"),
        with_operation("      security: [{key: []}]"),
        with_operation("      security: [{key: []}, {other: []}]"),
    );
    check(&open, &key, &["error security-stricter"]);
    check(&key, &open, &["warning security-removed"]);
    check(&key, &either, &["info security-relaxed"]);
    check(&either, &key, &["error security-stricter"]);
    let moved = key.replace("name: x-api-key", "name: x-other-key");
    check(&key, &moved, &["error security-scheme-moved"]);
    let renamed = key.replace("key:", "token:");
    check(&key, &renamed, &[]);
}

#[test]
fn parameters() {
    let base = with_operation("      parameters: []");
    let with = |parameter: &str| with_operation(&format!("      parameters: [{parameter}]"));
    let optional = with("{name: q, in: query, schema: {type: string}}");
    let required = with("{name: q, in: query, required: true, schema: {type: string}}");
    check(&base, &optional, &["info optional-parameter-added"]);
    check(&base, &required, &["error required-parameter-added"]);
    check(&optional, &base, &["warning parameter-removed"]);
    check(&optional, &required, &["error parameter-became-required"]);
    check(&required, &optional, &["info parameter-became-optional"]);
    check(&optional, &with("{name: q, in: header, schema: {type: string}}"), &["error parameter-moved"]);
    let list = |style: &str| {
        with(&format!("{{name: q, in: query, {style} schema: {{type: array, items: {{type: string}}}}}}"))
    };
    check(&list(""), &list("style: pipeDelimited,"), &["error parameter-style-changed"]);
    check(&list(""), &list("explode: false,"), &["error parameter-style-changed"]);
    check(&list(""), &list("style: form, explode: true,"), &[]);
    check(&with("{name: q, in: query, schema: {type: integer}}"), &optional, &["info type-generalized"]);
}

#[test]
fn the_same_meaning_in_other_words_is_silent() {
    let document = |paths: &str, schemas: &str| {
        format!("openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n{paths}components:\n  schemas:\n{schemas}")
    };
    let pet = "    Pet: {type: object, required: [name], properties: {name: {type: string, enum: [a, b]}, next: {$ref: '#/components/schemas/Pet'}}}\n";
    let operation = |schema: &str| {
        format!(
            "  /a/{{id}}:\n    get:\n      parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]\n      \
             responses: {{'200': {{description: ok, content: {{application/json: {{schema: {schema}}}}}}}}}\n"
        )
    };
    let base = document(&operation("{$ref: '#/components/schemas/Pet'}"), pet);
    let single = document(&operation("{allOf: [{$ref: '#/components/schemas/Pet'}]}"), pet);
    let inline = document(
        &operation(
            "{type: object, required: [name], properties: {name: {type: string, enum: [a, b]}, next: {$ref: '#/components/schemas/Pet'}}}",
        ),
        pet,
    );
    let renamed = base.replace("Pet", "Animal");
    let hoisted = base.replace("      parameters: [", "    # [").replace(
        "    get:\n",
        "    parameters: [{name: id, in: path, required: true, schema: {type: string}}]\n    get:\n",
    );
    let renamed_parameter = base.replace("{id}", "{petId}").replace("name: id,", "name: petId,");
    let split = base.replace(
        "{type: object, required: [name], properties: {name: {type: string, enum: [a, b]}, next: {$ref: '#/components/schemas/Pet'}}}",
        "{allOf: [{type: object, required: [name]}, {properties: {next: {$ref: '#/components/schemas/Pet'}}}, {properties: {name: {anyOf: [{type: string, enum: [b, a]}]}}}]}",
    );
    for other in [single, inline, renamed, hoisted, renamed_parameter, split] {
        assert_eq!(compare(&base, &other), Vec::<String>::new(), "{other}");
        assert_eq!(compare(&other, &base), Vec::<String>::new(), "{other}");
    }
    let nullable = placed("response property", "{type: string, nullable: true}", "3.0.3");
    let list = placed("response property", "{type: [string, 'null']}", "3.1.0");
    check(&nullable, &list, &[]);
    check(&list, &nullable, &[]);
}

#[test]
fn a_read_only_property_does_not_count_in_requests() {
    let base = placed("request property", "{type: string, readOnly: true, maxLength: 9}", "3.0.3");
    let tighter = placed("request property", "{type: string, readOnly: true, maxLength: 5}", "3.0.3");
    check(&base, &tighter, &["info max-length-decreased"]);
}

#[test]
fn one_edit_is_one_change_with_every_operation() {
    let mut paths = String::new();
    for i in 0..400 {
        let _ = writeln!(
            paths,
            "  /p{i}: {{get: {{responses: {{'200': {{description: ok, content: {{application/json: {{schema: {{$ref: '#/components/schemas/A'}}}}}}}}}}}}}}"
        );
    }
    let text = |most: u32| {
        format!(
            "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n{paths}components:\n  schemas:\n    \
             A: {{type: object, properties: {{b: {{$ref: '#/components/schemas/B'}}}}}}\n    \
             B: {{type: object, properties: {{a: {{$ref: '#/components/schemas/A'}}, n: {{type: string, maxLength: {most}}}}}}}\n"
        )
    };
    let report = diff(&document(&text(5)), &document(&text(9)), &options(true));
    assert_eq!(found(&report), ["error max-length-increased"]);
    assert_eq!(report.changes[0].operations.len(), 400);
    assert_eq!(report.changes[0].message, "`B.n`: `maxLength` was raised from `5` to `9`");
}

#[test]
fn what_api_gateway_does_differently() {
    let with = |integration: &str| with_operation(&format!("      x-amazon-apigateway-integration: {{{integration}}}"));
    let base =
        with("type: http, uri: 'https://a.test', httpMethod: GET, requestTemplates: {application/json: \"a\\nb\"}");
    check(&base, &base.replace("a.test", "b.test"), &["warning gateway-integration-target-changed"]);
    check(&base, &base.replace("a\\nb", "a\\n  b"), &["info gateway-template-whitespace-changed"]);
    check(&base, &base.replace("a\\nb", "a\\nc"), &["warning gateway-request-template-changed"]);
    check(
        &base,
        &base.replace("type: http,", "type: HTTP, timeoutInMillis: 100,"),
        &["warning gateway-timeout-lowered"],
    );
    check(
        &base,
        &base.replace("type: http,", "type: http, passthroughBehavior: never,"),
        &["error gateway-passthrough-stricter"],
    );
    check(&base, &with_operation(""), &["error gateway-integration-removed"]);
    let validators = "x-amazon-apigateway-request-validators: {all: {validateRequestBody: true}}\n";
    let checked = format!("{base}{validators}x-amazon-apigateway-request-validator: all\n");
    check(&base, &checked, &["error gateway-validator-stricter"]);
    check(&checked, &base, &["info gateway-validator-relaxed"]);
    let cors = |origins: &str| format!("{base}x-amazon-apigateway-cors: {{allowOrigins: [{origins}]}}\n");
    check(&cors("'https://a.test', 'https://b.test'"), &cors("'https://a.test'"), &["error gateway-cors-narrowed"]);
    check(&cors("'https://a.test'"), &cors("'*'"), &["info gateway-cors-widened"]);
}

#[test]
fn removal_and_deprecation() {
    let two = with_operation("").replace("components:", "  /b:\n    get: {responses: {}}\ncomponents:");
    let one = with_operation("");
    check(&two, &one, &["error path-removed"]);
    check(&one, &two, &["info path-added"]);
    let deprecated = two.replace("get: {responses", "get: {deprecated: true, responses");
    check(&two, &deprecated, &["info deprecated"]);
    check(&deprecated, &one, &["info path-removed-after-deprecation"]);
    let later = two.replace("get: {responses", "get: {deprecated: true, x-sunset: '2027-01-01', responses");
    check(&later, &one, &["error path-removed-before-sunset"]);
    let draft = two.replace("get: {responses", "get: {x-stability-level: draft, responses");
    check(&draft, &one, &["info path-removed"]);
}

/// The corpus, when it is there.
fn corpus() -> Vec<PathBuf> {
    let root = std::env::var_os("GATEWRIGHT_CORPUS")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus")), PathBuf::from);
    let files = |folder: &str| {
        let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
        let mut files: Vec<_> = entries.map(|e| e.path()).collect();
        files.sort();
        files
    };
    files("general").into_iter().chain(files("apigw")).collect()
}

#[test]
fn a_document_equals_itself_the_long_way() {
    for path in corpus() {
        // The long way visits every node; what is larger takes seconds in a debug build.
        if std::fs::metadata(&path).is_ok_and(|m| m.len() > 600_000) {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let read =
            |text: String| load_text(&Loader::default(), &Origin::File(path.clone()), text, &LoadOptions::default()).0;
        let (Some(old), Some(new)) = (read(text.clone()), read(text)) else { continue };
        let report = diff(&old, &new, &options(false));
        assert!(report.changes.is_empty(), "{}: {:?}", path.display(), found(&report));
    }
}

#[test]
fn every_check_has_a_page() {
    for id in super::ids() {
        let page = super::explain(id).expect("the id is known");
        assert!(page.starts_with(&format!("# {id}\n")) && page.contains("## Levels"), "{page}");
    }
}

#[test]
fn nothing_of_a_document_gets_out_of_a_report() {
    let hostile = "<script>alert(1)</script>` ::error::%0A @team";
    let base = placed("request property", "{type: string}", "3.0.3");
    let new = base.replace("{p: {type: string}}", &format!("{{'{hostile}': {{type: string}}, p: {{type: string}}}}"));
    let report = diff(&document(&base), &document(&new), &options(true));
    assert_eq!(found(&report), ["info optional-property-added"]);
    for text in [super::render::html::render(&report), super::render::markdown::render(&report)] {
        assert!(!text.contains("<script>alert"), "{text}");
    }
    assert_eq!(super::render::github::render(&report).lines().count(), 1);
}

#[test]
fn an_accepted_change_fails_nothing_until_it_expires() {
    let (old, new) = (with_operation("      security: []"), with_operation("      security: [{key: []}]"));
    let compared = || diff(&document(&old), &document(&new), &options(true));
    let mut report = compared();
    let entry = |expires: &str, fingerprint: &str| super::Accepted {
        fingerprint: fingerprint.into(),
        id: String::new(),
        change: String::new(),
        reason: "agreed".into(),
        expires: Some(expires.into()),
    };
    let print = report.changes[0].fingerprint.clone();
    let today = Some(jiff::civil::date(2026, 1, 1));
    super::AcceptedFile { entries: vec![entry("2026-02-01", &print)] }.apply(&mut report, today);
    assert_eq!((report.highest(), report.notes.len()), (None, 0));
    let mut report = compared();
    super::AcceptedFile { entries: vec![entry("2025-12-31", &print), entry("2027-01-01", "gone")] }
        .apply(&mut report, today);
    assert_eq!((report.highest(), report.notes.len()), (Some(super::Level::Error), 2));
}

#[test]
fn a_branch_its_base_and_what_is_deployed() {
    let at = |most: u32, least: u32| {
        document(&placed("parameter", &format!("{{type: integer, maximum: {most}, minimum: {least}}}"), "3.0.3"))
    };
    let (base, head, live) = (at(9, 1), at(5, 1), at(9, 3));
    let between = |a, b| diff(a, b, &options(true));
    let lines = super::three_way(&between(&base, &head), &between(&live, &head));
    let standing: Vec<_> = lines.iter().map(|line| (line.standing.as_str(), line.change.id)).collect();
    assert_eq!(standing, [("pending", "max-decreased"), ("drift", "min-decreased")]);
}

#[test]
fn the_words_that_changed_are_underlined_on_a_terminal() {
    let with = |text: &str| with_operation(&format!("      description: {text}"));
    let report = diff(&document(&with("reads one thing")), &document(&with("reads many things")), &options(true));
    let shown = super::render::terminal::render(&report, true);
    assert!(shown.contains("\u{1b}[4m\u{1b}[32mmany"), "{shown:?}");
    let plain = super::render::terminal::render(&report, false);
    assert!(plain.contains("           - reads one thing\n           + reads many things\n"), "{plain}");
}

#[test]
fn what_only_one_side_has_is_said_to_be_that_one_s() {
    let read = |name: &str, text: String| {
        let origin = Origin::Memory(name.into());
        load_text(&Loader::default(), &origin, text, &LoadOptions::default()).0.expect("a document")
    };
    let integration = "      x-amazon-apigateway-integration: {type: MOCK}";
    let one = with_operation(integration);
    let two =
        one.replace("components:", &format!("  /b:\n    get:\n{integration}\n      responses: {{}}\ncomponents:"));
    let messages = |old: &Document, new: &Document| -> Vec<String> {
        let report = super::diff_deployed(old, new, ApiKind::Rest, ("000000000000", "us-east-1"), &options(true));
        report.changes.into_iter().map(|c| c.message).collect()
    };
    let (live, spec) = (read("aws:a@prod", two), read("api.yaml", one));
    assert_eq!(messages(&live, &spec), ["the path `/b` was removed; only `aws:a@prod` has it"]);
    assert_eq!(messages(&spec, &live), ["the path `/b` was added; only `aws:a@prod` has it"]);
}

#[test]
fn the_api_s_own_id_in_its_policy_is_no_drift() {
    let with = |resource: &str| {
        let policy = format!(
            "{{Statement: [{{Effect: Allow, Principal: '*', Action: 'execute-api:Invoke', Resource: '{resource}'}}]}}"
        );
        document(&format!(
            "{}x-amazon-apigateway-policy: {policy}\n",
            with_operation("      x-amazon-apigateway-integration: {type: MOCK}")
        ))
    };
    let between = |old: &Document, new: &Document| -> Vec<&'static str> {
        let report = super::diff_deployed(old, new, ApiKind::Rest, ("000000000000", "us-east-1"), &options(true));
        report.changes.into_iter().map(|c| c.id).collect()
    };
    let live = with("arn:aws:execute-api:us-east-1:000000000000:abcdef1234/*");
    assert_eq!(between(&live, &with("execute-api:/*")), Vec::<&str>::new());
    assert_eq!(between(&live, &with("execute-api:/dev/*")), ["gateway-policy-changed"]);
}
