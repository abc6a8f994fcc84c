//! The Java SDK of a deployed stage: a Maven or Gradle project with one class that needs Java's own library alone.

use serde_json::json;

use crate::gateway::ApiDefinition;

use super::call::Call;
use super::refusal::Refusal;
use super::sdk::{Operation, filled, is_identifier, operations, words};

const CLIENT: &str = include_str!("sdk_client.java");

/// The words that are no names in Java.
const RESERVED: [&str; 54] = [
    "_",
    "abstract",
    "assert",
    "boolean",
    "break",
    "byte",
    "case",
    "catch",
    "char",
    "class",
    "const",
    "continue",
    "default",
    "do",
    "double",
    "else",
    "enum",
    "extends",
    "false",
    "final",
    "finally",
    "float",
    "for",
    "goto",
    "if",
    "implements",
    "import",
    "instanceof",
    "int",
    "interface",
    "long",
    "native",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "short",
    "static",
    "strictfp",
    "super",
    "switch",
    "synchronized",
    "this",
    "throw",
    "throws",
    "transient",
    "true",
    "try",
    "void",
    "volatile",
    "while",
];

/// Names that the client's class cannot have: of what it uses and holds, and words that are no names of classes.
const OF_OTHERS: [&str; 24] = [
    "ArrayList",
    "Builder",
    "Collections",
    "HttpClient",
    "HttpRequest",
    "HttpResponse",
    "IOException",
    "IllegalArgumentException",
    "InterruptedException",
    "Iterable",
    "List",
    "Map",
    "Object",
    "StandardCharsets",
    "String",
    "StringBuilder",
    "URI",
    "URLEncoder",
    "permits",
    "record",
    "sealed",
    "var",
    "when",
    "yield",
];

/// Returns the files of a project: path to text. The parameters are those of SDK type `java`.
pub(super) fn files(call: &Call<'_>, definition: &ApiDefinition, url: &str) -> Result<Vec<(String, String)>, Refusal> {
    let given = |name: &str| call.query(name).filter(|text| !text.is_empty());
    let is_name = |text: &str| is_identifier(text) && !RESERVED.contains(&text);
    let is_package = |text: &str| text.split('.').all(is_name);
    let is_coordinate = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    let service = legal("service.name", given("service.name").unwrap_or_default(), |text| {
        is_name(text) && !OF_OTHERS.contains(&text)
    })?;
    let package = legal("java.package-name", given("java.package-name").unwrap_or_default(), is_package)?;
    let build = legal("java.build-system", given("java.build-system").unwrap_or("maven"), |text| {
        matches!(text, "maven" | "gradle")
    })?;
    let group = legal("java.group-id", given("java.group-id").unwrap_or(package), is_coordinate)?;
    let artifact = legal("java.artifact-id", given("java.artifact-id").unwrap_or(service), is_coordinate)?;
    let version =
        legal("java.artifact-version", given("java.artifact-version").unwrap_or("1.0-SNAPSHOT"), is_coordinate)?;
    let license = given("java.license-text").map(|text| format!("/*\n{}\n */\n", comment(text))).unwrap_or_default();
    let operations = operations(definition, &RESERVED, name_of);
    let methods: String = operations.iter().map(method).collect();
    let class = filled(
        CLIENT,
        &[
            ("__LICENSE__", &license),
            ("__PACKAGE__", package),
            ("__SERVICE__", service),
            ("__INVOKE_URL__", &literal(url)),
            ("__METHODS__", &methods),
        ],
    );
    let mut readme = format!(
        "# {artifact}\n\nA client of an API for Java 11 and later, without dependencies: \
         `{service}.builder().build()`. Requests are not signed.\n\n"
    );
    for operation in &operations {
        readme.push_str(&format!("- `{}`: {} {}\n", operation.name, operation.verb, operation.path));
    }
    let project = match build {
        "gradle" => (
            "build.gradle",
            format!(
                "plugins {{\n    id 'java-library'\n}}\n\ngroup = '{group}'\nversion = '{version}'\n\njava {{\n    \
                 sourceCompatibility = JavaVersion.VERSION_11\n}}\n"
            ),
        ),
        _ => (
            "pom.xml",
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n  \
                 <modelVersion>4.0.0</modelVersion>\n  <groupId>{group}</groupId>\n  \
                 <artifactId>{artifact}</artifactId>\n  <version>{version}</version>\n  <properties>\n    \
                 <maven.compiler.release>11</maven.compiler.release>\n    \
                 <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>\n  </properties>\n</project>\n"
            ),
        ),
    };
    let mut files = vec![
        (project.0.to_owned(), project.1),
        (format!("src/main/java/{}/{service}.java", package.replace('.', "/")), class),
        ("README.md".to_owned(), readme),
    ];
    if build == "gradle" {
        files.push(("settings.gradle".to_owned(), format!("rootProject.name = '{artifact}'\n")));
    }
    Ok(files)
}

fn legal<'t>(name: &str, text: &'t str, is_legal: impl Fn(&str) -> bool) -> Result<&'t str, Refusal> {
    if is_legal(text) {
        return Ok(text);
    }
    Err(Refusal::bad_request(format!("Invalid SDK parameter {name} specified: {text}")))
}

/// Returns the name of a method, as API Gateway names those of its Java SDK: `getPetsPetId`, `getRoot`.
fn name_of(path: &str, verb: &str) -> String {
    let path = if path == "/" { "root" } else { path };
    words(&[verb.to_ascii_lowercase().as_str(), path])
}

fn method(operation: &Operation<'_>) -> String {
    let Operation { name, verb, path, query, headers, required } = operation;
    let (argument, verb_sent) = match *verb {
        "ANY" => ("String verb, ", "verb".to_owned()),
        verb => ("", literal(verb)),
    };
    let list = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| literal(name)).collect();
        format!("new String[] {{{}}}", names.join(", "))
    };
    format!(
        "\n    /** {}. */\n    public HttpResponse<String> {name}({argument}Map<String, ?> parameters, String body)\n            \
         throws IOException, InterruptedException {{\n        return send(\n                {verb_sent},\n                \
         {},\n                {},\n                {},\n                {},\n                parameters,\n                \
         body);\n    }}\n",
        comment(&format!("{verb} {path}")),
        literal(path),
        list(query),
        list(headers),
        list(required),
    )
}

/// Returns a text as a literal: Java takes JSON's.
fn literal(text: &str) -> String {
    json!(text).to_string()
}

/// Returns a text that ends no comment and has no escapes, which Java reads even there.
fn comment(text: &str) -> String {
    text.replace("*/", "*&#47;").replace('\\', "&#92;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_named_after_verb_and_path() {
        assert_eq!(name_of("/", "GET"), "getRoot");
        assert_eq!(name_of("/{a}/{b}/{op}", "GET"), "getABOp");
        assert_eq!(name_of("/pets/{pet-id}", "DELETE"), "deletePetsPetId");
    }

    #[test]
    fn a_comment_is_not_ended_by_its_text() {
        assert_eq!(comment("a */ \\u002a/"), "a *&#47; &#92;u002a/");
    }
}
