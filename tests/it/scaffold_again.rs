//! `gatewright scaffold` on a project that its user has written in, after each way in which a document changes.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::scaffold::{compiles, files, scaffold};

const DOCUMENT: &str = r##"openapi: 3.0.3
info: {title: shop, version: "1"}
paths:
  /pets:
    get:
      operationId: listPets
      tags: [pets]
      parameters:
        - {name: limit, in: query, schema: {type: integer, format: int32}}
      responses:
        "200":
          description: The pets
          content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Pet"}}}}
    post:
      operationId: createPet
      tags: [pets]
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: "#/components/schemas/NewPet"}}
      responses:
        "201": {description: Made}
  /pets/{petId}:
    get:
      operationId: getPet
      tags: [pets]
      parameters:
        - {name: petId, in: path, required: true, schema: {type: integer}}
      responses:
        "200":
          description: The pet
          content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}
    delete:
      operationId: deletePet
      tags: [pets]
      parameters:
        - {name: petId, in: path, required: true, schema: {type: integer}}
      responses:
        "204": {description: Gone}
  /orders/{id}:
    get:
      tags: [orders]
      summary: An order
      responses:
        "200": {description: An order, content: {application/json: {schema: {type: string}}}}
components:
  schemas:
    NewPet:
      type: object
      required: [name]
      properties:
        name: {type: string}
    Pet:
      type: object
      required: [id, status]
      properties:
        id: {type: integer}
        status: {$ref: "#/components/schemas/Status"}
    Status: {type: string, enum: [available, sold]}
  securitySchemes:
    key: {type: apiKey, in: header, name: x-api-key}
"##;

/// What the user has written, below the comments at the head of each handler.
const WRITTEN: &[(&str, &str)] = &[
    (
        "list_pets",
        "use crate::api::models::{Pet, Status};\nuse crate::api::ops::list_pets::{Input, Output};\nuse crate::api::rt::{Ctx, Error};\n\n\
         pub async fn handle(input: Input, _: Ctx) -> Result<Output, Error> {\n    \
         let count: i32 = input.limit.unwrap_or(3);\n    \
         Ok(Output::Ok((0..count).map(|id| Pet { id: id.into(), status: Status::Sold }).collect()))\n}\n",
    ),
    (
        "create_pet",
        "use crate::api::models::NewPet;\nuse crate::api::ops::create_pet::{Input, Output};\nuse crate::api::rt::{Ctx, Error};\n\n\
         pub async fn handle(input: Input, _: Ctx) -> Result<Output, Error> {\n    \
         let NewPet { name } = input.body;\n    \
         if name == \"Cerberus\" { Err(Error::new(422, \"three heads\")) } else { Ok(Output::Created) }\n}\n",
    ),
    (
        "get_pet",
        "use crate::api::models::{Pet, Status};\nuse crate::api::ops::get_pet::{Input, Output};\nuse crate::api::rt::{Ctx, Error};\n\n\
         pub async fn handle(input: Input, _: Ctx) -> Result<Output, Error> {\n    \
         let id: i64 = input.pet_id;\n    \
         let status = if id > 9 { Status::Sold } else { Status::Available };\n    \
         let _sign = match status {\n        Status::Available => \"+\",\n        Status::Sold => \"-\",\n    };\n    \
         Ok(Output::Ok(Pet { id, status }))\n}\n",
    ),
    (
        "delete_pet",
        "use crate::api::ops::delete_pet::{Input, Output};\nuse crate::api::rt::{Ctx, Error};\n\n\
         pub async fn handle(input: Input, _: Ctx) -> Result<Output, Error> {\n    \
         let Input { pet_id } = input;\n    \
         if pet_id == 0 { Err(Error::not_found(\"no such pet\")) } else { Ok(Output::NoContent) }\n}\n",
    ),
    (
        "get_orders_by_id",
        "use crate::api::ops::get_orders_by_id::{Input, Output};\nuse crate::api::rt::{Ctx, Error};\n\n\
         pub async fn handle(input: Input, _: Ctx) -> Result<Output, Error> {\n    Ok(Output::Ok(format!(\"order {}\", input.id)))\n}\n",
    ),
];

/// A change of the document and what comes of it.
#[derive(Default)]
struct Case {
    name: &'static str,
    /// Texts and what stands in their place.
    edits: &'static [(&'static str, &'static str)],
    /// What the run tells of.
    said: &'static [&'static str],
    /// What the difference shows, of `--dry-run`; nothing is stale where this is empty.
    shown: &'static [&'static str],
    /// The handlers that the crate has.
    handlers: &'static [&'static str],
    /// The lines of the user's where the compiler finds an error, with their files.
    errors: &'static [(&'static str, &'static str)],
}

const ALL: &[&str] = &["create_pet", "delete_pet", "get_orders_by_id", "get_pet", "list_pets"];

const CASES: &[Case] = &[
    Case {
        name: "an operation is added",
        edits: &[(
            "  /orders/{id}:",
            "  /shops:\n    get:\n      operationId: listShops\n      responses: {\"204\": {description: None}}\n  /orders/{id}:",
        )],
        said: &["src/handlers/list_shops.rs"],
        shown: &["+++ b/src/handlers/list_shops.rs", "+pub mod list_shops;"],
        handlers: &["create_pet", "delete_pet", "get_orders_by_id", "get_pet", "list_pets", "list_shops"],
        errors: &[],
    },
    Case {
        name: "an operation is removed",
        edits: &[(
            "    delete:\n      operationId: deletePet\n      tags: [pets]\n      parameters:\n        - {name: petId, in: path, required: true, schema: {type: integer}}\n      responses:\n        \"204\": {description: Gone}\n",
            "",
        )],
        said: &["`src/handlers/delete_pet.rs` has no operation any more; the file is kept"],
        shown: &["--- a/src/gen/ops/delete_pet.rs", "-pub mod delete_pet;"],
        handlers: &["create_pet", "get_orders_by_id", "get_pet", "list_pets"],
        errors: &[],
    },
    Case {
        name: "an operation is renamed",
        edits: &[("operationId: listPets", "operationId: findPets")],
        said: &["git mv -f src/handlers/list_pets.rs src/handlers/find_pets.rs"],
        shown: &["+++ b/src/gen/ops/find_pets.rs"],
        handlers: &["create_pet", "delete_pet", "find_pets", "get_orders_by_id", "get_pet"],
        errors: &[],
    },
    Case {
        name: "paths are renamed, of an operation with a name and of one without",
        edits: &[("  /pets/{petId}:", "  /animals/{petId}:"), ("  /orders/{id}:", "  /v2/orders/{id}:")],
        said: &[],
        shown: &["+            (\"GET\", \"/animals/{petId}\") => Some(Self::GetPet),"],
        handlers: ALL,
        errors: &[],
    },
    Case {
        name: "a parameter that must be there is added",
        edits: &[(
            "operationId: deletePet\n      tags: [pets]\n      parameters:\n",
            "operationId: deletePet\n      tags: [pets]\n      parameters:\n        - {name: reason, in: query, required: true, schema: {type: string}}\n",
        )],
        said: &[],
        shown: &["+    pub reason: String,"],
        handlers: ALL,
        errors: &[("delete_pet", "let Input { pet_id } = input;")],
    },
    Case {
        name: "a parameter has another type",
        edits: &[(
            "operationId: getPet\n      tags: [pets]\n      parameters:\n        - {name: petId, in: path, required: true, schema: {type: integer}}",
            "operationId: getPet\n      tags: [pets]\n      parameters:\n        - {name: petId, in: path, required: true, schema: {type: string, format: uuid}}",
        )],
        said: &[],
        shown: &["+    pub pet_id: uuid::Uuid,", "+uuid = "],
        handlers: ALL,
        errors: &[("get_pet", "let id: i64 = input.pet_id;")],
    },
    Case {
        name: "the schema of a body has another member",
        edits: &[("        name: {type: string}", "        name: {type: string}\n        legs: {type: integer}")],
        said: &[],
        shown: &["+    pub legs: Option<i64>,"],
        handlers: ALL,
        errors: &[("create_pet", "let NewPet { name } = input.body;")],
    },
    Case {
        name: "a response is added",
        edits: &[(
            "\"204\": {description: Gone}",
            "\"204\": {description: Gone}\n        \"404\": {description: None}",
        )],
        said: &[],
        shown: &["+    NotFound,"],
        handlers: ALL,
        errors: &[],
    },
    Case {
        name: "a value of an enum is added",
        edits: &[("enum: [available, sold]", "enum: [available, sold, lost]")],
        said: &[],
        shown: &["+    Lost,"],
        handlers: ALL,
        errors: &[("get_pet", "let _sign = match status {")],
    },
    Case {
        name: "a model is renamed",
        edits: &[("    NewPet:\n", "    PetToBe:\n"), ("schemas/NewPet", "schemas/PetToBe")],
        said: &[],
        shown: &["+pub struct PetToBe {"],
        handlers: ALL,
        errors: &[("create_pet", "use crate::api::models::NewPet;")],
    },
    Case {
        name: "a media type is added",
        edits: &[(
            "          application/json: {schema: {$ref: \"#/components/schemas/NewPet\"}}",
            "          application/json: {schema: {$ref: \"#/components/schemas/NewPet\"}}\n          text/csv: {schema: {type: string}}",
        )],
        said: &[],
        shown: &["+pub enum Body {", "+    Csv(String),"],
        handlers: ALL,
        errors: &[("create_pet", "let NewPet { name } = input.body;")],
    },
    Case {
        name: "the security is another",
        edits: &[("info:", "security: [{key: []}]\ninfo:")],
        said: &[
            "`GET /pets`, `POST /pets`, `GET /pets/{petId}`, `DELETE /pets/{petId}`, `GET /orders/{id}`: `key` instead of `nothing`",
            "Unchanged",
        ],
        shown: &[],
        handlers: ALL,
        errors: &[],
    },
    Case {
        name: "a tag is another",
        edits: &[("tags: [orders]", "tags: [sales]")],
        said: &[],
        shown: &["+++ b/src/bin/sales.rs", "--- a/src/bin/orders.rs"],
        handlers: ALL,
        errors: &[],
    },
];

/// Changes after which names and types are others: what the user has written against them no longer compiles, there.
const OTHERS: &[Case] = &[
    Case {
        name: "a parameter of a path is renamed",
        edits: &[("/pets/{petId}:", "/pets/{id}:"), ("name: petId", "name: id")],
        said: &[],
        shown: &["+    pub id: i64,"],
        handlers: ALL,
        errors: &[("delete_pet", "let Input { pet_id } = input;"), ("get_pet", "let id: i64 = input.pet_id;")],
    },
    Case {
        name: "a parameter of a path and an operation are renamed",
        edits: &[("/pets/{petId}:", "/pets/{id}:"), ("name: petId", "name: id"), ("getPet", "readPet")],
        said: &["keep the handlers: `git mv -f src/handlers/get_pet.rs src/handlers/read_pet.rs`"],
        shown: &["+++ b/src/gen/ops/read_pet.rs"],
        handlers: &["create_pet", "delete_pet", "get_orders_by_id", "list_pets", "read_pet"],
        errors: &[("delete_pet", "let Input { pet_id } = input;")],
    },
    Case {
        name: "an operation loses its name",
        edits: &[("      operationId: getPet\n", "")],
        said: &["git mv -f src/handlers/get_pet.rs src/handlers/get_pets_by_pet_id.rs"],
        shown: &["+++ b/src/gen/ops/get_pets_by_pet_id.rs"],
        handlers: &["create_pet", "delete_pet", "get_orders_by_id", "get_pets_by_pet_id", "list_pets"],
        errors: &[],
    },
    Case {
        name: "an operation without a name is given one",
        edits: &[("      tags: [orders]", "      operationId: readOrder\n      tags: [orders]")],
        said: &["git mv -f src/handlers/get_orders_by_id.rs src/handlers/read_order.rs"],
        shown: &["--- a/src/gen/ops/get_orders_by_id.rs"],
        handlers: &["create_pet", "delete_pet", "get_pet", "list_pets", "read_order"],
        errors: &[],
    },
    Case {
        name: "an operation without a name is given one and another path",
        edits: &[
            ("      tags: [orders]", "      operationId: readOrder\n      tags: [orders]"),
            ("  /orders/{id}:", "  /v2/orders/{id}:"),
        ],
        said: &["git mv -f src/handlers/get_orders_by_id.rs src/handlers/read_order.rs"],
        shown: &["--- a/src/gen/ops/get_orders_by_id.rs"],
        handlers: &["create_pet", "delete_pet", "get_pet", "list_pets", "read_order"],
        errors: &[],
    },
    Case {
        name: "operations swap their names",
        edits: &[("deletePet", "other"), ("getPet", "deletePet"), ("other", "getPet")],
        said: &[
            "`git mv -f src/handlers/get_pet.rs src/handlers/get_pet.rs.moved`",
            "`git mv -f src/handlers/delete_pet.rs src/handlers/get_pet.rs`",
            "`git mv -f src/handlers/get_pet.rs.moved src/handlers/delete_pet.rs`",
        ],
        shown: &["-    NoContent,"],
        handlers: ALL,
        errors: &[
            ("delete_pet", "if pet_id == 0 { Err(Error::not_found(\"no such pet\")) } else { Ok(Output::NoContent) }"),
            ("get_pet", "Ok(Output::Ok(Pet { id, status }))"),
        ],
    },
    Case {
        name: "the title is another",
        edits: &[("title: shop", "title: store")],
        said: &["Unchanged"],
        shown: &[],
        handlers: ALL,
        errors: &[],
    },
    Case {
        name: "an object becomes one of several",
        edits: &[(
            "    NewPet:\n      type: object\n      required: [name]\n      properties:\n        name: {type: string}\n",
            "    NewPet: {oneOf: [{$ref: \"#/components/schemas/Pet\"}, {$ref: \"#/components/schemas/Named\"}]}\n    \
             Named: {type: object, required: [name], properties: {name: {type: string}}}\n",
        )],
        said: &[],
        shown: &["+pub enum NewPet {"],
        handlers: ALL,
        errors: &[("create_pet", "let NewPet { name } = input.body;")],
    },
    Case {
        name: "a value of an enum is removed",
        edits: &[("enum: [available, sold]", "enum: [sold]")],
        said: &[],
        shown: &["-    Available,"],
        handlers: ALL,
        errors: &[
            ("get_pet", "let status = if id > 9 { Status::Sold } else { Status::Available };"),
            ("get_pet", "Status::Available => \"+\","),
        ],
    },
    Case {
        name: "a body need not be there",
        edits: &[("      requestBody:\n        required: true\n", "      requestBody:\n")],
        said: &[],
        shown: &["+    pub body: Option<models::NewPet>,"],
        handlers: ALL,
        errors: &[("create_pet", "let NewPet { name } = input.body;")],
    },
    Case {
        name: "a response has another status",
        edits: &[("\"201\": {description: Made}", "\"202\": {description: Made}")],
        said: &[],
        shown: &["+    Accepted,"],
        handlers: ALL,
        errors: &[(
            "create_pet",
            "if name == \"Cerberus\" { Err(Error::new(422, \"three heads\")) } else { Ok(Output::Created) }",
        )],
    },
    Case {
        name: "an operation is answered by the gateway itself",
        edits: &[(
            "operationId: deletePet",
            "operationId: deletePet\n      x-amazon-apigateway-integration: {type: mock}",
        )],
        said: &[
            "`src/handlers/delete_pet.rs` has no operation any more; the file is kept",
            "No handler DELETE /pets/{petId}",
        ],
        shown: &["-pub mod delete_pet;"],
        handlers: &["create_pet", "get_orders_by_id", "get_pet", "list_pets"],
        errors: &[],
    },
];

/// Copies a folder with all that is in it, but for `target`.
fn copied(from: &Path, to: &Path) {
    for (path, text, _) in files(from) {
        let to = to.join(path.strip_prefix(from).expect("it is inside"));
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        std::fs::write(to, text).expect("written");
    }
}

/// Returns where the compiler finds errors, as `src/handlers/x.rs` and the line there.
fn errors(project: &Path) -> Vec<(String, String)> {
    let output = Command::new("cargo")
        .args(["check", "--quiet", "--bins", "--message-format=short"])
        .current_dir(project)
        .env("CARGO_TARGET_DIR", std::env::temp_dir().join("gatewright-scaffold-target"))
        .env("RUSTFLAGS", "-Dwarnings")
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    let places = said.lines().filter(|line| line.contains(": error")).filter_map(|line| {
        let mut parts = line.split(':');
        let (file, line) = (parts.next()?, parts.next()?.parse::<usize>().ok()?);
        let text = std::fs::read_to_string(project.join(file)).ok()?;
        Some((file.to_owned(), text.lines().nth(line - 1)?.trim().to_owned()))
    });
    let places: Vec<_> = places.collect();
    assert_eq!(output.status.success(), places.is_empty(), "{said}");
    places
}

#[test]
fn a_project_follows_its_document() {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = folder.path().join("shop.yaml");
    let path = spec.to_str().expect("a path");
    std::fs::write(&spec, DOCUMENT).expect("written");
    let first = folder.path().join("first");
    assert_eq!(scaffold(path, &first, &["--per", "tag"]).0, 0);
    for (module, text) in WRITTEN {
        let file = first.join(format!("src/handlers/{module}.rs"));
        assert!(file.exists(), "{module}");
        std::fs::write(file, text).expect("written");
    }
    // What is the user's besides: a module, a dependency, a note.
    let cargo = std::fs::read_to_string(first.join("Cargo.toml")).expect("a manifest");
    std::fs::write(first.join("Cargo.toml"), cargo.replace("publish = false", "publish = false # ours"))
        .expect("written");
    std::fs::write(first.join("src/handlers/mod.rs"), {
        let list = std::fs::read_to_string(first.join("src/handlers/mod.rs")).expect("a list");
        format!("{list}\nmod shared_with_all {{}}\n")
    })
    .expect("written");
    let project = folder.path().join("project");
    copied(&first, &project);
    if compiles() {
        assert_eq!(errors(&project), []);
    }
    for case in CASES.iter().chain(OTHERS) {
        // Always the same folder: the compiler then looks at what has changed only.
        if project.exists() {
            std::fs::remove_dir_all(&project).expect("removed");
        }
        copied(&first, &project);
        let text = case.edits.iter().fold(DOCUMENT.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{}: {from}", case.name);
            text.replace(from, to)
        });
        std::fs::write(&spec, text).expect("written");
        follows(case, path, &project);
    }
}

#[test]
fn a_renamed_handler_is_told_of_until_it_is_moved() {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = folder.path().join("shop.yaml");
    let path = spec.to_str().expect("a path");
    let project = folder.path().join("project");
    let handler = |module: &str| project.join(format!("src/handlers/{module}.rs"));
    let run = |name: &str| {
        std::fs::write(&spec, DOCUMENT.replace("operationId: listPets", &format!("operationId: {name}")))
            .expect("written");
        let (status, said) = scaffold(path, &project, &[]);
        assert_eq!(status, 0, "{said}");
        said
    };
    run("listPets");
    std::fs::write(handler("list_pets"), "// mine\n").expect("written");
    for _ in 0..2 {
        let said = run("findPets");
        assert!(said.contains("git mv -f src/handlers/list_pets.rs src/handlers/find_pets.rs"), "{said}");
        // What the user wrote answers nothing until then.
        assert_eq!(scaffold(path, &project, &["--check"]).0, 1);
    }
    // It has another name again: what was written goes there, and what was not goes nowhere.
    for _ in 0..2 {
        let said = run("seekPets");
        assert!(said.contains("git mv -f src/handlers/list_pets.rs src/handlers/seek_pets.rs"), "{said}");
        assert!(said.contains("`src/handlers/find_pets.rs` has no operation any more"), "{said}");
    }
    // A handler that was written meanwhile is not to be lost.
    let stub = std::fs::read_to_string(handler("seek_pets")).expect("a handler");
    std::fs::write(handler("seek_pets"), "// mine too\n").expect("written");
    let said = run("seekPets");
    assert!(!said.contains("git mv"), "{said}");
    assert!(said.contains("`src/handlers/list_pets.rs` has no operation any more"), "{said}");
    std::fs::write(handler("seek_pets"), stub).expect("written");
    std::fs::rename(handler("list_pets"), handler("seek_pets")).expect("moved");
    assert!(!run("seekPets").contains("git mv"));
    assert_eq!(scaffold(path, &project, &["--check"]).0, 0);
}

#[test]
fn names_that_are_one_in_rust_stay_with_their_operations() {
    let folder = tempfile::tempdir().expect("a folder");
    let (spec, project) = (folder.path().join("api.yaml"), folder.path().join("project"));
    let run = |operations: &[(&str, &str)]| {
        let mut text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n".to_owned();
        for (path, id) in operations {
            text.push_str(&format!(
                "  {path}:\n    delete: {{operationId: {id}, responses: {{'204': {{description: Gone}}}}}}\n"
            ));
        }
        std::fs::write(&spec, text).expect("written");
        let (status, said) = scaffold(spec.to_str().expect("a path"), &project, &[]);
        assert_eq!(status, 0, "{said}");
        let routes = std::fs::read_to_string(project.join("src/gen/routes.rs")).expect("routes");
        let routes = routes.lines().filter_map(|line| line.split_once("(\"DELETE\", \"")?.1.split_once("\") => "));
        (routes.map(|(path, to)| format!("{path} {to}")).collect::<Vec<_>>(), said)
    };
    let both = ["/drafts Some(Self::DeleteAll),", "/accounts Some(Self::DeleteAll2),"];
    assert_eq!(run(&[("/drafts", "deleteAll"), ("/accounts", "delete_all")]).0, both);
    // Another order, and one more before them.
    assert_eq!(run(&[("/accounts", "delete_all"), ("/drafts", "deleteAll")]).0, [both[1], both[0]]);
    let more = run(&[("/all", "DeleteAll"), ("/v2/accounts", "delete_all"), ("/drafts", "deleteAll")]).0;
    assert_eq!(more, ["/all Some(Self::DeleteAll3),", "/v2/accounts Some(Self::DeleteAll2),", both[0]]);
    // Without the first, the second is what it was.
    let (routes, said) = run(&[("/accounts", "delete_all")]);
    assert_eq!(routes, [both[1]]);
    assert!(said.contains("`src/handlers/delete_all.rs` has no operation any more"), "{said}");
    // The id is written in another way.
    assert_eq!(run(&[("/accounts", "DELETE_ALL")]).0, [both[1]]);
}

fn follows(case: &Case, spec: &str, project: &Path) {
    let name = case.name;
    let before = files(project);
    let (status, difference) = scaffold(spec, project, &["--per", "tag", "--dry-run"]);
    assert_eq!(status, 0, "{name}: {difference}");
    for shown in case.shown {
        assert!(difference.contains(shown), "{name}: no {shown} in {difference}");
    }
    let (status, said) = scaffold(spec, project, &["--per", "tag", "--check"]);
    assert_eq!(status, i32::from(!case.shown.is_empty()), "{name}: {said}");
    assert!(before == files(project), "{name}: something was written");

    let (status, said) = scaffold(spec, project, &["--per", "tag"]);
    assert_eq!(status, 0, "{name}: {said}");
    for text in case.said {
        assert!(said.contains(text), "{name}: no {text} in {said}");
    }
    // A handler that is yet to be moved is the user's to move; of two that change places, each has an operation.
    let is_left = case.said.iter().any(|text| text.contains("git mv")) && case.handlers != ALL;
    assert_eq!(scaffold(spec, project, &["--per", "tag", "--check"]).0, i32::from(is_left), "{name}: still stale");

    let written: BTreeMap<String, String> = files(project)
        .into_iter()
        .map(|(path, text, _)| {
            let path = path.strip_prefix(project).expect("it is inside").to_str().expect("a path").to_owned();
            (path, String::from_utf8(text).expect("a text"))
        })
        .collect();
    for (module, text) in WRITTEN {
        assert_eq!(written.get(&format!("src/handlers/{module}.rs")).map(String::as_str), Some(*text), "{name}");
    }
    assert!(written["Cargo.toml"].contains("publish = false # ours"), "{name}");
    let list = &written["src/handlers/mod.rs"];
    assert!(list.ends_with("\nmod shared_with_all {}\n"), "{name}: {list}");
    let hooked: Vec<&str> = list.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert_eq!(hooked, case.handlers, "{name}");

    let manifest: serde_json::Value = serde_json::from_str(&written[".gatewright/manifest.json"]).expect("JSON");
    let mut operations: Vec<&str> =
        manifest["operations"].as_array().expect("a list").iter().filter_map(|one| one["module"].as_str()).collect();
    operations.sort_unstable();
    assert_eq!(operations, case.handlers, "{name}: the manifest");
    let recorded: Vec<&String> = manifest["files"].as_object().expect("files").keys().collect();
    let is_ours = |path: &&String| !path.starts_with(".gatewright/") && *path != "Cargo.lock";
    let there: Vec<&String> = written.keys().filter(is_ours).collect();
    assert_eq!(recorded, there, "{name}: the manifest's files");

    if compiles() {
        let expected: Vec<(String, String)> =
            case.errors.iter().map(|(file, line)| (format!("src/handlers/{file}.rs"), (*line).to_owned())).collect();
        let mut found = errors(project);
        found.dedup();
        assert_eq!(found, expected, "{name}");
    }
}
