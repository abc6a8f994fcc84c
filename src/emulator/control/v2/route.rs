//! Routes.

use serde::Deserialize;
use serde_json::Value;

use super::definition::edit;
use super::{full, input, page, required, text};
use crate::emulator::control::call::{Answer, Call};
use crate::emulator::control::refusal::Refusal;
use crate::gateway::HttpApi;
use crate::gateway::http_api::{AuthorizerType, Route, RouteKey};
use crate::gateway::import::IdSource as _;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Input {
    api_key_required: Option<bool>,
    authorization_scopes: Option<Vec<String>>,
    authorization_type: Option<String>,
    authorizer_id: Option<String>,
    model_selection_expression: Option<String>,
    operation_name: Option<String>,
    request_models: Option<Value>,
    request_parameters: Option<Value>,
    route_key: Option<String>,
    route_response_selection_expression: Option<String>,
    target: Option<String>,
}

fn key(api_id: &str, id: &str) -> String {
    format!("httproute/{api_id}/{id}")
}

pub(in super::super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("apiId");
    call.control.has_http_api(id)?;
    let routes: Vec<Route> = call.control.store.list(&key(id, ""))?;
    page(call, &routes)
}

pub(in super::super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (api_id, id) = (call.path("apiId"), call.path("routeId"));
    call.control.has_http_api(api_id)?;
    let route: Option<Route> = call.control.store.get(&key(api_id, id))?;
    Answer::entity(&route.ok_or_else(unknown)?)
}

pub(in super::super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = input(call)?;
    let key = required(input.route_key.clone(), "routeKey")?;
    let made = edit(call, |api| {
        let mut route = Route::new(call.ids().next_id(7), key);
        apply(api, &mut route, &input, "null")?;
        if api.routes.len() >= crate::gateway::Quotas::default().routes {
            return Err(full("Routes"));
        }
        api.routes.insert(route.route_id.clone(), route.clone());
        Ok(route)
    })?;
    Answer::entity(&made)
}

pub(in super::super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = input(call)?;
    let updated = edit(call, |api| {
        let mut route = api.routes.get(call.path("routeId")).cloned().ok_or_else(unknown)?;
        apply(api, &mut route, &input, call.path("routeId"))?;
        api.routes.insert(route.route_id.clone(), route.clone());
        Ok(route)
    })?;
    Answer::entity(&updated)
}

/// Does what a call says to a route; `named` is what the service calls it, which has no id before it is kept.
fn apply(api: &HttpApi, route: &mut Route, input: &Input, named: &str) -> Result<(), Refusal> {
    // The words are known from reports of users.
    if input.api_key_required == Some(true) {
        return Err(Refusal::bad_request(format!(
            "ApiKeyRequired is not currently supported for HTTP APIs. Please set ApiKeyRequired to false for route {named}"
        )));
    }
    let unsupported = [
        ("modelSelectionExpression", input.model_selection_expression.as_ref().is_some_and(|e| !e.is_empty())),
        ("requestModels", has_members(input.request_models.as_ref())),
        ("requestParameters", has_members(input.request_parameters.as_ref())),
        (
            "routeResponseSelectionExpression",
            input.route_response_selection_expression.as_ref().is_some_and(|e| !e.is_empty()),
        ),
    ];
    if let Some((member, _)) = unsupported.iter().find(|(_, given)| *given) {
        return Err(Refusal::bad_request(format!("{member} is not supported on protocol type HTTP")));
    }
    if let Some(key) = &input.route_key {
        RouteKey::parse(key).map_err(Refusal::bad_request)?;
        if api.routes.values().any(|r| r.route_key == *key && r.route_id != route.route_id) {
            return Err(Refusal::conflict(format!("Route with key {key} already exists for this API")));
        }
        route.route_key.clone_from(key);
    }
    if let Some(name) = &input.operation_name {
        super::at_most("operationName", Some(name), 64)?;
        route.operation_name = text(name.clone());
    }
    if let Some(target) = &input.target {
        if !target.is_empty() && !target.starts_with("integrations/") {
            return Err(Refusal::bad_request(format!(
                "Unexpected or malformed target in route {named}. Correct format should be integrations/<integration_id>."
            )));
        }
        route.target = text(target.clone());
        let found = route.integration_id().is_some_and(|id| api.integrations.contains_key(id));
        if route.target.is_some() && !found {
            return Err(Refusal::bad_request(format!("Invalid target {target}: there is no such integration")));
        }
    }
    authorization(api, route, input)
}

fn authorization(api: &HttpApi, route: &mut Route, input: &Input) -> Result<(), Refusal> {
    if let Some(kind) = &input.authorization_type {
        if !matches!(kind.as_str(), "NONE" | "AWS_IAM" | "CUSTOM" | "JWT") {
            return Err(Refusal::bad_request(format!("Invalid authorizationType {kind} specified")));
        }
        route.authorization_type.clone_from(kind);
    }
    if let Some(id) = &input.authorizer_id {
        route.authorizer_id = text(id.clone());
    }
    if let Some(scopes) = &input.authorization_scopes {
        if scopes.len() > 10 {
            return Err(Refusal::bad_request("A route has at most 10 authorization scopes"));
        }
        route.authorization_scopes = Some(scopes.clone()).filter(|s| !s.is_empty());
    }
    if input.authorization_scopes.as_ref().is_some_and(|scopes| !scopes.is_empty()) && route.authorization_type != "JWT"
    {
        return Err(Refusal::bad_request(
            "Invalid Route authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS and \
             JWT authorization types",
        ));
    }
    let wanted = match route.authorization_type.as_str() {
        "JWT" => AuthorizerType::Jwt,
        "CUSTOM" => AuthorizerType::Request,
        _ => {
            route.authorizer_id = None;
            route.authorization_scopes = None;
            return Ok(());
        }
    };
    let Some(id) = &route.authorizer_id else {
        let kind = &route.authorization_type;
        return Err(Refusal::bad_request(match wanted {
            AuthorizerType::Jwt => {
                "Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT authorizer."
                    .to_owned()
            }
            _ => format!("authorizerId is required for authorizationType {kind}"),
        }));
    };
    let authorizer = api.authorizers.get(id);
    let authorizer = authorizer.ok_or_else(|| Refusal::bad_request(format!("Invalid authorizer ID {id} specified")))?;
    if authorizer.authorizer_type != wanted {
        let kind = &route.authorization_type;
        return Err(Refusal::bad_request(format!("The authorizer {id} is not of authorizationType {kind}")));
    }
    Ok(())
}

fn has_members(value: Option<&Value>) -> bool {
    value.and_then(Value::as_object).is_some_and(|m| !m.is_empty())
}

pub(in super::super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    edit(call, |api| api.routes.remove(call.path("routeId")).map(drop).ok_or_else(unknown))?;
    Ok(Answer::empty())
}

/// DeleteRouteRequestParameter: routes of HTTP APIs have none.
pub(in super::super) fn delete_request_parameter(call: &Call<'_>) -> Result<Answer, Refusal> {
    get(call)?;
    Err(Refusal::not_found("Invalid request parameter specified"))
}

fn unknown() -> Refusal {
    Refusal::not_found("Invalid Route identifier specified")
}
