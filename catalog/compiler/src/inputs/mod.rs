//! Ways to read the world: the disk, memory for tests, and the recorder that goes in front of
//! either of them.

mod command;
mod disk;
mod memory;
mod record;

pub use disk::DiskInputs;
pub use memory::MemoryInputs;
pub use record::{Read, ReadSet, Recorder};
