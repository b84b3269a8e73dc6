//! The declaration of a resource type in Ruby, read without running it: which parameters and
//! properties there are, and which one names the resource.
//!
//! Two forms are in use: `Puppet::Type.newtype(:x) { newparam(:a); newproperty(:b) }` and
//! `Puppet::ResourceApi.register_type(name: 'x', attributes: { a: { … } })`.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::{TitlePatterns, is_metaparameter};

/// A type that a module declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RubyType {
    /// Its name, lower case.
    pub name: Arc<str>,
    parameters: FxHashSet<String>,
    namevars: Vec<String>,
    titles: Option<TitlePatterns>,
    reading: Reading,
}

/// Whether the declaration could be read to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// Every parameter is known.
    Whole,
    /// Parameters are made by code: any name may be one.
    Open,
}

impl RubyType {
    /// Reads the declaration of the type `name`.
    pub fn read(name: &str, text: &str) -> Self {
        let mut result = Self {
            name: name.into(),
            parameters: FxHashSet::default(),
            namevars: Vec::new(),
            titles: None,
            reading: Reading::Whole,
        };
        let lines: Vec<&str> = text.lines().map(strip_comment).collect();
        if lines
            .iter()
            .any(|line| line.contains("ResourceApi.register_type"))
        {
            result.read_resource_api(&lines);
        } else {
            result.read_newtype(&lines);
            result.titles = TitlePatterns::read(&lines);
        }
        result
    }

    /// Whether it has this parameter.
    pub fn accepts(&self, parameter: &str) -> bool {
        self.reading == Reading::Open
            || self.parameters.contains(parameter)
            || matches!(parameter, "provider" | "name")
            || is_metaparameter(parameter)
    }

    /// The parameter that names the resource; where several do together, the one called `name`.
    pub fn namevar(&self) -> &str {
        match &self.namevars[..] {
            [only] => only,
            _ => "name",
        }
    }

    /// What its title says of a resource, where the type reads titles.
    pub fn titles(&self) -> Option<&TitlePatterns> {
        self.titles.as_ref()
    }

    fn add_namevar(&mut self, name: &str) {
        if !self.namevars.iter().any(|known| known == name) {
            self.namevars.push(name.to_owned());
        }
    }

    fn read_newtype(&mut self, lines: &[&str]) {
        let mut current: Option<String> = None;
        for line in lines {
            let line = line.trim();
            if line.starts_with("ensurable") {
                self.parameters.insert("ensure".to_owned());
                continue;
            }
            for keyword in ["newparam", "newproperty", "newcheck"] {
                let Some(rest) = line.strip_prefix(keyword) else {
                    continue;
                };
                match symbol(rest) {
                    Some(name) => {
                        if rest.contains("namevar") {
                            self.add_namevar(&name);
                        }
                        self.parameters.insert(name.clone());
                        current = Some(name);
                    }
                    None => self.reading = Reading::Open,
                }
            }
            if let Some(current) = &current
                && line.starts_with("isnamevar")
            {
                self.add_namevar(current);
            }
            // Parameters that a mixin or a loop makes cannot be seen from here.
            if line.contains("add_property_parameter") || line.starts_with("create_parameters") {
                self.reading = Reading::Open;
            }
        }
    }

    fn read_resource_api(&mut self, lines: &[&str]) {
        let mut depth = 0_i32;
        let mut attributes_at: Option<i32> = None;
        let mut current = String::new();
        for line in lines {
            let trimmed = line.trim();
            let before = depth;
            depth += balance(trimmed);
            match attributes_at {
                None if trimmed.starts_with("attributes:")
                    || trimmed.starts_with(":attributes") =>
                {
                    attributes_at = Some(before + 1);
                }
                Some(level) if before == level => {
                    if let Some((name, _)) = trimmed.split_once(':')
                        && is_word(name)
                    {
                        self.parameters.insert(name.to_owned());
                        current = name.to_owned();
                    }
                }
                Some(level) if depth < level => attributes_at = None,
                _ => {}
            }
            if attributes_at.is_some() && trimmed.contains(":namevar") {
                self.add_namevar(&current);
            }
        }
    }
}

/// `(:name …`, ` :name do`, `('name' …`: the name.
fn symbol(rest: &str) -> Option<String> {
    let rest = rest.trim_start().trim_start_matches('(').trim_start();
    let rest = rest
        .strip_prefix(':')
        .or_else(|| rest.strip_prefix(['\'', '"']))?;
    let rest = rest.strip_prefix(['\'', '"']).unwrap_or(rest);
    let end = rest
        .find(|character: char| !character.is_ascii_alphanumeric() && character != '_')
        .unwrap_or(rest.len());
    (end > 0).then(|| rest[..end].to_owned())
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn strip_comment(line: &str) -> &str {
    if line.trim_start().starts_with('#') {
        ""
    } else {
        line
    }
}

/// How many braces and brackets a line opens more than it closes.
fn balance(line: &str) -> i32 {
    line.bytes()
        .map(|byte| match byte {
            b'{' | b'(' | b'[' => 1,
            b'}' | b')' | b']' => -1,
            _ => 0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_classic_declaration() {
        let declared = RubyType::read(
            "shellvar",
            "Puppet::Type.newtype(:shellvar) do\n  ensurable\n  newparam(:variable, namevar: true)\n\
             \x20 newproperty(:value, array_matching: :all) do\n  end\n  # newparam(:gone)\nend\n",
        );
        assert_eq!(declared.namevar(), "variable");
        assert!(declared.accepts("ensure") && declared.accepts("value"));
        assert!(declared.accepts("require"));
        assert!(!declared.accepts("gone"));
    }

    #[test]
    fn isnamevar_inside_of_the_block() {
        let declared = RubyType::read(
            "x",
            "Puppet::Type.newtype(:x) do\n  newparam(:path) do\n    isnamevar\n  end\nend\n",
        );
        assert_eq!(declared.namevar(), "path");
    }

    #[test]
    fn the_resource_api() {
        let declared = RubyType::read(
            "apt_key",
            "Puppet::ResourceApi.register_type(\n  name: 'apt_key',\n  attributes: {\n    \
             ensure: {\n      type: 'Enum[present]',\n    },\n    id: {\n      type: 'String',\n      \
             behaviour: :namevar,\n    },\n  },\n)\n",
        );
        assert_eq!(declared.namevar(), "id");
        assert!(declared.accepts("ensure") && declared.accepts("id"));
        assert!(!declared.accepts("type"));
    }
}
