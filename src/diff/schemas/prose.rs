//! What says nothing about values: prose, deprecation, stability, XML names, other extensions.

use super::{Cx, Found, check};
use crate::diff::edit::Edit;
use crate::diff::lifecycle::{self, Subject};
use crate::diff::prose;
use crate::diff::schema::Schema;

pub(super) fn compare<'a>(cx: Cx<'a, '_>, old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    let (Some(before), Some(after)) = (old.parts.first(), new.parts.first()) else { return };
    lifecycle::compare(
        cx.options,
        Subject { node: before, member: &|key| old.first(key) },
        Subject { node: after, member: &|key| new.first(key) },
        &mut found.edits,
    );
    let (xml, xml_now) = (old.first("xml"), new.first("xml"));
    if xml != xml_now {
        let edit =
            Edit::new(&check::XML_CHANGED, xml.map(|n| n.span), xml_now.map(|n| n.span), "the form in XML changed");
        found.edits.push(edit.near(new.span()));
    }
    prose::compare(cx.options, before.span, after.span, &|key| old.first(key), &|key| new.first(key), &mut found.edits);
    prose::extensions(cx.options, &old.parts, &new.parts, after.span, &mut found.edits);
}
