//! What the captures of a talk hold while it runs.

use std::sync::Arc;

use super::program::{Program, Slot};

/// The captures of one run of a program. A clone is cheap: names are shared.
#[derive(Debug, Clone, Default)]
pub struct Captures {
    names: Arc<[String]>,
    values: Vec<Option<Vec<u8>>>,
    /// Slots in the order in which they were set, so that a failed match can be taken back.
    set: Vec<Slot>,
}

/// A moment to which captures can return: see [`Captures::mark`].
#[derive(Debug, Clone, Copy)]
pub struct Mark(usize);

impl Captures {
    /// The captures of `program`, its presets in place and everything else unset.
    #[must_use]
    pub fn of(program: &Program) -> Self {
        let mut captures = Self::named(program.captures.clone());
        for (slot, value) in &program.preset {
            captures.set(*slot, value.clone());
        }
        captures
    }

    /// Unset captures of these names; a [`Slot`] is an index into them.
    #[must_use]
    pub fn named(names: Vec<String>) -> Self {
        let values = vec![None; names.len()];
        Self { names: names.into(), values, set: Vec::new() }
    }

    /// The octets that a capture holds, if it is set.
    #[must_use]
    pub fn get(&self, slot: Slot) -> Option<&[u8]> {
        self.values.get(usize::from(slot.0))?.as_deref()
    }

    /// The name of a capture, without its `$`.
    #[must_use]
    pub fn name(&self, slot: Slot) -> &str {
        self.names.get(usize::from(slot.0)).map_or("?", String::as_str)
    }

    /// Sets a capture that was unset; one that is set keeps its value, for the first use captures and later uses compare.
    pub fn set(&mut self, slot: Slot, value: Vec<u8>) {
        let Some(place) = self.values.get_mut(usize::from(slot.0)) else { return };
        if place.is_none() {
            *place = Some(value);
            self.set.push(slot);
        }
    }

    /// The present moment, for [`rewind`](Self::rewind).
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark(self.set.len())
    }

    /// Unsets what was set since `mark`.
    pub fn rewind(&mut self, mark: Mark) {
        for slot in self.set.drain(mark.0.min(self.set.len())..) {
            self.values[usize::from(slot.0)] = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_stays_until_it_is_rewound() {
        let mut captures = Captures::named(vec!["a".into(), "b".into()]);
        captures.set(Slot(0), b"1".to_vec());
        let mark = captures.mark();
        captures.set(Slot(0), b"2".to_vec());
        captures.set(Slot(1), b"3".to_vec());
        captures.set(Slot(7), b"nowhere".to_vec());
        assert_eq!(captures.get(Slot(0)), Some(&b"1"[..]));
        assert_eq!(captures.get(Slot(1)), Some(&b"3"[..]));
        captures.rewind(mark);
        assert_eq!(captures.get(Slot(0)), Some(&b"1"[..]));
        assert_eq!(captures.get(Slot(1)), None);
        assert_eq!((captures.name(Slot(1)), captures.name(Slot(7))), ("b", "?"));
    }

    #[test]
    fn presets_are_set_from_the_start() {
        let program = Program {
            captures: vec!["key".into()],
            preset: vec![(Slot(0), b"ALL".to_vec())],
            ..Program::default()
        };
        assert_eq!(Captures::of(&program).get(Slot(0)), Some(&b"ALL"[..]));
    }
}
