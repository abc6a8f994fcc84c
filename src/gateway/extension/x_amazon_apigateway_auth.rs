//! `x-amazon-apigateway-auth`: how a caller of an operation authenticates, without a scheme.

use super::members::{Members, Problem};
use crate::source::Node;

/// The extension of an operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthExtension {
    /// `NONE` or `AWS_IAM`, also the other authorization types of a method.
    pub auth_type: Option<&'static str>,
}

impl AuthExtension {
    /// Reads the extension.
    #[must_use]
    pub fn read(node: &Node) -> (Self, Vec<Problem>) {
        let mut members = match Members::of(node, super::AUTH) {
            Ok(members) => members,
            Err(problem) => return (Self::default(), vec![problem]),
        };
        let auth_type = members.word("type", &["NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS"]);
        if members.get("type").is_none() {
            members.missing("type");
        }
        (Self { auth_type }, members.finish(&["type"]))
    }
}
