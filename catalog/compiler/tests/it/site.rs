//! An environment in memory, and the compile of one of its nodes.

use std::sync::Arc;

use ficelle_compiler::{
    CompileError, CompileRequest, Compiled, Environment, EnvironmentDefaults, MemoryInputs, compile,
};
use ficelle_model::{Certname, Data, EnvironmentName, Facts, data::DataHash};

const DIRECTORY: &str = "/environments/production";

/// An environment in memory.
pub struct Site {
    pub inputs: MemoryInputs,
    facts: DataHash,
}

impl Site {
    pub fn new() -> Self {
        let mut inputs = MemoryInputs::new();
        inputs.add_directory(DIRECTORY);
        Self {
            inputs,
            facts: DataHash::from_iter([("kernel".into(), Data::from("Linux"))]),
        }
    }

    pub fn manifest(self, code: &str) -> Self {
        self.file("manifests/site.pp", code)
    }

    pub fn file(mut self, path: &str, content: &str) -> Self {
        self.inputs.add_file(format!("{DIRECTORY}/{path}"), content);
        self
    }

    /// One part of a structured fact.
    pub fn fact(mut self, name: &str, part: &str, value: &str) -> Self {
        let parts = DataHash::from_iter([(part.into(), Data::from(value))]);
        self.facts.insert(name.into(), Data::hash(parts));
        self
    }

    pub fn environment(&self) -> Environment {
        let name = EnvironmentName::production();
        let defaults = EnvironmentDefaults::default();
        Environment::open(name, DIRECTORY.into(), &defaults, &self.inputs).expect("it is there")
    }

    pub fn request(&self, node: &str) -> CompileRequest {
        let node = Certname::parse(node).expect("a certname");
        let facts = Facts {
            name: node.clone(),
            values: self.facts.clone(),
            timestamp: None,
            expiration: None,
        };
        CompileRequest::new(node, Arc::new(facts))
    }

    pub fn compile(&self, node: &str) -> Result<Compiled, CompileError> {
        compile(&self.request(node), &self.environment(), &self.inputs)
    }
}
