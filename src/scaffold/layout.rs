//! Lays out the Rust that templates make: breaks lines, indents them, and sets items apart.
//!
//! Only the space between tokens changes, so that the code means what it meant. Where a template breaks a line, the
//! line stays broken; generated files are not for rustfmt, whose layout costs more than all else that is done here.

/// The most bytes of a line that could be broken.
const WIDTH: usize = 100;

/// The deepest nesting that is laid out.
const MAX_DEPTH: usize = 120;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A word, a literal, a lifetime, or one character of an operator.
    Plain,
    /// A comment up to the end of its line.
    Comment,
    Open,
    Close,
}

struct Token<'t> {
    text: &'t str,
    kind: Kind,
    /// Whether there was space before it.
    spaced: bool,
    /// How many lines ended in that space, as far as that matters.
    lines: u8,
    /// For a bracket, where its partner is.
    partner: u32,
    /// For an opening bracket, whether what is inside cannot stand on one line.
    breaks: bool,
    /// For an opening bracket, whether there are arms of a `match` inside.
    arms: bool,
    /// The width of all before it, on one line.
    start: u32,
}

/// Returns the code laid out, or `None` when its brackets do not pair.
pub(crate) fn laid_out(code: &str) -> Option<String> {
    // Positions are kept in 32 bits.
    u32::try_from(code.len()).ok()?;
    let mut tokens = tokens(code)?;
    pair(&mut tokens)?;
    let mut printer = Printer { tokens: &tokens, out: String::with_capacity(code.len() * 5 / 4), line: 0, indent: 0 };
    printer.body(0, tokens.len(), 0, true, false, 0);
    if !printer.out.is_empty() {
        printer.out.push('\n');
    }
    Some(printer.out)
}

fn tokens(code: &str) -> Option<Vec<Token<'_>>> {
    let bytes = code.as_bytes();
    let mut tokens: Vec<Token<'_>> = Vec::with_capacity(code.len() / 4);
    let (mut at, mut spaced, mut lines, mut width) = (0, false, 0_u8, 0_u32);
    while let Some(&byte) = bytes.get(at) {
        if byte.is_ascii_whitespace() {
            spaced = true;
            lines = lines.saturating_add(u8::from(byte == b'\n'));
            at += 1;
            continue;
        }
        let rest = &code[at..];
        let (length, kind) = match byte {
            b'/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), Kind::Comment),
            b'/' if rest.starts_with("/*") => (block_comment(rest)?, Kind::Plain),
            b'"' => (quoted(rest, 0)?, Kind::Plain),
            b'\'' => (tick(rest)?, Kind::Plain),
            b'(' | b'[' | b'{' => (1, Kind::Open),
            b')' | b']' | b'}' => (1, Kind::Close),
            _ if is_word(byte) => (word(rest)?, Kind::Plain),
            _ => (1, Kind::Plain),
        };
        let text = &code[at..at + length];
        let text = if kind == Kind::Comment { text.trim_end() } else { text };
        width += u32::from(spaced);
        tokens.push(Token { text, kind, spaced, lines, partner: 0, breaks: false, arms: false, start: width });
        width += text.len() as u32;
        at += length;
        (spaced, lines) = (false, 0);
    }
    Some(tokens)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Returns the length of a word, or of the literal that it begins.
fn word(rest: &str) -> Option<usize> {
    let length = rest.bytes().position(|byte| !is_word(byte)).unwrap_or(rest.len());
    let (word, after) = rest.split_at(length);
    match word {
        "r" | "br" | "cr" => {
            let hashes = after.bytes().take_while(|byte| *byte == b'#').count();
            if after[hashes..].starts_with('"') {
                let end = format!("\"{}", "#".repeat(hashes));
                let inner = length + hashes + 1;
                return Some(inner + rest[inner..].find(&end)? + end.len());
            }
            Some(length)
        }
        "b" | "c" if after.starts_with('"') => quoted(rest, length),
        "b" if after.starts_with('\'') => Some(length + tick(after)?),
        _ => Some(length),
    }
}

/// Returns where a string literal ends whose quotation mark is at `start`.
fn quoted(rest: &str, start: usize) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
        }
    }
}

/// Returns the length of a character literal or a lifetime.
fn tick(rest: &str) -> Option<usize> {
    let mut characters = rest.char_indices().skip(1);
    match characters.next()? {
        (_, '\\') => {
            let escaped = characters.next()?;
            let from = escaped.0 + escaped.1.len_utf8();
            Some(from + rest[from..].find('\'')? + 1)
        }
        _ => match characters.next() {
            Some((at, '\'')) => Some(at + 1),
            _ => Some(1 + rest[1..].bytes().position(|byte| !is_word(byte)).unwrap_or(rest.len() - 1)),
        },
    }
}

/// Returns the length of a comment that may hold others.
fn block_comment(rest: &str) -> Option<usize> {
    let (mut at, mut depth) = (2, 1);
    while depth > 0 {
        match rest.as_bytes().get(at..at + 2)? {
            b"/*" => (at, depth) = (at + 2, depth + 1),
            b"*/" => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
    }
    Some(at)
}

/// Pairs the brackets, and finds which cannot stand on one line.
fn pair(tokens: &mut [Token<'_>]) -> Option<()> {
    let mut open: Vec<usize> = Vec::new();
    for index in 0..tokens.len() {
        match tokens[index].kind {
            Kind::Open => {
                tokens[index].breaks =
                    tokens.get(index + 1).is_some_and(|next| next.lines > 0 && next.kind != Kind::Close);
                open.push(index);
            }
            Kind::Close => {
                let opening = open.pop()?;
                if !matches!((tokens[opening].text, tokens[index].text), ("(", ")") | ("[", "]") | ("{", "}")) {
                    return None;
                }
                tokens[opening].partner = index as u32;
                tokens[index].partner = opening as u32;
                let breaks = tokens[opening].breaks;
                if let Some(outer) = open.last() {
                    tokens[*outer].breaks |= breaks;
                }
            }
            Kind::Comment => {
                if let Some(outer) = open.last() {
                    tokens[*outer].breaks = true;
                }
            }
            Kind::Plain => {
                let Some(&outer) = open.last() else { continue };
                if tokens[outer].text != "{" {
                    continue;
                }
                let arrow = tokens[index].text == ">" && !tokens[index].spaced && tokens[index - 1].text == "=";
                tokens[outer].breaks |= arrow || tokens[index].text == ";";
                tokens[outer].arms |= arrow;
            }
        }
    }
    open.is_empty().then_some(())
}

struct Printer<'p, 't> {
    tokens: &'p [Token<'t>],
    out: String,
    /// Where the current line begins.
    line: usize,
    /// The current line's indentation.
    indent: usize,
}

impl Printer<'_, '_> {
    fn partner(&self, index: usize) -> usize {
        self.tokens[index].partner as usize
    }

    fn text(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |token| token.text)
    }

    fn new_line(&mut self, indent: usize, blank: bool) {
        self.out.push_str(if blank { "\n\n" } else { "\n" });
        self.line = self.out.len();
        self.indent = indent;
        self.out.extend(std::iter::repeat_n("    ", indent));
    }

    /// Returns whether the tokens from `from` up to `to` fit on the current line.
    fn fits(&self, from: usize, to: usize) -> bool {
        let (Some(first), Some(last)) = (self.tokens.get(from), self.tokens.get(to)) else { return true };
        // What ends the statement goes on the same line.
        self.out.len() - self.line + (last.start - first.start) as usize + last.text.len() + 2 <= WIDTH
    }

    /// Writes tokens on one line, without the space before the first.
    fn flat(&mut self, from: usize, to: usize) {
        for index in from..to {
            let token = &self.tokens[index];
            if index > from && self.tokens[index - 1].kind == Kind::Comment {
                self.new_line(self.indent, false);
            } else if index > from && token.spaced {
                self.out.push(' ');
            }
            self.out.push_str(token.text);
        }
    }

    /// Writes what is in brackets, with them.
    fn group(&mut self, open: usize, depth: usize) {
        let close = self.partner(open);
        let indent = self.indent;
        if close == open + 1 {
            self.out.push_str(self.tokens[open].text);
            self.out.push_str(self.tokens[close].text);
            return;
        }
        let is_block = self.text(open) == "{";
        let breaks = self.tokens[open].breaks;
        if depth > MAX_DEPTH || (!breaks && self.fits(open, close)) {
            return self.flat(open, close + 1);
        }
        if !is_block {
            let (commas, groups) = self.inside(open);
            // The last argument holds all that breaks: it stays where it is.
            let last = self.partner(close - 1);
            if self.tokens[close - 1].kind == Kind::Close
                && last > open
                && self.tokens[open + 1].lines == 0
                && (self.text(last) == "{" || commas == 0)
                && !self.tokens[open + 1..last].iter().any(|token| token.breaks || token.kind == Kind::Comment)
                && self.fits(open, last)
            {
                self.flat(open, last);
                if self.tokens[last].spaced && last > open + 1 {
                    self.out.push(' ');
                }
                self.group(last, depth + 1);
                self.out.push_str(self.tokens[close].text);
                return;
            }
            if commas == 0 && groups == 0 && !breaks {
                return self.flat(open, close + 1);
            }
        }
        self.out.push_str(self.tokens[open].text);
        self.new_line(indent + 1, false);
        self.body(open + 1, close, indent + 1, is_block, self.tokens[open].arms, depth + 1);
        self.new_line(indent, false);
        self.out.push_str(self.tokens[close].text);
    }

    /// Counts the commas and the brackets directly inside of brackets.
    fn inside(&self, open: usize) -> (usize, usize) {
        let (mut commas, mut groups, mut index) = (0, 0, open + 1);
        while index < self.partner(open) {
            let token = &self.tokens[index];
            if token.kind == Kind::Open {
                groups += 1;
                index = token.partner as usize;
            } else if token.text == "," {
                commas += 1;
            }
            index += 1;
        }
        (commas, groups)
    }

    /// Writes what is inside of brackets, over several lines.
    fn body(&mut self, from: usize, to: usize, indent: usize, is_block: bool, arms: bool, depth: usize) {
        let (mut index, mut angles) = (from, 0_usize);
        // Whether the brackets that have just ended went over several lines.
        let mut broken = false;
        while index < to {
            let token = &self.tokens[index];
            if index > from {
                match self.ends_line(index, is_block, angles, broken) {
                    Some(continued) => {
                        let blank = !arms && self.is_apart(index, indent);
                        self.new_line(indent + usize::from(continued), blank);
                    }
                    None if token.spaced => self.out.push(' '),
                    None => {}
                }
            }
            match token.kind {
                Kind::Open => {
                    let before = self.out.len();
                    self.group(index, depth);
                    broken = self.line > before;
                    index = self.partner(index);
                }
                _ => {
                    match token.text {
                        "<" if !token.spaced => angles += 1,
                        ">" if token.spaced || !matches!(self.text(index.wrapping_sub(1)), "-" | "=") => {
                            angles = angles.saturating_sub(1);
                        }
                        ";" => angles = 0,
                        _ => {}
                    }
                    self.out.push_str(token.text);
                }
            }
            index += 1;
        }
    }

    /// Returns whether the token begins a line, and if so, whether it continues what the line before has begun.
    fn ends_line(&self, index: usize, is_block: bool, angles: usize, broken: bool) -> Option<bool> {
        let (token, previous) = (&self.tokens[index], &self.tokens[index - 1]);
        let begun = match previous.text {
            _ if previous.kind == Kind::Comment => return Some(false),
            "," if angles == 0 => return Some(false),
            ";" if is_block => return Some(false),
            "]" if is_block && self.is_attribute(index - 1) => return Some(false),
            "}" if is_block => {
                let opening = previous.partner as usize;
                let is_arm = opening > 1 && self.text(opening - 1) == ">" && self.text(opening - 2) == "=";
                let begins = match token.text {
                    "else" | "as" => false,
                    "#" | "{" | "(" | "[" => true,
                    text => text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '\'' | '/')),
                };
                if (broken || is_arm) && begins {
                    return Some(false);
                }
                false
            }
            _ => true,
        };
        (token.lines > 0 && token.text != "else").then_some(begun)
    }

    /// Returns whether a bracket ends an attribute.
    fn is_attribute(&self, close: usize) -> bool {
        let opening = self.partner(close);
        let mark = |back: usize| opening.checked_sub(back).map_or("", |index| self.text(index));
        mark(1) == "#" || (mark(1) == "!" && mark(2) == "#")
    }

    /// Returns whether there is an empty line before a line's first token.
    fn is_apart(&self, index: usize, indent: usize) -> bool {
        let (token, previous) = (&self.tokens[index], &self.tokens[index - 1]);
        if previous.kind == Kind::Comment {
            let inner = |text: &str| text.starts_with("//!");
            return inner(previous.text) && !inner(token.text);
        }
        let inner_attribute = previous.text == "]" && self.is_attribute(index - 1) && {
            let opening = previous.partner as usize;
            self.text(opening - 1) == "!"
        };
        if previous.text == "]" && self.is_attribute(index - 1) && !inner_attribute {
            return false;
        }
        let begins_item = token.kind == Kind::Comment
            || matches!(
                token.text,
                "#" | "pub"
                    | "impl"
                    | "fn"
                    | "mod"
                    | "struct"
                    | "enum"
                    | "const"
                    | "static"
                    | "async"
                    | "use"
                    | "type"
                    | "trait"
            );
        let ends_item = match previous.text {
            "}" => true,
            ";" => indent == 0 && token.kind == Kind::Comment,
            _ => false,
        };
        begins_item && (token.lines > 1 || ends_item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn shows(code: &str, expected: &str) {
        assert_eq!(laid_out(code).as_deref(), Some(expected));
    }

    #[test]
    fn statements_and_arms_have_lines_of_their_own() {
        shows(
            "fn f() { if let Some(v) = &self.a { at.under(\"a\", |at| { v.check(at); }); } match v { A => {} _ => {} } }",
            "fn f() {\n    if let Some(v) = &self.a {\n        at.under(\"a\", |at| {\n            v.check(at);\n        \
             });\n    }\n    match v {\n        A => {}\n        _ => {}\n    }\n}\n",
        );
    }

    #[test]
    fn items_are_set_apart() {
        shows(
            "#[derive(Debug)]\n\npub struct A {\n/// b\npub b: Map<String, C>,\n\n}\nimpl A {}\npub type D = E;\n/// f\npub type F = E;",
            "#[derive(Debug)]\npub struct A {\n    /// b\n    pub b: Map<String, C>,\n}\n\nimpl A {}\n\npub type D = E;\n\n\
             /// f\npub type F = E;\n",
        );
    }

    #[test]
    fn literals_stay_as_they_are() {
        let code = "const A: &[char] = &['{', '\\'', '\"', '\\u{7d}', b'}'];\nconst B: &str = r#\"{\"  }\"#;\nfn f<'a>(x: &'a str) {}\n";
        let laid = laid_out(code).expect("it pairs");
        assert_eq!(
            laid.parse::<proc_macro2::TokenStream>().expect("Rust").to_string(),
            code.parse::<proc_macro2::TokenStream>().expect("Rust").to_string()
        );
    }

    #[test]
    fn brackets_that_do_not_pair_are_refused() {
        assert_eq!(laid_out("fn f() { (} )"), None);
        assert_eq!(laid_out("fn f() {"), None);
        assert_eq!(laid_out("const A: &str = \"x;"), None);
    }
}
