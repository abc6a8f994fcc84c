//! Security schemes and their flows.

use super::Down;
use crate::openapi::members::Members;
use crate::source::{Entry, Node};

impl Down<'_> {
    pub(super) fn security_scheme(&mut self, scheme: &Node) -> Node {
        let mut out = Members::default();
        let header = |out: &mut Members, span| {
            out.put("type", span, Node::string("apiKey", span));
            out.put("name", span, Node::string("Authorization", span));
            out.put("in", span, Node::string("header", span));
        };
        for Entry { key, value } in scheme.entries() {
            match (key.text.as_str(), value.as_str()) {
                ("type", Some("http")) if scheme.str_of("scheme") == Some("basic") => {
                    out.keep(key.clone(), Node::string("basic", value.span));
                }
                ("type", Some("http" | "openIdConnect" | "mutualTLS")) => {
                    self.lost(value.span, "Swagger 2.0 has no such security scheme; it is a key in `Authorization`");
                    header(&mut out, value.span);
                }
                ("flows", _) => self.flow(value, &mut out),
                ("scheme" | "bearerFormat" | "openIdConnectUrl", _) => {}
                _ => out.keep(key.clone(), value.clone()),
            }
        }
        out.node(scheme.span)
    }

    pub(super) fn flow(&mut self, flows: &Node, out: &mut Members) {
        for (at, Entry { key, value }) in flows.entries().filter(|e| !e.key.text.starts_with("x-")).enumerate() {
            if at > 0 {
                self.lost(key.span, "Swagger 2.0 has one flow for a scheme; this one is left out");
                continue;
            }
            let name = match key.text.as_str() {
                "clientCredentials" => "application",
                "authorizationCode" => "accessCode",
                other => other,
            };
            out.put("flow", key.span, Node::string(name, key.span));
            let is_own = |e: &&Entry| matches!(e.key.text.as_str(), "authorizationUrl" | "tokenUrl" | "scopes");
            let (own, others): (Vec<&Entry>, Vec<&Entry>) = value.entries().partition(is_own);
            for Entry { key, value } in own.into_iter().chain(others) {
                if key.text == "refreshUrl" {
                    self.lost(key.span, "Swagger 2.0 has no `refreshUrl`; it is left out");
                } else {
                    out.keep(key.clone(), value.clone());
                }
            }
        }
    }
}
