//! Rendering: walks the syntax tree.

mod expression;
mod provided;
mod reference;

use std::borrow::Cow;
use std::sync::Arc;

use ecow::EcoString;
use serde_json::Value as Json;

use super::Rendered;
use super::ast::{Block, Call, Expr, Macro, Node, Slot};
use super::context::{RenderContext, TraceEntry, Undefined};
use super::error::{Fault, TemplateError};
use super::json;
use super::lexer::Origin;
use super::method::Patterns;
use super::names::{BODY_CONTENT, FOREACH, Names, PROVIDED_COUNT, VELOCITY_COUNT};
use super::parser;
use super::value::{Exhausted, Heap, Provided, Value};
use provided::Overrides;

/// How deep macros call each other at most, as in Velocity.
const MAX_CALLS: usize = 20;
/// How deep blocks and expressions nest at most while rendering: bounds the stack.
const MAX_DEPTH: usize = 160;
/// The warnings that are kept at most.
const MAX_WARNINGS: usize = 100;
/// The references that a trace holds at most.
const MAX_TRACE: usize = 10_000;

/// Renders a block, and leaves in the context what it assigned there.
pub(super) fn render(
    block: &Block,
    names: &Names,
    context: &mut RenderContext<'_>,
    source: &str,
) -> Result<Rendered, Fault> {
    let mut trace = context.trace.take();
    let mut evaluator = Evaluator::new(names, context, source, trace.as_mut());
    let mut out = String::with_capacity(source.len());
    evaluator.define_macros(block);
    let result = evaluator.block(block, &mut out).map(drop);
    let assigned = evaluator.assigned_documents();
    let warnings = std::mem::take(&mut evaluator.warnings);
    context.trace = trace;
    if let Some(documents) = assigned.map_err(|limit| Fault::limit(0, limit.message()))? {
        context.assigned.variables.extend(documents);
    }
    result.map(|()| Rendered { text: out, warnings })
}

/// What follows a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    Next,
    Break,
    Stop,
}

struct Evaluator<'a, 'c> {
    context: &'a RenderContext<'c>,
    heap: Heap,
    names: Cow<'a, Names>,
    /// By slot.
    variables: Vec<Option<Value>>,
    macros: Vec<Arc<Macro>>,
    frames: Vec<Frame>,
    /// The frame whose parameters are seen.
    frame: Option<usize>,
    loops: Vec<Loop>,
    /// The payload, once a template asked for it; `Err` when it is not JSON.
    document: Option<Result<Arc<Json>, ()>>,
    /// The same as a value, once a template asked for a map or a list in it.
    payload: Option<Value>,
    /// The `$context` variables that were assigned to, by name.
    assigned: Vec<(EcoString, Value)>,
    overrides: Overrides,
    patterns: Patterns,
    warnings: Vec<String>,
    depth: usize,
    source: &'a str,
    trace: Option<&'a mut Vec<TraceEntry>>,
}

/// A macro that is being called.
struct Frame {
    definition: Arc<Macro>,
    arguments: Arc<[Expr]>,
    /// Parameters that the macro assigned.
    locals: Vec<(Slot, Value)>,
    body: Option<Arc<Block>>,
    /// The frame that the arguments are evaluated in.
    caller: Option<usize>,
}

/// A `#foreach` that is running.
struct Loop {
    index: usize,
    length: usize,
}

impl<'a, 'c> Evaluator<'a, 'c> {
    fn new(
        names: &'a Names,
        context: &'a RenderContext<'c>,
        source: &'a str,
        trace: Option<&'a mut Vec<TraceEntry>>,
    ) -> Self {
        let mut variables = vec![None; names.len().max(PROVIDED_COUNT)];
        let provided = [Provided::Input, Provided::Util, Provided::Context, Provided::StageVariables];
        for (variable, value) in variables.iter_mut().zip(provided) {
            *variable = Some(Value::Provided(value));
        }
        Self {
            heap: Heap::new(context.limits.output, context.limits.steps),
            context,
            names: Cow::Borrowed(names),
            variables,
            macros: Vec::new(),
            frames: Vec::new(),
            frame: None,
            loops: Vec::new(),
            document: None,
            payload: None,
            assigned: Vec::new(),
            overrides: Overrides::default(),
            patterns: Patterns::default(),
            warnings: Vec::new(),
            depth: 0,
            source,
            trace,
        }
    }

    fn block(&mut self, block: &Block, out: &mut String) -> Result<Flow, Fault> {
        self.enter(0)?;
        for node in block {
            let flow = self.node(node, out)?;
            if flow != Flow::Next {
                self.depth -= 1;
                return Ok(flow);
            }
        }
        self.depth -= 1;
        Ok(Flow::Next)
    }

    /// Goes one level deeper; who does so subtracts one from the depth when done. After a fault nobody counts.
    fn enter(&mut self, at: u32) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Fault::limit(at, format!("the template nests deeper than {MAX_DEPTH} levels")));
        }
        Ok(())
    }

    fn node(&mut self, node: &Node, out: &mut String) -> Result<Flow, Fault> {
        self.charge(0, 1)?;
        match node {
            Node::Text(text) => {
                self.write(0, text, out)?;
            }
            Node::Reference(reference) => self.render_reference(reference, out)?,
            Node::Set { target, value } => {
                let value = self.value(value)?;
                self.assign(target, value)?;
            }
            Node::If { branches, otherwise } => {
                for (condition, block) in branches {
                    if self.holds(condition)? {
                        return self.block(block, out);
                    }
                }
                if let Some(block) = otherwise {
                    return self.block(block, out);
                }
            }
            Node::Foreach { at, variable, items, body } => return self.foreach(*at, *variable, items, body, out),
            Node::Define { variable, body } => self.set_variable(*variable, Value::Block(Arc::clone(body))),
            Node::Macro(definition) => {
                // The first definition stands, as in Velocity.
                if !self.macros.iter().any(|known| known.name == definition.name) {
                    self.macros.push(Arc::clone(definition));
                }
            }
            Node::Call(call) => return self.call(call, out),
            Node::Evaluate { at, text } => return self.evaluate(*at, text, out),
            Node::Break => return Ok(Flow::Break),
            Node::Stop => return Ok(Flow::Stop),
        }
        Ok(Flow::Next)
    }

    fn foreach(
        &mut self,
        at: u32,
        variable: Slot,
        items: &Expr,
        body: &Block,
        out: &mut String,
    ) -> Result<Flow, Fault> {
        let items = match self.value(items)? {
            Value::List(id) => self.heap.get(id).items.clone(),
            Value::Map(id) => self.heap.entries(id).values().cloned().collect(),
            Value::Iterator(iterator) => {
                std::iter::from_fn(|| self.heap.next(iterator, true)).take(self.context.limits.iterations + 1).collect()
            }
            _ => return Ok(Flow::Next),
        };
        self.charge(at, items.len() / 4)?;
        let shadowed = self.stored(variable);
        self.loops.push(Loop { index: 0, length: items.len() });
        let mut flow = Flow::Next;
        for (index, item) in items.into_iter().enumerate() {
            if index >= self.context.limits.iterations {
                let limit = self.context.limits.iterations;
                let length = self.loops.last().map_or(0, |current| current.length);
                self.warn(format!("`#foreach` stops after {limit} of {length} items, as API Gateway's does"));
                break;
            }
            if let Some(current) = self.loops.last_mut() {
                current.index = index;
            }
            self.store(variable, Some(item));
            match self.block(body, out)? {
                Flow::Next => {}
                Flow::Break => break,
                Flow::Stop => {
                    flow = Flow::Stop;
                    break;
                }
            }
        }
        self.loops.pop();
        self.store(variable, shadowed);
        Ok(flow)
    }

    fn call(&mut self, call: &Call, out: &mut String) -> Result<Flow, Fault> {
        let Some(definition) = self.macro_named(&call.name) else {
            self.write(call.at, &call.literal, out)?;
            return Ok(Flow::Next);
        };
        if self.frames.len() >= MAX_CALLS {
            return Err(Fault::limit(call.at, format!("macros call each other deeper than {MAX_CALLS} levels")));
        }
        let caller = self.frame;
        self.frames.push(Frame {
            definition: Arc::clone(&definition),
            arguments: Arc::clone(&call.arguments),
            locals: Vec::new(),
            body: call.body.clone(),
            caller,
        });
        self.frame = Some(self.frames.len() - 1);
        let flow = self.block(&definition.body, out)?;
        self.frames.pop();
        self.frame = caller;
        Ok(flow)
    }

    /// Returns the macro of a name. One that is defined further down is known too.
    fn macro_named(&self, name: &str) -> Option<Arc<Macro>> {
        self.macros.iter().find(|known| known.name == name).map(Arc::clone)
    }

    fn evaluate(&mut self, at: u32, text: &Expr, out: &mut String) -> Result<Flow, Fault> {
        let value = self.value(text)?;
        if matches!(value, Value::Null) {
            return Ok(Flow::Next);
        }
        let text = self.text(at, &value)?;
        self.charge(at, text.len())?;
        let macros: Vec<EcoString> = self.macros.iter().map(|known| known.name.clone()).collect();
        let block = parser::parse(&text, Origin::MadeAt(at), self.names.to_mut(), &macros)
            .map_err(|fault| Fault { message: format!("in the evaluated text: {}", fault.message), ..fault })?;
        self.variables.resize(self.names.len(), None);
        self.define_macros(&block);
        self.block(&block, out)
    }

    /// Makes the macros of a block known before it is rendered.
    fn define_macros(&mut self, block: &Block) {
        for node in block {
            if let Node::Macro(definition) = node
                && self.macro_named(&definition.name).is_none()
            {
                self.macros.push(Arc::clone(definition));
            }
        }
    }

    /// Returns what a variable holds here, without evaluating arguments.
    fn stored(&self, slot: Slot) -> Option<Value> {
        self.variables.get(slot.0 as usize).cloned().flatten()
    }

    fn store(&mut self, slot: Slot, value: Option<Value>) {
        if let Some(variable) = self.variables.get_mut(slot.0 as usize) {
            *variable = value.filter(|value| !matches!(value, Value::Null));
        }
    }

    /// Returns a variable's value.
    fn variable(&mut self, slot: Slot) -> Result<Value, Fault> {
        if let Some(index) = self.frame
            && let Some(frame) = self.frames.get(index)
        {
            if let Some(parameter) = frame.definition.parameters.iter().position(|parameter| *parameter == slot) {
                if let Some((_, value)) = frame.locals.iter().find(|(local, _)| *local == slot) {
                    return Ok(value.clone());
                }
                let arguments = Arc::clone(&frame.arguments);
                let caller = frame.caller;
                let Some(argument) = arguments.get(parameter) else { return Ok(Value::Null) };
                return self.in_frame(caller, |evaluator| evaluator.value(argument));
            }
            if slot == BODY_CONTENT
                && let Some(body) = frame.body.clone()
            {
                let caller = frame.caller;
                let mut text = String::new();
                self.in_frame(caller, |evaluator| evaluator.block(&body, &mut text))?;
                return Ok(Value::Text(text.into()));
            }
        }
        if let Some(Some(value)) = self.variables.get(slot.0 as usize) {
            return Ok(value.clone());
        }
        Ok(match self.loops.last() {
            Some(_) if slot == FOREACH => Value::Provided(Provided::Loop(self.loops.len() - 1)),
            Some(current) if slot == VELOCITY_COUNT => count(current.index + 1),
            _ => Value::Null,
        })
    }

    fn in_frame<T>(
        &mut self,
        frame: Option<usize>,
        run: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.enter(0)?;
        let here = std::mem::replace(&mut self.frame, frame);
        let result = run(self)?;
        self.frame = here;
        self.depth -= 1;
        Ok(result)
    }

    fn set_variable(&mut self, slot: Slot, value: Value) {
        if let Some(frame) = self.frame.and_then(|index| self.frames.get_mut(index))
            && frame.definition.parameters.contains(&slot)
        {
            frame.locals.retain(|(local, _)| *local != slot);
            frame.locals.push((slot, value));
            return;
        }
        self.store(slot, Some(value));
    }

    /// Returns the value's text, with what `#define` defined rendered.
    fn text(&mut self, at: u32, value: &Value) -> Result<EcoString, Fault> {
        if let Value::Block(block) = value {
            let mut out = String::new();
            self.block(block, &mut out)?;
            return Ok(out.into());
        }
        self.heap.text(value).map_err(|limit| Fault::limit(at, limit.message()))
    }

    fn write(&mut self, at: u32, text: &str, out: &mut String) -> Result<(), Fault> {
        let size = out.len() + text.len();
        if size > self.context.limits.output {
            return Err(self.exhausted(at, Exhausted::Text));
        }
        self.charge(at, text.len() / 32)?;
        out.push_str(text);
        Ok(())
    }

    fn charge(&self, at: u32, steps: usize) -> Result<(), Fault> {
        self.heap.charge(steps).map_err(|limit| self.exhausted(at, limit))
    }

    fn exhausted(&self, at: u32, limit: Exhausted) -> Fault {
        let message = match limit {
            Exhausted::Steps => format!("{} (more than {} steps)", limit.message(), self.context.limits.steps),
            Exhausted::Text => format!("{} (more than {} bytes)", limit.message(), self.context.limits.output),
            Exhausted::Depth => limit.message().to_owned(),
        };
        Fault::limit(at, message)
    }

    /// Returns whether a reference without a value is empty text, as in API Gateway.
    fn null_is_empty(&self) -> bool {
        self.context.undefined == Undefined::Empty
    }

    /// Returns what was assigned below `$context`, as documents.
    fn assigned_documents(&self) -> Result<Option<serde_json::Map<String, Json>>, Exhausted> {
        if self.assigned.is_empty() {
            return Ok(None);
        }
        let documents =
            self.assigned.iter().map(|(name, value)| Ok((name.to_string(), json::json_of(value, &self.heap)?)));
        documents.collect::<Result<_, _>>().map(Some)
    }

    /// Keeps what the user should know although API Gateway says nothing.
    fn warn(&mut self, warning: String) {
        if self.warnings.len() < MAX_WARNINGS && !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    fn trace(&mut self, at: u32, reference: &str, value: &Value, assigned: bool) {
        let Some(trace) = self.trace.as_deref_mut() else { return };
        if trace.len() >= MAX_TRACE {
            return;
        }
        let place = TemplateError::new(Fault::runtime(at, ""), self.source);
        let text = match value {
            Value::Null => None,
            Value::Block(_) => Some("(a block)".to_owned()),
            Value::Provided(_) | Value::Iterator(_) => Some("(an object)".to_owned()),
            value => Some(self.heap.text(value).map_or_else(|limit| limit.message().to_owned(), Into::into)),
        };
        trace.push(TraceEntry {
            line: place.line,
            column: place.column,
            reference: reference.to_owned(),
            value: text,
            assigned,
        });
    }
}

/// Returns a count as a value.
fn count(count: usize) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}
