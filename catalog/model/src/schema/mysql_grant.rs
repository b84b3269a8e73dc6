//! `mysql_grant`. The privileges of a user of a MySQL or MariaDB server.

use super::{Attribute, Relation, Rule, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "mysql_grant",
    summary: "The privileges of a user of a MySQL or MariaDB server.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::property("ensure").choice(&["present", "absent"]),
        Attribute::parameter("provider"),
        Attribute::property("privileges").list(),
        Attribute::property("table"),
        Attribute::property("user"),
        Attribute::property("options").list(),
    ],
    relations: &[
        Relation::require("File", Rule::Title("/root/.my.cnf")),
        Relation::require("Mysql_user", Rule::Value("user")),
    ],
    titles: Titles::Whole,
};
