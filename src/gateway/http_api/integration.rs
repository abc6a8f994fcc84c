//! The Integration entity.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::gateway::integration_rules::invalid_mapping;

/// Milliseconds; the time-out when none is set, and the longest there is.
pub const DEFAULT_TIMEOUT_MILLIS: i64 = 30_000;

/// What answers a route (shape `Integration`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Integration {
    /// Whether quick create made it and manages it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_gateway_managed: Option<bool>,
    /// The VPC link's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
    /// `INTERNET` or `VPC_LINK`
    pub connection_type: String,
    /// A role's ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials_arn: Option<String>,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Seven lower-case letters and digits.
    pub integration_id: String,
    /// The method used towards the backend; `POST` for functions, absent for services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration_method: Option<String>,
    /// The action of an AWS service, such as `SQS-SendMessage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration_subtype: Option<String>,
    /// The kind.
    pub integration_type: IntegrationType,
    /// The backend; absent for services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration_uri: Option<String>,
    /// `1.0` or `2.0`
    pub payload_format_version: String,
    /// For services their parameters, else `append:header.NAME` and the like, to mapping expressions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_parameters: Option<IndexMap<String, String>>,
    /// Status to `append:header.NAME` and the like to mapping expressions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_parameters: Option<BTreeMap<String, IndexMap<String, String>>>,
    /// Milliseconds, 50 to 30000.
    #[serde(default = "default_timeout")]
    pub timeout_in_millis: i64,
    /// Whether the time-out was given, whatever it is: an export has it then. No member of the entity that clients see.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_timeout_given: bool,
    /// TLS settings towards a private backend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<TlsConfig>,
}

fn default_timeout() -> i64 {
    DEFAULT_TIMEOUT_MILLIS
}

/// The kind of an integration. The service model has three more, which HTTP APIs refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IntegrationType {
    /// A Lambda function, or an AWS service's action.
    AwsProxy,
    /// An HTTP backend.
    HttpProxy,
}

/// TLS settings towards a private backend (shape `TlsConfig`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TlsConfig {
    /// The name in the backend's certificate; its presence makes the hop HTTPS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name_to_verify: Option<String>,
}

/// An action of an AWS service that an HTTP API can call
/// (`http-api-develop-integrations-aws-services-reference` of the developer guide).
#[derive(Debug)]
pub struct Subtype {
    /// Its name.
    pub name: &'static str,
    /// The parameters it must have.
    pub required: &'static [&'static str],
    /// The parameters it may have besides.
    pub optional: &'static [&'static str],
}

/// All actions.
pub const SUBTYPES: [Subtype; 10] = [
    Subtype {
        name: "EventBridge-PutEvents",
        required: &["Detail", "DetailType", "Source"],
        optional: &["Time", "EventBusName", "Resources", "Region", "TraceHeader"],
    },
    Subtype {
        name: "SQS-SendMessage",
        required: &["QueueUrl", "MessageBody"],
        optional: &[
            "DelaySeconds",
            "MessageAttributes",
            "MessageDeduplicationId",
            "MessageGroupId",
            "MessageSystemAttributes",
            "Region",
        ],
    },
    Subtype {
        name: "SQS-ReceiveMessage",
        required: &["QueueUrl"],
        optional: &[
            "AttributeNames",
            "MaxNumberOfMessages",
            "MessageAttributeNames",
            "ReceiveRequestAttemptId",
            "VisibilityTimeout",
            "WaitTimeSeconds",
            "Region",
        ],
    },
    Subtype { name: "SQS-DeleteMessage", required: &["ReceiptHandle", "QueueUrl"], optional: &["Region"] },
    Subtype { name: "SQS-PurgeQueue", required: &["QueueUrl"], optional: &["Region"] },
    Subtype {
        name: "AppConfig-GetConfiguration",
        required: &["Application", "Environment", "Configuration", "ClientId"],
        optional: &["ClientConfigurationVersion", "Region"],
    },
    Subtype {
        name: "Kinesis-PutRecord",
        required: &["StreamName", "Data", "PartitionKey"],
        optional: &["SequenceNumberForOrdering", "ExplicitHashKey", "Region"],
    },
    Subtype {
        name: "StepFunctions-StartExecution",
        required: &["StateMachineArn"],
        optional: &["Name", "Input", "Region"],
    },
    Subtype {
        name: "StepFunctions-StartSyncExecution",
        required: &["StateMachineArn"],
        optional: &["Name", "Input", "Region", "TraceHeader"],
    },
    Subtype {
        name: "StepFunctions-StopExecution",
        required: &["ExecutionArn"],
        optional: &["Cause", "Error", "Region"],
    },
];

/// Returns the action of this name.
#[must_use]
pub fn subtype(name: &str) -> Option<&'static Subtype> {
    SUBTYPES.iter().find(|s| s.name == name)
}

impl Integration {
    /// Returns an integration as CreateIntegration leaves it when nothing else is given.
    #[must_use]
    pub fn new(id: impl Into<String>, integration_type: IntegrationType) -> Self {
        Self {
            api_gateway_managed: None,
            connection_id: None,
            connection_type: "INTERNET".to_owned(),
            credentials_arn: None,
            description: None,
            integration_id: id.into(),
            integration_method: None,
            integration_subtype: None,
            integration_type,
            integration_uri: None,
            payload_format_version: "1.0".to_owned(),
            request_parameters: None,
            response_parameters: None,
            timeout_in_millis: DEFAULT_TIMEOUT_MILLIS,
            is_timeout_given: false,
            tls_config: None,
        }
    }

    /// Returns the entity that clients see.
    #[must_use]
    pub fn shown(self) -> Self {
        Self { is_timeout_given: false, ..self }
    }

    /// Returns whether it is a Lambda function's.
    #[must_use]
    pub fn is_lambda(&self) -> bool {
        self.integration_type == IntegrationType::AwsProxy && self.integration_subtype.is_none()
    }

    /// Returns why API Gateway would refuse this integration.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        if !(50..=30_000).contains(&self.timeout_in_millis) {
            return Some("Timeout should be between 50 ms and 30000 ms".to_owned());
        }
        if !matches!(self.connection_type.as_str(), "INTERNET" | "VPC_LINK") {
            return Some(format!("Invalid connectionType {} specified", self.connection_type));
        }
        let linked = self.connection_type == "VPC_LINK";
        if linked && self.connection_id.as_deref().unwrap_or_default().is_empty() {
            return Some("ConnectionId must be set to vpcLinkId for ConnectionType VPC_LINK".to_owned());
        }
        match self.payload_format_version.as_str() {
            "1.0" => {}
            "2.0" if self.is_lambda() => {}
            "2.0" => {
                return Some(match &self.integration_subtype {
                    Some(name) => unsupported_operation(name),
                    None => "PayloadFormatVersion 2.0 is not supported for integration of type HTTP_PROXY".to_owned(),
                });
            }
            version => return Some(format!("Unsupported PayloadFormatVersion: {version}")),
        }
        let uri = self.integration_uri.as_deref().unwrap_or_default();
        if let Some(name) = &self.integration_subtype {
            return self.subtype_fault(name);
        }
        if uri.is_empty() {
            return Some("Invalid integration URI specified".to_owned());
        }
        match self.integration_type {
            IntegrationType::AwsProxy if !uri.starts_with("arn:") => {
                return Some("Invalid integrationUri specified: it must be the ARN of a Lambda function".to_owned());
            }
            IntegrationType::AwsProxy => {}
            IntegrationType::HttpProxy => {
                if self.integration_method.as_deref().unwrap_or_default().is_empty() {
                    return Some(
                        "HttpMethod parameter method must be specified for integrationType HTTPPROXY".to_owned(),
                    );
                }
                let is_url = uri.starts_with("http://") || uri.starts_with("https://");
                let is_private = uri.contains(":listener/") || uri.contains(":servicediscovery:");
                let is_unknown = uri.starts_with("${stageVariables.");
                // The words are known from reports of users.
                if linked && !is_private && !is_unknown {
                    const WORDS: &str = "For VpcLink VPC_LINK, integration uri should be a valid ELB listener ARN or a \
                                         valid Cloud Map service ARN.";
                    return Some(WORDS.to_owned());
                }
                if !is_url && !linked && !is_unknown {
                    return Some("Invalid HTTP endpoint specified for URI".to_owned());
                }
            }
        }
        self.mapping_fault()
    }

    fn subtype_fault(&self, name: &str) -> Option<String> {
        if self.integration_type != IntegrationType::AwsProxy {
            return Some("IntegrationSubtype is only supported for AWS_PROXY integrations".to_owned());
        }
        let Some(subtype) = subtype(name) else {
            return Some(unsupported_operation(name));
        };
        if self.credentials_arn.is_none() {
            return Some(format!("Role ARN must be specified for AWS integration configuration with Subtype: {name}"));
        }
        let given = self.request_parameters.clone().unwrap_or_default();
        if subtype.required.iter().any(|p| !given.contains_key(*p)) {
            return Some(format!(
                "Operation: {name} requires enabling passthrough, or defining all of the following parameters in the \
                 parameter mapping: [{}]",
                subtype.required.join(", ")
            ));
        }
        let known = |p: &str| subtype.required.contains(&p) || subtype.optional.contains(&p);
        given.keys().find(|p| !known(p)).map(|unknown| format!("Parameter {unknown} is not supported for {name}"))
    }

    fn mapping_fault(&self) -> Option<String> {
        for key in self.request_parameters.iter().flat_map(IndexMap::keys) {
            match Mapped::parse(key) {
                Some(mapped) if !matches!(mapped.place, Place::StatusCode) => {
                    if let Some(fault) = mapped.reserved() {
                        return Some(fault);
                    }
                }
                _ => return Some(invalid_mapping(&format!("Invalid Request {DESTINATION}: {key}"))),
            }
        }
        for (status, parameters) in self.response_parameters.iter().flatten() {
            if !status.parse::<u16>().is_ok_and(|s| (200..=599).contains(&s)) {
                return Some(invalid_mapping(&format!("Status Code {status} is not valid.")));
            }
            for key in parameters.keys() {
                match Mapped::parse(key) {
                    Some(mapped) if matches!(mapped.place, Place::StatusCode | Place::Header(_)) => {
                        if let Some(fault) = mapped.reserved() {
                            return Some(fault);
                        }
                    }
                    _ => return Some(invalid_mapping(&format!("Invalid Response {DESTINATION}: {key}"))),
                }
            }
        }
        None
    }
}

/// The end of API Gateway's words for a key that is none, of either direction.
const DESTINATION: &str = "Actioned Parameter destination specified";

fn unsupported_operation(subtype: &str) -> String {
    format!("Operation: {subtype} is not supported.")
}

/// What a key of a parameter mapping says: `append:header.x-a`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// How the parameter is changed.
    pub action: MappingAction,
    /// Which parameter.
    pub place: Place,
}

/// How a mapping changes a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MappingAction {
    /// A value is added.
    Append,
    /// The value takes the place of all there are.
    Overwrite,
    /// All values go.
    Remove,
}

/// Which parameter a mapping changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A header.
    Header(String),
    /// A parameter of the query.
    Query(String),
    /// The path.
    Path,
    /// The status of the response.
    StatusCode,
}

impl Mapped {
    /// Reads a key.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        let (action, place) = key.split_once(':')?;
        let action = match action {
            "append" => MappingAction::Append,
            "overwrite" => MappingAction::Overwrite,
            "remove" => MappingAction::Remove,
            _ => return None,
        };
        let place = match place.split_once('.') {
            Some(("header", name)) if !name.is_empty() => Place::Header(name.to_owned()),
            Some(("querystring", name)) if !name.is_empty() => Place::Query(name.to_owned()),
            None if place == "path" && action == MappingAction::Overwrite => Place::Path,
            None if place == "statuscode" && action == MappingAction::Overwrite => Place::StatusCode,
            _ => return None,
        };
        Some(Self { action, place })
    }

    fn reserved(&self) -> Option<String> {
        match &self.place {
            Place::Header(name) if is_reserved_header(name) => {
                Some(format!("Operations on header {name} are restricted"))
            }
            _ => None,
        }
    }
}

/// Returns whether mappings may not touch a header (`http-api-parameter-mapping` of the developer guide).
#[must_use]
pub fn is_reserved_header(name: &str) -> bool {
    const NAMES: [&str; 18] = [
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-location",
        "forwarded",
        "keep-alive",
        "origin",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailers",
        "transfer-encoding",
        "upgrade",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "via",
    ];
    let name = name.to_ascii_lowercase();
    NAMES.contains(&name.as_str())
        || ["access-control-", "apigw-", "x-amz-", "x-amzn-"].iter().any(|p| name.starts_with(p))
}
