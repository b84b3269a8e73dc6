//! `mysql_database`. A database of a MySQL or MariaDB server.

use super::{Attribute, Relation, Rule, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "mysql_database",
    summary: "A database of a MySQL or MariaDB server.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::property("ensure").choice(&["present", "absent"]),
        Attribute::parameter("provider"),
        Attribute::property("charset"),
        Attribute::property("collate"),
    ],
    relations: &[
        Relation::require("File", Rule::Title("/root/.my.cnf")),
        Relation::require("Class", Rule::Title("mysql::server")),
    ],
    titles: Titles::Whole,
};
