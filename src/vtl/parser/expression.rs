//! References and expressions.

use std::sync::Arc;

use ecow::EcoString;

use super::Parser;
use crate::vtl::ast::{Access, Expr, Operator, Reference};
use crate::vtl::error::Fault;
use crate::vtl::lexer::{Cursor, Origin, Quoted, is_identifier_part, is_identifier_start};

/// The operators of one level of precedence, longest spelling first. Words are only operators when no letter follows.
type Level = &'static [(&'static str, Operator)];

/// From the loosest to the tightest.
const LEVELS: &[Level] = &[
    &[("||", Operator::Or), ("or", Operator::Or)],
    &[("&&", Operator::And), ("and", Operator::And)],
    &[("==", Operator::Equal), ("!=", Operator::NotEqual), ("eq", Operator::Equal), ("ne", Operator::NotEqual)],
    &[
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
        ("lt", Operator::Less),
        ("le", Operator::LessOrEqual),
        ("gt", Operator::Greater),
        ("ge", Operator::GreaterOrEqual),
    ],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("/", Operator::Divide), ("%", Operator::Remainder)],
];

impl<'a> Parser<'a, '_> {
    /// Parses an expression.
    pub(super) fn expression(&mut self) -> Result<Expr, Fault> {
        self.deeper(|parser| parser.level(LEVELS))
    }

    fn level(&mut self, levels: &[Level]) -> Result<Expr, Fault> {
        let Some((operators, tighter)) = levels.split_first() else {
            return self.unary();
        };
        let mut left = self.level(tighter)?;
        // A chain makes the tree deep on its left side.
        let mut links = 0;
        loop {
            self.cursor.skip_space();
            let at = self.cursor.at();
            let Some(operator) = self.operator(operators) else {
                return Ok(left);
            };
            links += 1;
            if links + self.depth > super::MAX_DEPTH {
                return Err(Fault::limit(at, format!("more than {} operators in a row", super::MAX_DEPTH)));
            }
            let right = self.level(tighter)?;
            left = Expr::Binary { at, operator, left: Box::new(left), right: Box::new(right) };
        }
    }

    fn operator(&mut self, operators: Level) -> Option<Operator> {
        operators.iter().find_map(|(spelling, operator)| {
            let start = self.cursor.position();
            if !self.cursor.eat(spelling) {
                return None;
            }
            let next = self.cursor.peek();
            let is_word = spelling.bytes().all(is_identifier_start);
            // `1 -1` is two numbers for Velocity, which then complains; `$a - 1` is a subtraction.
            let is_sign = *operator == Operator::Subtract && next.is_some_and(|byte| byte.is_ascii_digit());
            if is_sign || (is_word && next.is_some_and(is_identifier_part)) {
                self.cursor.rewind(start);
                return None;
            }
            Some(*operator)
        })
    }

    fn unary(&mut self) -> Result<Expr, Fault> {
        self.cursor.skip_space();
        let start = self.cursor.position();
        let negated =
            self.cursor.eat("!") || (self.cursor.eat("not") && !self.cursor.peek().is_some_and(is_identifier_part));
        if negated {
            return Ok(Expr::Not(Box::new(self.deeper(Self::unary)?)));
        }
        self.cursor.rewind(start);
        self.operand()
    }

    /// Parses what an operator stands beside.
    pub(super) fn operand(&mut self) -> Result<Expr, Fault> {
        self.cursor.skip_space();
        let at = self.cursor.at();
        if let Some(reference) = self.reference(0)? {
            return Ok(Expr::Reference(reference));
        }
        if let Some(quoted) = self.cursor.quoted()? {
            return self.deeper(|parser| parser.string(quoted, at));
        }
        if let Some(number) = self.cursor.number() {
            return number_value(number).ok_or_else(|| Fault::syntax(at, format!("`{number}` is too large a number")));
        }
        match self.cursor.peek() {
            Some(b'(') => {
                self.cursor.eat("(");
                let inner = self.expression()?;
                self.cursor.skip_space();
                self.expect(")")?;
                Ok(inner)
            }
            Some(b'[') => self.deeper(|parser| parser.list_or_range(at)),
            Some(b'{') => self.deeper(Self::map),
            Some(byte) if is_identifier_start(byte) => match self.cursor.identifier() {
                Some("true") => Ok(Expr::Bool(true)),
                Some("false") => Ok(Expr::Bool(false)),
                word => {
                    let word = word.unwrap_or_default();
                    let hint =
                        if word == "null" { "; Velocity has no `null`: compare with an unset `$null`" } else { "" };
                    Err(Fault::syntax(at, format!("`{word}` is not a value{hint}")))
                }
            },
            _ => Err(match self.expect("value") {
                Err(fault) => Fault { message: fault.message.replace("`value`", "a value"), ..fault },
                Ok(()) => Fault::syntax(at, "expected a value"),
            }),
        }
    }

    fn list_or_range(&mut self, at: u32) -> Result<Expr, Fault> {
        self.cursor.eat("[");
        self.cursor.skip_space();
        if self.cursor.eat("]") {
            return Ok(Expr::List(Vec::new()));
        }
        let first = self.expression()?;
        self.cursor.skip_space();
        if self.cursor.eat("..") {
            let to = Box::new(self.expression()?);
            self.cursor.skip_space();
            self.expect("]")?;
            return Ok(Expr::Range { at, from: Box::new(first), to });
        }
        let mut items = vec![first];
        loop {
            self.cursor.skip_space();
            if self.cursor.eat("]") {
                return Ok(Expr::List(items));
            }
            self.expect(",")?;
            items.push(self.expression()?);
        }
    }

    fn map(&mut self) -> Result<Expr, Fault> {
        self.cursor.eat("{");
        let mut entries = Vec::new();
        self.cursor.skip_space();
        if self.cursor.eat("}") {
            return Ok(Expr::Map(entries));
        }
        loop {
            let key = self.expression()?;
            self.cursor.skip_space();
            self.expect(":")?;
            entries.push((key, self.expression()?));
            self.cursor.skip_space();
            if self.cursor.eat("}") {
                return Ok(Expr::Map(entries));
            }
            self.expect(",")?;
        }
    }

    /// Single quotes are literal, double quotes hold a template.
    fn string(&mut self, quoted: Quoted<'a>, at: u32) -> Result<Expr, Fault> {
        let mut content = std::borrow::Cow::Borrowed(quoted.content);
        let mut origin = match self.cursor.origin() {
            Origin::Within(_) => Origin::Within(self.cursor.at_position(quoted.start)),
            made => made,
        };
        if quoted.has_doubled {
            let quote = quoted.quote;
            content = content.replace(&format!("{quote}{quote}"), &quote.to_string()).into();
            origin = Origin::MadeAt(at);
        }
        if quoted.quote == '\'' {
            return Ok(Expr::Text(content.as_ref().into()));
        }
        if content.contains("\\u") {
            content = unicode_unescaped(&content).into();
            origin = Origin::MadeAt(at);
        }
        if !content.contains(['$', '#']) {
            return Ok(Expr::Text(content.as_ref().into()));
        }
        let inner = Parser {
            cursor: Cursor::new(&content, origin),
            names: &mut *self.names,
            macros: self.macros,
            depth: self.depth,
        };
        Ok(Expr::Interpolated(Arc::new(inner.template()?)))
    }

    /// Parses a reference; `None`, and nothing moved, when the `$` starts none.
    pub(super) fn reference(&mut self, escapes: usize) -> Result<Option<Reference>, Fault> {
        let start = self.cursor.position();
        let at = self.cursor.at();
        if !self.cursor.eat("$") {
            return Ok(None);
        }
        let quiet = self.cursor.eat("!");
        let in_braces = self.cursor.eat("{");
        let Some(name) = self.cursor.identifier() else {
            self.cursor.rewind(start);
            return Ok(None);
        };
        let root = self.names.slot(name);
        let mut path = Vec::new();
        loop {
            match self.cursor.peek() {
                Some(b'.') if self.cursor.peek_after(1).is_some_and(is_identifier_start) => {
                    self.cursor.eat(".");
                    path.push(self.member()?);
                }
                Some(b'[') => {
                    let at = self.cursor.at();
                    self.cursor.eat("[");
                    let index = Box::new(self.expression()?);
                    self.cursor.skip_space();
                    self.expect("]")?;
                    path.push(Access::Index { at, index });
                }
                _ => break,
            }
        }
        if in_braces {
            self.expect("}")?;
        }
        let literal = self.cursor.since(start).into();
        Ok(Some(Reference { at, literal, escapes, quiet, root, path }))
    }

    fn member(&mut self) -> Result<Access, Fault> {
        let at = self.cursor.at();
        let name = EcoString::from(self.cursor.identifier().unwrap_or_default());
        if !self.cursor.eat("(") {
            return Ok(Access::Property(name));
        }
        let mut arguments = Vec::new();
        self.cursor.skip_space();
        if self.cursor.eat(")") {
            return Ok(Access::Method { at, name, arguments });
        }
        loop {
            arguments.push(self.expression()?);
            self.cursor.skip_space();
            if self.cursor.eat(")") {
                return Ok(Access::Method { at, name, arguments });
            }
            self.expect(",")?;
        }
    }
}

fn number_value(text: &str) -> Option<Expr> {
    if text.contains(['.', 'e', 'E']) {
        return text.parse().ok().map(Expr::Double);
    }
    text.parse().map(Expr::Integer).or_else(|_| text.parse().map(|big| Expr::Big(Box::new(big)))).ok()
}

/// Returns the text with the characters that `\uXXXX` stands for.
fn unicode_unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\u") {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let digits = escape.get(2..6).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let character = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        match character {
            Some(character) => out.push(character),
            None => out.push_str("\\u"),
        }
        rest = escape.get(if character.is_some() { 6 } else { 2 }..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}
