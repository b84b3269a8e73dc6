//! Random input against everything that reads text: libFuzzer's own loop, led by coverage. What
//! an input may not do is checked here: panic, work for more than a second, or take more than
//! 200 MB.
//!
//! `tests/fuzz/run` builds it and tells what to do by `FUZZ_TARGET`.
#![no_main]

mod budget;
mod target;

use std::sync::OnceLock;

use budget::Budget;
use target::Target;

static TARGET: OnceLock<Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(
    init: {
        let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
        let target = Target::named(&name)
            .unwrap_or_else(|| panic!("FUZZ_TARGET={name:?}, but there is: {}", target::names()));
        assert!(TARGET.set(target).is_ok(), "it is set once");
    },
    |data: &[u8]| {
        let Ok(text) = std::str::from_utf8(data) else {
            return;
        };
        let target = TARGET.get().expect("it was set before the first input");
        let budget = Budget::start();
        target.run(text);
        budget.check();
    }
);
