use super::prelude::*;

declare_rule! {
    /// Finds references to other files.
    ///
    /// ## What API Gateway does
    /// Does not follow them: an import of this file by itself loses what they lead to. `gatewright import` and
    /// `gatewright bundle` bring the parts in first.
    EXTERNAL_REF = "external-ref", Warning, Refused, Both, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let mut files = cx.document.sources().files();
    let Some(root) = files.next().and_then(|(_, file)| file.root()) else { return };
    if files.next().is_some() {
        search(root, 0, out);
    }
}

fn search(node: &Node, depth: usize, out: &mut Sink) {
    if depth > 256 {
        return;
    }
    let target = node.get("$ref").and_then(|target| Some((target, target.as_str()?)));
    if let Some((target, text)) = target.filter(|(_, text)| !text.starts_with('#')) {
        let message = format!("API Gateway does not follow `{text}`");
        let help = "import with `gatewright import`, or make one document with `gatewright bundle`";
        out.add(EXTERNAL_REF.at(target.span, message).with_help(help));
        return;
    }
    node.items().for_each(|item| search(item, depth + 1, out));
    node.entries().for_each(|entry| search(&entry.value, depth + 1, out));
}
