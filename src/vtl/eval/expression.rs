//! Expressions: operators and literals.

use super::{Evaluator, count};
use crate::vtl::ast::{Expr, Operator};
use crate::vtl::error::Fault;
use crate::vtl::value::{Entries, ListKind, Value, as_double, as_integer};

impl Evaluator<'_, '_> {
    /// Returns the value of an expression.
    pub(super) fn value(&mut self, expr: &Expr) -> Result<Value, Fault> {
        self.charge(0, 1)?;
        Ok(match expr {
            Expr::Bool(value) => Value::Bool(*value),
            Expr::Integer(value) => Value::Integer(*value),
            Expr::Big(value) => Value::Big(value.clone()),
            Expr::Double(value) => Value::Double(*value),
            Expr::Text(text) => Value::Text(text.clone()),
            Expr::Reference(reference) => self.reference(reference)?,
            nested => {
                self.enter(0)?;
                let value = self.nested_value(nested)?;
                self.depth -= 1;
                value
            }
        })
    }

    fn nested_value(&mut self, expr: &Expr) -> Result<Value, Fault> {
        match expr {
            Expr::Interpolated(block) => {
                let mut text = String::new();
                self.block(block, &mut text)?;
                Ok(Value::Text(text.into()))
            }
            Expr::List(items) => {
                let items = items.iter().map(|item| self.value(item)).collect::<Result<_, _>>()?;
                Ok(self.heap.list(ListKind::List, items))
            }
            Expr::Map(entries) => {
                let mut map = Entries::new();
                for (key, value) in entries {
                    let key = self.value(key)?;
                    let key = self.heap.key(&key).map_err(|limit| self.exhausted(0, limit))?;
                    map.insert(key, self.value(value)?);
                }
                Ok(self.heap.map(map))
            }
            Expr::Range { at, from, to } => {
                let (Value::Integer(from), Value::Integer(to)) = (self.value(from)?, self.value(to)?) else {
                    return Ok(Value::Null);
                };
                let length = usize::try_from(from.abs_diff(to)).unwrap_or(usize::MAX).saturating_add(1);
                self.charge(*at, length.saturating_mul(8))?;
                let items: Vec<Value> = if from <= to {
                    (from..=to).map(Value::Integer).collect()
                } else {
                    (to..=from).rev().map(Value::Integer).collect()
                };
                Ok(self.heap.list(ListKind::List, items))
            }
            Expr::Binary { at, operator, left, right } if is_arithmetic(*operator) => {
                self.arithmetic(*at, *operator, left, right)
            }
            condition => self.holds(condition).map(Value::Bool),
        }
    }

    /// Returns whether a condition holds. As in Velocity, a reference does unless it is null or false, and
    /// neither numbers nor strings nor sums do.
    pub(super) fn holds(&mut self, expr: &Expr) -> Result<bool, Fault> {
        self.charge(0, 1)?;
        match expr {
            Expr::Bool(value) => Ok(*value),
            Expr::Reference(reference) => {
                let value = self.reference(reference)?;
                Ok(!matches!(value, Value::Null | Value::Bool(false)))
            }
            Expr::Not(_) | Expr::Binary { .. } => {
                self.enter(0)?;
                let holds = self.nested_holds(expr)?;
                self.depth -= 1;
                Ok(holds)
            }
            _ => Ok(false),
        }
    }

    fn nested_holds(&mut self, expr: &Expr) -> Result<bool, Fault> {
        let (at, operator, left, right) = match expr {
            Expr::Not(operand) => return Ok(!self.holds(operand)?),
            Expr::Binary { at, operator, left, right } => (*at, *operator, left, right),
            _ => return Ok(false),
        };
        match operator {
            Operator::Or => Ok(self.holds(left)? || self.holds(right)?),
            Operator::And => Ok(self.holds(left)? && self.holds(right)?),
            Operator::Equal | Operator::NotEqual => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                Ok(self.equal(at, &left, &right)? == (operator == Operator::Equal))
            }
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                let order = match (&left, &right) {
                    (Value::Integer(left), Value::Integer(right)) => Some(left.cmp(right)),
                    (Value::Big(_), Value::Integer(_) | Value::Big(_)) | (Value::Integer(_), Value::Big(_)) => {
                        as_integer(&left).zip(as_integer(&right)).map(|(left, right)| left.cmp(&right))
                    }
                    _ => as_double(&left).zip(as_double(&right)).and_then(|(left, right)| left.partial_cmp(&right)),
                };
                // What is not a number is neither less nor greater.
                Ok(order.is_some_and(|order| match operator {
                    Operator::Less => order.is_lt(),
                    Operator::LessOrEqual => order.is_le(),
                    Operator::Greater => order.is_gt(),
                    _ => order.is_ge(),
                }))
            }
            _ => Ok(false),
        }
    }

    fn equal(&mut self, at: u32, left: &Value, right: &Value) -> Result<bool, Fault> {
        if self.null_is_empty() {
            match (left, right) {
                (Value::Null, Value::Text(text)) | (Value::Text(text), Value::Null) => return Ok(text.is_empty()),
                _ => {}
            }
        }
        // What `#define` defined is compared by its text.
        let (left, right) = (self.without_block(at, left)?, self.without_block(at, right)?);
        self.heap.equal(&left, &right).map_err(|limit| self.exhausted(at, limit))
    }

    fn without_block(&mut self, at: u32, value: &Value) -> Result<Value, Fault> {
        match value {
            Value::Block(_) => self.text(at, value).map(Value::Text),
            other => Ok(other.clone()),
        }
    }

    fn arithmetic(&mut self, at: u32, operator: Operator, left: &Expr, right: &Expr) -> Result<Value, Fault> {
        let (left_value, right_value) = (self.value(left)?, self.value(right)?);
        match (&left_value, &right_value) {
            (Value::Integer(left), Value::Integer(right)) => integers(at, operator, *left, *right),
            (Value::Big(_), Value::Integer(_) | Value::Big(_)) | (Value::Integer(_), Value::Big(_)) => {
                match as_integer(&left_value).zip(as_integer(&right_value)) {
                    Some((left, right)) => big_integers(at, operator, left, right),
                    None => Ok(Value::Null),
                }
            }
            (Value::Text(_), _) | (_, Value::Text(_)) if operator == Operator::Add => {
                let mut text = String::new();
                for (expr, value) in [(left, &left_value), (right, &right_value)] {
                    match (expr, value) {
                        // Velocity joins what was written when there is no value.
                        (Expr::Reference(reference), Value::Null) => text.push_str(&reference.literal),
                        (_, value) => text.push_str(&self.text(at, value)?),
                    }
                }
                self.heap.charge_text(text.len()).map_err(|limit| self.exhausted(at, limit))?;
                Ok(Value::Text(text.into()))
            }
            _ => match as_double(&left_value).zip(as_double(&right_value)) {
                Some((left, right)) => Ok(doubles(operator, left, right)),
                None => Ok(Value::Null),
            },
        }
    }

    /// Returns a member of `$foreach`.
    pub(super) fn loop_property(&self, index: usize, name: &str) -> Value {
        let Some(current) = self.loops.get(index) else { return Value::Null };
        let is_last = current.index + 1 >= current.length;
        match name {
            "index" => count(current.index),
            "count" => count(current.index + 1),
            "hasNext" => Value::Bool(!is_last),
            "first" => Value::Bool(current.index == 0),
            "last" => Value::Bool(is_last),
            "parent" if index > 0 => Value::Provided(super::Provided::Loop(index - 1)),
            "topmost" => Value::Provided(super::Provided::Loop(0)),
            _ => Value::Null,
        }
    }
}

fn is_arithmetic(operator: Operator) -> bool {
    matches!(operator, Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Remainder)
}

/// Returns a `long`, or the `BigInteger` where that does not hold it.
fn integers(at: u32, operator: Operator, left: i64, right: i64) -> Result<Value, Fault> {
    let result = exact(at, operator, left.into(), right.into())?;
    Ok(result.map_or(Value::Null, |result| {
        i64::try_from(result).map_or_else(|_| Value::Big(Box::new(result)), Value::Integer)
    }))
}

fn big_integers(at: u32, operator: Operator, left: i128, right: i128) -> Result<Value, Fault> {
    Ok(exact(at, operator, left, right)?.map_or(Value::Null, |result| Value::Big(Box::new(result))))
}

/// Returns what an operator makes of two integers: nothing of a division by zero, which is not an error.
fn exact(at: u32, operator: Operator, left: i128, right: i128) -> Result<Option<i128>, Fault> {
    let result = match operator {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        Operator::Divide | Operator::Remainder if right == 0 => return Ok(None),
        Operator::Divide => left.checked_div(right),
        _ => left.checked_rem(right),
    };
    result.map(Some).ok_or_else(|| Fault::unsupported(at, "integers beyond 128 bits are not supported"))
}

fn doubles(operator: Operator, left: f64, right: f64) -> Value {
    Value::Double(match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide | Operator::Remainder if right == 0.0 => return Value::Null,
        Operator::Divide => left / right,
        _ => left % right,
    })
}
