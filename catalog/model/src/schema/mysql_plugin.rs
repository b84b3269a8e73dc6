//! `mysql_plugin`. A plugin of a MySQL or MariaDB server.

use super::{Attribute, Relation, Rule, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "mysql_plugin",
    summary: "A plugin of a MySQL or MariaDB server.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::property("ensure").choice(&["present", "absent"]),
        Attribute::parameter("provider"),
        Attribute::property("soname"),
    ],
    relations: &[Relation::require("File", Rule::Title("/root/.my.cnf"))],
    titles: Titles::Whole,
};
