//! `mount`: a line of fstab, and whether it is mounted.

mod table;

use ficelle_model::schema::TypeSchema;
use ficelle_system::Command;

use crate::{
    Change, Context, Instance, Level, Managed, ParameterError, Parameters, Provider, ProviderError,
    ResourceType, Shown, parameters::schema,
};

use table::Entry;

pub(crate) struct MountType;

const TABLE: &str = "/etc/fstab";

impl ResourceType for MountType {
    fn schema(&self) -> &'static TypeSchema {
        schema("mount")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        let ensure = parameters.choice(
            "ensure",
            &[
                ("defined", Ensure::Defined),
                ("present", Ensure::Defined),
                ("unmounted", Ensure::Unmounted),
                ("absent", Ensure::Absent),
                ("mounted", Ensure::Mounted),
            ],
        )?;
        for name in ["fstype", "options"] {
            if parameters
                .text(name)?
                .is_some_and(|text| text.contains(char::is_whitespace))
            {
                return Err(parameters.invalid(name, format!("{name} must not contain whitespace")));
            }
        }
        Ok(Box::new(Mount {
            name: parameters.name_path()?,
            ensure,
            device: parameters.text("device")?,
            kind: parameters.text("fstype")?,
            options: parameters.list("options")?.map(|options| options.join(",")),
            pass: parameters.text("pass")?,
            dump: parameters.text("dump")?,
            target: parameters
                .path("target")?
                .unwrap_or_else(|| TABLE.to_owned()),
            remounts: parameters.boolean("remounts")?.unwrap_or(true),
        }))
    }

    fn instances(&self, context: &Context<'_>) -> Result<Option<Vec<Instance>>, ProviderError> {
        let text = context.system.read_text(TABLE)?.unwrap_or_default();
        let mounted = table::mounted(context)?;
        let instances = text.lines().filter_map(Entry::parse).map(|entry| {
            let is_mounted = mounted.contains(&entry.name);
            let ensure = if is_mounted { "mounted" } else { "unmounted" };
            Instance::new(&*entry.name, ensure)
                .with("device", &*entry.device)
                .with("dump", &*entry.dump)
                .with("fstype", &*entry.kind)
                .with("options", &*entry.options)
                .with("pass", &*entry.pass)
                .with("target", TABLE)
        });
        Ok(Some(instances.collect()))
    }
}

/// What is wanted.
#[derive(Debug)]
struct Mount {
    name: String,
    ensure: Option<Ensure>,
    device: Option<String>,
    kind: Option<String>,
    options: Option<String>,
    pass: Option<String>,
    dump: Option<String>,
    target: String,
    remounts: bool,
}

/// Where it should stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ensure {
    /// In the table, mounted or not.
    Defined,
    /// In the table, not mounted.
    Unmounted,
    /// Nowhere.
    Absent,
    /// In the table, mounted.
    Mounted,
}

/// What is there.
#[derive(Clone, Debug)]
struct Current {
    entry: Option<Entry>,
    is_mounted: bool,
}

impl Current {
    fn shown(&self) -> &'static str {
        match (&self.entry, self.is_mounted) {
            (Some(_), true) => "mounted",
            (Some(_), false) => "unmounted",
            (None, true) => "ghost",
            (None, false) => "absent",
        }
    }
}

impl Provider for Mount {
    type State = Current;

    fn read(&self, context: &Context<'_>) -> Result<Current, ProviderError> {
        let text = context.system.read_text(&self.target)?.unwrap_or_default();
        Ok(Current {
            entry: text
                .lines()
                .filter_map(Entry::parse)
                .find(|entry| entry.name == self.name),
            is_mounted: table::mounted(context)?.contains(&self.name),
        })
    }

    fn diff(&self, state: &Current, _context: &Context<'_>) -> Result<Vec<Change>, ProviderError> {
        let is = state.shown();
        let wanted = match self.ensure {
            Some(Ensure::Defined) if state.entry.is_none() => Some("defined"),
            Some(Ensure::Unmounted) if is != "unmounted" => Some("unmounted"),
            Some(Ensure::Absent) if is != "absent" => Some("absent"),
            Some(Ensure::Mounted) if is != "mounted" => Some("mounted"),
            _ => None,
        };
        if let Some(wanted) = wanted {
            let (old, new) = (Shown::text(is), Shown::text(wanted));
            return Ok(vec![Change::new("ensure", old, new)]);
        }
        let Some(entry) = state
            .entry
            .as_ref()
            .filter(|_| self.ensure != Some(Ensure::Absent))
        else {
            return Ok(Vec::new());
        };
        let mut changes = Vec::new();
        for (property, wanted, is) in self.properties(entry) {
            if let Some(wanted) = wanted.filter(|wanted| *wanted != is) {
                changes.push(Change::new(property, Shown::text(is), Shown::text(wanted)));
            }
        }
        Ok(changes)
    }

    fn apply(
        &self,
        change: &Change,
        state: &mut Current,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        if change.property != "ensure" {
            return self.define(state, context);
        }
        match self.ensure {
            Some(Ensure::Absent) => {
                if state.is_mounted {
                    self.unmount(context)?;
                }
                self.write(None, context)
            }
            Some(Ensure::Unmounted) => {
                self.define(state, context)?;
                if state.is_mounted {
                    self.unmount(context)
                } else {
                    Ok(())
                }
            }
            Some(Ensure::Mounted) => {
                self.define(state, context)?;
                if state.is_mounted {
                    Ok(())
                } else {
                    self.mount(context)
                }
            }
            Some(Ensure::Defined) | None => self.define(state, context),
        }
    }

    fn is_refreshable(&self) -> bool {
        true
    }

    /// The reference mounts anew after each change, the first mount among them.
    fn refreshes_itself(&self) -> bool {
        true
    }

    fn refresh(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        if self.kind.as_deref() == Some("swap") || !self.read(context)?.is_mounted {
            return Ok(());
        }
        self.remount(context)
    }
}

impl Mount {
    fn properties<'a>(&'a self, entry: &'a Entry) -> [(&'static str, Option<&'a str>, &'a str); 5] {
        [
            ("device", self.device.as_deref(), &entry.device),
            ("fstype", self.kind.as_deref(), &entry.kind),
            ("options", self.options.as_deref(), &entry.options),
            ("pass", self.pass.as_deref(), &entry.pass),
            ("dump", self.dump.as_deref(), &entry.dump),
        ]
    }

    /// Puts the line into the table as it should be.
    fn define(&self, state: &mut Current, context: &Context<'_>) -> Result<(), ProviderError> {
        let known = state.entry.clone().unwrap_or_else(|| Entry {
            name: self.name.clone(),
            options: "defaults".to_owned(),
            pass: "0".to_owned(),
            dump: "0".to_owned(),
            ..Entry::default()
        });
        let [device, kind, options, pass, dump] = self
            .properties(&known)
            .map(|(_, wanted, is)| wanted.unwrap_or(is).to_owned());
        let entry = Entry {
            name: self.name.clone(),
            device,
            kind,
            options,
            pass,
            dump,
        };
        for (property, value) in [("device", &entry.device), ("fstype", &entry.kind)] {
            if value.is_empty() {
                return Err(ProviderError::failed(format!(
                    "Field '{property}' is required"
                )));
            }
        }
        if state.entry.as_ref() == Some(&entry) {
            return Ok(());
        }
        self.write(Some(&entry), context)?;
        state.entry = Some(entry);
        Ok(())
    }

    fn write(&self, entry: Option<&Entry>, context: &Context<'_>) -> Result<(), ProviderError> {
        let text = context.system.read_text(&self.target)?.unwrap_or_default();
        let mut lines = Vec::new();
        let mut placed = false;
        for line in text.lines() {
            if Entry::parse(line).is_some_and(|found| found.name == self.name) {
                if let Some(entry) = entry.filter(|_| !placed) {
                    lines.push(entry.line());
                    placed = true;
                }
            } else {
                lines.push(line.to_owned());
            }
        }
        if let Some(entry) = entry.filter(|_| !placed) {
            lines.push(entry.line());
        }
        lines.push(String::new());
        context.rewrite(&self.target, &lines.join("\n"), 0o644)
    }

    fn mount(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        run(Command::new("/bin/mount").argument(&self.name), context)
    }

    fn unmount(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        run(Command::new("/bin/umount").argument(&self.name), context)
    }

    fn remount(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        context.log_resource(Level::Info, "Remounting");
        if !self.remounts {
            self.unmount(context)?;
            return self.mount(context);
        }
        // The table has the options.
        run(
            Command::new("/bin/mount").arguments(["-o", "remount", &self.name]),
            context,
        )
    }
}

fn run(command: Command, context: &Context<'_>) -> Result<(), ProviderError> {
    context.system.run(&command)?.successful(&command)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use ficelle_model::Data;

    use crate::testing::{Host, Recorder, parse, resource};

    fn told(name: &str, parameters: &[(&str, Data)]) -> (Vec<String>, Vec<String>, String) {
        let recorder = Recorder::answering(&[]);
        let host = Host::recorded(&recorder);
        host.write(
            "/etc/fstab",
            "# table\nUUID=1 / ext4 defaults 0 1\n/dev/b\t/b\text4\tnoatime\t0\t2\n",
        );
        host.write(
            "/proc/self/mounts",
            "/dev/a / ext4 rw 0 0\n/dev/b /b ext4 rw 0 0\n",
        );
        let told = host.apply(&resource("mount", name, parameters));
        (told, recorder.commands(), host.text("/etc/fstab"))
    }

    #[test]
    fn is_written_and_mounted() {
        let (messages, commands, table) = told(
            "/srv/my data",
            &[
                ("ensure", "mounted".into()),
                ("device", "/dev/c".into()),
                ("fstype", "xfs".into()),
                ("options", "ro".into()),
            ],
        );
        assert_eq!(messages, ["defined 'ensure' as 'mounted'"]);
        assert_eq!(commands, ["/bin/mount /srv/my data"]);
        assert!(
            table.ends_with("/dev/c\t/srv/my\\040data\txfs\tro\t0\t0\n"),
            "{table}"
        );
    }

    #[test]
    fn other_options_are_written_and_a_refresh_mounts_anew() {
        let parameters = [("ensure", "mounted".into()), ("options", "ro".into())];
        let (messages, commands, table) = told("/b", &parameters);
        assert_eq!(messages, ["options changed 'noatime' to 'ro'"]);
        assert_eq!(commands, [""; 0]);
        assert!(table.contains("/dev/b\t/b\text4\tro\t0\t2\n"));
        assert!(table.starts_with("# table\nUUID=1 / ext4 defaults 0 1\n"));

        let mount = parse(&resource("mount", "/b", &parameters)).expect("it can be managed");
        assert!(mount.refreshes_itself());
        let recorder = Recorder::answering(&[]);
        let host = Host::recorded(&recorder);
        mount.refresh(&host.context()).expect("nothing to do");
        assert_eq!(recorder.commands(), [""; 0], "it is not mounted");
        host.write("/proc/self/mounts", "/dev/b /b ext4 rw 0 0\n");
        mount.refresh(&host.context()).expect("mounted anew");
        assert_eq!(recorder.commands(), ["/bin/mount -o remount /b"]);
    }

    #[test]
    fn goes_from_both() {
        let (messages, commands, table) = told("/b", &[("ensure", "absent".into())]);
        assert_eq!(messages, ["undefined 'ensure' from 'mounted'"]);
        assert_eq!(commands, ["/bin/umount /b"]);
        assert!(!table.contains("/b"));
    }
}
