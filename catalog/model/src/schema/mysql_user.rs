//! `mysql_user`. A user of a MySQL or MariaDB server.

use super::{Attribute, Relation, Rule, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "mysql_user",
    summary: "A user of a MySQL or MariaDB server.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::property("ensure").choice(&["present", "absent"]),
        Attribute::parameter("provider"),
        Attribute::property("password_hash"),
        Attribute::property("plugin"),
        Attribute::property("max_user_connections"),
        Attribute::property("max_connections_per_hour"),
        Attribute::property("max_queries_per_hour"),
        Attribute::property("max_updates_per_hour"),
        Attribute::property("tls_options").list(),
    ],
    relations: &[
        Relation::require("File", Rule::Title("/root/.my.cnf")),
        Relation::require("Class", Rule::Title("mysql::server")),
    ],
    titles: Titles::Whole,
};
