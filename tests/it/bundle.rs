//! `bundle`, as the user sees it.

use std::process::{Command, Output, Stdio};

pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        for (name, text) in files {
            let path = folder.0.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        folder
    }

    fn bundle(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_gatewright"))
            .arg("bundle")
            .args(args)
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .output()
            .expect("gatewright runs")
    }

    #[track_caller]
    pub(crate) fn good(&self, args: &[&str]) -> String {
        let output = self.bundle(args);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// Returns the first line of the complaint and the place it names; nothing is written to stdout.
    #[track_caller]
    fn bad(&self, args: &[&str]) -> (String, String) {
        let output = self.bundle(args);
        assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stdout));
        assert!(output.stdout.is_empty());
        let stderr = String::from_utf8(output.stderr).expect("text");
        let place = stderr.lines().find_map(|l| l.trim().strip_prefix("--> ")).unwrap_or_default();
        (stderr.lines().next().unwrap_or_default().to_owned(), place.to_owned())
    }
}

pub(crate) const HEAD: &str = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n";

#[test]
fn several_files_become_one() {
    let root = format!(
        "{HEAD}paths:\n  /pets:\n    $ref: paths/pets.yaml\n  /owners:\n    get:\n      responses:\n        '200':\n          description: ok\n          content:\n            application/json:\n              schema: {{$ref: 'schemas.yaml#/Owner'}}\ncomponents:\n  schemas:\n    Pet: {{type: string}}\n"
    );
    let folder = Folder::new(&[
        ("api.yaml", &root),
        (
            "paths/pets.yaml",
            "get:\n  responses:\n    '200':\n      description: ok\n      content:\n        application/json:\n          schema: {$ref: '../schemas.yaml#/Pet'}\n",
        ),
        (
            "schemas.yaml",
            "Pet:\n  type: object\n  properties:\n    owner: {$ref: '#/Owner'}\n    parent: {$ref: '#/Pet'}\nOwner: {type: object, example: {$ref: stays.yaml}}\n",
        ),
    ]);
    insta::assert_snapshot!(folder.good(&["api.yaml"]), @r"
    openapi: 3.0.3
    info:
      title: t
      version: '1'
    paths:
      /pets:
        get:
          responses:
            '200':
              description: ok
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/schemas_Pet'
      /owners:
        get:
          responses:
            '200':
              description: ok
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/Owner'
    components:
      schemas:
        Pet:
          type: string
        schemas_Pet:
          type: object
          properties:
            owner:
              $ref: '#/components/schemas/Owner'
            parent:
              $ref: '#/components/schemas/schemas_Pet'
        Owner:
          type: object
          example:
            $ref: stays.yaml
    ");
    folder.good(&["api.yaml", "-o", "out.json"]);
    let once = folder.good(&["out.json"]);
    std::fs::write(folder.0.path().join("again.json"), &once).expect("a file");
    assert_eq!(folder.good(&["again.json"]), once);
}

#[test]
fn faults_name_their_line() {
    let dangling = format!(
        "{HEAD}paths:\n  /a:\n    get:\n      responses:\n        '200':\n          $ref: '#/components/responses/Okk'\ncomponents: {{responses: {{Ok: {{description: ok}}}}}}\n"
    );
    let circle = format!(
        "{HEAD}paths: {{}}\ncomponents:\n  schemas:\n    A: {{$ref: '#/components/schemas/B'}}\n    B: {{$ref: '#/components/schemas/A'}}\n"
    );
    let outside = format!("{HEAD}paths:\n  /a: {{$ref: ../secret.yaml}}\n");
    let remote = format!("{HEAD}paths:\n  /a: {{$ref: 'https://example.com/a.yaml'}}\n");
    let duplicate = format!("{HEAD}paths: {{}}\ninfo: {{}}\n");
    let folder = Folder::new(&[
        ("secret.yaml", "get: {}\n"),
        ("in/empty.yaml", ""),
        ("in/noise.yaml", "a\0\u{1}b"),
        ("in/tab.yaml", &format!("{HEAD}paths:\n\t/a: {{}}\n")),
        ("in/duplicate.yaml", &duplicate),
        ("in/half.json", "{\"openapi\": \"3.0.0\",\n  \"paths\": {"),
        ("in/no-paths.yaml", HEAD),
        ("in/other.yaml", "name: x\n"),
        ("in/dangling.yaml", &dangling),
        ("in/circle.yaml", &circle),
        ("in/outside.yaml", &outside),
        ("in/remote.yaml", &remote),
    ]);
    let mut shown = String::new();
    for name in [
        "empty",
        "noise",
        "tab",
        "duplicate",
        "no-paths",
        "other",
        "dangling",
        "circle",
        "outside",
        "remote",
        "missing",
    ] {
        let (message, place) = folder.bad(&[&format!("in/{name}.yaml")]);
        shown.push_str(&format!("{message}\n  {place}\n"));
    }
    let (message, place) = folder.bad(&["in/half.json"]);
    shown.push_str(&format!("{message}\n  {place}\n{}\n", folder.bad(&["in"]).0));
    insta::assert_snapshot!(shown, @r"
    error[empty]: the file is empty
      in/empty.yaml:1:1
    error[not-text]: this is not text: it holds a NUL byte
      in/noise.yaml:1:2
    error[syntax]: a tab indents this line; YAML is indented with spaces
      in/tab.yaml:4:1
    error[duplicate-key]: the key `info` is there twice
      in/duplicate.yaml:4:1
    error[no-paths]: the document has no `paths`
      in/no-paths.yaml:1:1
    error[not-openapi]: this is not an OpenAPI document: it has neither `openapi` nor `swagger`
      in/other.yaml:1:1
    error[reference-dangling]: the reference `#/components/responses/Okk` leads to nothing
      in/dangling.yaml:8:17
    error[reference-circle]: the reference `#/components/schemas/B` leads in a circle, with nothing in it
      in/circle.yaml:6:15
    error[reference-unreadable]: `../secret.yaml` leads outside `in`
      in/outside.yaml:4:14
    error[reference-unreadable]: `https://example.com/a.yaml` is remote, and remote references are not fetched
      in/remote.yaml:4:14
    error: cannot read `in/missing.yaml`: No such file or directory (os error 2)
      
    error[syntax]: the text ends inside an object; a key in quotes should follow
      in/half.json:2:13
    error: `in` is a folder, not a document
    ");
    assert!(folder.good(&["in/outside.yaml", "--ref-root", "."]).contains("get: {}"));
}

const ROOT: &str = "openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /pets/{id}:
    $ref: paths/pet.yaml
  /owners:
    $ref: paths/owners.json
components:
  schemas:
    Id:
      type: string
      maxLength: 10
";
const PET: &str = "parameters:
  - name: id
    in: path
    required: true
    schema:
      $ref: '../api.yaml#/components/schemas/Id'
get:
  operationId: getPet
  summary: A pet
  tags: [pets]
  responses:
    '200':
      description: fine
      content:
        application/json:
          schema:
            $ref: '../schemas.yaml#/Pet'
";
const OWNERS: &str = "{
  \"get\": {
    \"operationId\": \"listOwners\",
    \"responses\": {
      \"200\": {
        \"description\": \"fine\",
        \"headers\": {}
      },
      \"400\": {
        \"description\": \"not fine\"
      }
    }
  }
}
";
const SCHEMAS: &str = "Pet:
  type: object
  required:
    - name
  properties:
    name:
      type: string
    owner:
      description: Whose it is
      $ref: '#/Owner'
Owner:
  type: object
";

/// One line of one file is another, or gone, and the message names that line of that file.
#[test]
fn a_mistake_is_found_at_its_line_in_any_file() {
    let files = [("api.yaml", ROOT), ("paths/pet.yaml", PET), ("paths/owners.json", OWNERS), ("schemas.yaml", SCHEMAS)];
    let mistakes: &[(&str, usize, &str)] = &[
        // YAML that cannot be read
        ("paths/pet.yaml", 4, "\trequired: true"),
        ("paths/pet.yaml", 4, "     required: true"),
        ("paths/pet.yaml", 7, "get"),
        ("paths/pet.yaml", 8, "  operationId:getPet"),
        ("paths/pet.yaml", 9, "  summary: A pet: one"),
        ("paths/pet.yaml", 9, "  summary: @pet"),
        ("paths/pet.yaml", 9, "  summary: \"A pet"),
        ("paths/pet.yaml", 9, "  summary: *pet"),
        ("paths/pet.yaml", 9, "  summary: \"\\q\""),
        ("paths/pet.yaml", 10, "  tags: [pets"),
        ("paths/pet.yaml", 10, "  tags: {pets"),
        ("schemas.yaml", 3, "  required"),
        ("schemas.yaml", 12, "Pet: {}"),
        // JSON that cannot be read
        ("paths/owners.json", 3, "    \"operationId\": \"listOwners\""),
        ("paths/owners.json", 3, "    operationId: \"listOwners\","),
        ("paths/owners.json", 3, "    \"operationId\": \"listOwners,"),
        ("paths/owners.json", 3, "    \"operationId\" \"listOwners\","),
        ("paths/owners.json", 3, "    // \"operationId\": \"listOwners\","),
        ("paths/owners.json", 7, "        \"headers\": {},"),
        ("paths/owners.json", 7, "        \"headers\": {}}"),
        ("paths/owners.json", 11, "      }}"),
        ("paths/owners.json", 12, "    ]"),
        ("paths/owners.json", 10, "        \"description\": None"),
        // What OpenAPI does not know
        ("api.yaml", 12, "      maxLenght: 10"),
        ("paths/pet.yaml", 4, "    requierd: true"),
        ("paths/pet.yaml", 3, "    in: pth"),
        ("paths/pet.yaml", 4, "    required: 'yes'"),
        ("paths/pet.yaml", 8, "  operationId: [getPet]"),
        ("paths/owners.json", 10, "        \"descripton\": \"not fine\""),
        ("schemas.yaml", 7, "      type: strng"),
        ("schemas.yaml", 3, "  requird:"),
        // References
        ("api.yaml", 5, "    $ref: paths/pets.yaml"),
        ("paths/pet.yaml", 6, "      $ref: '../api.yaml#/components/schemas/Ids'"),
        ("paths/pet.yaml", 17, "            $ref: '../schema.yaml#/Pet'"),
        ("paths/pet.yaml", 17, "            $ref: [Pet]"),
        ("schemas.yaml", 10, "      $ref: '#/Owners'"),
    ];
    for (name, line, replacement) in mistakes {
        let folder = Folder::new(&files);
        let (_, text) = files.iter().find(|(file, _)| file == name).expect("a file");
        let mut lines: Vec<&str> = text.lines().collect();
        lines[line - 1] = replacement;
        std::fs::write(folder.0.path().join(name), lines.join("\n")).expect("a file");
        let output = folder.bundle(&["api.yaml", "-o", "out.yaml"]);
        let said = String::from_utf8_lossy(&output.stderr);
        let place = format!("{name}:{line}:");
        let named = said.lines().any(|l| l.trim_start().strip_prefix("--> ").is_some_and(|p| p.starts_with(&place)));
        assert!(named, "{place} `{replacement}`\n{said}");
    }
}

#[test]
fn references_in_extensions_are_followed_where_they_can_be() {
    let root = format!(
        "{HEAD}x-tools: {{$ref: 'more.yaml#/tools'}}\nx-none: {{$ref: none.yaml}}\npaths: {{}}\ncomponents:\n  schemas:\n    A: {{type: string}}\n"
    );
    let folder = Folder::new(&[
        ("api.yaml", &root),
        (
            "more.yaml",
            "tools: [{$ref: '#/one'}, {$ref: 'api.yaml#/components/schemas/A'}, {$ref: '#/tools'}]\none: 1\n",
        ),
    ]);
    insta::assert_snapshot!(folder.good(&["api.yaml"]), @r"
    openapi: 3.0.3
    info:
      title: t
      version: '1'
    x-tools:
      - 1
      - $ref: '#/components/schemas/A'
      - $ref: '#/tools'
    x-none:
      $ref: none.yaml
    paths: {}
    components:
      schemas:
        A:
          type: string
    ");
    let said = String::from_utf8(folder.bundle(&["api.yaml"]).stderr).expect("text");
    let faults: Vec<&str> = said.lines().filter(|l| l.contains("]: ") || l.contains("--> ")).map(str::trim).collect();
    insta::assert_snapshot!(faults.join("\n"), @r"
    warning[reference-unreadable]: cannot read `none.yaml`: No such file or directory (os error 2); it is in an extension, and stays as it is
    --> api.yaml:4:16
    warning[reference-circle]: the reference `#/tools` in an extension leads back to itself; it stays as it is
    --> more.yaml:1:75
    ");
    assert!(folder.good(&["api.yaml", "--dereference"]).contains("A:\n      type: string"));
}

#[test]
fn openapi_32_and_schemas_with_names_are_read() {
    let folder = Folder::new(&[(
        "api.yaml",
        "openapi: 3.2.0
info: {title: t, version: '1'}
paths:
  /a:
    query: {responses: {}}
    get:
      responses:
        '200':
          description: ok
          content:
            application/jsonl: {itemSchema: {$ref: 'https://example.com/tree'}}
            application/json: {$ref: '#/components/mediaTypes/Tree'}
components:
  mediaTypes: {Tree: {schema: {$ref: '#/components/schemas/Tree'}}}
  schemas:
    Tree: {$id: 'https://example.com/tree', type: object, properties: {kids: {type: array, items: {$ref: '#'}}, leaf: {$ref: leaf}}}
    Leaf: {$id: 'https://example.com/leaf', type: string}
",
    )]);
    insta::assert_snapshot!(folder.good(&["api.yaml"]), @r"
    openapi: 3.0.1
    info:
      title: t
      version: '1'
    paths:
      /a:
        get:
          responses:
            '200':
              description: ok
              content:
                application/jsonl:
                  schema:
                    type: array
                    items:
                      $ref: '#/components/schemas/Tree'
                application/json:
                  schema:
                    $ref: '#/components/schemas/Tree'
    components:
      schemas:
        Tree:
          type: object
          properties:
            kids:
              type: array
              items:
                $ref: '#/components/schemas/Tree'
            leaf:
              $ref: '#/components/schemas/Leaf'
        Leaf:
          type: string
    ");
}

#[test]
fn parameters_and_overlays() {
    let text = format!(
        "{HEAD}paths:\n  /a:\n    get:\n      x-amazon-apigateway-integration:\n        uri: ${{fn}}\n        timeoutInMillis: ${{ms}}\n"
    );
    let folder = Folder::new(&[
        ("api.yaml", &text),
        ("gatewright.toml", "overlays = ['bind.yaml']\n[env.prod.parameters]\nfn = 'arn:prod'\nms = '50'\n"),
        (
            "bind.yaml",
            "overlay: 1.0.0\nactions:\n- target: $.paths['/a'].get\n  update: {x-amazon-apigateway-auth: {type: '${ms}'}}\n",
        ),
    ]);
    insta::assert_snapshot!(folder.good(&["api.yaml", "--env", "prod", "--var", "fn=arn:mine"]), @r"
    openapi: 3.0.3
    info:
      title: t
      version: '1'
    paths:
      /a:
        get:
          x-amazon-apigateway-integration:
            uri: arn:mine
            timeoutInMillis: 50
          x-amazon-apigateway-auth:
            type: '50'
    ");
    let (message, place) = folder.bad(&["api.yaml", "--var", "fn=x"]);
    assert_eq!(message, "error[parameter-unset]: the parameter `ms` has no value");
    assert_eq!(place, "api.yaml:8:26");
    assert!(!folder.good(&["api.yaml", "--env", "prod", "--strip-extensions"]).contains("x-"));
}

#[test]
fn the_forms_of_a_document() {
    let text = format!(
        "{HEAD}paths:\n  /a:\n    get:\n      responses:\n        '200': {{$ref: '#/components/responses/Ok'}}\ncomponents:\n  responses:\n    Ok:\n      description: ok\n      content:\n        application/json:\n          schema: {{$ref: '#/components/schemas/a.b'}}\n  schemas:\n    a.b:\n      type: object\n      properties:\n        next: {{$ref: '#/components/schemas/a.b'}}\n        name: {{type: string, nullable: true, example: x}}\n"
    );
    let folder = Folder::new(&[("api.yaml", &text)]);
    insta::assert_snapshot!(folder.good(&["api.yaml", "--for", "apigateway"]), @r"
    openapi: 3.0.3
    info:
      title: t
      version: '1'
    paths:
      /a:
        get:
          responses:
            '200':
              description: ok
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/ab'
          x-amazon-apigateway-integration:
            type: aws_proxy
            httpMethod: POST
            uri: arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:get-a/invocations
            passthroughBehavior: when_no_match
            timeoutInMillis: 29000
    components:
      schemas:
        ab:
          type: object
          properties:
            next:
              $ref: '#/components/schemas/ab'
            name:
              oneOf:
                - type: string
                - type: 'null'
    ");
    insta::assert_snapshot!(folder.good(&["api.yaml", "--as", "swagger2"]), @r"
    swagger: '2.0'
    info:
      title: t
      version: '1'
    paths:
      /a:
        get:
          responses:
            '200':
              $ref: '#/responses/Ok'
    responses:
      Ok:
        description: ok
        schema:
          $ref: '#/definitions/a.b'
    definitions:
      a.b:
        type: object
        properties:
          next:
            $ref: '#/definitions/a.b'
          name:
            type: string
            x-nullable: true
            example: x
    ");
}

#[test]
fn references_where_openapi_has_none_are_set_in_place() {
    let root = "openapi: 3.0.3
info: {$ref: 'parts.yaml#/info'}
servers: {$ref: 'parts.yaml#/servers'}
paths: {$ref: 'parts.yaml#/paths'}
components:
  schemas: {$ref: schemas/all.yaml}
";
    let parts = "info: {title: t, version: '1', description: {$ref: docs/intro.md}}
servers: [{url: 'https://example.com', description: {$ref: '#/text'}}]
text: the only one
paths:
  /a:
    get: {$ref: operations/get.yaml}
    post:
      parameters: {$ref: '#/list'}
      requestBody: {content: {application/json: {schema: {type: object, properties: {$ref: '#/members'}}}}}
      responses: {$ref: '#/answers'}
      x-data: {$ref: 'is kept'}
list: [{name: q, in: query, schema: {$ref: 'schemas/all.yaml#/B'}}]
members: {b: {$ref: 'schemas/all.yaml#/B'}}
answers: {'200': {description: ok}}
";
    let operation = "operationId: getA
responses:
  '200':
    description: ok
    content:
      application/json:
        schema: {$ref: '../schemas/all.yaml#/A'}
        example: {$ref: 'is data'}
";
    let folder = Folder::new(&[
        ("api.yaml", root),
        ("parts.yaml", parts),
        ("docs/intro.md", "# Hello\n"),
        ("operations/get.yaml", operation),
        ("schemas/all.yaml", "A: {type: array, items: {$ref: '#/B'}}\nB: {$ref: b.yaml}\n"),
        ("schemas/b.yaml", "type: string\nmaxLength: 3\n"),
    ]);
    let output = folder.bundle(&["api.yaml"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("OpenAPI has no `$ref` here, nor at 9 other places"), "{said}");
    let text = String::from_utf8(output.stdout).expect("text");
    insta::assert_snapshot!(text, @r##"
    openapi: 3.0.3
    info:
      title: t
      version: '1'
      description: |
        # Hello
    servers:
      - url: https://example.com
        description: the only one
    paths:
      /a:
        get:
          operationId: getA
          responses:
            '200':
              description: ok
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/A'
                  example:
                    $ref: is data
        post:
          parameters:
            - name: q
              in: query
              schema:
                $ref: '#/components/schemas/B'
          requestBody:
            content:
              application/json:
                schema:
                  type: object
                  properties:
                    b:
                      $ref: '#/components/schemas/B'
          responses:
            '200':
              description: ok
          x-data:
            $ref: is kept
    components:
      schemas:
        A:
          type: array
          items:
            $ref: '#/components/schemas/B'
        B:
          type: string
          maxLength: 3
    "##);
    std::fs::write(folder.0.path().join("again.yaml"), &text).expect("it is written");
    assert_eq!(folder.good(&["again.yaml"]), text);
    // A mistake behind such a reference is told of at its own place.
    std::fs::write(folder.0.path().join("operations/get.yaml"), operation.replace("description", "descripton"))
        .expect("it");
    let said = folder.bundle(&["api.yaml"]).stderr;
    assert!(String::from_utf8_lossy(&said).contains("operations/get.yaml:4:5"), "{}", String::from_utf8_lossy(&said));
    std::fs::write(folder.0.path().join("parts.yaml"), parts.replace("get.yaml", "got.yaml")).expect("it");
    assert_eq!(folder.bad(&["api.yaml"]).1, "parts.yaml:6:17");
}

#[test]
fn references_in_place_may_not_lead_in_a_circle() {
    let folder = Folder::new(&[
        ("api.yaml", &format!("{HEAD}paths: {{/a: {{get: {{$ref: a.yaml}}}}}}\n")),
        ("a.yaml", "responses: {$ref: b.yaml}\n"),
        ("b.yaml", "'200': {description: ok}\ncontent: {$ref: a.yaml}\n"),
        ("c.yaml", &format!("{HEAD}paths: {{$ref: 'c.yaml#/paths'}}\n")),
        ("d.yaml", &format!("{HEAD}paths: {{$ref: 'e.yaml#/paths'}}\n")),
        ("e.yaml", "paths: {/a: {get: {responses: {$ref: 'd.yaml#/paths'}}}}\n"),
    ]);
    folder.bundle(&["api.yaml"]);
    assert!(folder.bad(&["c.yaml"]).0.contains("circle"));
    folder.bundle(&["d.yaml"]);
}
