//! What the master keeps: certificates and requests, facts, catalogs, exported resources and
//! reports. One trait, [`Store`], with SQLite and PostgreSQL behind it; SQL stands nowhere else.

mod content;
mod error;
mod kept;
mod open;
mod queries;
mod records;
mod schema;

use async_trait::async_trait;
use ficelle_model::Certname;

pub use error::StoreError;
pub use open::{open, open_sqlite};
pub use records::{
    AuditEntry, Certificate, ExportedResource, NewCatalog, NewReport, NodeRecord, ReportSummary,
    Request, Revocation, Stored,
};

/// Milliseconds since 1970.
pub type Millis = i64;

/// The master's memory. Every method is one transaction; what it wrote is there after a crash.
#[async_trait]
pub trait Store: Send + Sync {
    /// Counts `name` up and gives the new value; 1 is the first.
    async fn next(&self, name: &str) -> Result<i64, StoreError>;
    /// Makes sure that `name` counts on from at least `value`.
    async fn raise(&self, name: &str, value: i64) -> Result<(), StoreError>;

    /// Keeps a request, in place of an older one of the same name.
    async fn save_request(&self, request: &Request) -> Result<(), StoreError>;
    /// The request of a name.
    async fn request(&self, certname: &Certname) -> Result<Option<Request>, StoreError>;
    /// All requests, by name.
    async fn requests(&self) -> Result<Vec<Request>, StoreError>;
    /// Forgets a request; tells whether there was one.
    async fn delete_request(&self, certname: &Certname) -> Result<bool, StoreError>;

    /// Keeps a certificate and forgets the request that it answers.
    async fn save_certificate(&self, certificate: &Certificate) -> Result<(), StoreError>;
    /// The newest certificate of a name that was not cleaned.
    async fn certificate(&self, certname: &Certname) -> Result<Option<Certificate>, StoreError>;
    /// All certificates that were not cleaned, by name and serial.
    async fn certificates(&self) -> Result<Vec<Certificate>, StoreError>;
    /// Revokes every certificate of a name that is not revoked yet; gives their serials.
    async fn revoke(&self, certname: &Certname, at: Millis) -> Result<Vec<i64>, StoreError>;
    /// Revokes and hides every certificate of a name, and forgets its request and its exported
    /// resources; tells whether there was anything.
    async fn clean(&self, certname: &Certname, at: Millis) -> Result<bool, StoreError>;
    /// Every revoked serial, in order.
    async fn revocations(&self) -> Result<Vec<Revocation>, StoreError>;
    /// Adds a line to the audit trail.
    async fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError>;
    /// The newest lines of the audit trail, newest first.
    async fn audit_trail(&self, limit: u32) -> Result<Vec<AuditEntry>, StoreError>;

    /// Keeps a node's facts (JSON); a deactivated node is active again.
    async fn save_facts(
        &self,
        certname: &Certname,
        environment: &str,
        json: &[u8],
        at: Millis,
    ) -> Result<(), StoreError>;
    /// A node's facts.
    async fn facts(&self, certname: &Certname) -> Result<Option<Stored>, StoreError>;
    /// Keeps a node's catalog, and replaces what the node exports as a whole.
    async fn save_catalog(&self, catalog: &NewCatalog<'_>) -> Result<(), StoreError>;
    /// A node's catalog.
    async fn catalog(&self, certname: &Certname) -> Result<Option<Stored>, StoreError>;
    /// What the active nodes other than `except` export of a type, by node and place in its
    /// catalog.
    async fn exported(
        &self,
        type_name: &str,
        except: Option<&Certname>,
    ) -> Result<Vec<ExportedResource>, StoreError>;

    /// Keeps a report.
    async fn save_report(&self, report: &NewReport<'_>) -> Result<(), StoreError>;
    /// The newest reports, newest first; of one node, or of all.
    async fn reports(
        &self,
        certname: Option<&Certname>,
        limit: u32,
    ) -> Result<Vec<ReportSummary>, StoreError>;
    /// A report's JSON.
    async fn report(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError>;
    /// Forgets reports older than `before` but for the newest of each node, and contents that
    /// nothing refers to; gives how many reports went.
    async fn prune(&self, before: Millis) -> Result<u64, StoreError>;

    /// All nodes, by name.
    async fn nodes(&self) -> Result<Vec<NodeRecord>, StoreError>;
    /// A node.
    async fn node(&self, certname: &Certname) -> Result<Option<NodeRecord>, StoreError>;
    /// Marks a node as gone and drops what it exports; tells whether it was known.
    async fn deactivate(&self, certname: &Certname, at: Millis) -> Result<bool, StoreError>;

    /// Waits until another process has written.
    async fn changed(&self) -> Result<(), StoreError>;
    /// Whether the database answers.
    async fn ping(&self) -> Result<(), StoreError>;
}
