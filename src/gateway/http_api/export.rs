//! `export`: an HTTP API to a document, as ExportApi does it.

use std::collections::HashSet;

use serde_json::{Map, Value as Json, json};

use super::route::path_variables;
use super::{Api, Authorizer, AuthorizerType, Cors, HttpApi, Integration, IntegrationType, Route, RouteKey};
use crate::gateway::export::Address;
use crate::gateway::extension;
use crate::gateway::http_api::integration::DEFAULT_TIMEOUT_MILLIS;

/// Which document an export is (query items of ExportApi).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportOptions<'a> {
    /// Whether API Gateway's extensions are in it.
    pub include_extensions: bool,
    /// The stage that the server's URL names.
    pub stage_name: Option<&'a str>,
    /// Where a custom domain name serves that stage.
    pub(crate) address: Option<&'a Address>,
}

impl Default for ExportOptions<'_> {
    fn default() -> Self {
        Self { include_extensions: true, stage_name: None, address: None }
    }
}

/// Exports an API as an OpenAPI 3.0.1 document.
///
/// Paths and authorizers are sorted by name: the service gives no order, and the same definition should give the same
/// text.
#[must_use]
pub fn export(definition: &HttpApi, options: ExportOptions<'_>) -> Json {
    let exporter = Exporter { definition, options };
    exporter.document()
}

/// What the name of an integration of no route begins with, before its id (an export that a user published).
pub(super) const UNUSED_INTEGRATION: &str = "unusedIntegration_";

struct Exporter<'a> {
    definition: &'a HttpApi,
    options: ExportOptions<'a>,
}

impl Exporter<'_> {
    fn document(&self) -> Json {
        let api = &self.definition.api;
        let mut info = Map::new();
        info.insert("title".into(), api.name.clone().into());
        if let Some(description) = &api.description {
            info.insert("description".into(), description.clone().into());
        }
        info.insert("version".into(), version(api).into());
        let mut document = Map::new();
        document.insert("openapi".into(), "3.0.1".into());
        document.insert("info".into(), Json::Object(info));
        document.insert("servers".into(), self.servers());
        if let Some(tags) = self.tags() {
            document.insert("tags".into(), tags);
        }
        document.insert("paths".into(), self.paths());
        let mut components = Map::new();
        if let Some(schemes) = self.security_schemes() {
            components.insert("securitySchemes".into(), schemes);
        }
        if let Some(unused) = self.unused_integrations() {
            components.insert(extension::INTEGRATIONS.into(), unused);
        }
        if !components.is_empty() {
            document.insert("components".into(), Json::Object(components));
        }
        if self.options.include_extensions {
            if let Some(cors) = &api.cors_configuration {
                document.insert(extension::CORS.into(), self::cors(cors));
            }
            document.insert(extension::IMPORTEXPORT_VERSION.into(), "1.0".into());
        }
        Json::Object(document)
    }

    fn servers(&self) -> Json {
        let api = &self.definition.api;
        // The stage that is served from the root has no path.
        let stage = self.options.stage_name.filter(|s| *s != super::stage::DEFAULT_STAGE).unwrap_or_default();
        let (url, base_path) = match self.options.address {
            Some(Address { domain, base_path }) => {
                (format!("https://{domain}/{{basePath}}"), base_path.as_deref().unwrap_or_default())
            }
            None => (format!("{}/{{basePath}}", api.api_endpoint), stage),
        };
        let mut server = json!({ "url": url, "variables": { "basePath": { "default": base_path } } });
        if self.options.include_extensions && api.disable_execute_api_endpoint {
            server[extension::ENDPOINT_CONFIGURATION] = json!({ "disableExecuteApiEndpoint": true });
        }
        json!([server])
    }

    fn tags(&self) -> Option<Json> {
        let tags = &self.definition.api.tags;
        if tags.is_empty() {
            return None;
        }
        let tags = tags.iter().map(|(name, value)| match self.options.include_extensions {
            true => json!({ "name": name, (extension::TAG_VALUE): value }),
            false => json!({ "name": name }),
        });
        Some(tags.collect())
    }

    fn paths(&self) -> Json {
        let mut routes: Vec<(String, &str, &Route)> = Vec::new();
        for route in self.definition.routes.values() {
            match RouteKey::parse(&route.route_key) {
                Ok(RouteKey::Path { method, path }) => routes.push((path.to_owned(), method, route)),
                Ok(RouteKey::Default) => routes.push(("/$default".to_owned(), "ANY", route)),
                Err(_) => {}
            }
        }
        routes.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        let mut paths: Map<String, Json> = Map::new();
        for (path, method, route) in routes {
            let is_any = method == "ANY";
            // Without extensions there is no word for any method.
            if is_any && !self.options.include_extensions {
                continue;
            }
            let key = if is_any { extension::ANY_METHOD.to_owned() } else { method.to_ascii_lowercase() };
            let item = paths.entry(path.clone()).or_insert_with(|| json!({}));
            item[key] = self.operation(route);
        }
        for (path, item) in &mut paths {
            let parameters: Vec<Json> = path_variables(path).map(path_parameter).collect();
            if let Some(item) = item.as_object_mut().filter(|_| !parameters.is_empty()) {
                item.insert("parameters".into(), Json::Array(parameters));
            }
        }
        Json::Object(paths)
    }

    fn operation(&self, route: &Route) -> Json {
        let mut operation = Map::new();
        if let Some(name) = &route.operation_name {
            operation.insert("operationId".into(), name.clone().into());
        }
        let description = format!("Default response for {}", route.route_key);
        operation.insert("responses".into(), json!({ "default": { "description": description } }));
        if let Some(security) = self.security(route) {
            operation.insert("security".into(), security);
        }
        if self.options.include_extensions {
            if route.route_key == "$default" {
                operation.insert("isDefaultRoute".into(), true.into());
            }
            if let Some(integration) = self.definition.integration_of(route) {
                operation.insert(extension::INTEGRATION.into(), self::integration(integration));
            }
        }
        Json::Object(operation)
    }

    fn security(&self, route: &Route) -> Option<Json> {
        let scopes = route.authorization_scopes.as_deref().unwrap_or_default();
        let name = match route.authorization_type.as_str() {
            "AWS_IAM" => self.iam_scheme(),
            "JWT" | "CUSTOM" => {
                let id = route.authorizer_id.as_ref()?;
                self.definition.authorizers.get(id)?.name.clone()
            }
            _ => return None,
        };
        Some(json!([{ (name): scopes }]))
    }

    /// Returns the name of IAM's scheme, which an authorizer may have taken.
    fn iam_scheme(&self) -> String {
        let mut name = "sigv4".to_owned();
        while self.definition.authorizer_named(&name).is_some() {
            name.push('_');
        }
        name
    }

    fn security_schemes(&self) -> Option<Json> {
        let mut schemes = Map::new();
        let mut authorizers: Vec<&Authorizer> = self.definition.authorizers.values().collect();
        authorizers.sort_by(|a, b| a.name.cmp(&b.name));
        for authorizer in authorizers {
            schemes.insert(authorizer.name.clone(), self.scheme(authorizer));
        }
        if self.definition.routes.values().any(|r| r.authorization_type == "AWS_IAM") {
            let mut scheme = json!({ "type": "apiKey", "name": "Authorization", "in": "header" });
            if self.options.include_extensions {
                scheme[extension::AUTHTYPE] = "awsSigv4".into();
            }
            schemes.insert(self.iam_scheme(), scheme);
        }
        (!schemes.is_empty()).then_some(Json::Object(schemes))
    }

    /// Returns the integrations of no route, by names that an export makes of their ids, or `None` when there are none.
    fn unused_integrations(&self) -> Option<Json> {
        if !self.options.include_extensions {
            return None;
        }
        let used: HashSet<&str> = self.definition.routes.values().filter_map(Route::integration_id).collect();
        let unused = self.definition.integrations.values().filter(|i| !used.contains(i.integration_id.as_str()));
        let unused: Map<String, Json> =
            unused.map(|i| ([UNUSED_INTEGRATION, &i.integration_id].concat(), self::integration(i))).collect();
        (!unused.is_empty()).then_some(Json::Object(unused))
    }

    fn scheme(&self, authorizer: &Authorizer) -> Json {
        let sources = authorizer.identity_source.as_deref().unwrap_or_default();
        let mut scheme = match authorizer.authorizer_type {
            AuthorizerType::Jwt => json!({ "type": "oauth2", "flows": {} }),
            AuthorizerType::Request => {
                let (name, place) = match sources {
                    [one] => one
                        .strip_prefix("$request.header.")
                        .map(|n| (n, "header"))
                        .or_else(|| one.strip_prefix("$request.querystring.").map(|n| (n, "query")))
                        .unwrap_or(("Unused", "header")),
                    _ => ("Unused", "header"),
                };
                json!({ "type": "apiKey", "name": name, "in": place })
            }
        };
        if self.options.include_extensions {
            scheme[extension::AUTHORIZER] = self::authorizer(authorizer);
        }
        scheme
    }
}

/// Returns `info.version`: the API's, or else when it was created, as deployed APIs show it.
fn version(api: &Api) -> String {
    api.version.clone().unwrap_or_else(|| match api.created_date.strip_suffix('Z') {
        Some(time) => format!("{}UTC", time.replacen('T', " ", 1)),
        None => api.created_date.clone(),
    })
}

fn path_parameter(name: &str) -> Json {
    json!({
        "name": name,
        "in": "path",
        "description": format!("Generated path parameter for {name}"),
        "required": true,
        "schema": { "type": "string" },
    })
}

/// Returns the extension of an operation, its members in the order that exports of deployed APIs have.
///
/// A time-out that nobody gave is not said; one that is the same as none but was given is (exports that users published).
#[must_use]
pub fn integration(integration: &Integration) -> Json {
    let mut members = Map::new();
    let mut insert = |key: &str, value: Option<Json>| {
        if let Some(value) = value {
            members.insert(key.to_owned(), value);
        }
    };
    insert("integrationSubtype", integration.integration_subtype.as_ref().map(|t| json!(t)));
    insert("credentials", integration.credentials_arn.as_ref().map(|t| json!(t)));
    insert("requestParameters", integration.request_parameters.as_ref().map(|p| json!(p)));
    insert("responseParameters", integration.response_parameters.as_ref().map(|p| json!(p)));
    insert("payloadFormatVersion", Some(integration.payload_format_version.clone().into()));
    let kind = match integration.integration_type {
        IntegrationType::AwsProxy => "aws_proxy",
        IntegrationType::HttpProxy => "http_proxy",
    };
    insert("type", Some(kind.into()));
    insert("httpMethod", integration.integration_method.as_ref().map(|t| json!(t)));
    insert("uri", integration.integration_uri.as_ref().map(|t| json!(t)));
    insert("connectionId", integration.connection_id.as_ref().map(|t| json!(t)));
    insert("connectionType", Some(integration.connection_type.clone().into()));
    let timeout = integration.timeout_in_millis;
    let is_said = integration.is_timeout_given || timeout != DEFAULT_TIMEOUT_MILLIS;
    insert("timeoutInMillis", is_said.then(|| timeout.into()));
    insert("tlsConfig", integration.tls_config.as_ref().map(|t| json!(t)));
    Json::Object(members)
}

/// Returns the extension of a security scheme.
fn authorizer(authorizer: &Authorizer) -> Json {
    let mut members = Map::new();
    let mut insert = |key: &str, value: Option<Json>| {
        if let Some(value) = value {
            members.insert(key.to_owned(), value);
        }
    };
    // A function's authorizer that looks at no source says so (an export that a user published).
    let sources = authorizer.identity_source.as_deref().unwrap_or_default().join(", ");
    let is_said = authorizer.authorizer_type == AuthorizerType::Request || !sources.is_empty();
    insert("identitySource", is_said.then(|| sources.into()));
    insert("authorizerUri", authorizer.authorizer_uri.as_ref().map(|t| json!(t)));
    insert("authorizerCredentials", authorizer.authorizer_credentials_arn.as_ref().map(|t| json!(t)));
    insert("authorizerPayloadFormatVersion", authorizer.authorizer_payload_format_version.as_ref().map(|t| json!(t)));
    insert("authorizerResultTtlInSeconds", authorizer.authorizer_result_ttl_in_seconds.map(Json::from));
    insert("enableSimpleResponses", authorizer.enable_simple_responses.map(Json::from));
    insert("jwtConfiguration", authorizer.jwt_configuration.as_ref().map(|j| json!(j)));
    let kind = match authorizer.authorizer_type {
        AuthorizerType::Jwt => "jwt",
        AuthorizerType::Request => "request",
    };
    insert("type", Some(kind.into()));
    Json::Object(members)
}

/// Returns the extension of the document, its members in the order that exports of deployed APIs have.
fn cors(cors: &Cors) -> Json {
    let mut members = Map::new();
    let mut list = |key: &str, values: &Option<Vec<String>>| {
        if let Some(values) = values {
            members.insert(key.to_owned(), json!(values));
        }
    };
    list("allowMethods", &cors.allow_methods);
    list("allowHeaders", &cors.allow_headers);
    list("exposeHeaders", &cors.expose_headers);
    members.insert("maxAge".into(), cors.max_age.unwrap_or(0).into());
    members.insert("allowCredentials".into(), cors.allow_credentials.unwrap_or(false).into());
    if let Some(origins) = &cors.allow_origins {
        members.insert("allowOrigins".into(), json!(origins));
    }
    Json::Object(members)
}
