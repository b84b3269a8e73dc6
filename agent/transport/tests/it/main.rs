//! The client against TLS servers in this process.

mod enrolment;
mod faults;
mod server;
