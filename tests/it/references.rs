//! References that lead to other places than the folder: over https, in git revisions.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

const AUTHORITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tls/ca.pem");

/// Answers https requests on a free port for as long as the tests run, and returns the port.
fn https_server() -> u16 {
    let data = Path::new(AUTHORITY).parent().expect("a folder");
    let certificates = CertificateDer::pem_file_iter(data.join("server.pem")).expect("a file");
    let certificates = certificates.collect::<Result<Vec<_>, _>>().expect("certificates");
    let key = PrivateKeyDer::from_pem_file(data.join("server.key")).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .expect("a certificate and its key");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().filter_map(Result::ok) {
            let connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
            let mut stream = StreamOwned::new(connection, stream);
            let mut reader = BufReader::new(&mut stream);
            let mut request = String::new();
            // A client that does not trust the server hangs up here.
            if reader.read_line(&mut request).is_err() {
                continue;
            }
            let (status, head, body) = match request.split(' ').nth(1).unwrap_or_default() {
                "/v1/pets.yaml" => {
                    ("200 OK", "", "Pet: {type: object, properties: {o: {$ref: '../owner.json#/Owner'}}}")
                }
                "/owner.json" => ("200 OK", "", r#"{"Owner": {"type": "string", "maxLength": 9}}"#),
                "/moved.yaml" => ("301 Moved", "location: /v1/pets.yaml\r\n", ""),
                "/circle.yaml" => ("302 Found", "location: /circle.yaml\r\n", ""),
                "/down.yaml" => ("302 Found", "location: http://localhost/x.yaml\r\n", ""),
                _ => ("404 Not Found", "", ""),
            };
            let length = body.len();
            let answer =
                format!("HTTP/1.1 {status}\r\n{head}content-length: {length}\r\nconnection: close\r\n\r\n{body}");
            let _ = stream.write_all(answer.as_bytes()).and_then(|()| stream.flush());
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    port
}

fn bundle(folder: &Path, args: &[&str], authority: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatewright"));
    command.arg("bundle").args(args).current_dir(folder).stdin(Stdio::null());
    match authority {
        Some(file) => command.env("SSL_CERT_FILE", file),
        None => command.env_remove("SSL_CERT_FILE"),
    };
    command.output().expect("gatewright runs")
}

#[test]
fn remote_references_are_fetched_when_allowed() {
    let port = https_server();
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str| {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths: {{}}\ncomponents:\n  schemas:\n    A:\n      $ref: 'https://localhost:{port}{path}'\n"
        );
        std::fs::write(folder.path().join("api.yaml"), text).expect("a file");
    };
    let complaint = |output: &Output| {
        assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8_lossy(&output.stderr)
            .lines()
            .take(2)
            .collect::<Vec<_>>()
            .join(" ")
            .replace(&port.to_string(), "PORT")
    };
    for path in ["/v1/pets.yaml#/Pet", "/moved.yaml#/Pet"] {
        write(path);
        let output = bundle(folder.path(), &["--allow-remote-refs", "api.yaml"], Some(AUTHORITY));
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{path}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(stdout.contains("o:\n          $ref: '#/components/schemas/Owner'"), "{stdout}");
        assert!(stdout.contains("Owner:\n      type: string\n      maxLength: 9"), "{stdout}");
    }
    let mut complaints = vec![complaint(&bundle(folder.path(), &["api.yaml"], Some(AUTHORITY)))];
    complaints.push(complaint(&bundle(folder.path(), &["--allow-remote-refs", "api.yaml"], None)));
    for path in ["/circle.yaml", "/down.yaml", "/no.yaml", "/owner.json#/No"] {
        write(path);
        complaints.push(complaint(&bundle(folder.path(), &["--allow-remote-refs", "api.yaml"], Some(AUTHORITY))));
    }
    insta::assert_snapshot!(complaints.join("\n"), @r"
    error[reference-unreadable]: `https://localhost:PORT/moved.yaml` is remote, and remote references are not fetched  --> api.yaml:7:13
    error[reference-unreadable]: cannot fetch `https://localhost:PORT/moved.yaml`: invalid peer certificate: UnknownIssuer  --> api.yaml:7:13
    error[reference-unreadable]: cannot fetch `https://localhost:PORT/circle.yaml`: it leads on more than 3 times  --> api.yaml:7:13
    error[reference-unreadable]: cannot fetch `https://localhost:PORT/down.yaml`: it leads to `http://localhost/x.yaml`, which is not https  --> api.yaml:7:13
    error[reference-unreadable]: cannot fetch `https://localhost:PORT/no.yaml`: it answers 404 Not Found  --> api.yaml:7:13
    error[reference-dangling]: the reference `https://localhost:PORT/owner.json#/No` leads to nothing  --> api.yaml:7:13
    ");
}

fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"])
        .args(args)
        .current_dir(folder)
        .env_remove("GIT_DIR")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("git runs");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn references_of_a_revision_are_read_at_it_and_stay_in_the_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |path: &str| folder.path().join(path);
    let write = |path: &str, text: &str| std::fs::write(at(path), text).expect("a file");
    let api = |reference: &str, description: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    get:\n      description: {description}\n      responses:\n        '200':\n          description: ok\n          content: {{application/json: {{schema: {{$ref: '{reference}'}}}}}}\n"
        )
    };
    git(folder.path(), &["init", "-q"]);
    std::fs::create_dir(at("specs")).expect("a folder");
    write("specs/api.yaml", &api("pet.yaml", "one"));
    write("specs/out.yaml", &api("../shared.yaml", "one"));
    write("specs/pet.yaml", "type: object\nproperties: {name: {type: string}}\n");
    write("shared.yaml", "type: string\n");
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-qm", "one"]);
    write("specs/pet.yaml", "type: object\nproperties: {name: {type: integer}}\n");
    write("specs/api.yaml", &api("pet.yaml", "two"));

    let old = bundle(folder.path(), &["git:HEAD:specs/api.yaml"], None);
    assert!(String::from_utf8_lossy(&old.stdout).contains("type: string"), "{old:?}");
    let out = bundle(folder.path(), &["git:HEAD:specs/out.yaml"], None);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("`../shared.yaml` leads outside `specs`"), "{out:?}");
    assert_eq!(bundle(folder.path(), &["--ref-root", ".", "git:HEAD:specs/out.yaml"], None).status.code(), Some(0));
    let from_below = bundle(&at("specs"), &["git:HEAD:api.yaml"], None);
    assert_eq!(from_below.status.code(), Some(0), "{from_below:?}");

    // As git's external diff driver: what the old side refers to is what it was then.
    write(".gitattributes", "*.yaml diff=gatewright\n");
    let driver = format!("diff.gatewright.command={} git-diff", env!("CARGO_BIN_EXE_gatewright"));
    let shown = git(folder.path(), &["-c", &driver, "diff", "specs/api.yaml"]);
    assert!(shown.contains("string") && shown.contains("integer"), "{shown}");
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-qm", "two"]);
    write("specs/pet.yaml", "type: object\nproperties: {name: {type: boolean}}\n");
    let shown = git(folder.path(), &["-c", &driver, "diff", "--ext-diff", "HEAD~1", "HEAD", "--", "specs/api.yaml"]);
    assert!(shown.contains("integer") && !shown.contains("boolean"), "{shown}");
}
