//! `concat_file`: a file put together from fragments. It brings in a `file` of its own, as the
//! concat module does, so that content, owner, mode and validation are that type's business.
//!
//! `concat` is the same under the name of the module's define, for a site without the module.

mod merge;

use ficelle_model::{
    Data, Reference, Resource,
    schema::{CONCAT, TypeSchema},
};

use crate::{
    Change, Context, Managed, MetadataRequest, ParameterError, Parameters, Provider, ProviderError,
    ResourceType,
    parameters::{Presence, scalar, schema},
};

use merge::Format;

/// `concat_file`
pub(crate) struct ConcatFileType;

/// `concat`
pub(crate) struct ConcatType;

impl ResourceType for ConcatFileType {
    fn schema(&self) -> &'static TypeSchema {
        schema("concat_file")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        let order = parameters
            .choice("order", ORDERS)?
            .unwrap_or(Order::Numeric);
        parse(parameters, "Concat_fragment", order)
    }
}

impl ResourceType for ConcatType {
    fn schema(&self) -> &'static TypeSchema {
        &CONCAT
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        let order = parameters.choice("order", ORDERS)?.unwrap_or(Order::Alpha);
        parse(parameters, "Concat::Fragment", order)
    }
}

const ORDERS: &[(&str, Order)] = &[("alpha", Order::Alpha), ("numeric", Order::Numeric)];

/// What the file takes over as it is.
const PASSED_ON: &[&str] = &[
    "owner",
    "group",
    "mode",
    "replace",
    "backup",
    "validate_cmd",
    "show_diff",
    "noop",
    "loglevel",
    "schedule",
    "audit",
];

fn parse(
    parameters: &Parameters<'_>,
    fragments: &'static str,
    order: Order,
) -> Result<Box<dyn Managed>, ParameterError> {
    let header = match parameters.text("warn")?.as_deref() {
        None | Some("false") => String::new(),
        Some("true") => "# This file is managed by Puppet. DO NOT EDIT.\n".to_owned(),
        Some(text) if text.ends_with('\n') => text.to_owned(),
        Some(text) => format!("{text}\n"),
    };
    Ok(Box::new(Concat {
        path: parameters.name_path()?,
        ensure: parameters.presence()?,
        tag: parameters.list("tag")?.unwrap_or_default(),
        fragments,
        order,
        header,
        ends_lines: parameters.boolean("ensure_newline")?.unwrap_or(false),
        format: parameters
            .choice("format", merge::FORMATS)?
            .unwrap_or(Format::Plain),
        forces: parameters.boolean("force")?.unwrap_or(false),
        declaration: parameters.resource().clone(),
    }))
}

/// What is wanted.
#[derive(Debug)]
struct Concat {
    path: String,
    ensure: Presence,
    tag: Vec<String>,
    fragments: &'static str,
    order: Order,
    header: String,
    ends_lines: bool,
    format: Format,
    forces: bool,
    declaration: Resource,
}

/// How fragments are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// As text.
    Alpha,
    /// Numbers as numbers.
    Numeric,
}

impl Provider for Concat {
    type State = ();

    fn read(&self, _context: &Context<'_>) -> Result<(), ProviderError> {
        Ok(())
    }

    fn diff(&self, (): &(), _context: &Context<'_>) -> Result<Vec<Change>, ProviderError> {
        Ok(Vec::new())
    }

    fn apply(
        &self,
        _change: &Change,
        (): &mut (),
        _context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        Ok(())
    }

    fn expand(&self, context: &Context<'_>) -> Result<Vec<Resource>, ProviderError> {
        let mut file = Resource::new(Reference::new("File", &*self.path));
        file.tags = self.declaration.tags.clone();
        file.file = self.declaration.file.clone();
        file.line = self.declaration.line;
        for name in PASSED_ON {
            if let Some(value) = self.declaration.parameters.get(name) {
                file.parameters.insert((*name).into(), value.clone());
            }
        }
        if self.ensure == Presence::Absent {
            file.parameters.insert("ensure".into(), "absent".into());
            return Ok(vec![file]);
        }
        let fragments = self.own_fragments(context);
        let sensitive = fragments.iter().any(|fragment| {
            fragment.sensitive.contains("content")
                || matches!(fragment.parameters.get("content"), Some(Data::Sensitive(_)))
        });
        if sensitive {
            file.sensitive.insert("content".into());
        }
        let mut pieces = Vec::new();
        for fragment in fragments {
            pieces.push(self.piece(fragment, context)?);
        }
        let content = merge::join(self.format, pieces, self.forces)?;
        file.parameters.insert("ensure".into(), "file".into());
        file.parameters
            .insert("content".into(), format!("{}{content}", self.header).into());
        Ok(vec![file])
    }
}

impl Concat {
    /// The fragments that belong here, sorted.
    fn own_fragments<'a>(&self, context: &Context<'a>) -> Vec<&'a Resource> {
        let title = &*self.declaration.reference.title;
        let text = |resource: &Resource, name: &str| resource.parameters.get(name).and_then(scalar);
        let mut fragments = context.declared.of_type(self.fragments);
        fragments.retain(|fragment| {
            let target = text(fragment, "target");
            let tag = text(fragment, "tag");
            target
                .as_deref()
                .is_some_and(|target| target == self.path || target == title)
                || tag.is_some_and(|tag| self.tag.contains(&tag))
        });
        let key = |fragment: &Resource| {
            let order = text(fragment, "order").unwrap_or_else(|| "10".to_owned());
            let name = text(fragment, "name");
            let name = name.unwrap_or_else(|| fragment.reference.title.to_string());
            match self.order {
                Order::Alpha => (Key::Text(order), Key::Text(name)),
                Order::Numeric => (Key::new(order), Key::new(name)),
            }
        };
        fragments.sort_by_cached_key(|fragment| key(fragment));
        fragments
    }

    fn piece(&self, fragment: &Resource, context: &Context<'_>) -> Result<String, ProviderError> {
        let mut text = match fragment.parameters.get("content").and_then(scalar) {
            Some(content) => content,
            None => fetch(fragment, context)?,
        };
        if self.ends_lines && !text.ends_with('\n') {
            text.push('\n');
        }
        Ok(text)
    }
}

/// Numbers before texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(u64),
    Text(String),
}

impl Key {
    fn new(text: String) -> Self {
        text.parse().map_or(Self::Text(text), Self::Number)
    }
}

/// The content of the first of a fragment's sources that is there.
fn fetch(fragment: &Resource, context: &Context<'_>) -> Result<String, ProviderError> {
    let sources = match fragment.parameters.get("source") {
        Some(Data::Array(sources)) => sources.iter().filter_map(scalar).collect(),
        Some(source) => scalar(source).into_iter().collect(),
        None => Vec::new(),
    };
    for source in &sources {
        let path = source.strip_prefix("file://").unwrap_or(source);
        if path.starts_with('/') {
            if let Some(text) = context.system.read_text(path)? {
                return Ok(text);
            }
            continue;
        }
        let request = MetadataRequest {
            uri: source,
            environment: context.environment,
            links: ficelle_system::Links::Follow,
            checksum: ficelle_system::Algorithm::Sha256,
        };
        if context.source.metadata(&request)?.is_some() {
            let mut bytes = Vec::new();
            context
                .source
                .content(source, context.environment, &mut |piece| {
                    bytes.extend_from_slice(piece);
                    Ok(())
                })?;
            return Ok(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    if sources.is_empty() {
        return Ok(String::new());
    }
    Err(ProviderError::failed(format!(
        "Could not retrieve source(s) {}",
        sources.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use ficelle_model::{Data, Reference, Resource};

    use crate::{
        Context, Declared,
        testing::{Host, parse, resource},
    };

    struct Catalog(Vec<Resource>);

    impl Declared for Catalog {
        fn contains(&self, reference: &Reference) -> bool {
            self.0
                .iter()
                .any(|resource| resource.reference == *reference)
        }

        fn of_type(&self, type_name: &str) -> Vec<&Resource> {
            let same = |resource: &&Resource| &*resource.reference.type_name == type_name;
            self.0.iter().filter(same).collect()
        }
    }

    fn content(kind: &str, parameters: &[(&str, Data)], catalog: &Catalog) -> String {
        let host = Host::new();
        let concat = parse(&resource(kind, "/etc/c", parameters)).expect("it parses");
        let context = Context {
            declared: catalog,
            ..host.context()
        };
        let mut files = concat.expand(&context).expect("put together");
        let file = files.remove(0);
        assert_eq!(file.reference.to_string(), "File[/etc/c]");
        file.parameters["content"]
            .as_str()
            .expect("text")
            .to_owned()
    }

    fn fragment(kind: &str, title: &str, order: &str, content: &str) -> Resource {
        let parameters = [
            ("target", "/etc/c".into()),
            ("order", order.into()),
            ("content", content.into()),
        ];
        resource(kind, title, &parameters)
    }

    #[test]
    fn fragments_stand_in_order() {
        let catalog = Catalog(vec![
            fragment("concat_fragment", "z", "9", "nine"),
            fragment("concat_fragment", "b", "10", "b\n"),
            fragment("concat_fragment", "a", "10", "a\n"),
        ]);
        let ends = [("ensure_newline", true.into())];
        assert_eq!(content("concat_file", &ends, &catalog), "nine\na\nb\n");
        let alpha = [("order", "alpha".into()), ("ensure_newline", true.into())];
        assert_eq!(content("concat_file", &alpha, &catalog), "a\nb\nnine\n");
    }

    #[test]
    fn the_defines_work_without_the_module() {
        let catalog = Catalog(vec![fragment("concat::fragment", "a", "1", "a\n")]);
        assert_eq!(
            content("concat", &[("warn", "# mine".into())], &catalog),
            "# mine\na\n"
        );
    }

    #[test]
    fn json_is_merged() {
        let catalog = Catalog(vec![
            fragment("concat_fragment", "a", "1", r#"{"a": {"x": 1}, "l": [1]}"#),
            fragment(
                "concat_fragment",
                "b",
                "2",
                r#"{"a": {"y": 2}, "l": [1, 2]}"#,
            ),
        ]);
        assert_eq!(
            content("concat_file", &[("format", "json".into())], &catalog),
            r#"{"a":{"x":1,"y":2},"l":[1,2]}"#
        );
    }
}
