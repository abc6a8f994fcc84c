//! Text to path.

use serde_json::Value as Json;

use super::filter::{Comparison, Condition, Operand};
use super::{JsonPath, PathError, Segment, Selector};

/// The bytes of a path at most.
const MAX_LENGTH: usize = 4096;
/// How deep conditions nest at most.
const MAX_DEPTH: usize = 32;

/// Parses a path.
pub(super) fn path(text: &str) -> Result<JsonPath, PathError> {
    if text.len() > MAX_LENGTH {
        return Err(PathError::Syntax(format!("longer than {MAX_LENGTH} bytes")));
    }
    let text = text.trim();
    let with_root;
    let text = if text.starts_with(['$', '@']) {
        text
    } else {
        with_root = format!("$.{text}");
        with_root.as_str()
    };
    let mut parser = Parser { rest: text.get(1..).unwrap_or_default(), depth: 0 };
    let path = parser.segments()?;
    if parser.rest.is_empty() { Ok(path) } else { Err(parser.unexpected("the end")) }
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn eat(&mut self, expected: &str) -> bool {
        match self.rest.strip_prefix(expected) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn expect(&mut self, expected: &str) -> Result<(), PathError> {
        self.space();
        if self.eat(expected) { Ok(()) } else { Err(self.unexpected(&format!("`{expected}`"))) }
    }

    fn unexpected(&self, expected: &str) -> PathError {
        let found = match self.rest.chars().next() {
            Some(found) => format!("`{}`", found.escape_debug()),
            None => "the end".to_owned(),
        };
        PathError::Syntax(format!("expected {expected}, found {found}"))
    }

    /// Moves over characters that satisfy the condition.
    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn segments(&mut self) -> Result<JsonPath, PathError> {
        let mut path = JsonPath { segments: Vec::new(), function: None };
        loop {
            if self.rest.starts_with('[') {
                path.segments.push(Segment { descends: false, selector: self.bracket()? });
                continue;
            }
            if !self.rest.starts_with('.') {
                return Ok(path);
            }
            let descends = self.eat("..");
            if !descends {
                self.eat(".");
            }
            if descends && self.rest.starts_with('[') {
                path.segments.push(Segment { descends, selector: self.bracket()? });
                continue;
            }
            if self.eat("*") {
                path.segments.push(Segment { descends, selector: Selector::Wildcard });
                continue;
            }
            let name = self.take_while(is_name);
            if name.is_empty() {
                return Err(self.unexpected("a name"));
            }
            if !self.eat("(") {
                path.segments.push(Segment { descends, selector: Selector::Names(vec![name.to_owned()]) });
                continue;
            }
            let mut arguments = Vec::new();
            self.space();
            while !self.eat(")") {
                arguments.push(self.literal()?.ok_or_else(|| self.unexpected("an argument"))?);
                self.space();
                if !self.eat(",") && !self.rest.starts_with(')') {
                    return Err(self.unexpected("`,` or `)`"));
                }
                self.space();
            }
            path.function = Some((name.to_owned(), arguments));
            return Ok(path);
        }
    }

    fn bracket(&mut self) -> Result<Selector, PathError> {
        self.eat("[");
        self.space();
        let selector = if self.eat("*") {
            Selector::Wildcard
        } else if self.eat("?") {
            self.expect("(")?;
            let condition = self.condition()?;
            self.expect(")")?;
            Selector::Filter(condition)
        } else if self.rest.starts_with(['\'', '"']) {
            let mut names = vec![self.quoted()?];
            self.space();
            while self.eat(",") {
                self.space();
                names.push(self.quoted()?);
                self.space();
            }
            Selector::Names(names)
        } else {
            self.numbers()?
        };
        self.expect("]")?;
        Ok(selector)
    }

    fn numbers(&mut self) -> Result<Selector, PathError> {
        let first = self.integer()?;
        self.space();
        if self.eat(":") {
            self.space();
            let to = self.integer()?;
            self.space();
            let step = if self.eat(":") { self.integer()? } else { None };
            return Ok(Selector::Slice { from: first, to, step });
        }
        let Some(first) = first else { return Err(self.unexpected("a name or an index")) };
        let mut indexes = vec![first];
        while self.eat(",") {
            self.space();
            indexes.push(self.integer()?.ok_or_else(|| self.unexpected("an index"))?);
            self.space();
        }
        Ok(Selector::Indexes(indexes))
    }

    fn integer(&mut self) -> Result<Option<i64>, PathError> {
        let digits = self.take_while(|c| c.is_ascii_digit() || c == '-');
        if digits.is_empty() {
            return Ok(None);
        }
        digits.parse().map(Some).map_err(|_| PathError::Syntax(format!("`{digits}` is not an index")))
    }

    fn quoted(&mut self) -> Result<String, PathError> {
        let Some(quote) = self.rest.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
            return Err(self.unexpected("a quoted name"));
        };
        let mut text = String::new();
        let mut characters = self.rest.char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            if character == quote {
                self.rest = self.rest.get(at + 1..).unwrap_or_default();
                return Ok(text);
            }
            match character {
                '\\' => text.extend(characters.next().map(|(_, escaped)| escaped)),
                other => text.push(other),
            }
        }
        Err(PathError::Syntax("a string has no closing quote".to_owned()))
    }

    /// Parses a string, number, boolean, null or list of them.
    fn literal(&mut self) -> Result<Option<Json>, PathError> {
        if self.rest.starts_with(['\'', '"']) {
            return self.quoted().map(|text| Some(Json::String(text)));
        }
        for (word, value) in [("true", Json::Bool(true)), ("false", Json::Bool(false)), ("null", Json::Null)] {
            if self.rest.strip_prefix(word).is_some_and(|rest| !rest.starts_with(is_name)) {
                self.eat(word);
                return Ok(Some(value));
            }
        }
        if self.rest.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            let digits = self.take_while(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E'));
            let number = serde_json::from_str(digits);
            return number.map(Some).map_err(|_| PathError::Syntax(format!("`{digits}` is not a number")));
        }
        if !self.rest.starts_with('[') {
            return Ok(None);
        }
        self.deeper(|parser| {
            parser.eat("[");
            let mut items = Vec::new();
            parser.space();
            while !parser.eat("]") {
                items.push(parser.literal()?.ok_or_else(|| parser.unexpected("a value"))?);
                parser.space();
                if !parser.eat(",") && !parser.rest.starts_with(']') {
                    return Err(parser.unexpected("`,` or `]`"));
                }
                parser.space();
            }
            Ok(Some(Json::Array(items)))
        })
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, PathError>) -> Result<T, PathError> {
        if self.depth >= MAX_DEPTH {
            return Err(PathError::Syntax(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        self.depth += 1;
        let result = parse(self)?;
        self.depth -= 1;
        Ok(result)
    }

    fn condition(&mut self) -> Result<Condition, PathError> {
        self.deeper(|parser| {
            let mut alternatives = vec![parser.conjunction()?];
            loop {
                parser.space();
                if !parser.eat("||") {
                    return Ok(Condition::Any(alternatives));
                }
                alternatives.push(parser.conjunction()?);
            }
        })
    }

    fn conjunction(&mut self) -> Result<Condition, PathError> {
        let mut terms = vec![self.term()?];
        loop {
            self.space();
            if !self.eat("&&") {
                return Ok(Condition::All(terms));
            }
            terms.push(self.term()?);
        }
    }

    fn term(&mut self) -> Result<Condition, PathError> {
        self.space();
        if self.eat("!") {
            return self.deeper(|parser| Ok(Condition::Not(Box::new(parser.term()?))));
        }
        if self.eat("(") {
            let condition = self.condition()?;
            self.expect(")")?;
            return Ok(condition);
        }
        let left = self.operand()?;
        self.space();
        let Some(comparison) = Comparison::ALL.iter().find(|(spelling, _)| {
            self.rest
                .strip_prefix(spelling)
                .is_some_and(|rest| !spelling.ends_with(char::is_alphabetic) || !rest.starts_with(is_name))
        }) else {
            return Ok(Condition::Exists(left));
        };
        self.eat(comparison.0);
        self.space();
        let right = self.operand()?;
        Ok(Condition::Compare(left, comparison.1, right))
    }

    fn operand(&mut self) -> Result<Operand, PathError> {
        if let Some(literal) = self.literal()? {
            return Ok(Operand::Literal(literal));
        }
        if self.eat("/") {
            let mut pattern = String::new();
            loop {
                pattern.push_str(self.take_while(|c| c != '/' && c != '\\'));
                if self.eat("\\/") {
                    pattern.push('/');
                } else if self.eat("\\") {
                    pattern.push('\\');
                    let escaped = self.rest.chars().next().ok_or_else(|| self.unexpected("`/`"))?;
                    pattern.push(escaped);
                    self.rest = self.rest.get(escaped.len_utf8()..).unwrap_or_default();
                } else {
                    break;
                }
            }
            self.expect("/")?;
            let flags = self.take_while(|c| c.is_ascii_alphabetic());
            let pattern = if flags.contains('i') { format!("(?i){pattern}") } else { pattern };
            return Operand::pattern(&pattern);
        }
        let is_root = self.rest.starts_with('$');
        if !is_root && !self.rest.starts_with('@') {
            return Err(self.unexpected("`@`, `$` or a value"));
        }
        self.rest = self.rest.get(1..).unwrap_or_default();
        let path = self.deeper(Self::segments)?;
        Ok(if is_root { Operand::Root(path) } else { Operand::Current(path) })
    }
}

fn is_name(character: char) -> bool {
    !matches!(
        character,
        '.' | '[' | ']' | '(' | ')' | '*' | ',' | ' ' | '\'' | '"' | '=' | '<' | '>' | '!' | '&' | '|' | '?'
    )
}
