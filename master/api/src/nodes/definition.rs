//! What the master knows of a node before it compiles: its classes and environment, as an external
//! classifier gives them, and what is trusted of it.

use camino::Utf8PathBuf;
use ficelle_compiler::{
    Classified, Classifier, ClassifierError, ReadSet, Trusted, classification::external_data,
};
use ficelle_model::{Certname, Data, EnvironmentName, Oids, data::DataHash, inputs::Inputs};

use crate::{PUPPET_VERSION, error::ApiError, peer::Peer};

/// Where definitions of nodes come from.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    /// `node_terminus = exec`: the command of `external_nodes`.
    pub classifier: Option<Classifier>,
    /// `trusted_external_command`
    pub trusted_command: Option<Utf8PathBuf>,
    /// The names of certificates' extensions.
    pub oids: Oids,
    /// The master's own addresses: `serverip`, `serverip6`.
    pub addresses: Vec<(&'static str, String)>,
}

impl Definitions {
    /// Whether commands of the site's run before a compile: they may ask what is known of the
    /// node.
    pub fn run_commands(&self) -> bool {
        self.classifier.is_some() || self.trusted_command.is_some()
    }

    /// What the classifier says of a node; nothing, where there is no classifier.
    ///
    /// # Errors
    /// The classifier fails, or does not know the node.
    pub fn classify(
        &self,
        node: &Certname,
        inputs: &dyn Inputs,
    ) -> Result<Option<Classified>, ClassifierError> {
        match &self.classifier {
            Some(classifier) => classifier.classify(node, inputs),
            None => Ok(Some(Classified::default())),
        }
    }

    /// What is trusted of a node whose certificate has these extensions, and what was read to
    /// know it.
    ///
    /// # Errors
    /// `trusted_external_command` fails.
    pub fn trusted(
        &self,
        node: &Certname,
        extensions: DataHash,
        inputs: &dyn Inputs,
    ) -> Result<(DataHash, ReadSet), ClassifierError> {
        let mut trusted = Trusted::new(node);
        trusted.extensions = extensions;
        let mut reads = ReadSet::default();
        if let Some(command) = &self.trusted_command {
            (trusted.external, reads) = external_data(command, node, inputs)?;
        }
        Ok((trusted.into_hash(), reads))
    }

    /// `$server_facts`.
    pub fn server_facts(&self, server: &Certname, environment: &EnvironmentName) -> DataHash {
        let addresses = self.addresses.iter();
        let addresses = addresses.map(|(name, address)| (*name, address.as_str()));
        [
            ("serverversion", PUPPET_VERSION),
            ("servername", server.as_str()),
        ]
        .into_iter()
        .chain(addresses)
        .chain([("environment", environment.as_str())])
        .map(|(name, value)| (name.into(), Data::from(value)))
        .collect()
    }

    /// The extensions of a peer's certificate, by their names.
    pub(crate) fn extensions(&self, peer: &Peer) -> DataHash {
        let held = peer
            .certificate
            .iter()
            .flat_map(|certificate| &certificate.extensions);
        held.map(|extension| {
            let name = self.oids.name(&extension.oid);
            (name.into(), Data::string(extension.text()))
        })
        .collect()
    }
}

/// A classifier that fails is told as the reference tells it.
pub(crate) fn failed(node: &Certname, error: impl std::fmt::Display) -> ApiError {
    ApiError::server_error(format_args!(
        "Failed when searching for node {node}: {error}"
    ))
}
