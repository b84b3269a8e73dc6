//! `ssh_authorized_key`. A line of a user's `authorized_keys`.

use super::{Attribute, Relation, Rule, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "ssh_authorized_key",
    summary: "A line of a user's `authorized_keys`.",
    attributes: &[
        Attribute::parameter("name").namevar(),
        Attribute::property("ensure").choice(&["present", "absent"]),
        Attribute::parameter("provider"),
        Attribute::property("type")
            .choice(&[
                "ssh-dss",
                "ssh-rsa",
                "ecdsa-sha2-nistp256",
                "ecdsa-sha2-nistp384",
                "ecdsa-sha2-nistp521",
                "ssh-ed25519",
                "sk-ecdsa-sha2-nistp256@openssh.com",
                "sk-ssh-ed25519@openssh.com",
                "ssh-rsa-cert-v01@openssh.com",
                "ssh-ed25519-cert-v01@openssh.com",
                "ssh-dss-cert-v01@openssh.com",
                "ecdsa-sha2-nistp256-cert-v01@openssh.com",
                "ecdsa-sha2-nistp384-cert-v01@openssh.com",
                "ecdsa-sha2-nistp521-cert-v01@openssh.com",
            ])
            .aliases(&[
                ("dsa", "ssh-dss"),
                ("rsa", "ssh-rsa"),
                ("ed25519", "ssh-ed25519"),
                ("ecdsa-sk", "sk-ecdsa-sha2-nistp256@openssh.com"),
                ("ed25519-sk", "sk-ssh-ed25519@openssh.com"),
            ]),
        Attribute::property("key"),
        Attribute::property("user"),
        Attribute::property("target"),
        Attribute::property("options").list(),
        Attribute::parameter("drop_privileges").boolean(),
    ],
    relations: &[Relation::require("User", Rule::Value("user"))],
    titles: Titles::Whole,
};
