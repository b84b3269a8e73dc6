//! As whom the agent runs: `identity`.

use ficelle_model::{Data, data::DataHash};
use ficelle_system::System;

use crate::{put, put_some};

pub(crate) fn gather(system: &System, facts: &mut DataHash) {
    let uid = rustix::process::geteuid().as_raw();
    let gid = rustix::process::getegid().as_raw();
    let mut identity = DataHash::default();
    put(&mut identity, "uid", i64::from(uid));
    put(&mut identity, "gid", i64::from(gid));
    let user = system.user_with_id(uid).ok().flatten();
    let group = system.group_with_id(gid).ok().flatten();
    put_some(&mut identity, "user", user.map(|user| user.name));
    put_some(&mut identity, "group", group.map(|group| group.name));
    put(&mut identity, "privileged", uid == 0);
    put(facts, "identity", Data::hash(identity));
}
