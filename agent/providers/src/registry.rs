//! Which types there are.

use crate::{
    ResourceType, archive, concat, cron, exec, file, file_line, group, host, ini, mount, mysql,
    nothing::NothingType, notify, package, resources, service, ssh, tidy, user,
};

/// The types, sorted by name.
static TYPES: &[&dyn ResourceType] = &[
    &NothingType("anchor"),
    &archive::ArchiveType,
    &concat::ConcatType,
    &NothingType("concat::fragment"),
    &concat::ConcatFileType,
    &NothingType("concat_fragment"),
    &cron::CronType,
    &exec::ExecType,
    &file::FileType,
    &file_line::FileLineType,
    &NothingType("filebucket"),
    &group::GroupType,
    &host::HostType,
    &ini::IniSettingType,
    &ini::IniSubsettingType,
    &mount::MountType,
    &mysql::DatabaseType,
    &mysql::GrantType,
    &mysql::UserType,
    &notify::NotifyType,
    &package::PackageType,
    &resources::ResourcesType,
    &NothingType("schedule"),
    &service::ServiceType,
    &ssh::AuthorizedKeyType,
    &ssh::KnownHostType,
    &NothingType("stage"),
    &tidy::TidyType,
    &user::UserType,
    &NothingType("whit"),
];

/// A type, by its name in either spelling (`ssh_authorized_key`, `Ssh_authorized_key`).
pub fn lookup(type_name: &str) -> Option<&'static dyn ResourceType> {
    let find = |name: &str| {
        let place = TYPES
            .binary_search_by(|kind| kind.schema().name.cmp(name))
            .ok()?;
        Some(TYPES[place])
    };
    if type_name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        find(&type_name.to_ascii_lowercase())
    } else {
        find(type_name)
    }
}

/// Every type, sorted by name.
pub fn types() -> &'static [&'static dyn ResourceType] {
    TYPES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_sorted_by_name() {
        assert!(
            TYPES
                .windows(2)
                .all(|pair| pair[0].schema().name < pair[1].schema().name)
        );
    }
}
