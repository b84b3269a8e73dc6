//! One attribute of a type: its kind, its shape, and the values it may have.

/// An attribute.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// `ensure`
    pub name: &'static str,
    /// What it is for.
    pub kind: AttributeKind,
    /// Whether it names the resource.
    pub is_namevar: bool,
    /// The values it may have.
    pub values: Values,
    /// Other words for some of the values, each with the value it stands for.
    pub aliases: &'static [(&'static str, &'static str)],
    /// One value or several.
    pub shape: Shape,
}

/// What an attribute is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeKind {
    /// Something of the host that can be read, compared and changed.
    Property,
    /// Something that says how.
    Parameter,
    /// What every type has.
    Metaparameter,
}

/// One value or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One value.
    Single,
    /// An array, or one value that stands for an array of one.
    List,
}

/// The values an attribute may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// The provider decides.
    Any,
    /// `true`, `false`, `yes`, `no`
    Boolean,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// One of these words, or a text that the provider checks.
    ChoiceOrText(&'static [&'static str]),
}

impl Attribute {
    /// A property.
    pub const fn property(name: &'static str) -> Self {
        Self::new(name, AttributeKind::Property)
    }

    /// A parameter.
    pub const fn parameter(name: &'static str) -> Self {
        Self::new(name, AttributeKind::Parameter)
    }

    /// A metaparameter.
    pub const fn metaparameter(name: &'static str) -> Self {
        Self::new(name, AttributeKind::Metaparameter)
    }

    const fn new(name: &'static str, kind: AttributeKind) -> Self {
        Self {
            name,
            kind,
            is_namevar: false,
            values: Values::Any,
            aliases: &[],
            shape: Shape::Single,
        }
    }

    /// It names the resource.
    pub const fn namevar(mut self) -> Self {
        self.is_namevar = true;
        self
    }

    /// It is true or false.
    pub const fn boolean(mut self) -> Self {
        self.values = Values::Boolean;
        self
    }

    /// It is one of these words.
    pub const fn choice(mut self, words: &'static [&'static str]) -> Self {
        self.values = Values::Choice(words);
        self
    }

    /// It is one of these words or a text.
    pub const fn choice_or_text(mut self, words: &'static [&'static str]) -> Self {
        self.values = Values::ChoiceOrText(words);
        self
    }

    /// Some of its words have others that mean the same.
    pub const fn aliases(mut self, aliases: &'static [(&'static str, &'static str)]) -> Self {
        self.aliases = aliases;
        self
    }

    /// It may have several values.
    pub const fn list(mut self) -> Self {
        self.shape = Shape::List;
        self
    }
}
