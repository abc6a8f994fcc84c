//! Text to syntax tree: what is text, what is a directive, and which line ends belong to directives.
//!
//! The rules for white space are Velocity 1.7's: a directive takes the rest of its line when that is
//! blank, `#set` also takes the blanks before it unless they follow text.

mod directive;
mod expression;

use ecow::EcoString;

use self::directive::Directive;
use super::ast::{Access, Block, Node};
use super::error::Fault;
use super::lexer::{Cursor, Origin};
use super::names::Names;

/// How deep blocks and expressions nest at most.
const MAX_DEPTH: usize = 64;

/// Parses a template. Variables get slots in `names`; `macros` are those defined elsewhere.
pub(super) fn parse(text: &str, origin: Origin, names: &mut Names, macros: &[EcoString]) -> Result<Block, Fault> {
    let mut known = macros.to_vec();
    known.extend(defined_macros(text));
    Parser { cursor: Cursor::new(text, origin), names, macros: &known, depth: 0 }.template()
}

struct Parser<'a, 'n> {
    cursor: Cursor<'a>,
    names: &'n mut Names,
    /// Macros are called by names that would be text otherwise, and before their definition too.
    macros: &'n [EcoString],
    depth: usize,
}

/// What ends a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Text,
    Block,
    Else,
    ElseIf,
}

impl<'a> Parser<'a, '_> {
    fn template(mut self) -> Result<Block, Fault> {
        let (block, end) = self.block()?;
        match end {
            End::Text => Ok(block),
            End::Block => Err(Fault::syntax(self.cursor.at(), "`#end` ends nothing")),
            End::Else | End::ElseIf => Err(Fault::syntax(self.cursor.at(), "`#else` without `#if`")),
        }
    }

    /// Runs a parser one level deeper.
    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth >= MAX_DEPTH {
            return Err(Fault::limit(self.cursor.at(), format!("nested deeper than {MAX_DEPTH} levels")));
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    /// Parses up to what ends the block: the end of the text, or a directive that the cursor is behind then.
    fn block(&mut self) -> Result<(Block, End), Fault> {
        let mut nodes = Block::new();
        // The text that has been read and not become a node yet.
        let mut text = String::new();
        loop {
            let start = self.cursor.position();
            self.cursor.skip_until(|byte| matches!(byte, b'$' | b'#' | b'\\'));
            text.push_str(self.cursor.since(start));
            match self.cursor.peek() {
                None => {
                    flush(&mut text, &mut nodes);
                    return Ok((nodes, End::Text));
                }
                Some(b'$') => self.dollar(0, &mut text, &mut nodes)?,
                Some(b'\\') => {
                    let backslashes = self.cursor.skip_while(|byte| byte == b'\\').len();
                    match self.cursor.peek() {
                        Some(b'$') => self.dollar(backslashes, &mut text, &mut nodes)?,
                        Some(b'#') => {
                            if let Some(end) = self.hash(backslashes, &mut text, &mut nodes)? {
                                return Ok((nodes, end));
                            }
                        }
                        _ => push_backslashes(&mut text, backslashes),
                    }
                }
                Some(_) => {
                    if let Some(end) = self.hash(0, &mut text, &mut nodes)? {
                        return Ok((nodes, end));
                    }
                }
            }
        }
    }

    /// Parses a reference, or takes the `$` as text.
    fn dollar(&mut self, escapes: usize, text: &mut String, nodes: &mut Block) -> Result<(), Fault> {
        match self.reference(escapes)? {
            Some(reference) => {
                flush(text, nodes);
                let ends_in_property = matches!(reference.path.last(), Some(Access::Property(_)));
                let is_open = ends_in_property && !reference.literal.ends_with('}');
                nodes.push(Node::Reference(reference));
                // Behind `$a.b`, Velocity's lexer takes `##` for no comment.
                if is_open && self.cursor.rest().starts_with("##") && self.cursor.peek_after(2) != Some(b'#') {
                    self.cursor.eat("##");
                    text.push_str("##");
                }
            }
            None => {
                push_backslashes(text, escapes);
                text.push('$');
                self.cursor.eat("$");
                // Velocity's lexer takes the `!` for the reference's and forgets it, unless more of a reference follows.
                if self.cursor.peek() == Some(b'!')
                    && self.cursor.peek_after(1).is_some_and(|byte| !matches!(byte, b'$' | b'#' | b'{' | b'\\'))
                {
                    self.cursor.eat("!");
                }
            }
        }
        Ok(())
    }

    /// Parses a comment, a directive or a macro's call, or takes the `#` as text.
    fn hash(&mut self, escapes: usize, text: &mut String, nodes: &mut Block) -> Result<Option<End>, Fault> {
        let start = self.cursor.position();
        let at = self.cursor.at();
        if self.comment_or_verbatim(escapes, text, nodes)? {
            return Ok(None);
        }
        let Some(directive) = self.directive(escapes % 2 == 1)? else {
            self.cursor.rewind(start);
            push_backslashes(text, escapes);
            match self.call_of_nothing().filter(|_| escapes.is_multiple_of(2)) {
                Some(written) => text.push_str(written),
                None => {
                    self.cursor.rewind(start);
                    text.push('#');
                    self.cursor.eat("#");
                }
            }
            return Ok(None);
        };
        if escapes % 2 == 1 {
            push_backslashes(text, escapes / 2);
            text.push_str(self.cursor.since(start));
            return Ok(None);
        }
        let is_set = matches!(directive, Directive::Set);
        // Before a `#set` they are no escapes of one another.
        push_backslashes(text, if is_set { escapes } else { escapes / 2 });
        if escapes == 0 && !matches!(directive, Directive::Call(..) | Directive::UnknownCall) {
            drop_false_start(text, is_set);
        }
        if is_set {
            take_blanks(text);
        }
        flush(text, nodes);
        self.directive_body(directive, start, at, nodes)
    }

    /// Parses `## …`, `#* … *#` and `#[[ … ]]#`.
    fn comment_or_verbatim(&mut self, escapes: usize, text: &mut String, nodes: &mut Block) -> Result<bool, Fault> {
        let at = self.cursor.at();
        if self.cursor.eat("##") {
            push_backslashes(text, escapes);
            self.cursor.skip_until(|byte| matches!(byte, b'\n' | b'\r'));
            self.cursor.skip_line_rest();
            flush(text, nodes);
            return Ok(true);
        }
        if self.cursor.eat("#*") {
            push_backslashes(text, escapes);
            if !self.cursor.skip_past("*#") {
                self.cursor.skip_until(|_| false);
            }
            flush(text, nodes);
            return Ok(true);
        }
        if self.cursor.eat("#[[") {
            push_backslashes(text, escapes);
            let start = self.cursor.position();
            if !self.cursor.skip_past("]]#") {
                return Err(Fault::syntax(at, "`#[[` has no `]]#`"));
            }
            text.push_str(self.cursor.between(start, self.cursor.position() - 3));
            flush(text, nodes);
            return Ok(true);
        }
        Ok(false)
    }
}

fn flush(text: &mut String, nodes: &mut Block) {
    if !text.is_empty() {
        nodes.push(Node::Text(std::mem::take(text).into()));
    }
}

/// Takes away the blanks before a `#set`, unless they follow text. A `#word` that is no directive and backslashes are
/// pieces of their own, as references are.
fn take_blanks(text: &mut String) {
    let kept = text.trim_end_matches([' ', '\t']);
    let word = kept.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let name = kept.get(word.len()..).unwrap_or_default();
    let is_word = word.ends_with('#') && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if kept.is_empty() || kept.ends_with('\\') || is_word {
        text.truncate(kept.len());
    }
}

/// Takes away a `$` (or `$!`, or several) that stands right before a directive: Velocity's lexer has begun a reference
/// there and forgets it. Before a `#set`, whose token has the blanks before it, a `#` and blanks are forgotten too.
fn drop_false_start(text: &mut String, before_set: bool) {
    let mut kept = text.as_str();
    if before_set {
        kept = kept.trim_end_matches([' ', '\t']);
    }
    let mut begun = false;
    loop {
        let rest = kept.strip_suffix("$!").or_else(|| kept.strip_suffix('$'));
        let rest = rest.or_else(|| kept.strip_suffix('#').filter(|_| before_set));
        match rest {
            Some(rest) => kept = rest,
            None => break,
        }
        begun = true;
    }
    if begun {
        text.truncate(kept.len());
    }
}

fn push_backslashes(text: &mut String, count: usize) {
    text.extend(std::iter::repeat_n('\\', count));
}

/// Returns the names of the macros that a text defines.
fn defined_macros(text: &str) -> impl Iterator<Item = EcoString> {
    text.match_indices("macro").filter_map(|(at, word)| {
        let before = text.get(..at)?;
        if !before.ends_with('#') && !before.ends_with("#{") {
            return None;
        }
        let mut cursor = Cursor::new(text.get(at + word.len()..)?, Origin::MadeAt(0));
        cursor.eat("}");
        cursor.skip_blanks();
        if !cursor.eat("(") {
            return None;
        }
        cursor.skip_space();
        cursor.identifier().map(EcoString::from)
    })
}
