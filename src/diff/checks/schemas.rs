//! Schemas: types, values, bounds, objects, arrays, composition.

use super::Effect::{Alters, Always, Annotates, Narrows, Undecidable, Widens};
use super::{Bend, Place, checks, in_request, in_response};
use crate::diff::Level::{Error, Info, Warning};
use crate::diff::Side;

/// A bound appears where there was none.
const MAYBE_ENFORCED: Bend = in_request(Warning, "the server may have enforced the bound all along");
/// A default of a parameter changes.
const DEFAULT_OF_PARAMETER: Bend = Bend {
    side: Side::Request,
    places: &[Place::Parameter, Place::ParameterProperty],
    level: Error,
    why: "a request without the parameter means something else",
};
const TOLERANT_READER: &str = "clients are expected to tolerate values they do not know";

checks! {
    /// The type or format changes, and neither the old nor the new one holds the other.
    TYPE_CHANGED = "type-changed", Alters;
    /// The type or format is wider: integer to number, a type added to a list, a format dropped.
    TYPE_GENERALIZED = "type-generalized", Widens;
    /// The type or format is narrower: number to integer, a type taken from a list, a format added.
    TYPE_SPECIALIZED = "type-specialized", Narrows;
    /// The type changes in words only: written as text, the same values are valid.
    TYPE_REWORDED = "type-reworded", Annotates;
    /// `null` becomes a valid value.
    BECAME_NULLABLE = "became-nullable", Widens;
    /// `null` is no longer a valid value.
    BECAME_NOT_NULLABLE = "became-not-nullable", Narrows;
    /// An optional property becomes required.
    PROPERTY_BECAME_REQUIRED = "property-became-required", Narrows;
    /// A required property becomes optional.
    PROPERTY_BECAME_OPTIONAL = "property-became-optional", Widens;
    /// A property is added that every value must have.
    REQUIRED_PROPERTY_ADDED = "required-property-added", Narrows;
    /// A property is added that values may have.
    OPTIONAL_PROPERTY_ADDED = "optional-property-added", Always(Info);
    /// A property that every value had is gone.
    REQUIRED_PROPERTY_REMOVED = "required-property-removed", Widens,
        [in_request(Warning, "servers mostly ignore properties they do not know, but what it did is no longer done")];
    /// A property that values could have is gone.
    OPTIONAL_PROPERTY_REMOVED = "optional-property-removed", Always(Warning);
    /// A property is gone from an object that takes no others: values that have it are refused.
    PROPERTY_REFUSED = "property-refused", Narrows,
        [in_response(Warning, "clients had to cope without an optional property")];
    /// A required property is gone from an object that takes no others: values that have it are refused.
    REQUIRED_PROPERTY_REFUSED = "required-property-refused", Alters;
    /// A value is added to an enum.
    ENUM_VALUE_ADDED = "enum-value-added", Widens, [in_response(Warning, TOLERANT_READER)];
    /// A value is removed from an enum.
    ENUM_VALUE_REMOVED = "enum-value-removed", Narrows;
    /// Only listed values are valid where any was.
    BECAME_ENUM = "became-enum", Narrows;
    /// Any value is valid where only listed ones were.
    ENUM_REMOVED = "enum-removed", Widens, [in_response(Warning, TOLERANT_READER)];
    /// Only one value is valid (`const`) where any was.
    CONST_ADDED = "const-added", Narrows;
    /// The one valid value (`const`) is another.
    CONST_CHANGED = "const-changed", Alters;
    /// Any value is valid where only one (`const`) was.
    CONST_REMOVED = "const-removed", Widens;
    /// A default is set: what an absent value means changes.
    DEFAULT_ADDED = "default-added", Annotates, [DEFAULT_OF_PARAMETER];
    /// The default is another: what an absent value means changes.
    DEFAULT_CHANGED = "default-changed", Annotates, [DEFAULT_OF_PARAMETER];
    /// The default is dropped: what an absent value means changes.
    DEFAULT_REMOVED = "default-removed", Annotates, [DEFAULT_OF_PARAMETER];
    /// A value is added to the open list `x-extensible-enum`.
    EXTENSIBLE_ENUM_VALUE_ADDED = "extensible-enum-value-added", Always(Info);
    /// A value is removed from the open list `x-extensible-enum`.
    EXTENSIBLE_ENUM_VALUE_REMOVED = "extensible-enum-value-removed", Narrows;
    /// The largest valid number is lowered.
    MAX_DECREASED = "max-decreased", Narrows;
    /// The largest valid number is raised.
    MAX_INCREASED = "max-increased", Widens;
    /// A largest valid number is set.
    MAX_SET = "max-set", Narrows, [MAYBE_ENFORCED];
    /// The largest valid number is dropped.
    MAX_UNSET = "max-unset", Widens;
    /// The smallest valid number is lowered.
    MIN_DECREASED = "min-decreased", Widens;
    /// The smallest valid number is raised.
    MIN_INCREASED = "min-increased", Narrows;
    /// A smallest valid number is set.
    MIN_SET = "min-set", Narrows, [MAYBE_ENFORCED];
    /// The smallest valid number is dropped.
    MIN_UNSET = "min-unset", Widens;
    /// The greatest length of a text is lowered.
    MAX_LENGTH_DECREASED = "max-length-decreased", Narrows;
    /// The greatest length of a text is raised.
    MAX_LENGTH_INCREASED = "max-length-increased", Widens;
    /// A greatest length of a text is set.
    MAX_LENGTH_SET = "max-length-set", Narrows, [MAYBE_ENFORCED];
    /// The greatest length of a text is dropped.
    MAX_LENGTH_UNSET = "max-length-unset", Widens;
    /// The least length of a text is lowered.
    MIN_LENGTH_DECREASED = "min-length-decreased", Widens;
    /// The least length of a text is raised.
    MIN_LENGTH_INCREASED = "min-length-increased", Narrows;
    /// The greatest number of items is lowered.
    MAX_ITEMS_DECREASED = "max-items-decreased", Narrows;
    /// The greatest number of items is raised.
    MAX_ITEMS_INCREASED = "max-items-increased", Widens;
    /// A greatest number of items is set.
    MAX_ITEMS_SET = "max-items-set", Narrows, [MAYBE_ENFORCED];
    /// The greatest number of items is dropped.
    MAX_ITEMS_UNSET = "max-items-unset", Widens;
    /// The least number of items is lowered.
    MIN_ITEMS_DECREASED = "min-items-decreased", Widens;
    /// The least number of items is raised.
    MIN_ITEMS_INCREASED = "min-items-increased", Narrows;
    /// The greatest number of properties is lowered.
    MAX_PROPERTIES_DECREASED = "max-properties-decreased", Narrows;
    /// The greatest number of properties is raised.
    MAX_PROPERTIES_INCREASED = "max-properties-increased", Widens;
    /// A greatest number of properties is set.
    MAX_PROPERTIES_SET = "max-properties-set", Narrows, [MAYBE_ENFORCED];
    /// The greatest number of properties is dropped.
    MAX_PROPERTIES_UNSET = "max-properties-unset", Widens;
    /// The least number of properties is lowered.
    MIN_PROPERTIES_DECREASED = "min-properties-decreased", Widens;
    /// The least number of properties is raised.
    MIN_PROPERTIES_INCREASED = "min-properties-increased", Narrows;
    /// The greatest number of items that match `contains` is lowered.
    MAX_CONTAINS_DECREASED = "max-contains-decreased", Narrows;
    /// The greatest number of items that match `contains` is raised.
    MAX_CONTAINS_INCREASED = "max-contains-increased", Widens;
    /// A greatest number of items that match `contains` is set.
    MAX_CONTAINS_SET = "max-contains-set", Narrows;
    /// The greatest number of items that match `contains` is dropped.
    MAX_CONTAINS_UNSET = "max-contains-unset", Widens;
    /// The least number of items that match `contains` is lowered.
    MIN_CONTAINS_DECREASED = "min-contains-decreased", Widens;
    /// The least number of items that match `contains` is raised.
    MIN_CONTAINS_INCREASED = "min-contains-increased", Narrows;
    /// Only multiples of a number are valid where any number was.
    MULTIPLE_OF_SET = "multiple-of-set", Narrows, [MAYBE_ENFORCED];
    /// Numbers need no longer be multiples of one.
    MULTIPLE_OF_UNSET = "multiple-of-unset", Widens;
    /// The new `multipleOf` divides the old one: more numbers are valid.
    MULTIPLE_OF_WIDENED = "multiple-of-widened", Widens;
    /// The new `multipleOf` is a multiple of the old one: fewer numbers are valid.
    MULTIPLE_OF_NARROWED = "multiple-of-narrowed", Narrows;
    /// `multipleOf` is another number, neither a divisor nor a multiple of the old one.
    MULTIPLE_OF_CHANGED = "multiple-of-changed", Alters;
    /// Items must be unique.
    UNIQUE_ITEMS_SET = "unique-items-set", Narrows;
    /// Items may repeat.
    UNIQUE_ITEMS_UNSET = "unique-items-unset", Widens;
    /// A text must match a regular expression where any text was valid.
    PATTERN_ADDED = "pattern-added", Narrows;
    /// Any text is valid where it had to match a regular expression.
    PATTERN_REMOVED = "pattern-removed", Widens,
        [in_response(Warning, "few clients match what they read against the pattern")];
    /// A text must match another regular expression; which of two matches more cannot be decided.
    PATTERN_CHANGED = "pattern-changed", Undecidable;
    /// The regular expression now matches every text.
    PATTERN_GENERALIZED = "pattern-generalized", Widens,
        [in_response(Warning, "few clients match what they read against the pattern")];
    /// The text is encoded in another way (`contentEncoding`).
    CONTENT_ENCODING_CHANGED = "content-encoding-changed", Alters;
    /// The text holds another media type (`contentMediaType`).
    CONTENT_MEDIA_TYPE_CHANGED = "content-media-type-changed", Alters;
    /// What the text holds has a schema (`contentSchema`).
    CONTENT_SCHEMA_ADDED = "content-schema-added", Narrows;
    /// What the text holds has no schema any more (`contentSchema`).
    CONTENT_SCHEMA_REMOVED = "content-schema-removed", Widens;
    /// Properties that are not listed are no longer valid (`additionalProperties: false`).
    ADDITIONAL_PROPERTIES_CLOSED = "additional-properties-closed", Narrows;
    /// Properties that are not listed are valid.
    ADDITIONAL_PROPERTIES_OPENED = "additional-properties-opened", Widens,
        [in_response(Warning, "clients are expected to tolerate properties they do not know")];
    /// Properties that are not listed must match a schema.
    ADDITIONAL_PROPERTIES_CONSTRAINED = "additional-properties-constrained", Narrows;
    /// Properties that are not listed need no longer match a schema.
    ADDITIONAL_PROPERTIES_FREED = "additional-properties-freed", Widens;
    /// The items of an array must match a schema where any were valid.
    ITEMS_CONSTRAINED = "items-constrained", Narrows;
    /// The items of an array may be anything.
    ITEMS_FREED = "items-freed", Widens;
    /// A schema takes the place of one that nothing matches, or the reverse.
    SCHEMA_OPENED = "schema-opened", Widens;
    /// Nothing is valid any more (`false`).
    SCHEMA_CLOSED = "schema-closed", Narrows;
    /// An alternative is added to `anyOf`.
    ANY_OF_ADDED = "any-of-added", Widens;
    /// An alternative is removed from `anyOf`.
    ANY_OF_REMOVED = "any-of-removed", Narrows;
    /// An alternative is added to `oneOf`.
    ONE_OF_ADDED = "one-of-added", Widens;
    /// A schema becomes one of several alternatives: values that match another one too are refused.
    WRAPPED_IN_ONE_OF = "wrapped-in-one-of", Alters;
    /// An alternative is removed from `oneOf`.
    ONE_OF_REMOVED = "one-of-removed", Narrows;
    /// Values must match one of several alternatives where they were free of them.
    ALTERNATIVES_DEMANDED = "alternatives-demanded", Narrows;
    /// Values need no longer match one of several alternatives.
    ALTERNATIVES_DROPPED = "alternatives-dropped", Widens;
    /// `anyOf` becomes `oneOf`: values that match several alternatives are refused.
    ANY_OF_BECAME_ONE_OF = "any-of-became-one-of", Narrows;
    /// `oneOf` becomes `anyOf`: values that match several alternatives are valid.
    ONE_OF_BECAME_ANY_OF = "one-of-became-any-of", Widens;
    /// A schema that values must not match (`not`) is added.
    NOT_ADDED = "not-added", Narrows;
    /// A schema that values must not match (`not`) is gone.
    NOT_REMOVED = "not-removed", Widens;
    /// The discriminator is added, changed or removed, or its mapping is.
    DISCRIMINATOR_CHANGED = "discriminator-changed", Annotates;
    /// A condition (`if`, `then`, `else`) is added.
    CONDITION_ADDED = "condition-added", Narrows;
    /// A condition (`if`, `then`, `else`) is gone.
    CONDITION_REMOVED = "condition-removed", Widens;
    /// One property demands another (`dependentRequired`).
    DEPENDENT_REQUIRED_ADDED = "dependent-required-added", Narrows;
    /// One property demands other ones than it did (`dependentRequired`).
    DEPENDENT_REQUIRED_CHANGED = "dependent-required-changed", Alters;
    /// One property no longer demands another (`dependentRequired`).
    DEPENDENT_REQUIRED_REMOVED = "dependent-required-removed", Widens;
    /// A property brings a schema with it (`dependentSchemas`).
    DEPENDENT_SCHEMA_ADDED = "dependent-schema-added", Narrows;
    /// A property no longer brings a schema with it (`dependentSchemas`).
    DEPENDENT_SCHEMA_REMOVED = "dependent-schema-removed", Widens;
    /// The names of properties must match a schema.
    PROPERTY_NAMES_ADDED = "property-names-added", Narrows;
    /// The names of properties are free.
    PROPERTY_NAMES_REMOVED = "property-names-removed", Widens;
    /// Properties whose name matches a pattern must match a schema.
    PATTERN_PROPERTY_ADDED = "pattern-property-added", Narrows;
    /// Properties whose name matches a pattern are free.
    PATTERN_PROPERTY_REMOVED = "pattern-property-removed", Widens;
    /// Properties that no other keyword covers must match a schema.
    UNEVALUATED_PROPERTIES_ADDED = "unevaluated-properties-added", Narrows;
    /// Properties that no other keyword covers are free.
    UNEVALUATED_PROPERTIES_REMOVED = "unevaluated-properties-removed", Widens;
    /// Items that no other keyword covers must match a schema.
    UNEVALUATED_ITEMS_ADDED = "unevaluated-items-added", Narrows;
    /// Items that no other keyword covers are free.
    UNEVALUATED_ITEMS_REMOVED = "unevaluated-items-removed", Widens;
    /// Some item must match a schema (`contains`).
    CONTAINS_ADDED = "contains-added", Narrows;
    /// No item needs to match a schema any more (`contains`).
    CONTAINS_REMOVED = "contains-removed", Widens;
    /// An array that takes no others may have one more item (`prefixItems`).
    PREFIX_ITEM_ADDED = "prefix-item-added", Widens;
    /// An array that takes no others may have one item fewer (`prefixItems`).
    PREFIX_ITEM_REMOVED = "prefix-item-removed", Narrows;
    /// An item must match a schema of its own (`prefixItems`) where any was valid.
    PREFIX_ITEM_CONSTRAINED = "prefix-item-constrained", Narrows,
        [in_response(Warning, "arrays that are described further are often longer than they were")];
    /// An item need no longer match a schema of its own (`prefixItems`).
    PREFIX_ITEM_FREED = "prefix-item-freed", Widens,
        [in_request(Warning, "what an item meant that is no longer described may no longer be done")];
    /// A property is only sent by the server (`readOnly`).
    BECAME_READ_ONLY = "became-read-only", Always(Info);
    /// A property is no longer only sent by the server (`readOnly`).
    BECAME_NOT_READ_ONLY = "became-not-read-only", Always(Info);
    /// A required property is no longer only sent by the server (`readOnly`): requests must have it now.
    REQUIRED_BECAME_NOT_READ_ONLY = "required-became-not-read-only", Always(Info),
        [in_request(Error, "requests did not have it before")];
    /// A property is only sent by clients (`writeOnly`).
    BECAME_WRITE_ONLY = "became-write-only", Always(Info),
        [in_response(Warning, "clients had to cope without an optional property")];
    /// A required property is only sent by clients (`writeOnly`): responses no longer have it.
    REQUIRED_BECAME_WRITE_ONLY = "required-became-write-only", Always(Info),
        [in_response(Error, "responses always had it before")];
    /// A property is no longer only sent by clients (`writeOnly`).
    BECAME_NOT_WRITE_ONLY = "became-not-write-only", Always(Info);
    /// A required property is no longer only sent by clients (`writeOnly`): responses must have it now.
    REQUIRED_BECAME_NOT_WRITE_ONLY = "required-became-not-write-only", Always(Info),
        [in_response(Warning, "responses did not have it before")];
    /// The names or the form of values in XML change.
    XML_CHANGED = "xml-changed", Always(Warning);
}
