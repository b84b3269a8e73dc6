//! What belongs to one template: its text so far, its own instance variables. A template that
//! renders another one has it run by the same interpreter.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use ficelle_model::names::NameMap;

use super::{
    Interpreter, LONGEST, Run, Stop,
    environment::{Environment, Frame},
};
use crate::erb::{
    ErbError, Template,
    function::failed,
    ruby::{
        ast::Node,
        value::{Text, Value},
    },
};

/// One template that is being rendered.
pub(super) struct Page {
    output: Text,
    pub(super) instances: NameMap<Value>,
    file: Option<String>,
}

impl Page {
    /// With room for what the template mostly gives.
    pub(super) fn new(file: Option<String>, room: usize) -> Self {
        Self {
            output: Rc::new(RefCell::new(String::with_capacity(room).into())),
            instances: NameMap::with_capacity(8),
            file,
        }
    }

    /// The text, which is gone then.
    pub(super) fn take(&self) -> String {
        self.output.take().into()
    }
}

impl Interpreter<'_> {
    /// `_erbout`
    pub(in crate::erb::ruby) fn output(&self) -> Text {
        self.page.output.clone()
    }

    /// The file of the template.
    pub(in crate::erb::ruby) fn file(&self) -> Option<&str> {
        self.page.file.as_deref()
    }

    pub(super) fn write(&mut self, text: &str) -> Run<()> {
        let mut output = self.page.output.borrow_mut();
        if output.len() + text.len() > LONGEST {
            return Err(Stop::limit("the text is too long"));
        }
        output.to_mut().push_str(text);
        Ok(())
    }

    /// Writes what a string holds. It may be `_erbout` itself.
    pub(super) fn write_string(&mut self, text: &Text) -> Run<()> {
        self.allocate(text.borrow().len())?;
        if Rc::ptr_eq(text, &self.page.output) {
            let so_far = text.borrow().share();
            return self.write(&so_far);
        }
        self.write(&text.borrow())
    }

    /// Runs a template's body.
    pub(super) fn page(&mut self, body: &Node) -> Run<()> {
        let id = self.tag();
        let environment = Environment::new(None, Rc::new(Frame { id, block: None }));
        let result = self.run(body, &environment);
        environment.clear();
        result
    }

    /// `scope.function_template([name, …])`
    pub(in crate::erb::ruby) fn templates(&mut self, names: &[Value]) -> Run {
        let mut texts = String::new();
        for name in names {
            let name = crate::erb::ruby::text::display(name)?;
            let found = self
                .scope
                .template(&name)
                .map_err(|message| Stop::raise("Puppet::ParseError", message))?;
            let template = Template::of_file(&found);
            texts += &self.nested(template, Some(&found.path), |error| {
                failed(&name, &found.path, error)
            })?;
        }
        self.string(texts)
    }

    /// `scope.function_inline_template([text, …])`
    pub(in crate::erb::ruby) fn inline_templates(&mut self, texts: &[Value]) -> Run {
        let mut rendered = String::new();
        for text in texts {
            let text = crate::erb::ruby::text::display(text)?;
            rendered += &self.nested(Template::of(&text), None, |error| {
                format!("Failed to parse inline template: {}", error.detail())
            })?;
        }
        self.string(rendered)
    }

    fn nested(
        &mut self,
        template: Result<Arc<Template>, ErbError>,
        file: Option<&str>,
        describe: impl Fn(&ErbError) -> String,
    ) -> Run<String> {
        let template = match template {
            Ok(template) => template,
            Err(error) => return Err(Stop::unsupported(describe(&error))),
        };
        let page = Page::new(file.map(str::to_owned), template.room);
        let before = std::mem::replace(&mut self.page, page);
        let loops = std::mem::take(&mut self.loops);
        let matched = self.last_match.take();
        let line = self.line;
        let result = self.deeper(|interpreter| interpreter.page(&template.body));
        let text = self.page.take();
        let result = result.map_err(|stop| match stop {
            Stop::Raise(_) | Stop::Throw(_) => {
                let message = describe(&self.error(stop));
                Stop::raise("Puppet::ParseError", message)
            }
            other => other,
        });
        self.line = line;
        self.last_match = matched;
        self.loops = loops;
        self.page = before;
        result.map(|()| text)
    }
}
