//! `POST /pets` of specs/petstore.yaml, as one would write it with `lambda_http`.

use lambda_http::{Body, Error, Request, Response, run, service_fn, tracing};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Dog,
    Cat,
    Bird,
    Fish,
}

#[derive(Debug, Deserialize)]
struct NewPet {
    name: String,
    kind: Kind,
    tags: Option<Vec<String>>,
}

#[derive(Debug, Serialize)]
struct Pet {
    id: i64,
    name: String,
    kind: Kind,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
}

fn problem(errors: &[(String, String)]) -> Result<Response<Body>, Error> {
    let errors: Vec<_> = errors.iter().map(|(at, what)| json!({ "pointer": at, "message": what })).collect();
    let body = json!({ "type": "about:blank", "title": "Bad Request", "status": 400, "errors": errors });
    Ok(Response::builder()
        .status(400)
        .header("content-type", "application/problem+json")
        .body(body.to_string().into())?)
}

async fn create_pet(request: Request) -> Result<Response<Body>, Error> {
    let pet: NewPet = match serde_json::from_slice(request.body()) {
        Ok(pet) => pet,
        Err(error) => return problem(&[("/body".into(), error.to_string())]),
    };
    let mut errors = Vec::new();
    if !(1..=64).contains(&pet.name.chars().count()) {
        errors.push(("/body/name".to_owned(), "must have 1 to 64 characters".to_owned()));
    }
    if pet.tags.as_ref().is_some_and(|tags| tags.len() > 10) {
        errors.push(("/body/tags".to_owned(), "must have at most 10 items".to_owned()));
    }
    if !errors.is_empty() {
        return problem(&errors);
    }
    let pet = Pet { id: 3, name: pet.name, kind: pet.kind, status: "available", tags: pet.tags };
    Ok(Response::builder()
        .status(201)
        .header("content-type", "application/json")
        .header("location", format!("/pets/{}", pet.id))
        .body(serde_json::to_string(&pet)?.into())?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    run(service_fn(create_pet)).await
}
