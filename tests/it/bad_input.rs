//! What a document that cannot be read gets: one clear message that names the place, exit status 2, nothing written.

use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gatewright"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("gatewright runs")
}

/// Runs every command that reads a document on `text` and expects 2, and `place` and `words` in what is said.
fn check(text: &[u8], place: &str, words: &str) {
    for command in ["bundle", "scaffold", "import"] {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("api.yaml"), text).expect("the document is written");
        let mut arguments = vec![command, "api.yaml"];
        match command {
            "scaffold" => arguments.extend(["-o", "out"]),
            "import" => arguments.extend(["--yes", "--endpoint-url", "http://127.0.0.1:9"]),
            _ => {}
        }
        let output = run(folder.path(), &arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{command}: {said}");
        assert!(said.contains(place) && said.contains(words), "{command} says neither {place} nor {words}:\n{said}");
        assert!(output.stdout.is_empty(), "{command} answers: {}", String::from_utf8_lossy(&output.stdout));
        let linted = run(folder.path(), &["lint", "api.yaml"]);
        let findings = String::from_utf8_lossy(&linted.stdout).into_owned();
        assert!(
            findings.contains(place) && findings.contains(words),
            "lint says neither {place} nor {words}:\n{findings}"
        );
        let left: Vec<_> = std::fs::read_dir(folder.path()).expect("the folder").filter_map(Result::ok).collect();
        assert_eq!(left.len(), 1, "{command} leaves something behind: {left:?}");
    }
}

const HEAD: &str = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n";

#[test]
fn an_empty_file() {
    check(b"", "api.yaml", "empty");
}

#[test]
fn binary_noise() {
    check(&[0x89, b'P', b'N', b'G', 0, 1, 2, 0xff, 0xfe, 0], "api.yaml", "UTF-8");
}

#[test]
fn a_tab_for_indentation() {
    check(format!("{HEAD}paths:\n\t/a: {{}}\n").as_bytes(), "api.yaml:4:1", "tab");
}

#[test]
fn a_key_that_is_there_twice() {
    check(format!("{HEAD}paths:\n  /a: {{}}\n  /b: {{}}\n  /a: {{}}\n").as_bytes(), "api.yaml:6:3", "`/a`");
}

#[test]
fn json_cut_in_half() {
    check(br#"{"openapi": "3.0.3", "info": {"title": "t", "ver"#, "api.yaml:1:", "");
}

#[test]
fn no_paths() {
    check(HEAD.as_bytes(), "api.yaml:1:1", "`paths`");
}

#[test]
fn a_reference_to_nothing() {
    let text = format!(
        "{HEAD}paths:\n  /a:\n    get:\n      responses:\n        '200':\n          $ref: '#/components/responses/None'\n"
    );
    check(text.as_bytes(), "api.yaml:8:", "#/components/responses/None");
}

#[test]
fn a_reference_to_itself() {
    let text = format!("{HEAD}paths: {{}}\ncomponents:\n  schemas:\n    A:\n      $ref: '#/components/schemas/A'\n");
    check(text.as_bytes(), "api.yaml:7:", "#/components/schemas/A");
}

#[test]
fn a_reference_out_of_the_folder() {
    let text = format!("{HEAD}paths:\n  /a:\n    $ref: '../../../../etc/passwd'\n");
    check(text.as_bytes(), "api.yaml:5:", "outside");
}

#[test]
fn a_missing_file_and_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, words) in [("none.yaml", "none.yaml"), (".", "folder")] {
        for command in ["bundle", "lint", "diff"] {
            let arguments: &[&str] = if command == "diff" { &[command, name, name] } else { &[command, name] };
            let output = run(folder.path(), arguments);
            let said = [output.stdout.clone(), output.stderr.clone()].concat();
            let said = String::from_utf8_lossy(&said);
            assert_eq!(output.status.code(), Some(2), "{command} {name}: {said}");
            assert!(said.contains(words), "{command} {name}: {said}");
        }
    }
}

/// Files with nothing in them but a size, so that no disk is filled.
#[cfg(target_os = "linux")]
#[test]
fn a_document_of_200_megabytes_is_refused_in_little_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| std::fs::File::create(folder.path().join(name)).expect("a file");
    file("large.yaml").set_len(200 << 20).expect("a size");
    std::fs::write(folder.path().join("api.yaml"), format!("{HEAD}paths:\n  /a: {{$ref: large.yaml}}\n")).expect("it");
    for (command, kilobytes, place) in [
        ("bundle large.yaml", 200_000, "`large.yaml` has 200 MB, more than the 128 MB"),
        ("bundle api.yaml", 200_000, "--> api.yaml:4:"),
        // How much a stream has is known only at its end.
        ("bundle - < large.yaml", 600_000, "`-` has more than the 128 MB"),
        ("bundle /dev/zero", 600_000, "`/dev/zero` has more than the 128 MB"),
    ] {
        let script = format!("ulimit -v {kilobytes}; exec \"$0\" {command}");
        let output = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_gatewright")])
            .current_dir(folder.path())
            .env("NO_COLOR", "1")
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{command}: {said}");
        assert!(said.contains(place), "{command}: {said}");
        assert!(output.stdout.is_empty(), "{command} answers");
    }
}
