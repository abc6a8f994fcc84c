//! References: the way from a variable to a value, and `#set`.

use ecow::EcoString;

use super::Evaluator;
use crate::vtl::ast::{Access, Expr, Reference};
use crate::vtl::error::Fault;
use crate::vtl::method::{self, Scope};
use crate::vtl::value::{Key, Provided, Value};

impl Evaluator<'_, '_> {
    /// Renders a reference, with the backslashes before it.
    pub(super) fn render_reference(&mut self, reference: &Reference, out: &mut String) -> Result<(), Fault> {
        let value = self.reference(reference)?;
        let at = reference.at;
        if matches!(value, Value::Null) {
            if reference.escapes > 0 {
                // What has no value needs no escape, so the backslashes are text.
                out.extend(std::iter::repeat_n('\\', reference.escapes));
                if reference.quiet && reference.escapes.is_multiple_of(2) {
                    return Ok(());
                }
                return self.write(at, &reference.literal, out);
            }
            if !self.null_is_empty() && !reference.quiet {
                let literal = self.argument_literal(reference).unwrap_or_else(|| reference.literal.clone());
                return self.write(at, &literal, out);
            }
            return Ok(());
        }
        if reference.escapes > 0 {
            out.extend(std::iter::repeat_n('\\', reference.escapes / 2));
            if reference.escapes % 2 == 1 {
                return self.write(at, &reference.literal, out);
            }
        }
        match &value {
            Value::Block(block) => {
                self.block(block, out)?;
                Ok(())
            }
            Value::Text(text) => self.write(at, text, out),
            Value::Provided(provided @ (Provided::Context | Provided::StageVariables)) => {
                let map = self.provided_map(*provided);
                self.heap.print(&map, out).map_err(|limit| self.exhausted(at, limit))
            }
            value => {
                let before = out.len();
                self.heap.print(value, out).map_err(|limit| self.exhausted(at, limit))?;
                let written = out.len() - before;
                self.charge(at, written / 32)
            }
        }
    }

    /// Returns how the argument is written that a macro's parameter stands for, when that is a reference.
    fn argument_literal(&self, reference: &Reference) -> Option<Box<str>> {
        let frame = self.frames.get(self.frame?)?;
        let index = frame.definition.parameters.iter().position(|parameter| *parameter == reference.root)?;
        match frame.arguments.get(index)? {
            Expr::Reference(argument) if reference.path.is_empty() => Some(argument.literal.clone()),
            _ => None,
        }
    }

    /// Returns a reference's value.
    pub(super) fn reference(&mut self, reference: &Reference) -> Result<Value, Fault> {
        let mut value = self.variable(reference.root)?;
        let mut path = reference.path.as_slice();
        if matches!(value, Value::Provided(Provided::Context))
            && let Some((found, rest)) = self.context_path(path)
        {
            value = found;
            path = rest;
        }
        for access in path {
            if matches!(value, Value::Null) {
                break;
            }
            value = self.access(&value, access)?;
        }
        if self.trace.is_some() {
            self.trace(reference.at, &reference.literal, &value, false);
        }
        Ok(value)
    }

    fn access(&mut self, value: &Value, access: &Access) -> Result<Value, Fault> {
        self.charge(0, 1)?;
        match access {
            Access::Property(name) => self.property(value, name),
            Access::Index { at, index } => {
                let index = self.value(index)?;
                self.index(*at, value, &index)
            }
            Access::Method { at, name, arguments } => {
                let mut values = Vec::with_capacity(arguments.len());
                for argument in arguments {
                    let argument = self.value(argument)?;
                    values.push(match argument {
                        // Java sees an object whose text is the block's.
                        Value::Block(_) => Value::Text(self.text(*at, &argument)?),
                        other => other,
                    });
                }
                self.method(*at, value, name, &values)
            }
        }
    }

    pub(super) fn property(&mut self, value: &Value, name: &EcoString) -> Result<Value, Fault> {
        Ok(match value {
            // `getClass()` comes before a member of this name, as in Velocity.
            Value::Text(_)
            | Value::Integer(_)
            | Value::Big(_)
            | Value::Double(_)
            | Value::List(_)
            | Value::Bool(_)
            | Value::Map(_)
                if name == "class" =>
            {
                method::class(&self.heap, value).map_or(Value::Null, |class| Value::Provided(Provided::Class(class)))
            }
            Value::Text(_) if name == "bytes" => {
                return Err(Fault::unsupported(0, format!("the property `{name}` of a Java object is not supported")));
            }
            Value::Map(id) => self.heap.entries(*id).get(&Key::Text(name.clone())).cloned().unwrap_or(Value::Null),
            Value::List(id) if name == "empty" => Value::Bool(self.heap.get(*id).items.is_empty()),
            Value::Text(text) if name == "empty" => Value::Bool(text.is_empty()),
            Value::Entry(_, key) if name == "key" => key.value(),
            Value::Entry(map, key) if name == "value" => {
                self.heap.entries(*map).get(key).cloned().unwrap_or(Value::Null)
            }
            Value::Provided(Provided::Loop(index)) => self.loop_property(*index, name),
            Value::Provided(Provided::Input) => self.input_property(name),
            Value::Provided(Provided::StageVariables) => self.stage_variable(name),
            Value::Provided(Provided::Context) => self.context_variable(name),
            Value::Provided(Provided::Class(class)) => class_name(class, name),
            _ => Value::Null,
        })
    }

    fn index(&mut self, at: u32, value: &Value, index: &Value) -> Result<Value, Fault> {
        match (value, index) {
            (Value::List(id), Value::Integer(index)) => {
                let items = &self.heap.get(*id).items;
                let found = position(*index, items.len()).and_then(|position| items.get(position));
                found
                    .cloned()
                    .ok_or_else(|| Fault::runtime(at, format!("the list of {} has no item {index}", items.len())))
            }
            (Value::Map(_), key) => self.method(at, value, "get", std::slice::from_ref(key)),
            (Value::Provided(_), Value::Text(name)) => self.property(value, name),
            _ => Ok(Value::Null),
        }
    }

    fn method(&mut self, at: u32, value: &Value, name: &str, arguments: &[Value]) -> Result<Value, Fault> {
        match value {
            Value::Provided(Provided::Input) => self.input_method(at, name, arguments),
            Value::Provided(Provided::Util) => self.util_method(at, name, arguments),
            Value::Provided(Provided::Class(class)) => match (name, arguments) {
                ("getName" | "getSimpleName" | "getCanonicalName", []) => {
                    let property = match name {
                        "getName" => "name",
                        "getSimpleName" => "simpleName",
                        _ => "canonicalName",
                    };
                    Ok(class_name(class, property))
                }
                ("toString", []) => Ok(Value::Text(ecow::eco_format!("class {class}"))),
                _ => Ok(Value::Null),
            },
            Value::Provided(provided) => match (name, arguments) {
                ("get", [Value::Text(key)]) => self.property(value, key),
                ("containsKey", [Value::Text(key)]) => {
                    let found = self.property(value, key)?;
                    Ok(Value::Bool(!matches!(found, Value::Null)))
                }
                ("isFirst" | "isLast" | "hasNext" | "getIndex" | "getCount", []) => {
                    let property = match name {
                        "isFirst" => "first",
                        "isLast" => "last",
                        "getIndex" => "index",
                        "getCount" => "count",
                        other => other,
                    };
                    self.property(value, &property.into())
                }
                ("keySet" | "entrySet" | "values" | "size" | "isEmpty" | "toString", _) => {
                    let map = self.provided_map(*provided);
                    self.method(at, &map, name, arguments)
                }
                _ => Ok(Value::Null),
            },
            Value::Block(_) => {
                let text = self.text(at, value)?;
                self.method(at, &Value::Text(text), name, arguments)
            }
            value => {
                if let (Value::Map(map), "put", [key, _]) = (value, name, arguments) {
                    let key = self.heap.key(key).map_err(|limit| self.exhausted(at, limit))?;
                    self.note_override(at, *map, key)?;
                }
                let mut scope = Scope { heap: &mut self.heap, patterns: &mut self.patterns };
                let result = method::call(&mut scope, value, name, arguments).map_err(|problem| problem.at(at))?;
                Ok(result.unwrap_or_else(|| {
                    let kind = method::kind(value);
                    self.warn(format!("{kind} has no method `{name}()` for these arguments, so the call has no value"));
                    Value::Null
                }))
            }
        }
    }

    /// Carries out `#set`.
    pub(super) fn assign(&mut self, target: &Reference, value: Value) -> Result<(), Fault> {
        // As in Velocity, assigning null leaves what was there.
        if matches!(value, Value::Null) {
            self.trace(target.at, &target.literal, &value, true);
            return Ok(());
        }
        self.trace(target.at, &target.literal, &value, true);
        let Some((last, way)) = target.path.split_last() else {
            self.set_variable(target.root, value);
            return Ok(());
        };
        let root = self.variable(target.root)?;
        let mut container = root;
        let mut way = way;
        if matches!(container, Value::Provided(Provided::Context)) {
            if way.is_empty() {
                if let Access::Property(name) = last {
                    self.assign_context(name, value);
                }
                return Ok(());
            }
            if let Some((found, rest)) = self.context_path_for_writing(way) {
                container = found;
                way = rest;
            }
        }
        for access in way {
            container = self.access(&container, access)?;
        }
        self.put(target.at, &container, last, value)
    }

    fn put(&mut self, at: u32, container: &Value, last: &Access, value: Value) -> Result<(), Fault> {
        let index = match last {
            Access::Property(name) => Value::Text(name.clone()),
            Access::Index { index, .. } => self.value(index)?,
            // Velocity ignores an assignment to a call.
            Access::Method { .. } => return Ok(()),
        };
        match container {
            Value::Map(id) => {
                let key = self.heap.key(&index).map_err(|limit| self.exhausted(at, limit))?;
                self.note_override(at, *id, key.clone())?;
                self.heap.entries_mut(*id).insert(key, value);
            }
            Value::List(id) => {
                let Value::Integer(index) = index else { return Ok(()) };
                let items = &mut self.heap.get_mut(*id).items;
                let length = items.len();
                let Some(item) = position(index, length).and_then(|position| items.get_mut(position)) else {
                    return Err(Fault::runtime(at, format!("the list of {length} has no item {index}")));
                };
                *item = value;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Returns a property of a class.
fn class_name(class: &'static str, property: &str) -> Value {
    match property {
        "name" | "canonicalName" | "typeName" => Value::Text(class.into()),
        "simpleName" => Value::Text(class.rsplit('.').next().unwrap_or(class).into()),
        _ => Value::Null,
    }
}

/// Returns the place of an index, which counts from the end when it is negative.
pub(super) fn position(index: i64, length: usize) -> Option<usize> {
    let index = if index < 0 { i64::try_from(length).ok()?.checked_add(index)? } else { index };
    usize::try_from(index).ok().filter(|position| *position < length)
}
