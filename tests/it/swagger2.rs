//! Swagger 2.0, read and written.

use gatewright::openapi::{LoadOptions, load_text};
use gatewright::source::{Loader, Origin};

use crate::bundle::{Folder, HEAD};

#[test]
fn swagger_there_and_back_is_the_same() {
    let text = r##"{"swagger":"2.0","info":{"title":"t","version":"1"},"host":"h.example","basePath":"/v1","schemes":["https"],
"paths":{"/a/{id}":{"parameters":[{"name":"id","in":"path","required":true,"type":"string"}],
"post":{"parameters":[{"name":"tags","in":"query","type":"array","items":{"type":"string"},"collectionFormat":"multi"},
{"in":"body","name":"body","required":true,"schema":{"$ref":"#/definitions/Pet"}}],"consumes":["application/json"],"produces":["application/json"],
"responses":{"200":{"description":"ok","schema":{"$ref":"#/definitions/Pet"},"headers":{"X":{"type":"integer"}}}},
"security":[{"key":[]}],"x-amazon-apigateway-integration":{"type":"mock"}}}},
"definitions":{"Pet":{"type":"object","discriminator":"kind","properties":{"kind":{"type":"string","x-nullable":true}}}},
"securityDefinitions":{"key":{"type":"apiKey","name":"x-api-key","in":"header"},
"o":{"type":"oauth2","flow":"accessCode","authorizationUrl":"https://a","tokenUrl":"https://t","scopes":{"r":"read"}}}}"##;
    let origin = Origin::Memory("t.json".into());
    let (document, sources, found) = load_text(&Loader::default(), &origin, text, &LoadOptions::default());
    assert!(found.is_empty(), "{found:?}");
    let mut reported = Vec::new();
    let back = document.expect("a document").to_swagger2(&mut reported);
    assert!(reported.is_empty(), "{reported:?}");
    let (_, first) = sources.files().next().expect("the document");
    assert_eq!(&back, first.root().expect("a root"));
}

#[test]
fn what_was_written_as_swagger_is_written_so_again() {
    let text = format!(
        r##"{HEAD}servers: [{{url: 'https://h.example/v1'}}, {{url: 'https://eu.example/v1'}}]
paths:
  /a:
    get:
      servers: [{{url: 'https://h.example/v1'}}]
      responses:
        '200': {{$ref: '#/components/responses/Ok', x-beside: true}}
components:
  x-first: 1
  responses:
    Ok: {{description: ok}}
  schemas:
    Any: {{type: [object, string]}}
  securitySchemes:
    o:
      type: oauth2
      flows:
        implicit: {{authorizationUrl: 'https://a', wrong: 1, scopes: {{r: read}}}}
      description: it
tags: [{{name: t}}]
"##
    );
    let folder = Folder::new(&[("api.yaml", &text)]);
    let once = folder.good(&["api.yaml", "--as", "swagger2"]);
    insta::assert_snapshot!(once, @r"
    swagger: '2.0'
    info:
      title: t
      version: '1'
    host: h.example
    basePath: /v1
    schemes:
      - https
    paths:
      /a:
        get:
          responses:
            '200':
              $ref: '#/responses/Ok'
    responses:
      Ok:
        description: ok
    definitions:
      Any:
        x-anyOf:
          - type: object
          - type: string
    securityDefinitions:
      o:
        type: oauth2
        flow: implicit
        authorizationUrl: https://a
        scopes:
          r: read
        wrong: 1
        description: it
    x-first: 1
    tags:
      - name: t
    ");
    let folder = Folder::new(&[("api.yaml", &once)]);
    assert_eq!(folder.good(&["api.yaml", "--as", "swagger2"]), once);
}
