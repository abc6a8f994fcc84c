//! What nearly every rule uses.

pub(super) use std::collections::{HashMap, HashSet};

pub(super) use ecow::EcoString;

pub(super) use crate::gateway::IntegrationType;
pub(super) use crate::lint::ApiKind;
pub(super) use crate::lint::context::{
    Context, IntegrationCx, MemberCx, OperationCx, ParameterCx, SchemaCx, SchemaUse, SchemeCx, is_execute_api,
    is_intrinsic, is_intrinsic_name, is_response_key, is_unfinished, name_span, requires_api_key, server_base_path,
    written_text,
};
pub(super) use crate::lint::extensions::{AUTHORIZER_MEMBERS, EXTENSIONS, INTEGRATION_MEMBERS};
pub(super) use crate::lint::levels::nearest;
pub(super) use crate::lint::mapping::{is_mapping_expression, is_mapping_name, method_parameter};
pub(super) use crate::lint::rule::declare_rule;
pub(super) use crate::lint::sink::Sink;
pub(super) use crate::lint::template_text::TemplateCx;
pub(super) use crate::lint::uri::{ServiceUri, is_account};
pub(super) use crate::openapi::{Method, Parameter, PathItem, Resolved, Version};
pub(super) use crate::source::{Edit, Entry, Fix, Node, Severity, Span};
