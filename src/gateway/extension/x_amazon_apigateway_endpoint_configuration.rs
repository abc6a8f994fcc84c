//! `x-amazon-apigateway-endpoint-configuration`: where an API can be reached from.

use super::members::{Members, Problem};
use crate::source::Node;

/// The extension of a document (2.0) or a server (3.0).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointConfigurationExtension {
    /// Whether the default `execute-api` host is switched off.
    pub disable_execute_api_endpoint: Option<bool>,
    /// VPC endpoints of a private API.
    pub vpc_endpoint_ids: Option<Vec<String>>,
    /// `ipv4` or `dualstack`
    pub ip_address_type: Option<&'static str>,
    /// Not in the documentation: the kind is a parameter of the import. Read so that it can be said.
    pub types: Option<Vec<String>>,
}

impl EndpointConfigurationExtension {
    /// Reads the extension.
    #[must_use]
    pub fn read(node: &Node) -> (Self, Vec<Problem>) {
        let mut members = match Members::of(node, super::ENDPOINT_CONFIGURATION) {
            Ok(members) => members,
            Err(problem) => return (Self::default(), vec![problem]),
        };
        let this = Self {
            disable_execute_api_endpoint: members.boolean("disableExecuteApiEndpoint"),
            vpc_endpoint_ids: members.texts("vpcEndpointIds"),
            ip_address_type: members.word("ipAddressType", &["ipv4", "dualstack"]),
            types: members.texts("types"),
        };
        (this, members.finish(&["disableExecuteApiEndpoint", "vpcEndpointIds", "ipAddressType", "types"]))
    }
}
