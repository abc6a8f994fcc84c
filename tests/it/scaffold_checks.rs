//! What generated code checks of requests beyond types, by a test inside a generated project.

use std::process::Command;

use super::scaffold::{compiles, scaffold};

#[test]
fn requests_keep_to_what_the_document_asks() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/scaffold");
    let spec = data.join("restrictions.yaml");
    let (status, said) = scaffold(spec.to_str().expect("a path"), folder.path(), &["--per", "api"]);
    assert_eq!((status, said.matches("info[default-not-filled-in]").count()), (0, 2), "{said}");
    assert!(!said.contains("warning["), "{said}");
    std::fs::copy(data.join("restrictions.rs"), folder.path().join("tests/given.rs")).expect("copied");
    if !compiles() {
        return;
    }
    let output = Command::new("cargo")
        .args(["test", "--quiet", "--test", "given", "--test", "contract"])
        .current_dir(folder.path())
        .env("CARGO_TARGET_DIR", std::env::temp_dir().join("gatewright-scaffold-target"))
        .env("RUSTFLAGS", "-Dwarnings")
        .output()
        .expect("cargo runs");
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}

#[test]
fn what_is_not_checked_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("t.yaml");
    let body = |schema: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    post:\n      requestBody: {{content: \
             {{application/json: {{schema: {schema}}}}}}}\n      responses: {{'204': {{description: d}}}}\n"
        )
    };
    for schema in [
        "{type: string, not: {format: email}}",
        "{type: string, not: {pattern: '(?=a)'}}",
        "{type: object, properties: {a: {type: string}}, not: {discriminator: {propertyName: a}}}",
    ] {
        std::fs::write(&path, body(schema)).expect("written");
        let (status, said) = scaffold(path.to_str().expect("a path"), &folder.path().join("p"), &["--force"]);
        assert_eq!((status, said.contains("warning[restriction-not-checked]")), (0, true), "{schema}: {said}");
    }
}
