//! The pool and its processes, spoken to as the compiler does. Where no Ruby with Puppet's library
//! is installed these tests say so and pass; `tests/setup` installs it.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod site;

use std::{
    thread,
    time::{Duration, Instant},
};

use ficelle_model::ruby::{Ruby as _, RubyError};
use ficelle_ruby::{Pool, Settings};
use serde_json::json;
use site::{Site, call, call_in_vain, done, pool};

#[test]
fn a_function_asks_and_answers() {
    let Some(pool) = pool(Settings::default()) else {
        return;
    };
    let site = Site::new().function(
        "hello",
        "def hello(name) \"#{closure_scope['greeting']}, #{name}\" end",
    );
    let mut session = pool.session(&site.environment, None).unwrap();
    let question = call(&mut *session, "hello", json!(["you"]));
    assert_eq!(question["what"], "variable");
    assert_eq!(question["name"], "greeting");
    let answer = json!({"do": "answer", "answer": ["good day"]});
    let done = done(&mut *session, &answer);
    assert_eq!(done["value"], "good day, you");
    let path = done["news"][0][0].as_str().unwrap();
    assert!(path.ends_with("functions/m/hello.rb"), "{path}");
}

#[test]
fn what_a_function_prints_and_reads_is_no_message() {
    let Some(pool) = pool(Settings::default()) else {
        return;
    };
    let body = "def noisy() puts 'noise'; $stdout.write(\"\\0\\0\\0\\2{}\"); system('echo loud'); \
                [STDIN.read, $stdin.gets] end";
    let site = Site::new().function("noisy", body);
    let mut session = pool.session(&site.environment, None).unwrap();
    let done = call(&mut *session, "noisy", json!([]));
    assert_eq!(done["value"], json!(["a", "", null]));
}

#[test]
fn a_function_that_does_not_end_is_ended_and_the_next_call_works() {
    let settings = Settings {
        timeout: Duration::from_secs(5),
        ..Settings::default()
    };
    let Some(pool) = pool(settings) else {
        return;
    };
    let site = Site::new()
        .function("hang", "def hang() loop { sleep } end")
        .function("fine", "def fine() 1 end");
    let mut session = pool.session(&site.environment, None).unwrap();
    let error = call_in_vain(&mut *session, "hang");
    assert_eq!(error, RubyError::Deadline(Duration::from_secs(5)));
    // The session is over; whoever goes on with it is told the same.
    assert_eq!(call_in_vain(&mut *session, "fine"), error);
    drop(session);
    let mut session = pool.session(&site.environment, None).unwrap();
    assert_eq!(call(&mut *session, "fine", json!([]))["value"], 1);
}

#[test]
fn the_deadline_of_the_compile_counts_too() {
    let Some(pool) = pool(Settings::default()) else {
        return;
    };
    let site = Site::new().function("hang", "def hang() loop {} end");
    drop(pool.session(&site.environment, None).unwrap());
    let soon = Instant::now() + Duration::from_millis(300);
    let mut session = pool.session(&site.environment, Some(soon)).unwrap();
    assert_eq!(call_in_vain(&mut *session, "hang"), RubyError::OutOfTime);
}

#[test]
fn a_process_that_dies_takes_nothing_with_it() {
    let Some(pool) = pool(Settings::default()) else {
        return;
    };
    let site = Site::new()
        .function("die", "def die() Process.kill(:KILL, Process.pid) end")
        .function("leave", "def leave() exit(3) end")
        .function("fine", "def fine() 1 end");
    let mut session = pool.session(&site.environment, None).unwrap();
    let error = call_in_vain(&mut *session, "die");
    assert!(
        matches!(&error, RubyError::Died(how) if how.contains("signal: 9")),
        "{error:?}"
    );
    drop(session);
    let mut session = pool.session(&site.environment, None).unwrap();
    assert_eq!(call(&mut *session, "leave", json!([]))["is"], "failed");
    drop(session);
    let mut session = pool.session(&site.environment, None).unwrap();
    assert_eq!(call(&mut *session, "fine", json!([]))["value"], 1);
}

#[test]
fn memory_is_bounded() {
    let settings = Settings {
        memory: 768 << 20,
        ..Settings::default()
    };
    let Some(pool) = pool(settings) else {
        return;
    };
    let site = Site::new().function("eat", "def eat() 'x' * (4 << 30) end");
    let mut session = pool.session(&site.environment, None).unwrap();
    let failed = call(&mut *session, "eat", json!([]));
    assert_eq!(failed["message"], "failed to allocate memory");
    assert_eq!(failed["over"], true);
}

#[test]
fn without_ruby_the_message_says_what_to_install() {
    let pool = Pool::new(Settings {
        program: "/nowhere/ruby".into(),
        ..Settings::default()
    });
    let site = Site::new();
    let error = pool
        .session(&site.environment, None)
        .map(|_| ())
        .unwrap_err();
    let text = error.to_string();
    assert!(text.contains("there is no /nowhere/ruby"), "{text}");
    assert!(
        text.contains("install the package 'puppet-agent'"),
        "{text}"
    );
}

#[test]
fn a_ruby_without_the_library_is_told_apart() {
    if pool(Settings::default()).is_none() {
        return;
    }
    let site = Site::new();
    let broken = site.file(
        "lib/puppet.rb",
        "raise LoadError, 'cannot load such file -- puppet'",
    );
    let library = broken.parent().unwrap();
    let program = site.program(&format!(
        "#!/bin/sh\nexec env RUBYLIB={library} ruby \"$@\"\n"
    ));
    let pool = Pool::new(Settings {
        program: program.into(),
        ..Settings::default()
    });
    let error = pool
        .session(&site.environment, None)
        .map(|_| ())
        .unwrap_err();
    assert!(
        matches!(&error, RubyError::NoLibrary { reason, .. } if reason.contains("-- puppet")),
        "{error:?}"
    );
}

#[test]
fn environments_do_not_see_each_other() {
    let Some(pool) = pool(Settings::default()) else {
        return;
    };
    let body =
        |version: &str| format!("def version() $seen = [*$seen, '{version}']; $seen.join(',') end");
    let one = Site::new().function("version", &body("one"));
    let two = Site::new().function("version", &body("two"));
    for _ in 0..2 {
        let mut first = pool.session(&one.environment, None).unwrap();
        let mut second = pool.session(&two.environment, None).unwrap();
        let left = call(&mut *first, "version", json!([]));
        let right = call(&mut *second, "version", json!([]));
        for (answer, own) in [(left, "one"), (right, "two")] {
            let seen = answer["value"].as_str().unwrap().to_owned();
            assert!(seen.split(',').all(|version| version == own), "{seen}");
        }
    }
}

#[test]
fn many_compiles_share_few_processes() {
    let settings = Settings {
        processes: 2,
        ..Settings::default()
    };
    let Some(pool) = pool(settings) else {
        return;
    };
    let site = Site::new().function("twice", "def twice(x) x * 2 end");
    thread::scope(|scope| {
        let work: Vec<_> = (0..6_i64)
            .map(|number| {
                let (pool, site) = (&pool, &site);
                scope.spawn(move || {
                    let mut session = pool.session(&site.environment, None).unwrap();
                    call(&mut *session, "twice", json!([number]))["value"].as_i64()
                })
            })
            .collect();
        for (number, done) in (0..).zip(work) {
            assert_eq!(done.join().unwrap(), Some(number * 2));
        }
    });
}
