//! `sshkey`. A line of `ssh_known_hosts`.

use super::{Attribute, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "sshkey",
    summary: "A line of `ssh_known_hosts`.",
    attributes: &[
        Attribute::parameter("type")
            .namevar()
            .choice(&[
                "ssh-dss",
                "ssh-ed25519",
                "ssh-rsa",
                "ecdsa-sha2-nistp256",
                "ecdsa-sha2-nistp384",
                "ecdsa-sha2-nistp521",
                "sk-ecdsa-sha2-nistp256@openssh.com",
                "sk-ssh-ed25519@openssh.com",
            ])
            .aliases(&[
                ("dsa", "ssh-dss"),
                ("rsa", "ssh-rsa"),
                ("ed25519", "ssh-ed25519"),
                ("ecdsa-sk", "sk-ecdsa-sha2-nistp256@openssh.com"),
                ("ed25519-sk", "sk-ssh-ed25519@openssh.com"),
            ]),
        Attribute::parameter("name").namevar(),
        Attribute::property("ensure").choice(&["present", "absent"]),
        Attribute::parameter("provider"),
        Attribute::property("key"),
        Attribute::property("host_aliases").list(),
        Attribute::property("target"),
    ],
    relations: &[],
    titles: Titles::Split {
        separator: "@",
        rest: "type",
    },
};
