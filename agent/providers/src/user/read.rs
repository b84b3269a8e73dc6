//! What the host says of a user: passwd, shadow and group.

use ficelle_system::User as Entry;

use crate::{Context, Instance, ProviderError};

/// A user as the host has it.
#[derive(Clone, Debug)]
pub(super) struct Current {
    pub(super) entry: Entry,
    /// The groups that name it, sorted.
    pub(super) groups: Vec<String>,
    pub(super) shadow: Shadow,
}

/// A line of the shadow file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shadow {
    pub(super) password: String,
    pub(super) minimum_age: Option<i64>,
    pub(super) maximum_age: Option<i64>,
    pub(super) warning_days: Option<i64>,
    /// Days since 1970.
    pub(super) expiry: Option<i64>,
}

pub(super) fn current(name: &str, context: &Context<'_>) -> Result<Option<Current>, ProviderError> {
    let Some(entry) = context.system.user_named(name)? else {
        return Ok(None);
    };
    let mut groups = context
        .system
        .local_groups()?
        .into_iter()
        .filter(|group| group.members.iter().any(|member| member == name))
        .map(|group| group.name)
        .collect::<Vec<_>>();
    groups.sort();
    let shadow = context.system.read_text("/etc/shadow")?.unwrap_or_default();
    let shadow = shadow
        .lines()
        .find_map(|line| parse_shadow(line.strip_prefix(name)?.strip_prefix(':')?))
        .unwrap_or_default();
    Ok(Some(Current {
        entry,
        groups,
        shadow,
    }))
}

/// The fields of a line after the name.
fn parse_shadow(line: &str) -> Option<Shadow> {
    let mut fields = line.split(':');
    let password = fields.next()?.to_owned();
    let mut number = || fields.next().and_then(|field| field.parse().ok());
    let _last_change: Option<i64> = number();
    let (minimum_age, maximum_age, warning_days) = (number(), number(), number());
    let _inactivity: Option<i64> = number();
    Some(Shadow {
        password,
        minimum_age,
        maximum_age,
        warning_days,
        expiry: number(),
    })
}

pub(super) fn instances(context: &Context<'_>) -> Result<Vec<Instance>, ProviderError> {
    let groups = context.system.local_groups()?;
    let users = context.system.local_users()?.into_iter();
    Ok(users
        .map(|user| {
            let member_of = groups
                .iter()
                .filter(|group| group.members.contains(&user.name))
                .map(|group| group.name.as_str().into())
                .collect::<Vec<_>>();
            let mut instance = Instance::new(&*user.name, "present")
                .with("comment", user.comment)
                .with("gid", i64::from(user.gid));
            if !member_of.is_empty() {
                instance = instance.with("groups", ficelle_model::Data::Array(member_of));
            }
            instance
                .with("home", user.home)
                .with("shell", user.shell)
                .with("uid", i64::from(user.uid))
        })
        .collect())
}

/// `2030-01-31` to days since 1970; `None` where it is no date.
pub(super) fn days_of(date: &str) -> Option<i64> {
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    let (year, month, day): (i64, i64, i64) =
        (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Years begin in March here, so that the leap day is the last (the civil-from-days algorithm).
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// Days since 1970 to `2030-01-31`.
pub(super) fn date_of(days: i64) -> String {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_days() {
        for (date, days) in [
            ("1970-01-01", 0),
            ("2000-03-01", 11_017),
            ("2024-02-29", 19_782),
            ("1969-12-31", -1),
        ] {
            assert_eq!(days_of(date), Some(days), "{date}");
            assert_eq!(date_of(days), date);
        }
        assert_eq!(days_of("2024-2-29"), None);
        assert_eq!(days_of("never"), None);
    }

    #[test]
    fn reads_a_line_of_shadow() {
        let shadow = parse_shadow("$6$x:19000:1:99999:7::20000:").expect("a line");
        assert_eq!(shadow.minimum_age, Some(1));
        assert_eq!(shadow.warning_days, Some(7));
        assert_eq!(shadow.expiry, Some(20_000));
    }
}
