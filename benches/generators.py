#!/usr/bin/env python3
"""What other generators of Rust make of the same documents: does it generate, compile, without warnings, formatted?

    benches/generators.py [--gatewright BINARY] [--tools DIR] [--work DIR] [--limit SECONDS] [DOCUMENT…]

Without documents, it takes those of `specs/`. A tool that is not found is left out; they are looked for in `--tools`:

* `bin/cargo-progenitor` (`cargo install --root DIR cargo-progenitor`): a client
* `openapi-lambda-codegen`, a library, which a small program written here calls (`--openapi-lambda`): handlers for Lambda
* `openapi-generator.jar` (of the package `openapi-generator-cli` of PyPI or npm, with Java): `rust-axum`, a server

All that they make is checked in one target folder, so that what they depend on is compiled once. The table has a row for
each document and tool; `time` is the generator's own, `check` the seconds of `cargo check` with all dependencies there.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent

OPENAPI_LAMBDA = """
fn main() {
    let mut arguments = std::env::args().skip(1);
    let (document, out) = (arguments.next().unwrap(), arguments.next().unwrap());
    openapi_lambda_codegen::CodeGenerator::new(document, out)
        .add_api_lambda(openapi_lambda_codegen::ApiLambda::new("api", openapi_lambda_codegen::LambdaArn::cloud_formation("api.Alias")))
        .generate();
}
"""

OPENAPI_LAMBDA_CRATE = """
[package]
name = "{name}"
version = "0.1.0"
edition = "2021"

[dependencies]
chrono = {{ version = "0.4", features = ["serde"] }}
openapi-lambda = "*"
{more}
[workspace]
"""


def run(command, limit, **options):
    """Runs a command; returns whether it succeeded, what it said, and how long it took."""
    begin = time.monotonic()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, errors="replace", **options)
        said, succeeded = done.stdout + done.stderr, done.returncode == 0
    except subprocess.TimeoutExpired:
        said, succeeded = "took too long", False
    return succeeded, said, time.monotonic() - begin


def first_error(said):
    """Returns the line of an output that says what went wrong."""
    for line in said.splitlines():
        if re.search(r"error|panicked|Exception|failed|took too long", line):
            return line.strip()[:90]
    return (said.strip().splitlines() or ["no output"])[-1][:90]


class Tools:
    """The generators that are there, each with what it makes of a document in a folder."""

    def __init__(self, arguments):
        self.arguments = arguments
        folder = pathlib.Path(arguments.tools)
        self.all = {"gatewright": self.gatewright}
        self.jar = folder / "openapi-generator.jar"
        self.progenitor = folder / "bin" / "cargo-progenitor"
        if self.jar.exists() and shutil.which("java"):
            self.all["openapi-generator rust-axum"] = self.rust_axum
        if self.progenitor.exists():
            self.all["progenitor"] = self.progenitor_client
        if arguments.openapi_lambda:
            self.all["openapi-lambda"] = self.openapi_lambda

    def gatewright(self, document, out):
        return run([self.arguments.gatewright, "scaffold", document, "-o", out, "--per", "api"], self.arguments.limit)

    def rust_axum(self, document, out):
        command = ["java", "-jar", self.jar, "generate", "-g", "rust-axum", "-i", document, "-o", out]
        return run([*command, "--skip-validate-spec"], self.arguments.limit)

    def progenitor_client(self, document, out):
        command = [self.progenitor, "progenitor", "-i", document, "-o", out, "-n", "generated-client", "-v", "0.1.0"]
        return run([*command, "--include-client", "false"], self.arguments.limit)

    def openapi_lambda(self, document, out):
        """The library writes into a crate of its user's: the one here is as its documentation says."""
        work = pathlib.Path(self.arguments.work)
        generator = work / "openapi-lambda-generator"
        if not generator.exists():
            (generator / "src").mkdir(parents=True)
            (generator / "src" / "main.rs").write_text(OPENAPI_LAMBDA)
            more = 'openapi-lambda-codegen = "*"\n'
            (generator / "Cargo.toml").write_text(OPENAPI_LAMBDA_CRATE.format(name="generator", more=more))
        environment = {**os.environ, "CARGO_TARGET_DIR": str(work / "target")}
        subprocess.run(["cargo", "build", "-q"], cwd=generator, env=environment, check=True)
        made = pathlib.Path(out) / ".openapi-lambda"
        made.mkdir(parents=True)
        done = run([work / "target" / "debug" / "generator", document, made], self.arguments.limit)
        (pathlib.Path(out) / "src").mkdir()
        (pathlib.Path(out) / "src" / "lib.rs").write_text('include!("../.openapi-lambda/out.rs");\n')
        (pathlib.Path(out) / "Cargo.toml").write_text(OPENAPI_LAMBDA_CRATE.format(name="made", more=""))
        return done


def row(name, tool, document, arguments):
    """Generates, compiles and counts; returns the cells of the table."""
    out = pathlib.Path(arguments.work) / "made"
    shutil.rmtree(out, ignore_errors=True)
    made, said, took = tool(str(document), str(out))
    if not made:
        return [name, f"no: {first_error(said)}", "", "", "", "", f"{took:.1f}", ""]
    # A folder inside of another workspace would be a member of it.
    manifest = out / "Cargo.toml"
    text = manifest.read_text()
    if "[workspace]" not in text:
        manifest.write_text(text + "\n[workspace]\n")
    lines = sum(path.read_bytes().count(b"\n") for path in out.rglob("*.rs"))
    environment = {**os.environ, "CARGO_TARGET_DIR": str(pathlib.Path(arguments.work) / "target")}
    environment["RUSTFLAGS"] = ""
    # The first time is that of the dependencies.
    run(["cargo", "fetch", "-q"], arguments.limit, cwd=out, env=environment)
    run(["cargo", "check", "-q"], arguments.limit, cwd=out, env=environment)
    for path in out.rglob("*.rs"):
        path.touch()
    compiled, said, checked = run(["cargo", "check"], arguments.limit, cwd=out, env=environment)
    warnings = len(re.findall(r"^warning(?!: `| unused manifest)", said, re.M))
    formatted, _, _ = run(["cargo", "fmt", "--check"], arguments.limit, cwd=out, env=environment)
    verdict = "yes" if compiled else f"no: {len(re.findall(r'^error', said, re.M))} errors" if "error" in said else f"no: {first_error(said)}"
    return [name, "yes", verdict, str(warnings), "yes" if formatted else "no", f"{lines:,}", f"{took:.1f}", f"{checked:.1f}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gatewright", default=str(ROOT / "target" / "release" / "gatewright"))
    parser.add_argument("--tools", default=str(ROOT / "target" / "generators"), help="where the other generators are")
    parser.add_argument("--work", default=str(ROOT / "target" / "generators" / "work"), help="where all is written")
    parser.add_argument("--limit", type=float, default=300, help="seconds for each step")
    parser.add_argument("--openapi-lambda", action="store_true", help="openapi-lambda too: compiles its generator")
    parser.add_argument("documents", nargs="*")
    arguments = parser.parse_args()
    documents = [pathlib.Path(name).resolve() for name in arguments.documents]
    documents = documents or sorted((ROOT / "specs").glob("*.yaml"))
    pathlib.Path(arguments.work).mkdir(parents=True, exist_ok=True)
    tools = Tools(arguments).all
    print("| document | generator | generated | compiles | warnings | formatted | lines | time | check |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    totals = {name: [0, 0, 0] for name in tools}
    for document in documents:
        for name, tool in tools.items():
            cells = row(name, tool, document, arguments)
            totals[name][0] += cells[1] == "yes"
            totals[name][1] += cells[2] == "yes"
            totals[name][2] += cells[2] == "yes" and cells[3] == "0" and cells[4] == "yes"
            print("|", " | ".join([document.stem[:40], *(cell.replace("|", "\\|") for cell in cells)]), "|", flush=True)
    print(f"\nOf {len(documents)} documents: generated, compiled, compiled without a warning and formatted")
    for name, (generated, compiled, clean) in totals.items():
        print(f"* {name}: {generated}, {compiled}, {clean}")


if __name__ == "__main__":
    sys.exit(main())
