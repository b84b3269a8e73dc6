//! Deferred values computed by the language itself, without a catalog.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

use ficelle_language::{
    Evaluated, Evaluator,
    evaluator::pure::{Message, PureHost},
    host::{self, Settings},
};
use ficelle_model::{
    Data,
    data::{DataHash, Typed},
    inputs::Inputs,
    report::{Journal, Level},
};
use ficelle_system::System;

use super::{Resolver, inputs::HostInputs, values};

/// How long one call may take.
const DEADLINE: Duration = Duration::from_secs(60);
/// How deep calls may nest: a run has an ordinary stack.
const DEPTH: usize = 100;

/// Calls the functions of the language. `$facts` is the only variable, as in the reference.
pub struct Language<'a> {
    inputs: HostInputs<'a>,
    journal: &'a dyn Journal,
    gather: &'a (dyn Fn() -> DataHash + Sync),
    facts: OnceLock<Data>,
}

impl<'a> Language<'a> {
    /// Reads from `system`, tells `journal`; `gather` is asked for the facts when the first value
    /// is to be computed.
    pub fn new(
        system: &'a System,
        journal: &'a dyn Journal,
        gather: &'a (dyn Fn() -> DataHash + Sync),
    ) -> Self {
        Self {
            inputs: HostInputs(system),
            journal,
            gather,
            facts: OnceLock::new(),
        }
    }

    fn call(&self, evaluator: &Evaluator<'_>, name: &str, arguments: &[Data]) -> Evaluated<Data> {
        let top = evaluator.host().top_scope();
        let facts = self.facts.get_or_init(|| Data::hash((self.gather)()));
        top.replace("facts", values::from_data(facts, evaluator)?);
        let mut given = Vec::with_capacity(arguments.len() + 1);
        let function = match name.strip_prefix('$') {
            Some(variable) => {
                given.push(evaluator.variable(variable, &top).unwrap_or_default());
                "dig"
            }
            None => name,
        };
        for argument in arguments {
            given.push(values::from_data(argument, evaluator)?);
        }
        let value = match (function, given.as_slice()) {
            // The variable itself: nothing to look for inside of it.
            ("dig", [value]) => value.clone(),
            _ => evaluator.call_function(function, &given, None, Default::default(), &top)?,
        };
        values::to_data(&value)
    }

    fn tell(&self, messages: Vec<Message>) {
        for message in messages {
            let level = match message.level {
                host::Level::Debug => Level::Debug,
                host::Level::Info => Level::Info,
                host::Level::Notice => Level::Notice,
                host::Level::Warning => Level::Warning,
                host::Level::Error => Level::Err,
                host::Level::Alert => Level::Alert,
                host::Level::Critical => Level::Crit,
                host::Level::Emergency => Level::Emerg,
            };
            self.journal.say(level, message.text);
        }
    }
}

impl Resolver for Language<'_> {
    fn resolve(&self, deferred: &Typed) -> Result<Data, String> {
        let attribute = |name: &str| deferred.value.as_hash()?.get(name);
        let name = attribute("name").and_then(Data::as_str);
        let name = name.ok_or("a Deferred value names no function")?;
        let arguments = match attribute("arguments") {
            None | Some(Data::Undef) => &[][..],
            Some(Data::Array(arguments)) => arguments,
            Some(_) => {
                return Err(format!(
                    "the arguments of the Deferred {name}() are no array"
                ));
            }
        };
        let settings = Settings {
            depth: DEPTH,
            ..Settings::default()
        };
        let inputs: &dyn Inputs = &self.inputs;
        let host = PureHost::new(settings, inputs);
        let evaluator = Evaluator::new(&host, Some(Instant::now() + DEADLINE));
        let result = self.call(&evaluator, name, arguments);
        self.tell(host.take_messages());
        result.map_err(|unwind| unwind.into_error().to_string())
    }
}
