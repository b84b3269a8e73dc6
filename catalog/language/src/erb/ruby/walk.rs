//! How far a value is looked into. An array may stand in another one many times over, and so on
//! down: a few steps of a template make a value whose parts nobody can count.

use std::cell::Cell;

/// Where in a value one is, and what may still be met.
#[derive(Clone, Copy)]
pub(super) struct Walk<'a> {
    /// How many levels further down it may go.
    levels: usize,
    parts: &'a Cell<usize>,
}

impl<'a> Walk<'a> {
    /// A walk at the top of a value that may go `levels` down and meet as many parts as `parts`
    /// holds.
    pub(super) fn new(levels: usize, parts: &'a Cell<usize>) -> Self {
        Self { levels, parts }
    }

    /// The walk inside the part that was met; `None` where it has to end.
    pub(super) fn enter(self) -> Option<Self> {
        let parts = self.parts.get().checked_sub(1)?;
        self.parts.set(parts);
        let levels = self.levels.checked_sub(1)?;
        Some(Self { levels, ..self })
    }
}

/// How deep a comparison of two values is, and how many parts it has met.
#[derive(Clone, Copy, Default)]
struct Compared {
    levels: usize,
    parts: usize,
}

thread_local! {
    /// The comparison that is being made: that of a hash's keys, which the map of its entries
    /// makes, is part of the hash's.
    static COMPARED: Cell<Compared> = const { Cell::new(Compared { levels: 0, parts: 0 }) };
}

/// Goes back up when a comparison ends, in whatever way.
struct Level(Compared);

impl Drop for Level {
    fn drop(&mut self) {
        COMPARED.set(match self.0.levels {
            0 => Compared::default(),
            levels => Compared {
                levels,
                ..COMPARED.get()
            },
        });
    }
}

/// Compares what is inside of two values; `None` where they are nested deeper than `levels`, or
/// have more parts than `parts`.
pub(super) fn compare_inside<T>(
    levels: usize,
    parts: usize,
    compare: impl FnOnce() -> T,
) -> Option<T> {
    let outer = COMPARED.get();
    if outer.levels >= levels || outer.parts >= parts {
        return None;
    }
    let _level = Level(outer);
    COMPARED.set(Compared {
        levels: outer.levels + 1,
        parts: outer.parts + 1,
    });
    Some(compare())
}
