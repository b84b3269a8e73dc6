//! One application of a catalog: walks the plan, in the order of the manifest where nothing says
//! otherwise, and tells the report what became of each resource.

mod audit;
mod evaluate;
mod events;
mod expand;
mod filter;
mod schedule;

use std::collections::{BTreeSet, HashMap, HashSet};

use ficelle_model::{
    Catalog, Data, Report,
    report::{Journal, Level, Log as Line, ResourceStatus},
};
use ficelle_providers::{Context, FileBucket, Log, Memory, Place, Source};
use ficelle_system::System;
use jiff::Timestamp;

use crate::{
    deferred::Resolver,
    error::EngineError,
    plan::{Declarations, Kind, Node, NodeId, Plan, Priority, find_cycles},
    state::Store,
    types::Types,
};
use events::Queue;

/// What a run works with.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// The host.
    pub system: &'a System,
    /// Where files come from.
    pub source: &'a dyn Source,
    /// Where replaced files go.
    pub bucket: Option<&'a FileBucket>,
    /// The types that can be managed.
    pub types: &'a dyn Types,
    /// Who computes deferred values.
    pub resolver: &'a dyn Resolver,
    /// Who listens.
    pub journal: &'a dyn Journal,
    /// Whether the run shall end before its time.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    /// How.
    pub options: &'a Options,
}

/// How a catalog is applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Change nothing, unless a resource says `noop => false`.
    pub noop: bool,
    /// Only resources with one of these tags; all where there are none.
    pub tags: Vec<String>,
    /// No resources with one of these tags.
    pub skip_tags: Vec<String>,
    /// Resources are looked at whenever, whatever their schedules.
    pub ignore_schedules: bool,
    /// Show the differences of files.
    pub show_diff: bool,
    /// Tell how long each resource took.
    pub evaltrace: bool,
}

/// Applies a catalog. What became of its resources is added to the report, which the caller
/// finishes.
///
/// # Errors
/// The catalog cannot be applied. Nothing of it was, then.
pub fn apply(
    run: Run<'_>,
    catalog: &Catalog,
    store: &mut Store,
    report: &mut Report,
) -> Result<(), EngineError> {
    let memory = Memory::default();
    let environment = catalog.environment.as_str();
    let noop = run.options.noop;
    let surroundings = Surroundings {
        run,
        memory: &memory,
        environment,
    };
    let mut plan = Plan::read(catalog, run.types, noop)?;
    let failures = plan.generate(run.types, noop, |node, declared, work| {
        surroundings.with(node, declared, |context| work(context));
    })?;
    plan.connect(run.types, |node, declared, work| {
        surroundings.with(node, declared, |context| work(context));
    })?;
    if !catalog.version.is_empty() {
        run.journal.info(format!(
            "Applying configuration version '{}'",
            catalog.version
        ));
    }
    let mut transaction = Transaction::new(surroundings, plan, store, report);
    transaction.refuse_cycles()?;
    for (id, error) in failures {
        transaction.fail(
            id,
            &format!("Failed to generate additional resources using 'generate': {error}"),
        );
    }
    transaction.walk();
    Ok(())
}

/// Whether a catalog's resources can be managed here, without looking at the host.
///
/// # Errors
/// The catalog cannot be applied.
pub fn validate(catalog: &Catalog, types: &dyn Types) -> Result<(), EngineError> {
    Plan::read(catalog, types, false).map(drop)
}

/// What every resource of a run is given.
#[derive(Clone, Copy)]
struct Surroundings<'a> {
    run: Run<'a>,
    memory: &'a Memory,
    environment: &'a str,
}

impl Surroundings<'_> {
    /// Hands out a context in which `node` speaks.
    fn with<T>(
        &self,
        node: &Node,
        declared: &Declarations,
        work: impl FnOnce(&Context<'_>) -> T,
    ) -> T {
        let log = Voice {
            journal: self.run.journal,
            node,
        };
        work(&Context {
            system: self.run.system,
            mode: node.mode,
            source: self.run.source,
            bucket: self.run.bucket,
            log: &log,
            declared,
            memory: self.memory,
            environment: self.environment,
            show_diff: self.run.options.show_diff,
        })
    }
}

/// Writes lines in the name of a node.
struct Voice<'a> {
    journal: &'a dyn Journal,
    node: &'a Node,
}

impl Log for Voice<'_> {
    fn write(&self, level: Level, place: Place<'_>, message: &str) {
        if !self.journal.listens(level) {
            return;
        }
        let source = match place {
            Place::Run => "Puppet".into(),
            Place::Resource => self.node.source(),
            Place::Property(property) => format!("{}/{property}", self.node.path).into(),
        };
        let resource = &self.node.resource;
        let mut tags = resource.tags.clone();
        tags.insert(level.name().into());
        self.journal.write(Line {
            level,
            message: message.into(),
            source,
            tags,
            time: Timestamp::now(),
            file: resource.file.clone(),
            line: resource.line,
        });
    }
}

/// What is known of a node while the walk goes on.
#[derive(Clone, Default)]
struct Outcome {
    is_done: bool,
    has_failed: bool,
    /// Everything that failed before it and that it depends on.
    failed_dependencies: Vec<NodeId>,
}

struct Transaction<'a> {
    surroundings: Surroundings<'a>,
    plan: Plan,
    store: &'a mut Store,
    report: &'a mut Report,
    outcomes: Vec<Outcome>,
    blockers: Vec<usize>,
    ready: BTreeSet<(Priority, NodeId)>,
    queues: HashMap<NodeId, Queue>,
    /// Failed dependencies that were told of.
    told: HashSet<NodeId>,
}

impl<'a> Transaction<'a> {
    fn new(
        surroundings: Surroundings<'a>,
        plan: Plan,
        store: &'a mut Store,
        report: &'a mut Report,
    ) -> Self {
        let count = plan.nodes.len();
        let blockers: Vec<usize> = (0..count).map(|id| plan.graph.before(id).count()).collect();
        let ready = (0..count)
            .filter(|&id| blockers[id] == 0)
            .map(|id| (plan.nodes[id].priority.clone(), id))
            .collect();
        Self {
            surroundings,
            plan,
            store,
            report,
            outcomes: vec![Outcome::default(); count],
            blockers,
            ready,
            queues: HashMap::new(),
            told: HashSet::new(),
        }
    }

    fn refuse_cycles(&mut self) -> Result<(), EngineError> {
        let cycles = find_cycles(&self.plan.graph);
        if cycles.is_empty() {
            return Ok(());
        }
        let noun = if cycles.len() == 1 { "cycle" } else { "cycles" };
        let mut message = format!("Found {} dependency {noun}:\n", cycles.len());
        for cycle in &cycles {
            let name = |&id: &NodeId| self.plan.nodes[id].name();
            let names: Vec<String> = cycle.path.iter().map(name).collect();
            message += &format!("({})\n", names.join(" => "));
            for &id in &cycle.members {
                if !self.plan.nodes[id].is_anchor() {
                    self.status(id);
                }
            }
        }
        for id in cycles.into_iter().flat_map(|cycle| cycle.members) {
            if !self.plan.nodes[id].is_anchor() {
                self.add_failure(id, "resource is part of a dependency cycle");
            }
        }
        self.surroundings
            .run
            .journal
            .error(message.trim_end().to_owned());
        Err(EngineError::Cycles)
    }

    fn walk(&mut self) {
        while let Some((_, id)) = self.ready.pop_first() {
            if (self.surroundings.run.stop)() {
                if !self.plan.nodes[id].is_anchor() {
                    self.say(id, Level::Debug, "Transaction canceled, skipping");
                    self.status(id).skipped = true;
                    self.keep_stored(id);
                }
            } else {
                self.visit(id);
            }
            self.finish(id);
        }
        self.report.transaction_completed = true;
    }

    fn visit(&mut self, id: NodeId) {
        self.gather_failures(id);
        if let Some(reason) = self.reason_to_skip(id) {
            self.say(id, Level::Debug, &reason);
            self.drop_events(id);
            if !self.plan.nodes[id].is_anchor() {
                self.status(id).skipped = true;
                self.keep_stored(id);
            }
            return;
        }
        if !self.plan.nodes[id].is_anchor() {
            self.status(id).scheduled = true;
            self.expand(id);
            self.evaluate(id);
        }
        self.process_events(id);
    }

    fn finish(&mut self, id: NodeId) {
        self.outcomes[id].is_done = true;
        for (target, _) in self.plan.graph.after(id) {
            let left = &mut self.blockers[target];
            *left = left.saturating_sub(1);
            if *left == 0 && !self.outcomes[target].is_done {
                let priority = self.plan.nodes[target].priority.clone();
                self.ready.insert((priority, target));
            }
        }
    }

    /// What failed before a node, as far as it depends on it.
    fn gather_failures(&mut self, id: NodeId) {
        let mut failed: Vec<NodeId> = self.outcomes[id].failed_dependencies.clone();
        for before in self.plan.graph.before(id) {
            let outcome = &self.outcomes[before];
            for &dependency in &outcome.failed_dependencies {
                if !failed.contains(&dependency) {
                    failed.push(dependency);
                }
            }
            if outcome.has_failed && !failed.contains(&before) {
                failed.push(before);
            }
        }
        self.outcomes[id].failed_dependencies = failed;
    }

    /// The status of a resource in the report; made when it is first asked for.
    fn status(&mut self, id: NodeId) -> &mut ResourceStatus {
        let node = &self.plan.nodes[id];
        let resource = &node.resource;
        let reference = &resource.reference;
        let name = reference.to_string();
        self.report
            .resource_statuses
            .entry(name.into())
            .or_insert_with(|| {
                let now = Timestamp::now();
                let mut status = ResourceStatus::new(&reference.type_name, &reference.title, now);
                status.file.clone_from(&resource.file);
                status.line = resource.line;
                status.containment_path.clone_from(&node.containment);
                status.tags.clone_from(&resource.tags);
                let provider = resource.parameters.get("provider").and_then(Data::as_str);
                status.provider_used = provider.map(Into::into);
                status
            })
    }

    /// A line of the log in the name of a node.
    fn say(&self, id: NodeId, level: Level, message: &str) {
        self.voice(id).write(level, Place::Resource, message);
    }

    fn voice(&self, id: NodeId) -> Voice<'_> {
        Voice {
            journal: self.surroundings.run.journal,
            node: &self.plan.nodes[id],
        }
    }

    /// Keeps what was remembered of a resource that is not looked at.
    fn keep_stored(&mut self, id: NodeId) {
        let name = self.plan.nodes[id].resource.reference.to_string();
        self.store.keep(&name);
    }

    /// Whether a node has a provider that is ready to work.
    fn is_managed(&self, id: NodeId) -> bool {
        matches!(self.plan.nodes[id].kind, Kind::Managed(_))
    }
}
