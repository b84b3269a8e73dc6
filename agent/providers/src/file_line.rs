//! `file_line`: one line of a file.

use fancy_regex::Regex;
use ficelle_model::schema::TypeSchema;

use crate::{
    Change, Context, Managed, Mode, ParameterError, Parameters, Provider, ProviderError,
    ResourceType,
    parameters::{Presence, schema},
};

pub(crate) struct FileLineType;

impl ResourceType for FileLineType {
    fn schema(&self) -> &'static TypeSchema {
        schema("file_line")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        let ensure = parameters.presence()?;
        let flag = |name: &str, default: bool| {
            parameters
                .boolean(name)
                .map(|given| given.unwrap_or(default))
        };
        let line = FileLine {
            ensure,
            line: parameters.text("line")?,
            path: parameters
                .path("path")?
                .ok_or_else(|| parameters.combination("path is a required attribute"))?,
            matching: pattern(parameters, "match")?,
            after: pattern(parameters, "after")?,
            matches_absence: flag("match_for_absence", false)?,
            allows_multiple: flag("multiple", false)?,
            replaces: flag("replace", true)?,
            replaces_all: flag("replace_all_matches_not_matching_line", false)?,
            appends: flag("append_on_no_match", true)?,
        };
        if line.replaces_all && (!line.allows_multiple || !line.replaces) {
            return Err(parameters.combination(
                "multiple must be true and replace must be true when \
                 replace_all_matches_not_matching_line is true",
            ));
        }
        match (&line.line, &line.matching, ensure) {
            (None, _, Presence::Present) => {
                return Err(parameters.combination("line is a required attribute"));
            }
            (None, None, Presence::Absent) => {
                return Err(parameters.combination("line is a required attribute"));
            }
            (Some(text), Some((source, regex)), Presence::Present)
                if line.line.is_some() && !is_match(regex, text) =>
            {
                return Err(parameters.combination(format!(
                    "When providing a 'match' parameter, the value must be a regex that matches \
                     against the value of your 'line' parameter: {source:?} does not match {text:?}"
                )));
            }
            _ => {}
        }
        Ok(Box::new(line))
    }

    fn is_isomorphic(&self) -> bool {
        true
    }
}

/// A pattern with Ruby's reading of `^` and `$`, and its source.
fn pattern(
    parameters: &Parameters<'_>,
    name: &str,
) -> Result<Option<(String, Regex)>, ParameterError> {
    let Some(source) = parameters.text(name)? else {
        return Ok(None);
    };
    match Regex::new(&format!("(?m){source}")) {
        Ok(regex) => Ok(Some((source, regex))),
        Err(error) => Err(parameters.invalid(name, format!("invalid regex: {error}"))),
    }
}

fn is_match(regex: &Regex, line: &str) -> bool {
    // A pattern that runs away does not match.
    regex.is_match(line).unwrap_or(false)
}

/// What is wanted.
#[derive(Debug)]
struct FileLine {
    ensure: Presence,
    line: Option<String>,
    path: String,
    matching: Option<(String, Regex)>,
    after: Option<(String, Regex)>,
    matches_absence: bool,
    allows_multiple: bool,
    replaces: bool,
    replaces_all: bool,
    appends: bool,
}

impl Provider for FileLine {
    /// The lines, without their ends.
    type State = Vec<String>;

    fn read(&self, context: &Context<'_>) -> Result<Vec<String>, ProviderError> {
        match context.system.read_text(&self.path)? {
            Some(text) => Ok(text.lines().map(str::to_owned).collect()),
            None if context.mode == Mode::Noop || self.ensure == Presence::Absent => Ok(Vec::new()),
            None => Err(ProviderError::failed(format!(
                "No such file or directory @ rb_sysopen - {}",
                self.path
            ))),
        }
    }

    fn diff(
        &self,
        lines: &Vec<String>,
        _context: &Context<'_>,
    ) -> Result<Vec<Change>, ProviderError> {
        Ok(match (self.ensure, self.is_there(lines)) {
            (Presence::Present, false) => vec![Change::created()],
            (Presence::Absent, true) => vec![Change::removed()],
            _ => Vec::new(),
        })
    }

    fn apply(
        &self,
        _change: &Change,
        lines: &mut Vec<String>,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        let lines = match self.ensure {
            Presence::Present => self.with_line(lines)?,
            Presence::Absent => self.without_line(lines)?,
        };
        let mut text = lines.join("\n");
        if !text.is_empty() {
            text.push('\n');
        }
        context.rewrite(&self.path, &text, 0o644)
    }
}

impl FileLine {
    fn wanted(&self) -> &str {
        self.line.as_deref().unwrap_or_default()
    }

    fn matches(&self, lines: &[String]) -> usize {
        let Some((_, regex)) = &self.matching else {
            return 0;
        };
        let counts = |line: &&String| {
            is_match(regex, line) && !(self.replaces_all && Some(*line) == self.line.as_ref())
        };
        lines.iter().filter(counts).count()
    }

    fn is_there(&self, lines: &[String]) -> bool {
        let has_line = self
            .line
            .as_ref()
            .is_some_and(|wanted| lines.contains(wanted));
        if self.matching.is_none() {
            return has_line;
        }
        let has_match = self.matches(lines) > 0;
        match self.ensure {
            Presence::Present if !has_match => has_line || !self.appends,
            Presence::Present if self.replaces_all => false,
            Presence::Present => has_line || !self.replaces,
            Presence::Absent => has_line || (has_match && self.matches_absence),
        }
    }

    fn with_line(&self, lines: &[String]) -> Result<Vec<String>, ProviderError> {
        let wanted = self.wanted().to_owned();
        let mut result = Vec::with_capacity(lines.len() + 1);
        let matches = self.matches(lines);
        if let Some((source, regex)) = &self.matching
            && matches > 0
        {
            self.refuse_several(matches, source)?;
            for line in lines {
                let fits = is_match(regex, line);
                result.push(if fits { wanted.clone() } else { line.clone() });
            }
            return Ok(result);
        }
        let mut placed = false;
        if let Some((source, regex)) = &self.after {
            let places = lines.iter().filter(|line| is_match(regex, line)).count();
            if places > 1 && !self.allows_multiple && self.matching.is_none() {
                return Err(ProviderError::failed(format!(
                    "{places} lines match pattern '{source}' in file '{}'. \
                     One or no line must match the pattern.",
                    self.path
                )));
            }
            for line in lines {
                result.push(line.clone());
                if is_match(regex, line) && (!placed || self.matching.is_none()) {
                    result.push(wanted.clone());
                    placed = true;
                }
            }
        } else {
            result.extend(lines.iter().cloned());
        }
        if !placed {
            result.push(wanted);
        }
        Ok(result)
    }

    fn without_line(&self, lines: &[String]) -> Result<Vec<String>, ProviderError> {
        let goes: Box<dyn Fn(&String) -> bool + '_> = match &self.matching {
            Some((source, regex)) if self.matches_absence => {
                self.refuse_several(self.matches(lines), source)?;
                Box::new(|line| is_match(regex, line))
            }
            _ => Box::new(|line| Some(line) == self.line.as_ref()),
        };
        Ok(lines.iter().filter(|line| !goes(line)).cloned().collect())
    }

    fn refuse_several(&self, count: usize, source: &str) -> Result<(), ProviderError> {
        if count <= 1 || self.allows_multiple {
            return Ok(());
        }
        let path = &self.path;
        Err(ProviderError::failed(format!(
            "More than one line in file '{path}' matches pattern '{source}'"
        )))
    }
}

#[cfg(test)]
mod tests {
    use ficelle_model::Data;

    use crate::testing::{Host, resource};

    fn edit(before: &str, parameters: &[(&str, Data)]) -> (Vec<String>, String) {
        let host = Host::new();
        host.write("/etc/c", before);
        let mut all = vec![("path", Data::from("/etc/c"))];
        all.extend(parameters.iter().cloned());
        let line = resource("file_line", "x", &all);
        let told = host.apply(&line);
        assert!(host.apply(&line).is_empty() || told.iter().any(|told| told.contains("failed")));
        (told, host.text("/etc/c"))
    }

    #[test]
    fn appends_what_is_missing() {
        let (told, text) = edit("a", &[("line", "b".into())]);
        assert_eq!(
            (told, text.as_str()),
            (vec!["created".to_owned()], "a\nb\n")
        );
        assert!(edit("a\nb\n", &[("line", "b".into())]).0.is_empty());
    }

    #[test]
    fn replaces_what_matches() {
        let parameters = [("line", "port=2".into()), ("match", "^port=".into())];
        assert_eq!(edit("x\nport=1\ny\n", &parameters).1, "x\nport=2\ny\n");
        let (told, text) = edit("port=1\nport=3\n", &parameters);
        assert!(told[0].ends_with("More than one line in file '/etc/c' matches pattern '^port='"));
        assert_eq!(text, "port=1\nport=3\n");
        let several = [parameters.as_slice(), &[("multiple", true.into())]].concat();
        assert_eq!(edit("port=1\nport=3\n", &several).1, "port=2\nport=2\n");
    }

    #[test]
    fn inserts_after_a_line() {
        let parameters = [("line", "b".into()), ("after", "^a$".into())];
        assert_eq!(edit("a\nc\n", &parameters).1, "a\nb\nc\n");
        assert_eq!(edit("c\n", &parameters).1, "c\nb\n");
    }

    #[test]
    fn removes_the_line_or_what_matches() {
        let (told, text) = edit(
            "a\nb\n",
            &[("line", "b".into()), ("ensure", "absent".into())],
        );
        assert_eq!((told, text.as_str()), (vec!["removed".to_owned()], "a\n"));
        let matching = [
            ("ensure", "absent".into()),
            ("match", "^b".into()),
            ("match_for_absence", true.into()),
        ];
        assert_eq!(edit("a\nbb\n", &matching).1, "a\n");
    }

    #[test]
    fn may_leave_a_file_without_a_match() {
        let parameters = [
            ("line", "port=2".into()),
            ("match", "^port=".into()),
            ("append_on_no_match", false.into()),
        ];
        assert!(edit("x\n", &parameters).0.is_empty());
    }
}
