//! An ini file as its lines, so that comments, order and spacing survive.

/// How settings and sections are written.
#[derive(Clone, Debug)]
pub(super) struct Style {
    /// Between a setting and its value.
    pub(super) separator: String,
    /// Before a section's name.
    pub(super) prefix: String,
    /// After a section's name.
    pub(super) suffix: String,
    /// Before a new setting; `None` goes by its neighbours.
    pub(super) indent: Option<String>,
}

impl Style {
    /// What separates, without the space around it; a space where it is nothing else.
    fn mark(&self) -> &str {
        let trimmed = self.separator.trim();
        if trimmed.is_empty() { " " } else { trimmed }
    }

    fn section<'a>(&self, line: &'a str) -> Option<&'a str> {
        line.trim()
            .strip_prefix(&*self.prefix)?
            .strip_suffix(&*self.suffix)
    }

    /// The parts of `  name = value`: what is before the value, the name, the value.
    fn setting<'a>(&self, line: &'a str) -> Option<(&'a str, &'a str, &'a str)> {
        let start = line.trim_start();
        if start.is_empty() || start.starts_with(['#', ';']) {
            return None;
        }
        let offset = line.len() - start.len();
        let place = start.find(self.mark())?;
        let name = start[..place].trim_end();
        if name.is_empty() {
            return None;
        }
        let after = offset + place + self.mark().len();
        let value_start =
            after + (line[after..].len() - line[after..].trim_start_matches([' ', '\t']).len());
        Some((&line[..value_start], name, line[value_start..].trim_end()))
    }

    /// The name of a setting that is commented out.
    fn commented<'a>(&self, line: &'a str) -> Option<&'a str> {
        let start = line.trim_start();
        let bare = start.trim_start_matches(['#', ';']);
        if bare.len() == start.len() {
            return None;
        }
        self.setting(bare).map(|(_, name, _)| name)
    }
}

/// An ini file.
#[derive(Clone, Debug)]
pub(super) struct Document {
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
struct Line {
    text: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Section(String),
    Setting {
        name: String,
        value: String,
        before: String,
    },
    Commented(String),
    Blank,
    Other,
}

impl Document {
    pub(super) fn parse(text: &str, style: &Style) -> Self {
        Self {
            lines: text
                .lines()
                .map(|line| Line::new(line.to_owned(), style))
                .collect(),
        }
    }

    pub(super) fn text(&self) -> String {
        self.lines.iter().fold(String::new(), |mut text, line| {
            text.push_str(&line.text);
            text.push('\n');
            text
        })
    }

    /// The value of a setting; the section without a name is what stands before the first.
    pub(super) fn value(&self, section: &str, setting: &str) -> Option<&str> {
        let (start, end) = self.bounds(section)?;
        self.lines[start..end]
            .iter()
            .find_map(|line| match &line.kind {
                Kind::Setting { name, value, .. } if name == setting => Some(value.as_str()),
                _ => None,
            })
    }

    pub(super) fn has_section(&self, section: &str) -> bool {
        self.bounds(section).is_some()
    }

    /// The names and values of a section.
    pub(super) fn set(&mut self, section: &str, setting: &str, value: &str, style: &Style) {
        if !self.has_section(section) {
            self.add_section(section, style);
        }
        let (start, end) = self.bounds(section).expect("the section was just added");
        for line in &mut self.lines[start..end] {
            if let Kind::Setting { name, before, .. } = &line.kind
                && name == setting
            {
                *line = Line::new(format!("{before}{value}"), style);
                return;
            }
        }
        let indent = match &style.indent {
            Some(indent) => indent.clone(),
            None => self.indentation(start, end),
        };
        let new = Line::new(
            format!("{indent}{setting}{}{value}", style.separator),
            style,
        );
        let commented = (start..end)
            .find(|at| matches!(&self.lines[*at].kind, Kind::Commented(name) if name == setting));
        let place = match commented {
            Some(at) => at + 1,
            None => {
                // After the last line that says something, before the empty ones.
                let last = (start..end)
                    .rev()
                    .find(|at| self.lines[*at].kind != Kind::Blank);
                last.map_or(start, |at| at + 1)
            }
        };
        self.lines.insert(place, new);
    }

    /// Takes a setting away, and its section where nothing is left of it.
    pub(super) fn remove(&mut self, section: &str, setting: &str, _style: &Style) {
        let Some((start, end)) = self.bounds(section) else {
            return;
        };
        let mut at = start;
        let mut end = end;
        while at < end {
            let goes =
                matches!(&self.lines[at].kind, Kind::Setting { name, .. } if name == setting);
            if goes {
                self.lines.remove(at);
                end -= 1;
            } else {
                at += 1;
            }
        }
        let is_empty = self.lines[start..end]
            .iter()
            .all(|line| line.kind == Kind::Blank);
        if is_empty && !section.is_empty() {
            self.remove_section(section);
        }
    }

    pub(super) fn add_section(&mut self, section: &str, style: &Style) {
        if section.is_empty() || self.has_section(section) {
            return;
        }
        if self
            .lines
            .last()
            .is_some_and(|line| line.kind != Kind::Blank)
        {
            self.lines.push(Line::new(String::new(), style));
        }
        let header = format!("{}{section}{}", style.prefix, style.suffix);
        self.lines.push(Line::new(header, style));
    }

    pub(super) fn remove_section(&mut self, section: &str) {
        if let Some((start, end)) = self.bounds(section)
            && !section.is_empty()
        {
            self.lines.drain(start - 1..end);
        }
    }

    /// The lines of a section, its header left out.
    fn bounds(&self, section: &str) -> Option<(usize, usize)> {
        let is_header = |line: &Line| matches!(line.kind, Kind::Section(_));
        let start = if section.is_empty() {
            0
        } else {
            let named = |line: &Line| matches!(&line.kind, Kind::Section(name) if name == section);
            self.lines.iter().position(named)? + 1
        };
        let length = self.lines[start..].iter().position(is_header);
        Some((
            start,
            length.map_or(self.lines.len(), |length| start + length),
        ))
    }

    fn indentation(&self, start: usize, end: usize) -> String {
        let settings = self.lines[start..end]
            .iter()
            .filter_map(|line| match &line.kind {
                Kind::Setting { .. } => {
                    let text = &line.text;
                    Some(&text[..text.len() - text.trim_start().len()])
                }
                _ => None,
            });
        settings
            .min_by_key(|indent| indent.len())
            .unwrap_or_default()
            .to_owned()
    }
}

impl Line {
    fn new(text: String, style: &Style) -> Self {
        let kind = if text.trim().is_empty() {
            Kind::Blank
        } else if let Some(name) = style.section(&text) {
            Kind::Section(name.to_owned())
        } else if let Some((before, name, value)) = style.setting(&text) {
            Kind::Setting {
                name: name.to_owned(),
                value: value.to_owned(),
                before: before.to_owned(),
            }
        } else if let Some(name) = style.commented(&text) {
            Kind::Commented(name.to_owned())
        } else {
            Kind::Other
        };
        Self { text, kind }
    }
}
