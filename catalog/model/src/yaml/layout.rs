//! The layout that libyaml gives a document: where lines break and fold, which quotes a text gets,
//! what is indented how far. A tree says what is wanted; what cannot be had that way is written
//! another way, by libyaml's rules.
//!
//! Measured against libyaml 0.2.5, as Ruby's Psych drives it.

/// What is to be written.
#[derive(Clone, Debug)]
pub struct Tree {
    /// What it is.
    pub kind: TreeKind,
    /// The name of an anchor: `&1`.
    pub anchor: Option<u32>,
    /// A tag, as it is shown: `!ruby/range`.
    pub tag: Option<String>,
}

/// The kinds of nodes.
#[derive(Clone, Debug)]
pub enum TreeKind {
    /// A text.
    Scalar(Scalar),
    /// `- …`
    Sequence(Vec<Tree>),
    /// `key: …`
    Mapping(Vec<(Tree, Tree)>),
    /// `*1`
    Alias(u32),
}

/// A text and how it is wanted.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// The text.
    pub text: String,
    /// The style that is tried first.
    pub style: Style,
    /// Whether it may be plain.
    pub plain: bool,
    /// Whether quotes keep what it means.
    pub quoted: bool,
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As it is.
    Plain,
    /// `'text'`
    Single,
    /// `"text"`
    Double,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// Measures of the layout.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// How far a level is indented.
    pub indent: usize,
    /// Behind which column lines are folded.
    pub width: usize,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            indent: 2,
            width: 80,
        }
    }
}

impl Tree {
    /// A node without tag and anchor.
    pub fn new(kind: TreeKind) -> Self {
        Self {
            kind,
            anchor: None,
            tag: None,
        }
    }

    /// A number or a word that means something.
    pub fn word(text: impl Into<String>) -> Self {
        Self::new(TreeKind::Scalar(Scalar {
            text: text.into(),
            style: Style::Plain,
            plain: true,
            quoted: false,
        }))
    }

    /// The document, from `---` on.
    pub fn write(&self, layout: Layout) -> String {
        let mut writer = Writer {
            out: String::new(),
            layout,
            column: 0,
            indent: None,
            is_blank: true,
            is_indention: true,
            is_open: false,
        };
        writer.indicator("---", true, false, false);
        writer.node(self, Context::Root);
        writer.indent = None;
        writer.line_start();
        if writer.is_open {
            writer.out.push_str("...\n");
        }
        writer.out
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Root,
    Element,
    Entry,
    SimpleKey,
}

struct Writer {
    out: String,
    layout: Layout,
    column: usize,
    /// None at the top.
    indent: Option<usize>,
    /// Whether the last character is a blank.
    is_blank: bool,
    /// Whether the line holds nothing but indention and dashes so far.
    is_indention: bool,
    /// Whether a text with open end was written, which `...` has to close.
    is_open: bool,
}

impl Writer {
    fn put(&mut self, character: char) {
        self.out.push(character);
        self.column += 1;
    }

    fn line_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    /// Writes a character that breaks a line.
    fn copy_break(&mut self, character: char) {
        self.out.push(character);
        self.column = 0;
    }

    fn line_start(&mut self) {
        let indent = self.indent.unwrap_or(0);
        if !self.is_indention || self.column > indent || (self.column == indent && !self.is_blank) {
            self.line_break();
        }
        while self.column < indent {
            self.put(' ');
        }
        self.is_blank = true;
        self.is_indention = true;
    }

    fn indicator(&mut self, sign: &str, needs_blank: bool, is_blank: bool, is_indention: bool) {
        if needs_blank && !self.is_blank {
            self.put(' ');
        }
        sign.chars().for_each(|character| self.put(character));
        self.is_blank = is_blank;
        self.is_indention &= is_indention;
    }

    /// One level further in, and what was before.
    fn deeper(&mut self, top: usize, stays: bool) -> Option<usize> {
        let before = self.indent;
        self.indent = Some(match before {
            None => top,
            Some(indent) if stays => indent,
            Some(indent) => indent + self.layout.indent,
        });
        before
    }

    fn node(&mut self, tree: &Tree, context: Context) {
        if let TreeKind::Alias(name) = tree.kind {
            self.indicator(&format!("*{name}"), true, false, false);
            return;
        }
        if let Some(name) = tree.anchor {
            self.indicator(&format!("&{name}"), true, false, false);
        }
        match &tree.kind {
            TreeKind::Scalar(scalar) => self.scalar(scalar, tree.tag.as_deref(), context),
            TreeKind::Sequence(items) => {
                self.tag(tree.tag.as_deref());
                self.sequence(items, context);
            }
            TreeKind::Mapping(pairs) => {
                self.tag(tree.tag.as_deref());
                self.mapping(pairs);
            }
            TreeKind::Alias(_) => {}
        }
    }

    fn tag(&mut self, tag: Option<&str>) {
        if let Some(tag) = tag {
            self.indicator(tag, true, false, false);
        }
    }

    fn sequence(&mut self, items: &[Tree], context: Context) {
        if items.is_empty() {
            self.indicator("[", true, true, false);
            self.indicator("]", false, false, false);
            return;
        }
        let stays = context == Context::Entry && !self.is_indention;
        let before = self.deeper(0, stays);
        for item in items {
            self.line_start();
            self.indicator("-", true, false, true);
            self.node(item, Context::Element);
        }
        self.indent = before;
    }

    fn mapping(&mut self, pairs: &[(Tree, Tree)]) {
        if pairs.is_empty() {
            self.indicator("{", true, true, false);
            self.indicator("}", false, false, false);
            return;
        }
        let before = self.deeper(0, false);
        for (key, value) in pairs {
            self.line_start();
            if is_simple(key) {
                self.node(key, Context::SimpleKey);
                if matches!(key.kind, TreeKind::Alias(_)) {
                    self.put(' ');
                }
                self.indicator(":", false, false, false);
            } else {
                self.indicator("?", true, false, true);
                self.node(key, Context::Entry);
                self.line_start();
                self.indicator(":", true, false, true);
            }
            self.node(value, Context::Entry);
        }
        self.indent = before;
    }

    fn scalar(&mut self, scalar: &Scalar, tag: Option<&str>, context: Context) {
        let allowed = Allowed::of(&scalar.text);
        let is_key = context == Context::SimpleKey;
        let mut style = scalar.style;
        if is_key && allowed.is_multiline {
            style = Style::Double;
        }
        let is_empty_key = scalar.text.is_empty() && is_key;
        let is_not_plain = !allowed.plain || is_empty_key || (tag.is_none() && !scalar.plain);
        if style == Style::Plain && is_not_plain {
            style = Style::Single;
        }
        if style == Style::Single && !allowed.single {
            style = Style::Double;
        }
        if matches!(style, Style::Literal | Style::Folded) && (!allowed.block || is_key) {
            style = Style::Double;
        }
        let marks_text = tag.is_none() && !scalar.quoted && style != Style::Plain;
        self.tag(tag.or(marks_text.then_some("!")));
        let before = self.deeper(self.layout.indent, false);
        let folds = !is_key;
        match style {
            Style::Plain => self.plain(&scalar.text, folds),
            Style::Single => self.single(&scalar.text, folds),
            Style::Double => self.double(&scalar.text, folds),
            Style::Literal => self.literal(&scalar.text),
            Style::Folded => self.folded(&scalar.text),
        }
        self.indent = before;
    }

    /// Whether a single blank at this place may become a line's end.
    fn folds_here(&self, folds: bool, after_blank: bool) -> bool {
        folds && !after_blank && self.column > self.layout.width
    }

    fn plain(&mut self, text: &str, folds: bool) {
        if !self.is_blank && !text.is_empty() {
            self.put(' ');
        }
        self.words(text, folds, |_| false);
        self.is_blank = false;
        self.is_indention = false;
    }

    fn single(&mut self, text: &str, folds: bool) {
        self.indicator("'", true, false, false);
        let last = text.len();
        let after_breaks = self.words(text, folds, |at| at == 0 || at + 1 == last);
        if after_breaks {
            self.line_start();
        }
        self.indicator("'", false, false, false);
        self.is_blank = false;
        self.is_indention = false;
    }

    /// The text of a plain or single-quoted scalar; whether it ends with a line's end. An
    /// apostrophe can only stand in the latter, or where doubling it is right.
    fn words(&mut self, text: &str, folds: bool, stays: impl Fn(usize) -> bool) -> bool {
        let is_quoted = self.out.ends_with('\'');
        let (mut blanks, mut breaks) = (false, false);
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            if character == ' ' {
                let next_is_blank = characters.peek().is_some_and(|(_, next)| *next == ' ');
                if self.folds_here(folds, blanks) && !next_is_blank && !stays(at) {
                    self.line_start();
                } else {
                    self.put(' ');
                }
                blanks = true;
            } else if is_break(character) {
                if !breaks && character == '\n' {
                    self.line_break();
                }
                self.copy_break(character);
                self.is_indention = true;
                breaks = true;
            } else {
                if breaks {
                    self.line_start();
                }
                if is_quoted && character == '\'' {
                    self.put('\'');
                }
                self.put(character);
                self.is_indention = false;
                (blanks, breaks) = (false, false);
            }
        }
        breaks
    }

    fn double(&mut self, text: &str, folds: bool) {
        self.indicator("\"", true, false, false);
        let mut blanks = false;
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            if let Some(escaped) = escaped(character) {
                escaped.chars().for_each(|character| self.put(character));
                blanks = false;
            } else if character == ' ' {
                let is_edge = at == 0 || at + 1 == text.len();
                if self.folds_here(folds, blanks) && !is_edge {
                    self.line_start();
                    if characters.peek().is_some_and(|(_, next)| *next == ' ') {
                        self.put('\\');
                    }
                } else {
                    self.put(' ');
                }
                blanks = true;
            } else {
                self.put(character);
                blanks = false;
            }
        }
        self.indicator("\"", false, false, false);
        self.is_blank = false;
        self.is_indention = false;
    }

    /// What is behind `|` or `>`: the indent, where the text begins with blanks, and what becomes of
    /// its last line's end.
    fn hints(&mut self, text: &str) {
        if text.starts_with(|first| first == ' ' || is_break(first)) {
            let indent = self.layout.indent.to_string();
            self.indicator(&indent, false, false, false);
        }
        self.is_open = false;
        let mut back = text.chars().rev();
        match (back.next(), back.next()) {
            (Some(last), _) if !is_break(last) => self.indicator("-", false, false, false),
            (None, _) => self.indicator("-", false, false, false),
            (Some(_), None) => {
                self.indicator("+", false, false, false);
                self.is_open = true;
            }
            (Some(_), Some(before)) if is_break(before) => {
                self.indicator("+", false, false, false);
                self.is_open = true;
            }
            _ => {}
        }
        self.line_break();
        self.is_indention = true;
        self.is_blank = true;
    }

    fn literal(&mut self, text: &str) {
        self.indicator("|", true, false, false);
        self.hints(text);
        let mut breaks = true;
        for character in text.chars() {
            if is_break(character) {
                self.copy_break(character);
                self.is_indention = true;
                breaks = true;
            } else {
                if breaks {
                    self.line_start();
                }
                self.put(character);
                self.is_indention = false;
                breaks = false;
            }
        }
    }

    fn folded(&mut self, text: &str) {
        self.indicator(">", true, false, false);
        self.hints(text);
        let (mut breaks, mut leads_with_blank) = (true, true);
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            if is_break(character) {
                if !breaks && !leads_with_blank && character == '\n' {
                    let behind = text[at..].trim_start_matches(is_break);
                    if !behind.is_empty() && !behind.starts_with([' ', '\t']) {
                        self.line_break();
                    }
                }
                self.copy_break(character);
                self.is_indention = true;
                breaks = true;
                continue;
            }
            if breaks {
                self.line_start();
                leads_with_blank = matches!(character, ' ' | '\t');
            }
            let next_is_blank = characters.peek().is_some_and(|(_, next)| *next == ' ');
            if !breaks && character == ' ' && !next_is_blank && self.column > self.layout.width {
                self.line_start();
            } else {
                self.put(character);
            }
            self.is_indention = false;
            breaks = false;
        }
    }
}

/// Whether a key can stand before its colon on one line.
fn is_simple(key: &Tree) -> bool {
    const LONGEST: usize = 128;
    let tag = key.tag.as_ref().map_or(0, String::len);
    let anchor = key.anchor.map_or(0, |name| name.to_string().len());
    match &key.kind {
        TreeKind::Alias(_) => true,
        TreeKind::Scalar(scalar) => {
            !scalar.text.contains(is_break) && scalar.text.len() + tag + anchor <= LONGEST
        }
        TreeKind::Sequence(items) => items.is_empty(),
        TreeKind::Mapping(pairs) => pairs.is_empty(),
    }
}

/// Which styles a text can have outside of brackets.
struct Allowed {
    plain: bool,
    single: bool,
    block: bool,
    is_multiline: bool,
}

impl Allowed {
    fn of(text: &str) -> Self {
        if text.is_empty() {
            return Self {
                plain: true,
                single: true,
                block: false,
                is_multiline: false,
            };
        }
        let mut indicates = text.starts_with("---") || text.starts_with("...");
        let (mut is_special, mut break_space, mut space_break) = (false, false, false);
        let mut is_multiline = false;
        let mut previous = None;
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let before_blank = characters
                .peek()
                .is_none_or(|next| is_blank_or_break(*next));
            let after_blank = previous.is_none_or(is_blank_or_break);
            indicates |= match character {
                ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%'
                | '@' | '`' => previous.is_none(),
                '#' => after_blank,
                '?' | '-' => previous.is_none() && before_blank,
                ':' => before_blank,
                _ => false,
            };
            is_special |= !is_printable(character);
            is_multiline |= is_break(character);
            break_space |= character == ' ' && previous.is_some_and(is_break);
            space_break |= is_break(character) && previous == Some(' ');
            previous = Some(character);
        }
        let is_edge = |character: char| character == ' ' || is_break(character);
        let has_edge = text.starts_with(is_edge) || text.ends_with(is_edge);
        let is_hopeless = space_break || is_special;
        Self {
            plain: !(is_hopeless || break_space || has_edge || is_multiline || indicates),
            single: !(is_hopeless || break_space),
            block: !(is_hopeless || text.ends_with(' ')),
            is_multiline,
        }
    }
}

fn is_break(character: char) -> bool {
    matches!(character, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_blank_or_break(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\0') || is_break(character)
}

fn is_printable(character: char) -> bool {
    matches!(character,
        '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && character != '\u{feff}'
}

/// What stands for a character in double quotes, where it cannot stand for itself.
fn escaped(character: char) -> Option<String> {
    let needs = !is_printable(character) || is_break(character) || matches!(character, '"' | '\\');
    needs.then(|| match character {
        '\0' => "\\0".to_owned(),
        '\u{7}' => "\\a".to_owned(),
        '\u{8}' => "\\b".to_owned(),
        '\t' => "\\t".to_owned(),
        '\n' => "\\n".to_owned(),
        '\u{b}' => "\\v".to_owned(),
        '\u{c}' => "\\f".to_owned(),
        '\r' => "\\r".to_owned(),
        '\u{1b}' => "\\e".to_owned(),
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\u{85}' => "\\N".to_owned(),
        '\u{2028}' => "\\L".to_owned(),
        '\u{2029}' => "\\P".to_owned(),
        other => match u32::from(other) {
            code @ ..=0xff => format!("\\x{code:02X}"),
            code @ ..=0xffff => format!("\\u{code:04X}"),
            code => format!("\\U{code:08X}"),
        },
    })
}
