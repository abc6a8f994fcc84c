//! The checks of the service model that come before an operation: `ValidationException` and
//! `SerializationException` in AWS's words.

use super::refusal::{Exception, Refusal};

/// Returns the values of an enumeration, given in the order of the service model, as AWS lists them.
///
/// They come in the order of a hash table of 32 places by Java's hash of a text, and of those in one place the last one
/// first: four lists that were recorded, of two to six values, have it, and so have the longer ones that users report.
fn enum_value_set(values: &[&str]) -> String {
    let mut values: Vec<&str> = values.iter().rev().copied().collect();
    values.sort_by_key(|value| {
        value.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into())) % 32
    });
    format!("Member must satisfy enum value set: [{}]", values.join(", "))
}

/// Collects the constraints that an input does not meet; AWS reports all of them at once.
#[derive(Debug)]
pub(crate) struct Constraints {
    input: String,
    errors: Vec<String>,
}

impl Constraints {
    /// Returns an empty collection for an input, such as `createRestApiInput`.
    pub(crate) fn new(input: impl Into<String>) -> Self {
        Self { input: input.into(), errors: Vec::new() }
    }

    /// Demands that a member is there.
    pub(crate) fn required<T>(&mut self, member: &str, value: Option<&T>) {
        if value.is_none() {
            self.error("Value null", member, "Member must not be null");
        }
    }

    /// Demands that a member, if it is there, is one of the values.
    pub(crate) fn one_of(&mut self, member: &str, value: Option<&str>, values: &[&str]) {
        if let Some(value) = value.filter(|value| !values.contains(value)) {
            self.error(&format!("Value '{value}'"), member, &enum_value_set(values));
        }
    }

    /// Demands that each item of a list is one of the values.
    pub(crate) fn each_one_of(&mut self, member: &str, items: &[String], values: &[&str]) {
        if items.iter().any(|item| !values.contains(&item.as_str())) {
            let rule = format!("Member must satisfy constraint: [{}]", enum_value_set(values));
            self.error(&format!("Value '[{}]'", items.join(", ")), member, &rule);
        }
    }

    /// Demands that a member, if it is there, is a status code.
    pub(crate) fn status_code(&mut self, member: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !is_status_code(value)) {
            self.error(&format!("Value '{value}'"), member, STATUS_CODE);
        }
    }

    /// Demands that a member, if it is there, is a status code or the star that stands for all of them.
    pub(crate) fn location_status_code(&mut self, member: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| *value != "*" && !value.trim().is_empty() && !is_status_code(value)) {
            self.error(&format!("Value '{value}'"), member, LOCATION_STATUS_CODE);
        }
    }

    /// Demands that a member matches its pattern; `matches` says whether it does.
    pub(crate) fn pattern(&mut self, member: &str, value: &str, matches: bool, pattern: &str) {
        if !matches {
            let rule = format!("Member must satisfy regular expression pattern: {pattern}");
            self.error(&format!("Value '{value}'"), member, &rule);
        }
    }

    /// Demands that the keys of a map match their pattern, which `matches` knows.
    pub(crate) fn keys<'k>(
        &mut self,
        member: &str,
        mut keys: impl Iterator<Item = &'k str>,
        matches: fn(&str) -> bool,
        pattern: &str,
    ) {
        if keys.any(|key| !matches(key)) {
            let rule = format!("Member must satisfy regular expression pattern: {pattern}");
            self.error("Value", member, &format!("Map keys must satisfy constraint: [{rule}]"));
        }
    }

    /// Demands that a member is not longer than it may be.
    pub(crate) fn at_most(&mut self, member: &str, value: &str, length: usize, max: usize) {
        if length > max {
            let rule = format!("Member must have length less than or equal to {max}");
            self.error(&format!("Value '{value}'"), member, &rule);
        }
    }

    /// Demands that a list is not longer than `most`, and that the lengths of its items are in a range.
    pub(crate) fn each_within(
        &mut self,
        member: &str,
        items: &[String],
        most: usize,
        lengths: std::ops::RangeInclusive<usize>,
    ) {
        let value = format!("Value '[{}]'", items.join(", "));
        if items.len() > most {
            self.error(&value, member, &format!("Member must have length less than or equal to {most}"));
        }
        if items.iter().any(|item| !lengths.contains(&item.chars().count())) {
            let rule = format!(
                "Member must satisfy constraint: [Member must have length less than or equal to {}, Member must have \
                 length greater than or equal to {}, Member must satisfy regular expression pattern: .*, Member must \
                 not be null]",
                lengths.end(),
                lengths.start()
            );
            self.error(&value, member, &rule);
        }
    }

    /// Demands that a number, if it is there, is in a range.
    pub(crate) fn within(&mut self, member: &str, value: Option<i64>, range: std::ops::RangeInclusive<i64>) {
        let Some(value) = value.filter(|value| !range.contains(value)) else { return };
        let rule = match value < *range.start() {
            true => format!("Member must have value greater than or equal to {}", range.start()),
            false => format!("Member must have value less than or equal to {}", range.end()),
        };
        self.error(&format!("Value '{value}'"), member, &rule);
    }

    fn error(&mut self, value: &str, member: &str, rule: &str) {
        // Lambda names members without their input.
        let dot = if self.input.is_empty() { "" } else { "." };
        self.errors.push(format!("{value} at '{}{dot}{member}' failed to satisfy constraint: {rule}", self.input));
    }

    /// Refuses the call when a constraint is not met.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        refuse(&self.errors)
    }
}

const STATUS_CODE: &str = r"Member must satisfy regular expression pattern: [1-5]\d\d";

/// The pattern of shape `DocumentationPartLocationStatusCode`.
const LOCATION_STATUS_CODE: &str = r"Member must satisfy regular expression pattern: ^([1-5]\d\d|\*|\s*)$";

fn is_status_code(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 3 && matches!(bytes, [b'1'..=b'5', ..]) && bytes.iter().all(u8::is_ascii_digit)
}

/// Demands that a status code in a path is one.
pub(crate) fn status_code(status_code: &str) -> Result<(), Refusal> {
    if is_status_code(status_code) {
        return Ok(());
    }
    refuse(&[format!("Value '{status_code}' at 'statusCode' failed to satisfy constraint: {STATUS_CODE}")])
}

/// Demands that a path or query parameter is one of the values.
pub(crate) fn parameter_one_of(name: &str, value: &str, values: &[&str]) -> Result<(), Refusal> {
    if values.contains(&value) {
        return Ok(());
    }
    refuse(&[format!("Value '{value}' at '{name}' failed to satisfy constraint: {}", enum_value_set(values))])
}

fn refuse(errors: &[String]) -> Result<(), Refusal> {
    let count = match errors.len() {
        0 => return Ok(()),
        1 => "1 validation error".to_owned(),
        more => format!("{more} validation errors"),
    };
    Err(Refusal::new(Exception::Validation, format!("{count} detected: {}", errors.join("; "))))
}

/// Returns AWS's words for a member of the wrong JSON type, given those of the deserializer.
///
/// Recorded is the boolean for a string; the others are what Kinesis, DynamoDB, Glacier and IoT say in the same style.
pub(super) fn serialization_message(error: &str) -> String {
    let Some((found, expected)) = error.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "))
    else {
        return error.to_owned();
    };
    let expected = expected.split([' ', '\n']).find(|word| !matches!(*word, "a" | "an" | "borrowed"));
    let found = match (found.split(' ').next(), expected) {
        (Some("null"), _) => return "Unexpected null in the request body".to_owned(),
        (Some("sequence"), _) => return "Start of list found where not expected".to_owned(),
        (Some("map"), _) => return "Start of structure or map found where not expected.".to_owned(),
        (_, Some("sequence")) => return "Expected list or null".to_owned(),
        (_, Some("map")) => return "Expected map or null".to_owned(),
        (_, Some("struct")) => return "Expected null".to_owned(),
        (Some("boolean"), _) => "java.lang.Boolean",
        (Some("integer" | "floating"), _) => "com.amazon.coral.value.json.numbers.TruncatingBigNumber",
        (Some("string"), _) => "java.lang.String",
        _ => return error.to_owned(),
    };
    let expected = match expected {
        Some("string") => "String",
        Some("boolean") => "Boolean",
        Some("i64" | "u64" | "i32" | "integer") => "Integer",
        Some("f64" | "f32") => "Double",
        _ => return error.to_owned(),
    };
    format!("class {found} can not be converted to an {expected}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_type_is_reported_in_the_words_of_aws() {
        let error = serde_json::from_str::<String>("true").expect_err("a boolean is no string").to_string();
        let error = error.split(" at line").next().unwrap_or_default();
        assert_eq!(serialization_message(error), "class java.lang.Boolean can not be converted to an String");
        let number = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String";
        for (error, expected) in [
            ("integer `1`, expected a string", number),
            ("floating point `1.5`, expected a string", number),
            ("string \"1\", expected i64", "class java.lang.String can not be converted to an Integer"),
            ("sequence, expected a string", "Start of list found where not expected"),
            ("map, expected a sequence", "Start of structure or map found where not expected."),
            ("string \"a\", expected a sequence", "Expected list or null"),
            ("boolean `true`, expected a map", "Expected map or null"),
            ("integer `1`, expected struct Input", "Expected null"),
        ] {
            assert_eq!(serialization_message(&format!("invalid type: {error}")), expected);
        }
    }

    #[test]
    fn enumerations_are_listed_as_they_were_recorded() {
        for (model, recorded) in [
            ("REGIONAL, EDGE, PRIVATE", "PRIVATE, EDGE, REGIONAL"),
            ("add, remove, replace, move, copy, test", "add, remove, move, test, replace, copy"),
            ("ipv4, dualstack", "ipv4, dualstack"),
            ("HTTP, AWS, MOCK, HTTP_PROXY, AWS_PROXY", "HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS"),
            (
                "API, AUTHORIZER, MODEL, RESOURCE, METHOD, PATH_PARAMETER, QUERY_PARAMETER, REQUEST_HEADER, \
                 REQUEST_BODY, RESPONSE, RESPONSE_HEADER, RESPONSE_BODY",
                "RESPONSE_BODY, RESPONSE, METHOD, MODEL, AUTHORIZER, RESPONSE_HEADER, RESOURCE, PATH_PARAMETER, \
                 REQUEST_BODY, QUERY_PARAMETER, API, REQUEST_HEADER",
            ),
        ] {
            let values: Vec<&str> = model.split(", ").collect();
            assert_eq!(enum_value_set(&values), format!("Member must satisfy enum value set: [{recorded}]"));
        }
    }

    #[test]
    fn all_constraints_are_reported_at_once() {
        let mut constraints = Constraints::new("createRestApiInput");
        constraints.each_one_of("endpointConfiguration.types", &["wrong".to_owned()], &["PRIVATE", "EDGE", "REGIONAL"]);
        constraints.one_of("endpointConfiguration.ipAddressType", Some("wrong"), &["ipv4", "dualstack"]);
        let refusal = constraints.finish().expect_err("is refused");
        assert_eq!(
            refusal.message,
            "2 validation errors detected: Value '[wrong]' at 'createRestApiInput.endpointConfiguration.types' failed \
             to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [PRIVATE, \
             EDGE, REGIONAL]]; Value 'wrong' at 'createRestApiInput.endpointConfiguration.ipAddressType' failed to \
             satisfy constraint: Member must satisfy enum value set: [ipv4, dualstack]"
        );
    }
}
