use ficelle_model::Data;

use crate::testing::{Host, Recorder, list, resource};

use super::grant::parse_grant;

const CLIENT: &str = "mysql --batch --skip-column-names < ";

/// What is told, and the statements that change something.
fn told(
    answers: &[(&'static str, i32, &'static str)],
    kind: &str,
    name: &str,
    parameters: &[(&str, Data)],
) -> (Vec<String>, Vec<String>) {
    let recorder = Recorder::answering(answers);
    let host = Host::recorded(&recorder);
    let messages = host.apply(&resource(kind, name, parameters));
    let statements = recorder.commands().into_iter().filter_map(|command| {
        let statement = command
            .strip_prefix(CLIENT)?
            .trim_end_matches(';')
            .to_owned();
        (!statement.starts_with("SELECT") && !statement.starts_with("SHOW")).then_some(statement)
    });
    (messages, statements.collect())
}

const DATABASES: &str = "mysql --batch --skip-column-names < SELECT DEFAULT_CHARACTER";
const USERS: &str = "mysql --batch --skip-column-names < SELECT PLUGIN";
const GRANTS: &str = "mysql --batch --skip-column-names < SHOW GRANTS";

#[test]
fn databases_come_change_and_go() {
    let wanted = [
        ("charset", "utf8mb4".into()),
        ("collate", "utf8mb4_bin".into()),
    ];
    let (messages, statements) = told(&[], "mysql_database", "app", &wanted);
    assert_eq!(messages, ["created"]);
    assert_eq!(
        statements,
        ["CREATE DATABASE `app` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"]
    );
    let there = [(DATABASES, 0, "utf8mb4\tutf8mb4_general_ci\n")];
    let (messages, statements) = told(&there, "mysql_database", "app", &wanted);
    assert_eq!(
        messages,
        ["collate changed 'utf8mb4_general_ci' to 'utf8mb4_bin'"]
    );
    assert_eq!(statements, ["ALTER DATABASE `app` COLLATE utf8mb4_bin"]);
    let (_, statements) = told(
        &there,
        "mysql_database",
        "app",
        &[("ensure", "absent".into())],
    );
    assert_eq!(statements, ["DROP DATABASE `app`"]);
    let renamed = [(DATABASES, 0, "utf8mb3\tutf8mb3_general_ci\n")];
    assert!(told(&renamed, "mysql_database", "app", &[]).0.is_empty());
}

#[test]
fn users_come_and_change() {
    let wanted = [
        ("password_hash", "*AB".into()),
        ("max_user_connections", "5".into()),
        ("tls_options", list(&["SSL"])),
    ];
    let (messages, statements) = told(&[], "mysql_user", "app@10.0.0.%", &wanted);
    assert_eq!(messages, ["created"]);
    assert_eq!(
        statements,
        [
            "CREATE USER 'app'@'10.0.0.%' IDENTIFIED WITH mysql_native_password AS '*AB' \
          REQUIRE SSL WITH MAX_USER_CONNECTIONS 5"
        ]
    );
    let there = [(
        USERS,
        0,
        "mysql_native_password\t*OLD\t0\t0\t0\t0\t\t\t\t\n",
    )];
    let (messages, statements) = told(&there, "mysql_user", "app@10.0.0.%", &wanted);
    assert_eq!(
        messages,
        [
            "changed password",
            "max_user_connections changed '0' to '5'",
            "tls_options changed ['NONE'] to ['SSL']",
        ]
    );
    assert_eq!(
        statements,
        [
            "ALTER USER 'app'@'10.0.0.%' IDENTIFIED WITH mysql_native_password AS '*AB'",
            "ALTER USER 'app'@'10.0.0.%' WITH MAX_USER_CONNECTIONS 5",
            "ALTER USER 'app'@'10.0.0.%' REQUIRE SSL",
        ]
    );
}

#[test]
fn a_name_with_quotes_stays_a_name() {
    let (_, statements) = told(
        &[],
        "mysql_user",
        "a'; DROP DATABASE x; --@%",
        &[("plugin", "unix_socket".into())],
    );
    assert_eq!(
        statements,
        ["CREATE USER 'a''; DROP DATABASE x; --'@'%' IDENTIFIED WITH unix_socket"]
    );
}

#[test]
fn grants_come_change_and_go() {
    let wanted = [
        ("user", "app@%".into()),
        ("table", "app.*".into()),
        ("privileges", list(&["SELECT", "insert"])),
    ];
    let (messages, statements) = told(&[], "mysql_grant", "app@%/app.*", &wanted);
    assert_eq!(messages, ["created"]);
    assert_eq!(
        statements,
        [
            "GRANT INSERT, SELECT ON `app`.* TO 'app'@'%'",
            "FLUSH PRIVILEGES"
        ]
    );
    let there = [(
        GRANTS,
        0,
        "GRANT USAGE ON *.* TO `app`@`%`\nGRANT SELECT, DELETE ON `app`.* TO `app`@`%` WITH GRANT OPTION\n",
    )];
    let (messages, statements) = told(&there, "mysql_grant", "app@%/app.*", &wanted);
    assert_eq!(
        messages,
        ["privileges changed ['DELETE', 'SELECT'] to ['INSERT', 'SELECT']"]
    );
    assert_eq!(
        statements,
        [
            "GRANT INSERT ON `app`.* TO 'app'@'%' WITH GRANT OPTION",
            "REVOKE DELETE ON `app`.* FROM 'app'@'%'",
            "FLUSH PRIVILEGES",
        ]
    );
    let none = [(GRANTS, 1, "ERROR 1141 (42000): There is no such grant\n")];
    assert_eq!(
        told(&none, "mysql_grant", "app@%/app.*", &wanted).0,
        ["created"]
    );
}

#[test]
fn reads_grants_of_columns() {
    let (table, entry) =
        parse_grant("GRANT SELECT (b, a), INSERT ON `d`.`t` TO `u`@`h`").expect("a grant");
    assert_eq!(table, "d.t");
    assert_eq!(entry.privileges, ["INSERT", "SELECT (a, b)"]);
}
