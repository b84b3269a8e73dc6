//! `archive`. Fetches an archive, checks it and unpacks it.

use super::{Attribute, Relation, Rule, Titles, TypeSchema};

pub(super) static SCHEMA: TypeSchema = TypeSchema {
    name: "archive",
    summary: "Fetches an archive, checks it and unpacks it.",
    attributes: &[
        Attribute::parameter("path").namevar(),
        Attribute::property("ensure").choice(&["present", "absent"]),
        Attribute::parameter("provider"),
        Attribute::property("creates"),
        Attribute::parameter("filename"),
        Attribute::parameter("extract").boolean(),
        Attribute::parameter("extract_path"),
        Attribute::parameter("target"),
        Attribute::parameter("extract_command"),
        Attribute::parameter("temp_dir"),
        Attribute::parameter("extract_flags").list(),
        Attribute::parameter("cleanup").boolean(),
        Attribute::parameter("source"),
        Attribute::parameter("url"),
        Attribute::parameter("cookie"),
        Attribute::parameter("checksum"),
        Attribute::parameter("digest_string"),
        Attribute::parameter("checksum_url"),
        Attribute::parameter("digest_url"),
        Attribute::parameter("checksum_type")
            .choice(&["none", "md5", "sha1", "sha2", "sha256", "sha384", "sha512"]),
        Attribute::parameter("digest_type")
            .choice(&["none", "md5", "sha1", "sha2", "sha256", "sha384", "sha512"]),
        Attribute::parameter("checksum_verify").boolean(),
        Attribute::parameter("username"),
        Attribute::parameter("password"),
        Attribute::parameter("user"),
        Attribute::parameter("group"),
        Attribute::parameter("proxy_type").choice(&["none", "ftp", "http", "https"]),
        Attribute::parameter("proxy_server"),
        Attribute::parameter("allow_insecure").boolean(),
        Attribute::parameter("download_options").list(),
    ],
    relations: &[
        Relation::require("File", Rule::Ancestor("path")),
        Relation::require("File", Rule::Value("extract_path")),
    ],
    titles: Titles::Whole,
};
