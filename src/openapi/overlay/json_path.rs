//! JSONPath (RFC 9535) as overlays use it: names, positions, slices, wildcards, descent, filters.

use crate::source::{Node, Value};

use super::Place;

/// How long a path may be, and how deep its filters.
const MAX_LENGTH: usize = 4_000;
const MAX_FILTER_DEPTH: usize = 32;

/// A parsed path.
#[derive(Debug)]
pub(super) struct JsonPath(Vec<Segment>);

#[derive(Debug)]
struct Segment {
    descend: bool,
    selectors: Vec<Selector>,
}

#[derive(Debug)]
enum Selector {
    Name(String),
    Index(i64),
    Slice { start: Option<i64>, end: Option<i64>, step: i64 },
    All,
    Filter(Filter),
}

#[derive(Debug)]
enum Filter {
    Or(Vec<Filter>),
    And(Vec<Filter>),
    Not(Box<Filter>),
    Exists(Query),
    Compare(Operand, Comparison, Operand),
}

#[derive(Debug)]
struct Query {
    from_root: bool,
    path: JsonPath,
}

#[derive(Debug)]
enum Operand {
    Query(Query),
    Text(String),
    Number(f64),
    Bool(bool),
    Null,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl JsonPath {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_LENGTH {
            return Err(format!("the target is longer than {MAX_LENGTH} bytes"));
        }
        let mut parser = Parser { text, at: 0, depth: 0 };
        parser.space();
        if !parser.eat("$") {
            return Err("the target is not a JSONPath: it begins with `$`".into());
        }
        let path = parser.segments()?;
        parser.space();
        if parser.at < text.len() {
            return Err(parser.fault("the end"));
        }
        Ok(path)
    }

    /// Returns the places that the path selects, each once, in the document's order within a segment.
    pub(super) fn select(&self, root: &Node, limit: usize) -> Vec<Place> {
        self.from(root, root, limit).into_iter().map(|(place, _)| place).collect()
    }

    fn from<'n>(&self, root: &'n Node, start: &'n Node, limit: usize) -> Vec<(Place, &'n Node)> {
        let mut found: Vec<(Place, &Node)> = vec![(Vec::new(), start)];
        for segment in &self.0 {
            let mut next = Vec::new();
            for (place, node) in found {
                if segment.descend {
                    descend(&place, node, &mut |place, node| segment.select(root, place, node, &mut next, limit));
                } else {
                    segment.select(root, &place, node, &mut next, limit);
                }
            }
            let mut seen = std::collections::HashSet::new();
            next.retain(|(place, _)| seen.insert(place.clone()));
            next.truncate(limit);
            found = next;
        }
        found
    }
}

fn descend<'n>(place: &Place, node: &'n Node, f: &mut dyn FnMut(&Place, &'n Node)) {
    f(place, node);
    for (at, child) in children(node).enumerate() {
        let mut place = place.clone();
        place.push(at);
        descend(&place, child, f);
    }
}

fn children(node: &Node) -> impl Iterator<Item = &Node> {
    node.items().chain(node.entries().map(|e| &e.value))
}

impl Segment {
    fn select<'n>(
        &self,
        root: &'n Node,
        place: &Place,
        node: &'n Node,
        out: &mut Vec<(Place, &'n Node)>,
        limit: usize,
    ) {
        let mut add = |at: usize, child: &'n Node| {
            if out.len() < limit {
                let mut place = place.clone();
                place.push(at);
                out.push((place, child));
            }
        };
        for selector in &self.selectors {
            match (selector, &node.value) {
                (Selector::Name(name), Value::Mapping(mapping)) => {
                    if let Some((at, e)) = mapping.iter().enumerate().find(|(_, e)| e.key.text == *name) {
                        add(at, &e.value);
                    }
                }
                (Selector::Index(index), Value::Sequence(items)) => {
                    let at = if *index < 0 { items.len() as i64 + index } else { *index };
                    if let Some((at, item)) = usize::try_from(at).ok().and_then(|at| Some((at, items.get(at)?))) {
                        add(at, item);
                    }
                }
                (Selector::Slice { start, end, step }, Value::Sequence(items)) => {
                    for at in slice(items.len() as i64, *start, *end, *step) {
                        if let Some(item) = items.get(at) {
                            add(at, item);
                        }
                    }
                }
                (Selector::All, _) => children(node).enumerate().for_each(|(at, child)| add(at, child)),
                (Selector::Filter(filter), _) => children(node)
                    .enumerate()
                    .filter(|(_, child)| filter.holds(root, child))
                    .for_each(|(at, child)| add(at, child)),
                _ => {}
            }
        }
    }
}

fn slice(length: i64, start: Option<i64>, end: Option<i64>, step: i64) -> Vec<usize> {
    let normal = |n: i64| if n < 0 { length + n } else { n };
    let mut out = Vec::new();
    if step > 0 {
        let mut at = normal(start.unwrap_or(0)).clamp(0, length);
        let end = normal(end.unwrap_or(length)).clamp(0, length);
        while at < end {
            out.push(at as usize);
            at = at.saturating_add(step);
        }
    } else if step < 0 {
        let mut at = normal(start.unwrap_or(length - 1)).clamp(-1, length - 1);
        let end = end.map_or(-1, normal).clamp(-1, length - 1);
        while at > end {
            out.push(at as usize);
            at = at.saturating_add(step);
        }
    }
    out
}

impl Filter {
    fn holds(&self, root: &Node, node: &Node) -> bool {
        match self {
            Self::Or(any) => any.iter().any(|f| f.holds(root, node)),
            Self::And(all) => all.iter().all(|f| f.holds(root, node)),
            Self::Not(filter) => !filter.holds(root, node),
            Self::Exists(query) => query.first(root, node).is_some(),
            Self::Compare(left, comparison, right) => {
                let (left, right) = (left.value(root, node), right.value(root, node));
                comparison.holds(left.as_ref(), right.as_ref())
            }
        }
    }
}

impl Query {
    fn first<'n>(&self, root: &'n Node, node: &'n Node) -> Option<&'n Node> {
        let start = if self.from_root { root } else { node };
        self.path.from(root, start, 1_000).into_iter().next().map(|(_, node)| node)
    }
}

impl Operand {
    fn value(&self, root: &Node, node: &Node) -> Option<serde_json::Value> {
        use serde_json::Value as Json;
        match self {
            Self::Query(query) => query.first(root, node).map(Node::to_json),
            Self::Text(text) => Some(Json::from(text.as_str())),
            Self::Number(number) => Some(Json::from(*number)),
            Self::Bool(b) => Some(Json::from(*b)),
            Self::Null => Some(Json::Null),
        }
    }
}

impl Comparison {
    fn holds(self, left: Option<&serde_json::Value>, right: Option<&serde_json::Value>) -> bool {
        let equal = match (left, right) {
            (Some(a), Some(b)) => match (a.as_f64(), b.as_f64()) {
                (Some(a), Some(b)) => a == b,
                _ => a == b,
            },
            (None, None) => true,
            _ => false,
        };
        let order = match (left, right) {
            (Some(a), Some(b)) => match (a.as_f64().zip(b.as_f64()), a.as_str().zip(b.as_str())) {
                (Some((a, b)), _) => a.partial_cmp(&b),
                (_, Some((a, b))) => Some(a.cmp(b)),
                _ => None,
            },
            _ => None,
        };
        match self {
            Self::Equal => equal,
            Self::NotEqual => !equal,
            Self::Less => order.is_some_and(std::cmp::Ordering::is_lt),
            Self::LessOrEqual => equal || order.is_some_and(std::cmp::Ordering::is_lt),
            Self::Greater => order.is_some_and(std::cmp::Ordering::is_gt),
            Self::GreaterOrEqual => equal || order.is_some_and(std::cmp::Ordering::is_gt),
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

type Parsed<T> = Result<T, String>;

impl Parser<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn space(&mut self) {
        while self.rest().starts_with([' ', '\t', '\n', '\r']) {
            self.at += 1;
        }
    }

    fn fault(&self, wanted: &str) -> String {
        let column = self.text.get(..self.at).unwrap_or_default().chars().count() + 1;
        format!("the target is not a JSONPath: {wanted} should be at character {column}")
    }

    fn segments(&mut self) -> Parsed<JsonPath> {
        let mut segments = Vec::new();
        loop {
            let before = self.at;
            self.space();
            if self.eat("..") {
                let selectors = if self.eat("[") { self.bracket()? } else { vec![self.dotted()?] };
                segments.push(Segment { descend: true, selectors });
            } else if self.eat(".") {
                segments.push(Segment { descend: false, selectors: vec![self.dotted()?] });
            } else if self.eat("[") {
                segments.push(Segment { descend: false, selectors: self.bracket()? });
            } else {
                self.at = before;
                return Ok(JsonPath(segments));
            }
        }
    }

    fn dotted(&mut self) -> Parsed<Selector> {
        if self.eat("*") {
            return Ok(Selector::All);
        }
        // Wider than the standard, which takes no `-`: every extension has one in its name.
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '$') || !c.is_ascii();
        let length = self.rest().find(|c| !is_name(c)).unwrap_or(self.rest().len());
        if length == 0 {
            return Err(self.fault("a name"));
        }
        let name = self.rest()[..length].to_owned();
        self.at += length;
        Ok(Selector::Name(name))
    }

    fn bracket(&mut self) -> Parsed<Vec<Selector>> {
        let mut selectors = Vec::new();
        loop {
            self.space();
            selectors.push(self.selector()?);
            self.space();
            if self.eat("]") {
                return Ok(selectors);
            }
            if !self.eat(",") {
                return Err(self.fault("`,` or `]`"));
            }
        }
    }

    fn selector(&mut self) -> Parsed<Selector> {
        if self.eat("*") {
            return Ok(Selector::All);
        }
        if self.eat("?") {
            self.space();
            return Ok(Selector::Filter(self.or()?));
        }
        if self.rest().starts_with(['\'', '"']) {
            return Ok(Selector::Name(self.quoted()?));
        }
        let start = self.integer();
        self.space();
        if !self.eat(":") {
            return start.map(Selector::Index).ok_or_else(|| self.fault("a selector"));
        }
        self.space();
        let end = self.integer();
        self.space();
        let step = if self.eat(":") { self.integer().unwrap_or(1) } else { 1 };
        Ok(Selector::Slice { start, end, step })
    }

    fn integer(&mut self) -> Option<i64> {
        let digits = usize::from(self.rest().starts_with('-'));
        let length = digits + self.rest()[digits..].bytes().take_while(u8::is_ascii_digit).count();
        let number = self.rest()[..length].parse().ok()?;
        self.at += length;
        Some(number)
    }

    fn quoted(&mut self) -> Parsed<String> {
        let quote = self.rest().chars().next().unwrap_or('\'');
        let mut out = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            if c == quote {
                self.at += at + 1;
                return Ok(out);
            }
            if c != '\\' {
                out.push(c);
                continue;
            }
            match chars.next().map(|(_, c)| c) {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(c) => out.push(c),
                None => break,
            }
        }
        Err(self.fault("a closing quote"))
    }

    fn or(&mut self) -> Parsed<Filter> {
        self.depth += 1;
        if self.depth > MAX_FILTER_DEPTH {
            return Err("the filter of the target is nested too deeply".into());
        }
        let mut any = vec![self.and()?];
        while {
            self.space();
            self.eat("||")
        } {
            any.push(self.and()?);
        }
        self.depth -= 1;
        Ok(Filter::Or(any))
    }

    fn and(&mut self) -> Parsed<Filter> {
        let mut all = vec![self.test()?];
        while {
            self.space();
            self.eat("&&")
        } {
            all.push(self.test()?);
        }
        Ok(Filter::And(all))
    }

    fn test(&mut self) -> Parsed<Filter> {
        self.space();
        if self.rest().starts_with('!') && !self.rest().starts_with("!=") {
            self.at += 1;
            self.depth += 1;
            if self.depth > MAX_FILTER_DEPTH {
                return Err("the filter of the target is nested too deeply".into());
            }
            let inner = self.test()?;
            self.depth -= 1;
            return Ok(Filter::Not(Box::new(inner)));
        }
        if self.eat("(") {
            let inner = self.or()?;
            self.space();
            return if self.eat(")") { Ok(inner) } else { Err(self.fault("`)`")) };
        }
        let left = self.operand()?;
        self.space();
        const COMPARISONS: [(&str, Comparison); 6] = [
            ("==", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        match COMPARISONS.into_iter().find(|(token, _)| self.eat(token)) {
            Some((_, comparison)) => {
                self.space();
                Ok(Filter::Compare(left, comparison, self.operand()?))
            }
            None => match left {
                Operand::Query(query) => Ok(Filter::Exists(query)),
                _ => Err(self.fault("a comparison")),
            },
        }
    }

    fn operand(&mut self) -> Parsed<Operand> {
        if self.rest().starts_with(['@', '$']) {
            let from_root = self.rest().starts_with('$');
            self.at += 1;
            self.depth += 1;
            if self.depth > MAX_FILTER_DEPTH {
                return Err("the filter of the target is nested too deeply".into());
            }
            let path = self.segments()?;
            self.depth -= 1;
            return Ok(Operand::Query(Query { from_root, path }));
        }
        if self.rest().starts_with(['\'', '"']) {
            return Ok(Operand::Text(self.quoted()?));
        }
        for (word, operand) in [("true", Operand::Bool(true)), ("false", Operand::Bool(false)), ("null", Operand::Null)]
        {
            if self.eat(word) {
                return Ok(operand);
            }
        }
        let is_number = |b: &u8| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E');
        let length = self.rest().bytes().take_while(is_number).count();
        let number = self.rest()[..length].parse().map_err(|_| self.fault("a value or `@`"))?;
        self.at += length;
        Ok(Operand::Number(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, yaml};

    #[track_caller]
    fn check(path: &str, expected: &str) {
        let text = "a: {b: [1, 2, 3, {c: x}]}\n'/p/{q}': {get: {x-y: 1, n: 5}, put: {n: 7}}\n";
        let node = yaml::parse(FileId(0), text).0.unwrap();
        let path = JsonPath::parse(path).unwrap();
        let found: Vec<String> =
            path.from(&node, &node, 100).into_iter().map(|(_, n)| n.to_json().to_string()).collect();
        assert_eq!(found.join(" "), expected);
    }

    #[test]
    fn selections() {
        check("$", r#"{"a":{"b":[1,2,3,{"c":"x"}]},"/p/{q}":{"get":{"x-y":1,"n":5},"put":{"n":7}}}"#);
        check("$.a.b[0]", "1");
        check("$.a.b[-1].c", "\"x\"");
        check("$.a.b[1:3]", "2 3");
        check("$.a.b[2,0]", "3 1");
        check("$['/p/{q}'].get.x-y", "1");
        check("$['/p/{q}'][?@.n > 5].n", "7");
        check("$['/p/{q}'][?(@.n == 5 && @['x-y'])].n", "5");
        check("$['/p/{q}'][?!@.x-y].n", "7");
        check("$..n", "5 7");
        check("$.*.nothing", "");
    }

    #[test]
    fn faults_name_the_place() {
        assert_eq!(JsonPath::parse("a").unwrap_err(), "the target is not a JSONPath: it begins with `$`");
        assert_eq!(
            JsonPath::parse("$.a[").unwrap_err(),
            "the target is not a JSONPath: a selector should be at character 5"
        );
        assert!(JsonPath::parse(&format!("$[?{}", "(".repeat(1000))).is_err());
        assert!(JsonPath::parse(&format!("$[?{}@.a]", "!".repeat(1000))).is_err());
    }
}
