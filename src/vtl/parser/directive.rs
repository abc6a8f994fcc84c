//! Directives: what a `#` starts, and what belongs to it.

use std::sync::Arc;

use ecow::EcoString;

use super::{End, Parser};
use crate::vtl::ast::{Block, Call, Expr, Macro, Node, Reference};
use crate::vtl::error::Fault;

/// What a `#` starts.
pub(super) enum Directive {
    Set,
    If,
    Foreach,
    Define,
    Macro,
    Evaluate,
    Literal,
    Break,
    Stop,
    Ends(End),
    /// A macro's name; whether it was written `#@`.
    Call(EcoString, bool),
    /// `#@name`, and there is no such macro: text up to its `#end`.
    UnknownCall,
    /// Directives that Velocity has and this engine, like API Gateway, has no files for.
    Files(&'static str),
}

impl<'a> Parser<'a, '_> {
    /// Recognises the directive after a `#`, and moves behind its name. One that is escaped needs nothing more.
    pub(super) fn directive(&mut self, escaped: bool) -> Result<Option<Directive>, Fault> {
        self.cursor.eat("#");
        let with_body = self.cursor.eat("@");
        let in_braces = self.cursor.eat("{");
        let start = self.cursor.position();
        if let Some(name) = self.macro_name(in_braces) {
            return Ok(Some(Directive::Call(name, with_body)));
        }
        self.cursor.rewind(start);
        let Some(word) = self.cursor.word() else { return Ok(None) };
        if in_braces && !self.cursor.eat("}") {
            return Ok(None);
        }
        // `#else@example.com` is text.
        if !in_braces && self.cursor.peek() == Some(b'@') {
            return Ok(None);
        }
        if with_body {
            self.cursor.skip_blanks();
            return Ok((self.cursor.peek() == Some(b'(')).then_some(Directive::UnknownCall));
        }
        let takes_arguments = matches!(
            word,
            "set" | "if" | "elseif" | "foreach" | "define" | "macro" | "evaluate" | "literal" | "include" | "parse"
        );
        if takes_arguments {
            let end_of_name = self.cursor.position();
            self.cursor.skip_blanks();
            if self.cursor.peek() != Some(b'(') && !escaped {
                if matches!(word, "set" | "include" | "parse" | "literal") {
                    return Ok(None);
                }
                self.cursor.rewind(end_of_name);
                return Err(Fault::syntax(self.cursor.at(), format!("`#{word}` needs `(`")));
            }
            self.cursor.rewind(end_of_name);
        }
        Ok(Some(match word {
            "set" => Directive::Set,
            "if" => Directive::If,
            "foreach" => Directive::Foreach,
            "define" => Directive::Define,
            "macro" => Directive::Macro,
            "evaluate" => Directive::Evaluate,
            "literal" => Directive::Literal,
            "break" => Directive::Break,
            "stop" => Directive::Stop,
            "include" => Directive::Files("#include"),
            "parse" => Directive::Files("#parse"),
            "end" => Directive::Ends(End::Block),
            "else" => Directive::Ends(End::Else),
            "elseif" => Directive::Ends(End::ElseIf),
            _ => return Ok(None),
        }))
    }

    /// Moves over the name of a macro that is defined; `#name-x` calls `name` when there is no `name-x`.
    fn macro_name(&mut self, in_braces: bool) -> Option<EcoString> {
        let start = self.cursor.position();
        for longest in [true, false] {
            self.cursor.rewind(start);
            let name = if longest { self.cursor.identifier()? } else { self.cursor.word()? };
            if let Some(known) = self.macros.iter().find(|known| *known == name)
                && (!in_braces || self.cursor.eat("}"))
            {
                return Some(known.clone());
            }
        }
        None
    }

    pub(super) fn directive_body(
        &mut self,
        directive: Directive,
        start: usize,
        at: u32,
        nodes: &mut Block,
    ) -> Result<Option<End>, Fault> {
        let node = match directive {
            Directive::Set => self.set()?,
            Directive::If => self.deeper(Self::if_directive)?,
            Directive::Foreach => self.deeper(|parser| parser.foreach(at))?,
            Directive::Define => self.deeper(Self::define)?,
            Directive::Macro => self.deeper(Self::macro_directive)?,
            Directive::Evaluate => self.evaluate(at)?,
            Directive::Literal => self.literal()?,
            Directive::UnknownCall => self.deeper(|parser| parser.unknown_call(start))?,
            Directive::Call(name, with_body) => self.deeper(|parser| parser.call(name, with_body, start, at))?,
            Directive::Break | Directive::Stop => {
                if self.cursor.eat("(") {
                    self.cursor.skip_space();
                    self.expect(")")?;
                }
                if matches!(directive, Directive::Break) { Node::Break } else { Node::Stop }
            }
            Directive::Ends(end) => {
                if end != End::ElseIf {
                    self.cursor.skip_line_rest();
                }
                return Ok(Some(end));
            }
            Directive::Files(name) => {
                return Err(Fault::unsupported(at, format!("`{name}` reads another file; API Gateway has none")));
            }
        };
        nodes.push(node);
        Ok(None)
    }

    fn set(&mut self) -> Result<Node, Fault> {
        self.open()?;
        let at = self.cursor.at();
        let Some(target) = self.reference(0)? else {
            return Err(Fault::syntax(at, "`#set` needs a reference, like `#set($name = 1)`"));
        };
        self.cursor.skip_space();
        self.expect("=")?;
        let value = self.expression()?;
        self.close()?;
        Ok(Node::Set { target, value })
    }

    fn if_directive(&mut self) -> Result<Node, Fault> {
        let mut branches = Vec::new();
        loop {
            self.open()?;
            let condition = self.expression()?;
            self.close()?;
            let (block, end) = self.block()?;
            branches.push((condition, block));
            match end {
                End::ElseIf => {}
                End::Block => return Ok(Node::If { branches, otherwise: None }),
                End::Else => return Ok(Node::If { branches, otherwise: Some(self.block_to_end("#if")?) }),
                End::Text => return Err(Fault::syntax(self.cursor.at(), "`#if` has no `#end`")),
            }
        }
    }

    fn foreach(&mut self, at: u32) -> Result<Node, Fault> {
        self.open()?;
        let variable = self.variable("#foreach", "#foreach($item in $items)")?;
        self.cursor.skip_space();
        let in_at = self.cursor.at();
        if self.cursor.identifier() != Some("in") {
            return Err(Fault::syntax(in_at, "`#foreach` needs `in`, like `#foreach($item in $items)`"));
        }
        let items = self.expression()?;
        self.close()?;
        let body = self.block_to_end("#foreach")?;
        Ok(Node::Foreach { at, variable, items, body })
    }

    fn define(&mut self) -> Result<Node, Fault> {
        self.open()?;
        let variable = self.variable("#define", "#define($name)")?;
        self.close()?;
        let body = Arc::new(self.block_to_end("#define")?);
        Ok(Node::Define { variable, body })
    }

    fn macro_directive(&mut self) -> Result<Node, Fault> {
        self.open()?;
        let at = self.cursor.at();
        let Some(name) = self.cursor.identifier() else {
            return Err(Fault::syntax(at, "`#macro` needs a name, like `#macro(name $parameter)`"));
        };
        let mut parameters = Vec::new();
        loop {
            self.cursor.skip_space();
            self.cursor.eat(",");
            self.cursor.skip_space();
            if self.cursor.peek() == Some(b')') {
                break;
            }
            parameters.push(self.variable("#macro", "#macro(name $parameter)")?);
        }
        self.close()?;
        let body = self.block_to_end("#macro")?;
        Ok(Node::Macro(Arc::new(Macro { name: name.into(), parameters, body })))
    }

    fn evaluate(&mut self, at: u32) -> Result<Node, Fault> {
        self.open()?;
        let text = self.expression()?;
        self.cursor.skip_space();
        self.expect(")")?;
        self.cursor.skip_line_rest();
        Ok(Node::Evaluate { at, text })
    }

    fn literal(&mut self) -> Result<Node, Fault> {
        self.open()?;
        self.close()?;
        let start = self.cursor.position();
        self.block_to_end("#literal")?;
        let written = self.cursor.since(start);
        let text = written.rfind("#end").or_else(|| written.rfind("#{end}")).and_then(|end| written.get(..end));
        Ok(Node::Text(text.unwrap_or_default().into()))
    }

    fn call(&mut self, name: EcoString, with_body: bool, start: usize, at: u32) -> Result<Node, Fault> {
        let end_of_name = self.cursor.position();
        self.cursor.skip_blanks();
        let arguments = match self.arguments()? {
            Some(arguments) => arguments,
            None => {
                self.cursor.rewind(end_of_name);
                Vec::new()
            }
        };
        let literal = self.cursor.since(start).into();
        let body = if with_body { Some(Arc::new(self.block_to_end("#@")?)) } else { None };
        Ok(Node::Call(Call { at, name, arguments: arguments.into(), body, literal }))
    }

    /// Parses the arguments of a macro's call, if there are any, and takes the rest of their line when that is blank.
    pub(super) fn arguments(&mut self) -> Result<Option<Vec<Expr>>, Fault> {
        let arguments = self.call_arguments()?;
        if arguments.is_some() {
            self.cursor.skip_line_rest();
        }
        Ok(arguments)
    }

    fn call_arguments(&mut self) -> Result<Option<Vec<Expr>>, Fault> {
        if !self.cursor.eat("(") {
            return Ok(None);
        }
        let mut arguments = Vec::new();
        loop {
            self.cursor.skip_space();
            self.cursor.eat(",");
            self.cursor.skip_space();
            if self.cursor.eat(")") {
                break;
            }
            arguments.push(self.operand()?);
        }
        Ok(Some(arguments))
    }

    /// Parses `#@name(…)…#end` of a macro that there is not, which renders as it is written.
    fn unknown_call(&mut self, start: usize) -> Result<Node, Fault> {
        self.arguments()?;
        self.block_to_end("#@")?;
        Ok(Node::Text(self.cursor.since(start).into()))
    }

    /// Moves over `#name(…)` where no macro has the name: it renders as it is written, references in it too.
    pub(super) fn call_of_nothing(&mut self) -> Option<&'a str> {
        let start = self.cursor.position();
        self.cursor.eat("#");
        let in_braces = self.cursor.eat("{");
        self.cursor.identifier()?;
        if in_braces && !self.cursor.eat("}") {
            return None;
        }
        self.cursor.skip_blanks();
        if self.cursor.peek() != Some(b'(') {
            return None;
        }
        self.call_arguments().ok()??;
        Some(self.cursor.since(start))
    }

    pub(super) fn block_to_end(&mut self, directive: &str) -> Result<Block, Fault> {
        let (block, end) = self.block()?;
        match end {
            End::Block => Ok(block),
            End::Text => Err(Fault::syntax(self.cursor.at(), format!("`{directive}` has no `#end`"))),
            End::Else | End::ElseIf => Err(Fault::syntax(self.cursor.at(), format!("`{directive}` takes no `#else`"))),
        }
    }

    /// Parses a reference that must be a variable, and nothing behind it.
    fn variable(&mut self, directive: &str, example: &str) -> Result<crate::vtl::ast::Slot, Fault> {
        self.cursor.skip_space();
        let at = self.cursor.at();
        match self.reference(0)? {
            Some(Reference { root, path, .. }) if path.is_empty() => Ok(root),
            _ => Err(Fault::syntax(at, format!("`{directive}` needs a variable, like `{example}`"))),
        }
    }

    pub(super) fn open(&mut self) -> Result<(), Fault> {
        self.cursor.skip_blanks();
        self.expect("(")?;
        self.cursor.skip_space();
        Ok(())
    }

    /// Parses the `)` of a directive, and takes the rest of its line when that is blank.
    pub(super) fn close(&mut self) -> Result<(), Fault> {
        self.cursor.skip_space();
        self.expect(")")?;
        self.cursor.skip_line_rest();
        Ok(())
    }

    pub(super) fn expect(&mut self, expected: &str) -> Result<(), Fault> {
        if self.cursor.eat(expected) {
            return Ok(());
        }
        let found = match self.cursor.rest().chars().next() {
            Some(found) => format!("`{}`", found.escape_debug()),
            None => "the end".to_owned(),
        };
        let mut message = format!("expected `{expected}`, found {found}");
        if self.cursor.peek() == Some(b'-') && self.cursor.peek_after(1).is_some_and(|byte| byte.is_ascii_digit()) {
            message.push_str("; Velocity reads `-1` as a number, so write `- 1` to subtract");
        }
        Err(Fault::syntax(self.cursor.at(), message))
    }
}
