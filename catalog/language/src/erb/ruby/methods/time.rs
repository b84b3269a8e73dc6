//! Times. Now is the time of the compile.

use std::rc::Rc;

use jiff::{Timestamp, Zoned, tz::TimeZone};

use super::{Answer, answer, argument};
use crate::erb::ruby::{
    interpreter::{Interpreter, Run, Stop},
    strftime,
    value::Value,
};

fn zoned(nanoseconds: i128, zone: TimeZone) -> Run<Zoned> {
    Timestamp::from_nanosecond(nanoseconds)
        .map(|timestamp| timestamp.to_zoned(zone))
        .map_err(|_| Stop::raise("RangeError", "time out of range"))
}

/// Functions of the class.
pub(super) fn class(ruby: &mut Interpreter<'_>, name: &str, arguments: &[Value]) -> Answer {
    let time = match (name, arguments) {
        ("now" | "new", []) => zoned(ruby.scope.now(), TimeZone::system())?,
        ("at", [Value::Integer(seconds)]) => {
            zoned(i128::from(*seconds) * 1_000_000_000, TimeZone::system())?
        }
        _ => return Ok(None),
    };
    answer(Value::Time(Rc::new(time)))
}

pub(super) fn call(
    ruby: &mut Interpreter<'_>,
    time: &Rc<Zoned>,
    name: &str,
    arguments: &[Value],
) -> Answer {
    let nanoseconds = time.timestamp().as_nanosecond();
    match (name, arguments) {
        ("strftime", [format]) => {
            let text = strftime::format(time, &argument::string(format)?)?;
            ruby.string(text).map(Some)
        }
        ("year", []) => answer(i64::from(time.year())),
        ("month" | "mon", []) => answer(i64::from(time.month())),
        ("day" | "mday", []) => answer(i64::from(time.day())),
        ("hour", []) => answer(i64::from(time.hour())),
        ("min", []) => answer(i64::from(time.minute())),
        ("sec", []) => answer(i64::from(time.second())),
        ("usec", []) => answer(i64::from(time.subsec_nanosecond() / 1000)),
        ("nsec", []) => answer(i64::from(time.subsec_nanosecond())),
        ("wday", []) => answer(i64::from(time.weekday().to_sunday_zero_offset())),
        ("yday", []) => answer(i64::from(time.day_of_year())),
        ("to_i", []) => answer(time.timestamp().as_second()),
        ("to_f", []) => answer(nanoseconds as f64 / 1e9),
        ("utc" | "gmtime" | "getutc" | "getgm", []) => {
            answer(Value::Time(Rc::new(zoned(nanoseconds, TimeZone::UTC)?)))
        }
        ("localtime" | "getlocal", []) => answer(Value::Time(Rc::new(zoned(
            nanoseconds,
            TimeZone::system(),
        )?))),
        ("iso8601" | "xmlschema", []) => {
            let is_utc = time.time_zone() == &TimeZone::UTC;
            let format = if is_utc {
                "%Y-%m-%dT%H:%M:%SZ"
            } else {
                "%Y-%m-%dT%H:%M:%S%:z"
            };
            answer(strftime::format(time, format)?)
        }
        ("to_s" | "inspect", []) => {
            let is_utc = time.time_zone() == &TimeZone::UTC;
            let format = if is_utc {
                "%Y-%m-%d %H:%M:%S UTC"
            } else {
                "%Y-%m-%d %H:%M:%S %z"
            };
            answer(strftime::format(time, format)?)
        }
        ("-", [Value::Time(other)]) => {
            let difference = nanoseconds - other.timestamp().as_nanosecond();
            answer(difference as f64 / 1e9)
        }
        ("+" | "-", [Value::Integer(seconds)]) => {
            let delta = i128::from(*seconds) * 1_000_000_000;
            let moved = if name == "+" {
                nanoseconds + delta
            } else {
                nanoseconds - delta
            };
            answer(Value::Time(Rc::new(zoned(
                moved,
                time.time_zone().clone(),
            )?)))
        }
        _ => Ok(None),
    }
}
