//! ERB templates, without Ruby.
//!
//! [`Template::parse`] cuts a text into its own text and the code between the tags and parses
//! that code; [`Template::render`] runs it for a [`TemplateScope`]. Nine of ten templates need
//! nothing else. What this interpreter does not know is an error of its own kind,
//! [`ErbErrorKind::Unsupported`], so that a real Ruby can be asked instead: the result is never a
//! guess.

pub mod function;
mod ruby;
pub mod tally;
mod template;
#[cfg(test)]
mod tests;

use std::sync::{Arc, LazyLock, Mutex, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use crate::values::Value;

/// How many parsed templates are kept for whoever asks for the same text again.
const KEPT: usize = 1024;
/// How long a template may be.
const LONGEST: usize = 8 << 20;

/// A template, parsed.
pub struct Template {
    body: ruby::Node,
    /// How many bytes of text it mostly gives, roughly.
    room: usize,
}

/// Why a template gives no text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.detail())]
pub struct ErbError {
    /// What kind of trouble it is.
    pub kind: ErbErrorKind,
    /// What is wrong.
    pub message: String,
    /// The line of the template, from 1.
    pub line: u32,
}

/// The kinds of trouble with a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErbErrorKind {
    /// Code that this interpreter does not know; Ruby may.
    Unsupported,
    /// An exception, as Ruby would raise it.
    Raised,
    /// Too many steps, too deep or too big.
    Limit,
}

impl ErbError {
    /// The message as it is shown to people.
    pub fn detail(&self) -> String {
        match self.kind {
            ErbErrorKind::Unsupported => format!("not supported natively: {}", self.message),
            ErbErrorKind::Raised | ErbErrorKind::Limit => self.message.clone(),
        }
    }
}

/// The text of a template, and where it was found.
#[derive(Clone, Debug)]
pub struct TemplateFile {
    /// Its full path.
    pub path: String,
    /// Its text, in UTF-8.
    pub bytes: Arc<[u8]>,
}

impl TemplateFile {
    /// Its text.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }
}

/// What a template sees of the scope that it is rendered in.
pub trait TemplateScope {
    /// What `@name` is: a variable that is visible, by its plain name. `None` where it is unknown
    /// or undef.
    fn instance_variable(&self, name: &str) -> Option<Value>;

    /// What `scope['name']` is; undef where the variable is unknown and that is allowed.
    ///
    /// # Errors
    /// The variable is unknown and `strict` forbids to ask.
    fn variable(&self, name: &str) -> Result<Value, String>;

    /// Whether a variable is set, to whatever value.
    fn exists(&self, name: &str) -> bool;

    /// All variables that are visible, as `scope.to_hash` gives them.
    fn variables(&self) -> Vec<(Arc<str>, Value)>;

    /// Calls a function of the Puppet language.
    ///
    /// # Errors
    /// Whatever the function raises.
    fn call_function(&self, name: &str, arguments: &[Value]) -> Result<Value, String>;

    /// Sets a variable in the scope of the template.
    ///
    /// # Errors
    /// It is set already, or its name is not allowed.
    fn set_variable(&self, name: &str, value: Value) -> Result<(), String>;

    /// Removes a variable that [`TemplateScope::set_variable`] has set.
    fn forget(&self, name: &str);

    /// The template has changed in place what `name` holds: whoever holds the very value `before`
    /// holds `after` from now on.
    fn changed(&self, name: &str, before: &Value, after: &Value);

    /// A template of a module, by the name that the function `template` takes.
    ///
    /// # Errors
    /// It cannot be found or read.
    fn template(&self, name: &str) -> Result<TemplateFile, String>;

    /// Whether there is a function of this name.
    fn has_function(&self, name: &str) -> bool;

    /// The file of the template, where it has one.
    fn file(&self) -> Option<String>;

    /// The time of the compile, in nanoseconds since 1970.
    fn now(&self) -> i128;

    /// Asked every now and then: whether rendering may go on.
    ///
    /// # Errors
    /// Time is up.
    fn check(&self) -> Result<(), String>;
}

/// Templates by the address of their files' bytes, which stay alive in here.
static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);

type Known = FxHashMap<usize, (Arc<[u8]>, Arc<Template>)>;

impl Template {
    /// Parses a template.
    ///
    /// # Errors
    /// It holds code that is not known here, or that is nested too deep.
    pub fn parse(text: &str) -> Result<Self, ErbError> {
        if text.len() > LONGEST {
            return Err(ErbError {
                kind: ErbErrorKind::Limit,
                message: "the template is too long".to_owned(),
                line: 1,
            });
        }
        let segments = template::segments(text);
        let room = segments.iter().map(template::Segment::room).sum();
        let body = ruby::parse(&segments)?;
        Ok(Self { body, room })
    }

    /// As [`Template::parse`]; the same text is parsed once.
    ///
    /// # Errors
    /// As [`Template::parse`].
    pub fn of(text: &str) -> Result<Arc<Self>, ErbError> {
        static KNOWN: LazyLock<Mutex<FxHashMap<Arc<str>, Arc<Template>>>> =
            LazyLock::new(Mutex::default);
        let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(template) = known().get(text) {
            return Ok(template.clone());
        }
        let template = Arc::new(Self::parse(text)?);
        let mut known = known();
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(text.into(), template.clone());
        Ok(template)
    }

    /// As [`Template::of`], for the file that these bytes are; the same bytes, not only equal
    /// ones, are known at once.
    ///
    /// # Errors
    /// As [`Template::parse`].
    pub fn of_file(file: &TemplateFile) -> Result<Arc<Self>, ErbError> {
        let address = Arc::as_ptr(&file.bytes).cast::<u8>() as usize;
        let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, template)) = known.get(&address) {
            return Ok(template.clone());
        }
        drop(known);
        let template = Self::of(&file.text())?;
        let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(address, (file.bytes.clone(), template.clone()));
        Ok(template)
    }

    /// Whether a file with these very bytes has been parsed.
    pub(crate) fn is_known(bytes: &Arc<[u8]>) -> bool {
        let address = Arc::as_ptr(bytes).cast::<u8>() as usize;
        let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
        known.contains_key(&address)
    }

    /// Runs the template and gives its text.
    ///
    /// # Errors
    /// What the template raises, what is not known here, or what takes too much.
    pub fn render(&self, scope: &dyn TemplateScope) -> Result<String, ErbError> {
        ruby::render(self, scope)
    }
}
