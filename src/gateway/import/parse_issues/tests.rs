use super::parse_issues;

/// Checks what the parser says of a document with these members, each message without what all begin with.
fn check(members: &str, expected: &[&str]) {
    check_whole(&format!("openapi: 3.0.1\ninfo: {{title: t, version: '1'}}\n{members}"), expected);
}

fn check_whole(text: &str, expected: &[&str]) {
    let issues = parse_issues(&crate::gateway::tests::document(text));
    let words = |message: &str| message.strip_prefix("Parse issue: attribute ").unwrap().to_owned();
    let messages: Vec<String> = issues.iter().map(|warning| words(&warning.message)).collect();
    assert_eq!(messages, expected, "{text}");
}

#[test]
fn members_that_are_unexpected_have_their_places() {
    check(
        "paths: {'/area/{zipCode}': {get: {parameters: [{name: zipCode, in: path, required: true, type: string}], \
         responses: {}}}}",
        &["paths.'/area/{zipCode}'(get).parameters.[zipCode].type is unexpected"],
    );
    check(
        "paths: {/a: {post: {responses: {'200': {description: d, schema: {}}}, x-a: 1}, any: {}}}\nhost: h",
        &["paths.'/a'(post).responses.200.schema is unexpected", "paths.'/a'.any is unexpected", "host is unexpected"],
    );
    check(
        "paths: {/a: {put: {responses: {}, requestBody: {content: {a/b: {schema: {const: 1}, schemas: {}}}}}}}",
        &[
            "paths.'/a'(put).requestBody.content.schema.const is unexpected",
            "paths.'/a'(put).requestBody.content.schemas is unexpected",
        ],
    );
    check(
        "paths: {}\ncomponents: {schemas: {A: {type: object, properties: {a: {const: 1}, b: {const: 2}}, if: {}}}}",
        &["components.schemas.A.const is unexpected", "components.schemas.A.if is unexpected"],
    );
    check("paths: {}\nservers: [{url: /, name: n}]", &[".servers.name is unexpected"]);
}

#[test]
fn what_is_missing_is_told_after_what_is_unexpected() {
    check_whole(
        "openapi: 3.0.0\ninfo: {summary: s}",
        &["info.summary is unexpected", "info.title is missing", "info.version is missing", "paths is missing"],
    );
    check("paths: {}\nservers: [{x-amazon-apigateway-endpoint-configuration: {}}]", &[".servers.url is missing"]);
    check(
        "paths: {}\nservers: [{url: '/{v}', variables: {v: {}}}]",
        &[".servers.variables.v.default.default is missing"],
    );
    check(
        "paths: {/a: {get: {parameters: [{name: q}, {in: query}], requestBody: {}}, put: {responses: {'200': {}}}}}",
        &[
            "paths.'/a'(get).parameters.[q].in is missing",
            "paths.'/a'(get).parameters.[['unknown']].name is missing",
            "paths.'/a'(get).requestBody.content is missing",
            "paths.'/a'(get).responses is missing",
            "paths.'/a'(put).responses.200.description is missing",
        ],
    );
    check(
        "paths: {}\ncomponents: {schemas: {A: {type: array}, B: {type: array, items: []}}}",
        &[
            "components.schemas.B.items is not of type `object`",
            "components.schemas.A.items is missing",
            "components.schemas.B.items is missing",
        ],
    );
    check(
        "paths: {}\ncomponents: {securitySchemes: {a: {type: apiKey}, o: {type: oauth2}, h: {type: http}, x: {}, y: {type: z}}}",
        &[
            "components.securitySchemes.y.type.type is not of type `http|apiKey|oauth2|openIdConnect `",
            "components.securitySchemes.a.name is missing",
            "components.securitySchemes.a.in is missing",
            "components.securitySchemes.h.scheme is missing",
            "components.securitySchemes.x.type is missing",
        ],
    );
}

#[test]
fn references_are_followed_where_paths_have_them() {
    let content = |reference: &str| {
        format!(
            "paths: {{/a: {{get: {{responses: {{'200': {{description: d, content: {{a/b: {{schema: {{$ref: \
             '{reference}'}}}}}}}}}}}}}}}}\ncomponents: {{schemas: {{A: {{properties: {{b: {{$ref: \
             '#/components/schemas/Gone'}}}}}}}}}}"
        )
    };
    check(&content("#/components/schemas/A"), &[]);
    check(&content("#/definitions/A"), &[]);
    for gone in ["#/components/schemas/B", "#/components/shapes/A", "#/components/schemas"] {
        check(&content(gone), &[&format!("paths.'/a'(get).responses.200.content.schema.{gone} is missing")]);
    }
}

#[test]
fn values_are_of_the_types_they_should_be() {
    check(
        "paths: {/a: {get: {tags: t, summary: [], responses: {'200': []}}, parameters: {}}, /b: 1}\n\
         components: {schemas: {A: {required: true, maximum: {}, maxLength: [], properties: {a: 1}, enum: [{}], \
         additionalProperties: 1, default: [], type: string}}, headers: {H: 1}}",
        &[
            "components.schemas.A.additionalProperties is not of type `object`",
            "components.schemas.A.required is not of type `array`",
            "components.schemas.A.maximum is not of type `double`",
            "components.schemas.A.maxLength is not of type `integer`",
            "components.schemas.A.enum is not of type `value`",
            "components.schemas.A.properties is not of type `object`",
            "components.schemas.A.default is not of type `string`",
            "components.headers.H is not of type `object`",
            "paths.'/a'.parameters is not of type `array`",
            "paths.'/a'(get).tags is not of type `array`",
            "paths.'/a'(get).summary is not of type `string`",
            "paths.'/a'(get).responses.responses.200 is not of type `object`",
            "paths./b is not of type `object`",
        ],
    );
}

#[test]
fn paths_begin_with_a_slash_and_declare_their_variables() {
    check("paths: {$default: {x-amazon-apigateway-any-method: {}}}", &["paths. Resource $default should start with /"]);
    let declared = " Declared path parameter {} needs to be defined as a path parameter in path or operation level";
    let of = |path: &str, name: &str| format!("paths.'{path}'.{}", declared.replace("{}", name));
    check(
        "paths: {'/{id}': {get: {responses: {}}, put: {responses: {}, parameters: [{$ref: '#/a'}]}}}",
        &[&of("/{id}", "id")],
    );
    check("paths: {'/{id}': {parameters: [{name: id, in: path}], get: {responses: {}}}}", &[]);
    let greedy = |name: &str| {
        format!("paths: {{'/{{p+}}': {{get: {{responses: {{}}, parameters: [{{name: {name}, in: path}}]}}}}}}")
    };
    check(&greedy("p+"), &[]);
    check(&greedy("p"), &[&of("/{p+}", "p+")]);
}

#[test]
fn names_are_plain_and_what_is_there_is_there_once() {
    check(
        "paths: {/a: {get: {operationId: o, responses: {}, parameters: [{name: q, in: query}, {name: q, in: query}, \
         {$ref: '#/components/parameters/Q'}]}, put: {operationId: o, responses: {}}}}\n\
         components: {schemas: {A B: {}}, parameters: {Q: {name: q, in: query}}}\ntags: [{name: t}, {name: t}]",
        &[
            "components.schemas.Schema name A B doesn't adhere to regular expression ^[a-zA-Z0-9\\.\\-_]+$",
            "paths.'/a'(get).parameters.There are duplicate parameter values",
            "paths.'/a'(get).parameters.There are duplicate parameter values",
            "paths.'/a'(put).operationId is repeated",
            "tags.t is repeated",
        ],
    );
}

#[test]
fn messages_end_where_there_are_too_many() {
    let path: String = (0..20_000).map(|number| format!("/{{v{number}}}")).collect();
    let text =
        format!("openapi: 3.0.1\ninfo: {{title: t, version: '1'}}\npaths: {{'{path}': {{get: {{responses: {{}}}}}}}}");
    let issues = parse_issues(&crate::gateway::tests::document(&text));
    let bytes: usize = issues.iter().map(|issue| issue.message.len()).sum();
    assert!(!issues.is_empty() && bytes < 5_000_000, "{} messages, {bytes} bytes", issues.len());
}

#[test]
fn other_versions_are_not_read_by_it() {
    check_whole("swagger: '2.0'\ninfo: {title: t, version: '1', summary: s}\npaths: {}", &[]);
}
