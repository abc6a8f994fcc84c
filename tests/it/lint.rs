//! `gatewright lint`, `explain` and `lsp`, as users and editors meet them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gatewright::lint::{self, Options};
use gatewright::openapi::{self, LoadOptions};
use gatewright::source::{Loader, Origin};
use serde_json::{Value, json};

const ORDERS: &str = include_str!("../data/lint/orders.yaml");

/// Returns code and line of each finding.
fn found(text: &str) -> Vec<(String, u32)> {
    let origin = Origin::Memory("orders.yaml".into());
    let (document, sources, loaded) =
        openapi::load_text(&Loader::default(), &origin, text.to_owned(), &LoadOptions::default());
    let found = match document {
        Some(document) => lint::lint(&document, &loaded, &Options::default()),
        None => lint::lint_unreadable(&loaded, &Options::default()),
    };
    found.into_iter().map(|d| (d.code.to_string(), d.span.map_or(0, |span| sources.locate(span).line))).collect()
}

/// What is written, what is put in its place, and the code it is found by.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("/orders/{orderId}:", "/orders/x{orderId}:", "path-param-whole-segment"),
    ("  /queue:", "  /queue$:", "path-segment-charset"),
    ("  /queue:", "  /orders/{id}/lines:", "sibling-path-params"),
    ("  /queue:", "  /orders/:", "duplicate-path"),
    ("  /queue:", "  queue:", "path-slash-missing"),
    ("operationId: readQueue", "summary: read", "operation-id-missing"),
    ("operationId: readQueue", "operationId: getOrder", "operation-id-duplicate"),
    ("operationId: readQueue", "operationId: get_order", "operation-id-rust-name"),
    ("name: limit, in: query,", "name: limit, in: querystring,", "parameter-incomplete"),
    ("name: orderId, in: path, required: true,", "name: orderId, in: path,", "path-parameter-optional"),
    ("name: orderId, in: path,", "name: order, in: path,", "path-parameter-unused"),
    ("'500': {description: failed}", "'5000': {description: failed}", "response-status-invalid"),
    ("        type: http\n", "        type: htp\n", "integration-type"),
    ("uri: https://orders", "uri: orders", "integration-uri-http"),
    ("orders.example.com/all", "orders.example.com:81/all", "integration-port"),
    ("orders.example.com/all", "orders.example.com/{all}", "path-variable-unmapped"),
    ("timeoutInMillis: 5000", "timeoutInMillis: 5", "timeout-range"),
    ("timeoutInMillis: 5000", "timeoutInMilis: 5000", "integration-member-unknown"),
    ("passthroughBehavior: never", "passthroughBehavior: nevr", "integration-enum"),
    (": method.request.querystring.limit\n", ": method.request.querystring.lmit\n", "request-mapping-undeclared"),
    ("X-Kind: \"'list'\"", "X-Kind: list", "mapping-static-unquoted"),
    ("X-Kind: \"'list'\"", "X-Kind: true", "mapping-value-type"),
    ("header.X-Kind", "headers.X-Kind", "mapping-target"),
    ("header.X-Kind", "header.Content-Length", "mapping-illegal-header"),
    ("[method.request.querystring.limit]", "[method.request.querystring.offset]", "cache-key-invalid"),
    ("method.response.header.X-Total:", "method.response.header.X-Totals:", "response-mapping-undeclared"),
    ("'5\\d{2}': {statusCode: '500'}", "'5\\d{2}': {statusCode: '502'}", "integration-response-undeclared"),
    ("'5\\d{2}': {statusCode: '500'}", "'5(': {statusCode: '500'}", "integration-response-pattern-invalid"),
    ("'5\\d{2}': {statusCode: '500'}", "'.*oops': {statusCode: '500'}", "integration-response-pattern-unreachable"),
    ("'5\\d{2}': {statusCode: '500'}", "'5\\d{2}': {statusCode: '200'}", "integration-response-duplicate"),
    ("function:orders/invocations", "function:orders", "lambda-arn"),
    (":123456789012:function:orders", ":12345:function:orders", "lambda-arn"),
    ("type: aws_proxy\n        httpMethod: POST", "type: aws_proxy\n        httpMethod: GET", "lambda-method-not-post"),
    ("credentials: arn:aws:iam::123456789012:role/queue", "credentials: queue", "integration-credentials"),
    ("sqs:action/ReceiveMessage", "sqs:ReceiveMessage", "integration-uri-arn"),
    ("request-validator: all", "request-validator: al", "validator-unknown"),
    ("compression-size: 1024", "compression-size: -5", "compression-size"),
    ("DEFAULT_4XX:", "DEFAULT_400:", "gateway-response-type"),
    ("gatewayresponse.header.X-From", "method.response.header.X-From", "gateway-response-parameter"),
    (
        "x-amazon-apigateway-binary-media-types: [image/png]",
        "x-amazon-apigateway-binary-media-type: [image/png]",
        "unknown-amazon-extension",
    ),
    ("id: {type: string}", "id: {type: text}", "model-schema-invalid"),
    ("id: {type: string}", "id: {const: a}", "schema-not-draft4"),
    ("id: {type: string}", "id: {type: string, nullable: true}", "schema-nullable"),
    ("id: {type: string}", "id: {type: string, x-note: a}", "unknown-extension"),
    ("required: [id]", "required: [di]", "required-property-undefined"),
    ("required: [id]", "required: []", "model-schema-invalid"),
    ("        type: token\n", "        type: tokn\n", "authorizer-type"),
    ("TtlInSeconds: 0", "TtlInSeconds: 4000", "authorizer-ttl"),
    ("function:auth/invocations", "function:auth", "authorizer-uri"),
    ("title: Orders", "titel: Orders", "unknown-member"),
    ("operationId: readQueue", "operationId: readQueue\n      operationId: again", "duplicate-key"),
];

#[test]
fn a_mistake_is_found_at_its_line_and_nothing_else_with_it() {
    let clean: Vec<_> = found(ORDERS);
    let mut wrong = Vec::new();
    for (good, bad, code) in MISTAKES {
        let at = ORDERS.find(good).unwrap_or_else(|| panic!("`{good}` is not in the document"));
        let text = ORDERS.replacen(good, bad, 1);
        let common = good.bytes().zip(bad.bytes()).take_while(|(a, b)| a == b).count();
        let line = ORDERS[..at + common].matches('\n').count() as u32 + 1;
        let new: Vec<_> = found(&text).into_iter().filter(|f| !clean.contains(f)).collect();
        let here = new.iter().any(|(c, l)| c == code && l.abs_diff(line) <= 2);
        // A variable that is put into a path is one that its operation does not declare.
        let follows = |c: &str| *code == "sibling-path-params" && c == "path-parameter-undeclared";
        let others = new.iter().filter(|(c, _)| c != code && !follows(c));
        if !here || others.count() > 0 {
            wrong.push(format!("`{bad}` for {code} at line {line}: {new:?}"));
        }
    }
    assert!(clean.iter().all(|(code, _)| code != "error"), "{clean:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn gatewright() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatewright"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = gatewright().args(arguments).output().expect("the command runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the answer is text");
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// Mistakes that others would follow from: what is written, what is put in its place, and the one finding.
const CAUSES: &[(&str, &str, &str)] = &[
    ("      responses:\n        '200':", "      respones:\n        '200':", "unknown-member"),
    ("      parameters:\n", "      paramters:\n", "unknown-member"),
    ("        httpMethod: GET", "        httpmethod: GET", "integration-member-unknown"),
    ("        uri: https://orders", "        url: https://orders", "integration-member-unknown"),
    ("authorizerUri:", "authorizerURI:", "authorizer-member-unknown"),
    ("\ncomponents:", "\ncomponent:", "unknown-member"),
    ("\npaths:", "\npath:", "unknown-member"),
    ("x-amazon-apigateway-integration:", "x-amazon-apigateway-integraton:", "unknown-amazon-extension"),
];

#[test]
fn one_mistake_is_one_finding() {
    let clean = found(ORDERS);
    let mut wrong = Vec::new();
    for (good, bad, code) in CAUSES {
        let Some(at) = ORDERS.find(good) else {
            wrong.push(format!("`{good}` is not in the document"));
            continue;
        };
        let text = ORDERS.replacen(good, bad, 1);
        let common = good.bytes().zip(bad.bytes()).take_while(|(a, b)| a == b).count();
        let line = ORDERS[..at + common].matches('\n').count() as u32 + 1;
        let new: Vec<_> = found(&text).into_iter().filter(|f| !clean.contains(f)).collect();
        if new != [((*code).to_owned(), line)] {
            wrong.push(format!("`{}` at line {line}: {new:?}", bad.trim()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn variables_are_told_of_path_by_path() {
    let text = "openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /b/{id}:
    get: {responses: {'200': {description: d}}}
  /c/{p+}:
    get: {parameters: [{name: p, in: path, required: true}], responses: {'200': {description: d}}}
  /d/{q+}:
    get: {parameters: [{name: q+, in: path, required: true}], responses: {'200': {description: d}}}
";
    let told = |text: &str| {
        let codes = ["path-parameter-undeclared", "import-warning"];
        found(text).into_iter().filter(|(code, _)| codes.contains(&code.as_str())).collect::<Vec<_>>()
    };
    let undeclared = |line| ("path-parameter-undeclared".to_owned(), line);
    assert_eq!(told(text), [undeclared(5), undeclared(7)]);
    assert_eq!(told(&text.replace("openapi: 3.0.3", "swagger: '2.0'")), [undeclared(5)]);
}

#[test]
fn what_is_dropped_is_told_once_at_its_place() {
    let text = "openapi: 3.0.3
info: {title: t, version: '1', license: {name: MIT}}
tags: [{name: pets}]
paths:
  /pets:
    get:
      operationId: pets
      deprecated: true
      externalDocs: {url: 'https://example.com'}
      parameters:
        - {name: limit, in: query, style: form, schema: {type: integer, maximum: 5}}
      responses:
        '200':
          description: ok
          headers: {X-Total: {schema: {type: integer}}}
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Pet'}
              example: {name: Rex}
        default: {description: no}
      x-amazon-apigateway-integration: {type: mock, uri: 'https://example.com', requestTemplates: {application/json: '{\"statusCode\": 200}'}, responses: {default: {statusCode: '200'}}}
components:
  schemas:
    Pet: {type: object, properties: {name: {type: string, nullable: true}}}
  securitySchemes:
    token: {type: apiKey, in: query, name: token}
";
    let dropped: Vec<(String, u32)> = found(text)
        .into_iter()
        .filter(|(code, _)| {
            code.starts_with("dropped-") || ["deprecated-dropped", "schema-nullable"].contains(&code.as_str())
        })
        .collect();
    let expected = [
        ("dropped-document", 2),
        ("dropped-document", 3),
        ("deprecated-dropped", 8),
        ("dropped-operation-member", 9),
        ("dropped-parameter-attribute", 11),
        ("dropped-parameter-attribute", 15),
        ("dropped-body-member", 19),
        ("dropped-integration-member", 21),
        ("schema-nullable", 24),
        ("dropped-security-scheme", 26),
    ];
    assert_eq!(dropped, expected.map(|(code, line)| (code.to_owned(), line)));
}

#[test]
fn the_pet_store_has_no_errors() {
    let (status, out, _) = run(&["lint", "specs/petstore.yaml", "--format", "json"]);
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["summary"]["error"], 0, "{out}");
    assert_eq!(status, 0);
}

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("GATEWRIGHT_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"), PathBuf::from);
    folder.is_dir().then_some(folder)
}

#[test]
fn what_api_gateway_exported_has_no_errors() {
    let Some(corpus) = corpus() else { return };
    let table = std::fs::read_to_string(corpus.join("SOURCES.tsv")).unwrap();
    let exports: Vec<String> = table
        .lines()
        .filter(|line| line.split('\t').nth(7) == Some("export"))
        .filter_map(|line| line.split('\t').next())
        .map(|file| corpus.join(file).display().to_string())
        .collect();
    let arguments: Vec<&str> =
        ["lint", "--format", "concise"].into_iter().chain(exports.iter().map(String::as_str)).collect();
    let (status, out, _) = run(&arguments);
    let errors: Vec<&str> = out.lines().filter(|line| line.contains("error[")).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    assert_eq!(status, 0);
}

#[test]
fn a_file_that_cannot_be_read_is_a_finding_and_the_others_are_linted() {
    let (status, out, _) = run(&["lint", "no-such.yaml", "specs/petstore.yaml", "--format", "json"]);
    let answer: Value = serde_json::from_str(&out).unwrap();
    let files: Vec<&str> =
        answer["diagnostics"].as_array().unwrap().iter().filter_map(|d| d["location"]["file"].as_str()).collect();
    assert_eq!(status, 2);
    assert_eq!(answer["diagnostics"][0]["code"], "unreadable");
    assert!(files.contains(&"no-such.yaml") && files.contains(&"specs/petstore.yaml"), "{files:?}");
}

#[test]
fn an_unknown_code_of_the_configuration_names_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gatewright.toml");
    std::fs::write(&file, "[lint]\noperation-id-mising = \"off\"\n").unwrap();
    let (status, _, err) = run(&["--config", file.to_str().unwrap(), "lint", "specs/petstore.yaml"]);
    assert_eq!(status, 2);
    assert!(err.contains("operation-id-mising") && err.contains("did you mean `operation-id-missing`"), "{err}");
}

#[test]
fn fixes_leave_comments_alone_and_a_baseline_makes_it_green() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("orders.yaml");
    let bad = ORDERS.replace("X-Kind: \"'list'\"", "X-Kind: list # why").replace("role/queue", "rolequeue");
    std::fs::write(&file, &bad).unwrap();
    let name = file.to_str().unwrap();
    assert_eq!(run(&["lint", name, "--fix"]).0, 1);
    let mended = std::fs::read_to_string(&file).unwrap();
    assert_eq!(mended, bad.replace("X-Kind: list # why", "X-Kind: \"'list'\" # why"));
    let baseline = folder.path().join("baseline.json");
    let baseline = baseline.to_str().unwrap();
    assert_eq!(run(&["lint", name, "--baseline", baseline]).0, 0);
    std::fs::write(&file, format!("# one line more\n{mended}")).unwrap();
    let (status, out, _) = run(&["lint", name, "--baseline", baseline, "--deny", "info"]);
    assert_eq!((status, out.as_str()), (0, ""));
}

#[test]
fn the_sarif_log_has_what_the_standard_demands() {
    let (_, out, _) = run(&["lint", "specs/petstore.yaml", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert!(region["startLine"].as_u64().unwrap() >= 1 && region["startColumn"].as_u64().unwrap() >= 1);
        assert!(result["message"]["text"].is_string());
    }
}

/// The standard's schema is fetched by `tests/run.sh`, which names it here.
#[test]
fn the_sarif_log_is_valid_by_the_standards_schema() {
    let Some(schema) = std::env::var_os("GATEWRIGHT_SARIF_SCHEMA") else { return };
    let mut schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    // The pattern for languages, which are not written, is no regular expression in the eyes of all engines.
    for holder in ["run", "toolComponent"] {
        schema["definitions"][holder]["properties"]["language"]["pattern"] = json!("^[a-zA-Z]{2}");
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let odd = folder.path().join("odd [1] %20 é.yaml");
    std::fs::write(&odd, "openapi: 3.0.1\npaths: {/a: {get: {}}, b\u{1b}: 1}\ninfo: {}\n").unwrap();
    let mended = folder.path().join("orders.yaml");
    std::fs::write(&mended, ORDERS.replace("X-Kind: \"'list'\"", "X-Kind: list")).unwrap();
    let (odd, mended) = (odd.to_str().unwrap(), mended.to_str().unwrap());
    for files in [&["specs/petstore.yaml"][..], &["no-such.yaml", odd], &[mended], &["tests/it/lint.rs"]] {
        let arguments: Vec<&str> = ["lint", "--format", "sarif"].iter().chain(files).copied().collect();
        let log: Value = serde_json::from_str(&run(&arguments).1).unwrap();
        assert!(!log["runs"][0]["results"].as_array().unwrap().is_empty(), "{files:?}");
        let faults: Vec<String> =
            validator.iter_errors(&log).map(|e| format!("{e} at {}", e.instance_path())).collect();
        assert!(faults.is_empty(), "{files:?}: {}", faults.join("\n"));
    }
}

/// A session with the language server.
struct Session {
    process: std::process::Child,
    out: BufReader<std::process::ChildStdout>,
}

impl Session {
    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let stdin = self.process.stdin.as_mut().expect("stdin is a pipe");
        write!(stdin, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        stdin.flush().unwrap();
    }

    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.out.read_line(&mut line).unwrap() > 0, "the server has gone");
            match line.trim().strip_prefix("Content-Length: ") {
                Some(number) => length = number.parse().unwrap(),
                None if line.trim().is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        self.out.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    fn ask(&mut self, id: u32, method: &str, parameters: Value) -> Value {
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": parameters }));
        self.receive()["result"].clone()
    }
}

#[test]
fn an_editor_gets_findings_pages_fixes_definitions_and_members() {
    let mut process =
        gatewright().arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the server starts");
    let out = BufReader::new(process.stdout.take().expect("stdout is a pipe"));
    let mut session = Session { process, out };
    let capabilities = session.ask(1, "initialize", json!({ "capabilities": {} }));
    assert_eq!(capabilities["capabilities"]["hoverProvider"], true);
    session.send(&json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} }));
    let uri = "file:///orders.yaml";
    let bad = ORDERS.replace("X-Kind: \"'list'\"", "X-Kind: list");
    let open = json!({ "textDocument": { "uri": uri, "languageId": "yaml", "version": 1, "text": bad } });
    session.send(&json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": open }));
    let published = session.receive();
    let line = bad.lines().position(|l| l.contains("X-Kind")).unwrap();
    let diagnostics = published["params"]["diagnostics"].as_array().unwrap().clone();
    let unquoted = diagnostics.iter().find(|d| d["code"] == "mapping-static-unquoted").expect("it is found");
    assert_eq!(unquoted["range"]["start"]["line"], line);
    let here = json!({ "textDocument": { "uri": uri }, "position": unquoted["range"]["start"] });
    let hover = session.ask(2, "textDocument/hover", here);
    assert!(hover["contents"]["value"].as_str().unwrap().contains("single quotes"));
    let selection =
        json!({ "textDocument": { "uri": uri }, "range": unquoted["range"], "context": { "diagnostics": [] } });
    let actions = session.ask(3, "textDocument/codeAction", selection);
    assert_eq!(actions[0]["edit"]["changes"][uri][0]["newText"], "\"'list'\"");
    let reference = bad.lines().position(|l| l.contains("schemas/Order'")).unwrap();
    let column = bad.lines().nth(reference).unwrap().find("#/comp").unwrap();
    let at = json!({ "textDocument": { "uri": uri }, "position": { "line": reference, "character": column } });
    let target = session.ask(4, "textDocument/definition", at);
    let order = bad.lines().position(|l| l.trim() == "Order:").unwrap();
    assert!(target["range"]["start"]["line"].as_u64().unwrap().abs_diff(order as u64) <= 1, "{target}");
    let timeout = bad.lines().position(|l| l.contains("timeoutInMillis")).unwrap();
    let at = json!({ "textDocument": { "uri": uri }, "position": { "line": timeout, "character": 8 } });
    let completion = session.ask(5, "textDocument/completion", at);
    assert!(completion["items"].as_array().unwrap().iter().any(|item| item["label"] == "cacheNamespace"));
    let change = json!({ "textDocument": { "uri": uri, "version": 2 }, "contentChanges": [{ "text": ORDERS }] });
    session.send(&json!({ "jsonrpc": "2.0", "method": "textDocument/didChange", "params": change }));
    let published = session.receive();
    let codes: Vec<&Value> =
        published["params"]["diagnostics"].as_array().unwrap().iter().map(|d| &d["code"]).collect();
    assert!(codes.iter().all(|code| *code != "mapping-static-unquoted"));
    // Only what is typed is sent.
    let start = json!({ "line": line, "character": ORDERS.lines().nth(line).unwrap().find("\"'list'\"").unwrap() });
    let end = json!({ "line": line, "character": start["character"].as_u64().unwrap() + 8 });
    let typed = json!({
        "textDocument": { "uri": uri, "version": 3 },
        "contentChanges": [{ "range": { "start": start, "end": end }, "text": "list" }],
    });
    session.send(&json!({ "jsonrpc": "2.0", "method": "textDocument/didChange", "params": typed }));
    let published = session.receive();
    let again = published["params"]["diagnostics"].as_array().unwrap();
    assert!(again.iter().any(|d| d["code"] == "mapping-static-unquoted" && d["range"]["start"]["line"] == line));
    // What was probably meant is offered for a misspelt name.
    let misspelt = ORDERS.replace("timeoutInMillis", "timeoutInMilis");
    let change = json!({ "textDocument": { "uri": uri, "version": 4 }, "contentChanges": [{ "text": misspelt }] });
    session.send(&json!({ "jsonrpc": "2.0", "method": "textDocument/didChange", "params": change }));
    let published = session.receive();
    let unknown = published["params"]["diagnostics"].as_array().unwrap().iter();
    let unknown = unknown.into_iter().find(|d| d["code"] == "integration-member-unknown").expect("it is found").clone();
    let selection =
        json!({ "textDocument": { "uri": uri }, "range": unknown["range"], "context": { "diagnostics": [] } });
    let actions = session.ask(7, "textDocument/codeAction", selection);
    assert_eq!(actions[0]["edit"]["changes"][uri][0]["newText"], "timeoutInMillis", "{actions}");
    // A file that is no OpenAPI document is none of our business.
    let other =
        json!({ "textDocument": { "uri": "file:///notes.yaml", "languageId": "yaml", "version": 1, "text": "a: [1" } });
    session.send(&json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": other }));
    let published = session.receive();
    assert_eq!(published["params"]["uri"], "file:///notes.yaml");
    assert_eq!(session.ask(6, "shutdown", Value::Null), Value::Null);
    session.send(&json!({ "jsonrpc": "2.0", "method": "exit" }));
    assert!(session.process.wait().unwrap().success());
}

#[test]
fn an_editor_is_shown_the_files_that_a_document_refers_to() {
    let folder = tempfile::tempdir().unwrap();
    let main = folder.path().join("api.yaml");
    let part = folder.path().join("pet.yaml");
    let text = "openapi: 3.0.1
info: {title: Pets, version: '1'}
paths:
  /pets:
    get:
      operationId: pets
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: './pet.yaml#/Pet'}}}}
";
    std::fs::write(&main, text).unwrap();
    std::fs::write(&part, "# A part.\nPet:\n  type: object\n  properties:\n    id: {type: strin}\n").unwrap();
    let mut process =
        gatewright().arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the server starts");
    let out = BufReader::new(process.stdout.take().expect("stdout is a pipe"));
    let mut session = Session { process, out };
    session.ask(1, "initialize", json!({ "capabilities": {} }));
    session.send(&json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} }));
    let uri = format!("file://{}", main.display());
    let open = json!({ "textDocument": { "uri": uri, "languageId": "yaml", "version": 1, "text": text } });
    session.send(&json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": open }));
    let published = [session.receive(), session.receive()];
    let of_part = published.iter().find(|p| p["params"]["uri"].as_str().unwrap().ends_with("/pet.yaml"));
    let of_part = of_part.expect("the part's findings are shown")["params"]["diagnostics"].as_array().unwrap().clone();
    assert!(of_part.iter().any(|d| d["range"]["start"]["line"] == 4 && d["severity"] == 1), "{of_part:?}");
    let line = text.lines().position(|l| l.contains("$ref")).unwrap();
    let character = text.lines().nth(line).unwrap().find("./pet").unwrap();
    let at = json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": character } });
    let target = session.ask(2, "textDocument/definition", at);
    assert!(target["uri"].as_str().unwrap().ends_with("/pet.yaml"), "{target}");
    assert!(target["range"]["start"]["line"].as_u64().unwrap() <= 2, "{target}");
    assert_eq!(session.ask(3, "shutdown", Value::Null), Value::Null);
    session.send(&json!({ "jsonrpc": "2.0", "method": "exit" }));
    assert!(session.process.wait().unwrap().success());
}
