//! Recursion: what stands in a directory, and what a source has for it, as resources of their own.

use std::collections::{BTreeMap, HashSet};

use ficelle_model::{Data, Reference, Resource, schema};
use ficelle_system::FileKind;

use crate::{Context, MetadataRequest, ProviderError};

use super::{Ensure, File, Purge, Recurse};

/// What a directory's children do not take over from its declaration. Relations reach them through
/// the directory.
const NOT_INHERITED: &[&str] = &[
    "path",
    "ensure",
    "recurse",
    "recurselimit",
    "max_files",
    "target",
    "alias",
    "source",
    "content",
    "before",
    "require",
    "notify",
    "subscribe",
    "stage",
    "checksum_value",
    "purge",
];

impl File {
    /// The children that this turn manages.
    pub(super) fn children(&self, context: &Context<'_>) -> Result<Vec<Resource>, ProviderError> {
        let recurses = self.recurse != Recurse::No && self.ensure != Some(Ensure::Absent);
        if !recurses {
            return Ok(Vec::new());
        }
        let mut children = BTreeMap::new();
        if self.recurse == Recurse::Yes {
            let request = MetadataRequest {
                uri: "",
                environment: context.environment,
                links: ficelle_system::Links::Manage,
                // Only names count here; what is in the files is nobody's business yet.
                checksum: ficelle_system::Algorithm::None,
            };
            let tree = self.local_tree(&self.path, &request, self.recurse_limit, context)?;
            for metadata in tree
                .into_iter()
                .flatten()
                .filter(|found| found.relative_path != ".")
            {
                let child = self.child(&metadata.relative_path);
                children.insert(metadata.relative_path, child);
            }
        }
        if let Some(target) = &self.target {
            self.link_children(target, &mut children, context)?;
        }
        let mut sourced = HashSet::new();
        for origin in self.origins(context)? {
            let relative = origin.metadata.relative_path;
            if relative == "." {
                continue;
            }
            let child = children
                .entry(relative.clone())
                .or_insert_with(|| self.child(&relative));
            child.parameters.insert("source".into(), origin.uri.into());
            if origin.metadata.kind == FileKind::Directory {
                child.parameters.insert("ensure".into(), "directory".into());
            }
            sourced.insert(relative);
        }
        if self.purge == Purge::Yes {
            for (relative, child) in &mut children {
                if !sourced.contains(relative) {
                    child.parameters.insert("ensure".into(), "absent".into());
                }
            }
        }
        let declared = self.declared_below(context);
        children.retain(|relative, _| {
            // What the catalog declares further down is left to it, with all that is below.
            let mut end = Some(relative.len());
            while let Some(at) = end {
                if declared.contains(&relative[..at]) {
                    return false;
                }
                end = relative[..at].rfind('/');
            }
            true
        });
        // A directory that is kept because something declared stands in it cannot be purged.
        children.retain(|relative, child| {
            let is_purged = child.parameters.get("ensure").and_then(Data::as_str) == Some("absent");
            let holds_declared = || {
                declared.iter().any(|path| {
                    path.strip_prefix(relative.as_str())
                        .is_some_and(|rest| rest.starts_with('/'))
                })
            };
            !(is_purged && holds_declared())
        });
        Ok(children.into_values().collect())
    }

    /// `ensure => link` with `recurse`: directories are made, files are linked.
    fn link_children(
        &self,
        target: &str,
        children: &mut BTreeMap<String, Resource>,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        let request = MetadataRequest {
            uri: target,
            environment: context.environment,
            links: self.links,
            checksum: ficelle_system::Algorithm::None,
        };
        let tree = self.local_tree(target, &request, self.recurse_limit, context)?;
        for metadata in tree
            .into_iter()
            .flatten()
            .filter(|found| found.relative_path != ".")
        {
            let relative = metadata.relative_path;
            let child = children
                .entry(relative.clone())
                .or_insert_with(|| self.child(&relative));
            if metadata.kind == FileKind::Directory {
                child.parameters.insert("ensure".into(), "directory".into());
            } else {
                child.parameters.insert("ensure".into(), "link".into());
                child
                    .parameters
                    .insert("target".into(), format!("{target}/{relative}").into());
            }
        }
        Ok(())
    }

    fn child(&self, relative: &str) -> Resource {
        let path = format!("{}/{relative}", self.path.trim_end_matches('/'));
        let mut child = self.declaration.clone();
        child.reference = Reference::new("File", path);
        child
            .parameters
            .retain(|name, _| !NOT_INHERITED.contains(&&**name));
        child
    }

    /// The files below this one that the catalog declares, relative to it.
    fn declared_below(&self, context: &Context<'_>) -> HashSet<String> {
        let schema = schema::lookup("file").expect("a native type");
        let top = format!("{}/", self.path.trim_end_matches('/'));
        let declared = context.declared.of_type("File").into_iter();
        declared
            .filter_map(|resource| {
                schema
                    .name_of(resource)
                    .strip_prefix(&top)
                    .map(str::to_owned)
            })
            .collect()
    }
}
