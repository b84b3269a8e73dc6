//! What goes into the store and comes out of it.

use ficelle_model::Certname;

use crate::Millis;

/// A request for a certificate that waits to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub certname: Certname,
    /// The PKCS#10 request.
    pub pem: String,
    /// SHA-256 of its DER, upper case, with colons.
    pub fingerprint: String,
    /// When it came.
    pub created_at: Millis,
}

/// A certificate that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The serial number.
    pub serial: i64,
    /// Whose it is.
    pub certname: Certname,
    /// The certificate.
    pub pem: String,
    /// SHA-256 of its DER, upper case, with colons.
    pub fingerprint: String,
    /// From when it holds.
    pub not_before: Millis,
    /// Until when it holds.
    pub not_after: Millis,
    /// When it was signed.
    pub signed_at: Millis,
    /// When it was revoked.
    pub revoked_at: Option<Millis>,
}

/// An entry of the revocation list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// The serial number.
    pub serial: i64,
    /// When it was revoked.
    pub at: Millis,
}

/// A line of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Millis,
    /// Who: `cli:root`, a certname, `autosign`.
    pub actor: String,
    /// What: `sign`, `revoke`, …
    pub action: String,
    /// Of whom.
    pub subject: String,
    /// More to know.
    pub detail: String,
}

/// A body that was kept, and when it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// JSON.
    pub json: Vec<u8>,
    /// What names it in the database.
    pub digest: String,
    /// The environment that it was for.
    pub environment: String,
    /// When it came.
    pub at: Millis,
}

/// A catalog to be kept.
#[derive(Clone, Copy, Debug)]
pub struct NewCatalog<'a> {
    /// Whose it is.
    pub certname: &'a Certname,
    /// The environment.
    pub environment: &'a str,
    /// The catalog, in pieces, without what differs in each answer (uuids).
    pub json: &'a [&'a [u8]],
    /// The facts that it was compiled from, where they came with the request: kept in the same
    /// transaction.
    pub facts: Option<&'a [u8]>,
    /// What the node exports, in the catalog's order.
    pub exported: &'a [ExportedResource],
    /// When it was compiled.
    pub at: Millis,
}

/// A resource that a node exports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedResource {
    /// Who exports it.
    pub certname: Certname,
    /// Its type, capitalised.
    pub type_name: String,
    /// Its title.
    pub title: String,
    /// The resource in the catalog's JSON form.
    pub json: String,
}

/// A report to be kept.
#[derive(Clone, Copy, Debug)]
pub struct NewReport<'a> {
    /// A name for it: unique, without meaning.
    pub id: &'a str,
    /// Whose it is.
    pub certname: &'a Certname,
    /// The environment.
    pub environment: &'a str,
    /// `changed`, `unchanged` or `failed`.
    pub status: &'a str,
    /// Whether the run was a no-op.
    pub noop: bool,
    /// The catalog's version.
    pub version: &'a str,
    /// When the run started.
    pub started_at: Millis,
    /// When the report came.
    pub received_at: Millis,
    /// How many resources changed.
    pub changed: i64,
    /// How many failed.
    pub failed: i64,
    /// How many there were.
    pub total: i64,
    /// The report.
    pub json: &'a [u8],
}

/// A report without its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportSummary {
    /// Its name.
    pub id: String,
    /// Whose it is.
    pub certname: Certname,
    /// The environment.
    pub environment: String,
    /// `changed`, `unchanged` or `failed`.
    pub status: String,
    /// Whether the run was a no-op.
    pub noop: bool,
    /// The catalog's version.
    pub version: String,
    /// When the run started.
    pub started_at: Millis,
    /// When the report came.
    pub received_at: Millis,
    /// How many resources changed.
    pub changed: i64,
    /// How many failed.
    pub failed: i64,
    /// How many there were.
    pub total: i64,
}

/// What is known of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeRecord {
    /// Its name.
    pub certname: Certname,
    /// The environment it was last in.
    pub environment: Option<String>,
    /// When its facts came.
    pub facts_at: Option<Millis>,
    /// When its catalog was compiled.
    pub catalog_at: Option<Millis>,
    /// Its newest report.
    pub report_id: Option<String>,
    /// When that came.
    pub report_at: Option<Millis>,
    /// `changed`, `unchanged` or `failed`.
    pub report_status: Option<String>,
    /// When it was deactivated.
    pub deactivated_at: Option<Millis>,
}
