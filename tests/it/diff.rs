//! `gatewright diff` and `git-diff`, as users, git and pipelines meet them.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A git repository in a folder of its own.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().expect("a folder"));
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn git(&self, args: &[&str]) -> String {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "protocol.file.allow=always"];
        let output = self.run(Command::new("git").args(identity).args(args));
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn run(&self, command: &mut Command) -> Output {
        command.current_dir(self.path()).stdin(Stdio::null()).env("GIT_CONFIG_NOSYSTEM", "1").output().expect("it runs")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message=x"]);
    }

    fn diff(&self, args: &[&str]) -> Output {
        self.run(Command::new(env!("CARGO_BIN_EXE_gatewright")).arg("diff").args(args))
    }

    /// Returns the changes of a comparison as `level id document`, and its exit status.
    fn changes(&self, args: &[&str]) -> (Vec<String>, Option<i32>) {
        let output = self.diff(&[args, &["--format", "json"]].concat());
        let json: serde_json::Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        let text = |change: &serde_json::Value, key: &str| change[key].as_str().unwrap_or("-").to_owned();
        let line = |c: &serde_json::Value| format!("{} {} {}", text(c, "level"), text(c, "id"), text(c, "document"));
        let changes = json["changes"].as_array().expect("changes").iter().map(line).collect();
        (changes, output.status.code())
    }
}

fn api(schema: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    get:\n      parameters:\n        - \
         {{name: q, in: query, schema: {schema}}}\n      responses: {{'200': {{description: ok}}}}\n"
    )
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn many_documents_make_one_report() {
    let repository = Repository::new();
    for i in 0..200 {
        repository.write(&format!("apis/api {i}.yaml"), &api("{type: string}"));
    }
    repository.write("apis/größe.yaml", &api("{type: string}"));
    repository.write("apis/moved.yaml", &api("{type: string}"));
    repository.write("notes/list.yaml", "a: 1\n");
    repository.commit();
    repository.write("apis/api 3.yaml", &api("{type: integer}"));
    repository.write("apis/größe.yaml", &api("{type: string, maxLength: 5}"));
    repository.git(&["mv", "apis/moved.yaml", "apis/there.yaml"]);
    repository.write("apis/there.yaml", &api("{type: string, enum: [a]}"));
    repository.git(&["add", "apis/there.yaml"]);
    repository.write("notes/list.yaml", "a: 2\n");
    // One that did not change may be wrong: it is not read.
    let expected = [
        "error type-specialized apis/api 3.yaml",
        "error became-enum apis/there.yaml",
        "warning max-length-set apis/größe.yaml",
    ];
    assert_eq!(repository.changes(&["--since", "HEAD"]), (expected.map(str::to_owned).to_vec(), Some(1)));
    let (below, _) = repository.changes(&["--since", "HEAD", "apis/größe.yaml"]);
    assert_eq!(below, [expected[2]]);
    let output = repository.diff(&["--since", "HEAD", "notes"]);
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stdout).trim()), (Some(0), "no changes"));
    let markdown = repository.diff(&["--since", "HEAD", "--format", "markdown"]);
    let markdown = String::from_utf8_lossy(&markdown.stdout).into_owned();
    assert!(markdown.contains("apis/api 3.yaml: GET /a"), "{markdown}");
}

#[test]
fn a_document_that_came_or_went_and_one_that_is_wrong() {
    let repository = Repository::new();
    repository.write("gone.yaml", &api("{type: string}"));
    repository.write("wrong.yaml", &api("{type: string}"));
    repository.commit();
    std::fs::remove_file(repository.path().join("gone.yaml")).expect("it goes");
    repository.write("new.json", "{\"openapi\": \"3.0.3\", \"info\": {\"title\": \"t\", \"version\": \"1\"}, \"paths\": {\"/b\": {\"get\": {\"responses\": {}}}}}");
    repository.write("wrong.yaml", "openapi: 3.0.3\n  paths: [\n");
    repository.git(&["add", "--all"]);
    let (changes, status) = repository.changes(&["--since", "HEAD"]);
    assert_eq!(changes, ["error path-removed gone.yaml", "info path-added new.json"]);
    assert_eq!(status, Some(2), "a side that cannot be read is no clean answer");
    assert!(
        stderr(&repository.diff(&["--since", "HEAD"])).contains("the new document, `wrong.yaml`, cannot be compared")
    );
}

#[test]
fn a_changed_fragment_is_compared_where_it_is_used() {
    let repository = Repository::new();
    repository.write("api.yaml", &api("{$ref: 'schemas/q.yaml'}"));
    repository.write("other.yaml", &api("{type: string}"));
    repository.write("schemas/q.yaml", "type: string\n");
    repository.commit();
    repository.write("schemas/q.yaml", "type: integer\n");
    let (changes, _) = repository.changes(&["--since", "HEAD"]);
    assert_eq!(changes, ["error type-specialized api.yaml"]);
}

#[test]
fn revisions_and_paths_that_are_not_there() {
    let repository = Repository::new();
    repository.write("api.yaml", &api("{type: string}"));
    repository.commit();
    for (args, complaint) in [
        (vec!["--since", "nowhere"], "git has no revision `nowhere` here"),
        (vec!["--since=--output=x"], "a revision cannot begin with `-`"),
        (vec!["git:nowhere:api.yaml", "api.yaml"], "the old document: git has no `api.yaml` at `nowhere`"),
        (vec!["git:HEAD:gone.yaml", "api.yaml"], "the old document: git has no `gone.yaml` at `HEAD`"),
        (vec!["api.yaml", "gone.yaml"], "the new document: cannot read `gone.yaml`"),
        (vec!["api.yaml", "api.yaml", "api.yaml"], "two documents are compared"),
    ] {
        let output = repository.diff(&args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(stderr(&output).contains(complaint), "{args:?}: {}", stderr(&output));
    }
}

/// The environment in which git calls the program as its driver.
fn as_driver(repository: &Repository) {
    repository.write(".gitattributes", "*.yaml diff=gatewright\n");
    let command = format!("'{}' git-diff", env!("CARGO_BIN_EXE_gatewright"));
    repository.git(&["config", "diff.gatewright.command", &command]);
}

#[test]
fn git_shows_each_side_with_the_files_of_its_time() {
    let repository = Repository::new();
    repository.write("apis/pet store.yaml", &api("{$ref: 'q.yaml'}"));
    repository.write("apis/q.yaml", "type: string\n");
    as_driver(&repository);
    repository.commit();
    // The document and what it refers to change together, twice.
    for (name, schema) in [("p.yaml", "type: integer\n"), ("r.yaml", "type: boolean\n")] {
        repository.write("apis/pet store.yaml", &api(&format!("{{$ref: '{name}'}}")));
        repository.write(&format!("apis/{name}"), schema);
        if name == "p.yaml" {
            std::fs::remove_file(repository.path().join("apis/q.yaml")).expect("it goes");
            repository.commit();
        }
    }
    let now = repository.git(&["diff", "--ext-diff", "--", "apis/pet store.yaml"]);
    assert!(now.contains("the type changed from `integer` to `boolean`"), "{now}");
    let before = repository.git(&["diff", "--ext-diff", "HEAD^", "HEAD", "--", "apis/pet store.yaml"]);
    assert!(before.contains("the type narrowed from `string` to `integer`"), "{before}");
}

#[test]
fn the_pipeline_scripts_run() {
    let repository = Repository::new();
    repository.write("apis/a b.yaml", &api("{type: string}"));
    repository.write("apis/c.yaml", &api("{type: string}"));
    repository.commit();
    repository.write("apis/a b.yaml", &api("{type: integer}"));
    repository.write("apis/c.yaml", &api("{type: string, maxLength: 5}"));
    repository.commit();
    let temp = tempfile::tempdir().expect("a folder");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (summary, outputs) = (temp.path().join("summary.md"), temp.path().join("outputs"));
    let report = |spec: &str, fail_on: &str| {
        let mut command = Command::new("bash");
        command
            .arg(root.join(".ci/diff-report.sh"))
            .env("GATEWRIGHT", env!("CARGO_BIN_EXE_gatewright"))
            .env("GATEWRIGHT_SPEC", spec)
            .env("GATEWRIGHT_BASE", "HEAD^")
            .env("GATEWRIGHT_FAIL_ON", fail_on)
            .env("RUNNER_TEMP", temp.path())
            .env("GITHUB_STEP_SUMMARY", &summary)
            .env("GITHUB_OUTPUT", &outputs);
        repository.run(&mut command)
    };
    let all = report("", "breaking");
    assert_eq!(all.status.code(), Some(1), "{}", stderr(&all));
    let annotations = String::from_utf8_lossy(&all.stdout).into_owned();
    assert!(annotations.contains("::error file=apis/a b.yaml,line=7,"), "{annotations}");
    assert!(annotations.contains("::warning file=apis/c.yaml,line=7,"), "{annotations}");
    let written = std::fs::read_to_string(&summary).expect("a summary");
    assert!(written.starts_with("<!-- gatewright diff -->\n### API changes: 1 breaking, 1 warning"), "{written}");
    let outputs = std::fs::read_to_string(&outputs).expect("outputs");
    assert!(outputs.contains("breaking=1\n") && outputs.contains("report="), "{outputs}");
    assert_eq!(report("apis/c.yaml", "breaking").status.code(), Some(0));
    assert_eq!(report("apis/a b.yaml\napis/c.yaml", "none").status.code(), Some(0));

    // The comment is found by its first line and changed, or made.
    let bin = temp.path().join("bin");
    std::fs::create_dir(&bin).expect("a folder");
    let gh = "#!/usr/bin/env bash\nprintf '%s ' \"$@\" >>\"$CALLS\"; echo >>\"$CALLS\"\n\
              case \"$*\" in *paginate*) echo \"$KNOWN\" ;; esac\n";
    std::fs::write(bin.join("gh"), gh).expect("a file");
    for (known, expected) in [("42", "PATCH repos/o/r/issues/comments/42"), ("", "POST repos/o/r/issues/7/comments")] {
        let calls = temp.path().join(format!("calls{known}"));
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new("bash");
        command
            .args(["-c", "chmod +x \"$GH\"; exec bash \"$SCRIPT\""])
            .env("GH", bin.join("gh"))
            .env("SCRIPT", root.join(".ci/diff-comment.sh"))
            .env("PATH", path)
            .env("CALLS", &calls)
            .env("KNOWN", known)
            .env("REPOSITORY", "o/r")
            .env("NUMBER", "7")
            .env("REPORT", &summary);
        let output = repository.run(&mut command);
        assert!(output.status.success(), "{}", stderr(&output));
        let calls = std::fs::read_to_string(calls).expect("calls");
        assert!(calls.contains(expected), "{calls}");
    }
}

/// Runs the `script` of the GitLab template as its runner does: line by line, until one fails.
#[test]
fn the_gitlab_template_runs() {
    let template = include_str!("../../templates/ci/gitlab-diff.yml");
    let script: Vec<&str> = template
        .lines()
        .skip_while(|line| *line != "  script:")
        .skip(1)
        .map_while(|line| line.strip_prefix("    - "))
        .collect();
    assert!(script.len() > 1, "{template}");
    let origin = Repository::new();
    origin.write("apis/a b.yaml", &api("{type: string}"));
    origin.commit();
    let base = origin.git(&["rev-parse", "HEAD"]).trim().to_owned();
    origin.write("apis/a b.yaml", &api("{type: integer}"));
    origin.commit();
    // A runner has the last commit alone.
    let clone = Repository(tempfile::tempdir().expect("a folder"));
    let url = format!("file://{}", origin.path().display());
    clone.git(&["clone", "--quiet", "--depth=1", &url, "."]);
    let bin = Path::new(env!("CARGO_BIN_EXE_gatewright")).parent().expect("a folder");
    let mut command = Command::new("bash");
    command
        .args(["-eo", "pipefail", "-c", &script.join("\n")])
        .env("PATH", format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default()))
        .env("CI_MERGE_REQUEST_DIFF_BASE_SHA", base);
    let output = clone.run(&mut command);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let junit = std::fs::read_to_string(clone.path().join("gatewright.xml")).expect("the report");
    assert!(junit.contains("failures=\"1\"") && junit.contains("apis/a b.yaml"), "{junit}");
    assert!(clone.path().join("gatewright.html").exists());
}
