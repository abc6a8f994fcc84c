//! `x-amazon-apigateway-request-validators`: the validators that operations choose from by name.

use super::members::{Members, Problem};
use crate::source::Node;

/// One entry of the extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestValidatorExtension {
    /// Its key.
    pub name: String,
    /// Whether bodies are validated; false where it is not said.
    pub validate_request_body: bool,
    /// Whether required parameters are demanded; false where it is not said.
    pub validate_request_parameters: bool,
}

impl RequestValidatorExtension {
    /// Reads the whole extension, in the order written.
    #[must_use]
    pub fn read(node: &Node) -> (Vec<Self>, Vec<Problem>) {
        let mut all = Vec::new();
        let mut problems = Vec::new();
        if let Err(problem) = Members::of(node, super::REQUEST_VALIDATORS) {
            return (all, vec![problem]);
        }
        for entry in node.entries() {
            let mut members = match Members::of(&entry.value, super::REQUEST_VALIDATORS) {
                Ok(members) => members,
                Err(mut problem) => {
                    problem.member = entry.key.text.to_string();
                    problems.push(problem);
                    continue;
                }
            };
            all.push(Self {
                name: entry.key.text.to_string(),
                validate_request_body: members.boolean("validateRequestBody").unwrap_or(false),
                validate_request_parameters: members.boolean("validateRequestParameters").unwrap_or(false),
            });
            problems.extend(members.finish(&["validateRequestBody", "validateRequestParameters"]));
        }
        (all, problems)
    }
}
