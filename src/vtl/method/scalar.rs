//! Numbers and booleans: `Integer`, `Long`, `Double`, `Boolean`, and the static methods that templates reach
//! through any instance, as in `$n.parseInt("5")`.

use super::{Result, Scope, thrown, unsupported};
use crate::vtl::number::java_double;
use crate::vtl::value::{Value, as_double};

/// What Java's numbers and booleans have too.
const OTHER: &[&str] = &[
    "bitCount",
    "byteValue",
    "shortValue",
    "decode",
    "divideUnsigned",
    "highestOneBit",
    "lowestOneBit",
    "numberOfLeadingZeros",
    "numberOfTrailingZeros",
    "parseUnsignedInt",
    "remainderUnsigned",
    "reverse",
    "reverseBytes",
    "rotateLeft",
    "rotateRight",
    "signum",
    "toUnsignedString",
    "doubleToLongBits",
    "logicalAnd",
    "logicalOr",
    "logicalXor",
];

pub(super) fn call(scope: &Scope<'_>, target: &Value, name: &str, arguments: &[Value]) -> Result {
    let some = |value| Ok(Some(value));
    match (target, name, arguments) {
        (Value::Bool(value), "booleanValue", []) => some(Value::Bool(*value)),
        (Value::Bool(_), "parseBoolean" | "valueOf", [Value::Text(text)]) => {
            some(Value::Bool(text.eq_ignore_ascii_case("true")))
        }
        (Value::Bool(left), "compareTo" | "compare", [Value::Bool(right)]) => {
            some(Value::Integer(i64::from(*left) - i64::from(*right)))
        }
        (Value::Bool(_), _, _) => none(target, name),
        (Value::Integer(value), "intValue" | "longValue", []) => some(Value::Integer(*value)),
        #[expect(clippy::cast_possible_truncation, reason = "as Java cuts a BigInteger")]
        (Value::Big(value), "intValue", []) => some(Value::Integer((**value as i32).into())),
        #[expect(clippy::cast_possible_truncation, reason = "as Java cuts a BigInteger")]
        (Value::Big(value), "longValue", []) => some(Value::Integer(**value as i64)),
        #[expect(clippy::cast_possible_truncation, reason = "as Java cuts a double")]
        (Value::Double(value), "intValue" | "longValue", []) => some(Value::Integer(*value as i64)),
        (value, "doubleValue" | "floatValue", []) => some(as_double(value).map_or(Value::Null, Value::Double)),
        (_, "parseInt" | "parseLong", [Value::Text(text)]) => integer(text, 10),
        (Value::Integer(_), "valueOf", [Value::Text(text)]) => integer(text, 10),
        (_, "parseInt" | "parseLong" | "valueOf", [Value::Text(text), Value::Integer(radix)]) => integer(text, *radix),
        (_, "parseDouble" | "valueOf" | "parseFloat", [Value::Text(text)]) => match text.trim().parse() {
            Ok(value) => some(Value::Double(value)),
            Err(_) => thrown(format!("`{text}` is not a number")),
        },
        (_, "valueOf", [value @ (Value::Integer(_) | Value::Double(_))]) => some(value.clone()),
        (_, "isNaN", []) => some(Value::Bool(as_double(target).is_some_and(f64::is_nan))),
        (_, "isInfinite", []) => some(Value::Bool(as_double(target).is_some_and(f64::is_infinite))),
        (_, "compareTo", [other]) => compare(target, other),
        (_, "compare", [left, right]) => compare(left, right),
        (_, "max" | "min" | "sum", [left, right]) => extremum(name, left, right),
        (_, "toHexString", [Value::Integer(value)]) => scope.made(radix(*value, 16)),
        (_, "toBinaryString", [Value::Integer(value)]) => scope.made(radix(*value, 2)),
        (_, "toOctalString", [Value::Integer(value)]) => scope.made(radix(*value, 8)),
        (_, "toString", [Value::Integer(value)]) => scope.made(value.to_string()),
        (_, "toString", [Value::Double(value)]) => scope.made(java_double(*value)),
        _ => none(target, name),
    }
}

fn none(target: &Value, name: &str) -> Result {
    if OTHER.contains(&name) { Err(unsupported(target, name)) } else { Ok(None) }
}

fn integer(text: &str, radix: i64) -> Result {
    let radix = u32::try_from(radix).ok().filter(|radix| (2..=36).contains(radix));
    match radix.and_then(|radix| i64::from_str_radix(text, radix).ok()) {
        Some(value) => Ok(Some(Value::Integer(value))),
        None => thrown(format!("`{text}` is not an integer")),
    }
}

fn compare(left: &Value, right: &Value) -> Result {
    let order = match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Some(left.cmp(right)),
        _ => as_double(left).zip(as_double(right)).map(|(left, right)| left.total_cmp(&right)),
    };
    Ok(order.map(|order| Value::Integer(order as i64)))
}

fn extremum(name: &str, left: &Value, right: &Value) -> Result {
    Ok(match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Some(Value::Integer(match name {
            "max" => *left.max(right),
            "min" => *left.min(right),
            _ => left.wrapping_add(*right),
        })),
        _ => as_double(left).zip(as_double(right)).map(|(left, right)| {
            Value::Double(match name {
                "max" => left.max(right),
                "min" => left.min(right),
                _ => left + right,
            })
        }),
    })
}

/// Returns the digits of a number; a negative one's are those of its 32 bits when they suffice, as for an `Integer`.
fn radix(value: i64, radix: u32) -> String {
    match (i32::try_from(value), radix) {
        (Ok(value), 16) => format!("{value:x}"),
        (Ok(value), 8) => format!("{value:o}"),
        (Ok(value), _) => format!("{value:b}"),
        (Err(_), 16) => format!("{value:x}"),
        (Err(_), 8) => format!("{value:o}"),
        (Err(_), _) => format!("{value:b}"),
    }
}
