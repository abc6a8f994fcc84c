use super::prelude::*;

declare_rule! {
    /// Finds documents of more than 6 MB.
    ///
    /// ## What API Gateway does
    /// Refuses to import a definition of more than 6 MB; the quota cannot be raised.
    DOCUMENT_TOO_LARGE = "document-too-large", Error, Refused, Rest, Document(check)
}

const QUOTA: usize = 6 * 1024 * 1024;

fn check(cx: &Context<'_>, out: &mut Sink) {
    let size = cx.document.sources().files().next().map_or(0, |(_, file)| file.text().len());
    if size > QUOTA {
        let span = cx.root().entries().next().map_or(cx.root().span, |e| e.key.span);
        let message = format!("API Gateway refuses the document: it has {size} bytes, and the quota is {QUOTA}");
        out.add(DOCUMENT_TOO_LARGE.at(span, message).with_help("split the document over several APIs"));
    }
}
