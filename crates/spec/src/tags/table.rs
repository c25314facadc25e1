//! A list of short names with a fast look-up of positions.

/// Names with an open-addressing index.
#[derive(Clone, Debug)]
pub(super) struct NameTable {
    names: Vec<Box<str>>,
    /// The slots contain the keys of the names, so that a look-up touches one cache line.
    slots: Box<[Slot]>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    key: Key,
    index: u32,
}

const EMPTY: u32 = u32::MAX;

/// The length of a name and up to 24 of its bytes: the first eight, the next eight and the last eight. Names of at most
/// 24 bytes are equal if and only if their keys are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    first: u64,
    middle: u64,
    last: u64,
    len: u32,
}

const KEY_COVERS: usize = 24;

impl Key {
    #[inline]
    fn of(name: &[u8]) -> Self {
        let len = name.len() as u32;
        if let (Some(first), Some(last)) = (name.first_chunk::<8>(), name.last_chunk::<8>()) {
            let middle = name.get(8..).and_then(|rest| rest.first_chunk::<8>());
            return Self {
                first: u64::from_le_bytes(*first),
                middle: middle.map_or(0, |middle| u64::from_le_bytes(*middle)),
                last: u64::from_le_bytes(*last),
                len,
            };
        }
        let first = match (name.first_chunk::<4>(), name.last_chunk::<4>()) {
            (Some(first), Some(last)) => {
                u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
            }
            _ => name.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        };
        Self { first, middle: 0, last: 0, len }
    }

    #[inline]
    fn hash(&self) -> usize {
        let mixed =
            self.first ^ self.middle.rotate_left(29) ^ self.last.rotate_left(17) ^ u64::from(self.len);
        // The multiplier of Fibonacci hashing; the upper half of the product is well mixed.
        (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as usize
    }
}

impl NameTable {
    /// Returns a table of these names. A repeated name keeps its first position.
    pub(super) fn new(names: impl IntoIterator<Item = String>) -> Self {
        let names: Vec<String> = names.into_iter().collect();
        let empty = Slot { key: Key { first: 0, middle: 0, last: 0, len: u32::MAX }, index: EMPTY };
        // At most a quarter full, so that a miss usually finds an empty slot at once.
        let mut table = Self {
            names: Vec::with_capacity(names.len()),
            slots: vec![empty; (names.len() * 4).next_power_of_two().max(4)].into_boxed_slice(),
        };
        for name in names {
            if table.index_of(name.as_bytes()).is_none() {
                table.insert(name);
            }
        }
        table
    }

    fn insert(&mut self, name: String) {
        let key = Key::of(name.as_bytes());
        let mask = self.slots.len() - 1;
        let mut at = key.hash();
        while let Some(slot) = self.slots.get_mut(at & mask) {
            if slot.index == EMPTY {
                *slot = Slot { key, index: u32::try_from(self.names.len()).unwrap_or(EMPTY) };
                break;
            }
            at += 1;
        }
        self.names.push(name.into_boxed_str());
    }

    #[inline]
    pub(super) fn index_of(&self, name: &[u8]) -> Option<u32> {
        let key = Key::of(name);
        let mut at = key.hash();
        loop {
            let slot = self.slots.get(at & (self.slots.len() - 1))?;
            if slot.index == EMPTY {
                return None;
            }
            if slot.key == key && (name.len() <= KEY_COVERS || self.name(slot.index).as_bytes() == name) {
                return Some(slot.index);
            }
            at += 1;
        }
    }

    pub(super) fn names(&self) -> &[Box<str>] {
        &self.names
    }

    pub(super) fn name(&self, index: u32) -> &str {
        self.names.get(index as usize).map_or("", |name| name)
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_and_nothing_else() {
        let names: Vec<String> = (0..300)
            .flat_map(|n| {
                [format!("manylinux_2_{n}_x86_64"), format!("manylinux_2_{n}_loongarch64"), format!("cp3{n}")]
            })
            .collect();
        let table = NameTable::new(names.clone());
        for (index, name) in names.iter().enumerate() {
            assert_eq!(table.index_of(name.as_bytes()), Some(index as u32));
            for other in
                [format!("{name}x"), format!("x{name}"), name.replace('3', "x3"), name.to_uppercase()]
            {
                let expected = names.iter().position(|known| *known == other).map(|at| at as u32);
                assert_eq!(table.index_of(other.as_bytes()), expected, "{other}");
            }
        }
        assert_eq!(table.index_of(b""), None);
        assert_eq!(NameTable::new([]).index_of(b"any"), None);
    }

    #[test]
    fn long_names_may_differ_in_bytes_outside_the_key() {
        let name = |filling: char| format!("0123456789abcdef{filling}89abcdef");
        let table = NameTable::new([name('x'), name('y')]);
        assert_eq!(table.index_of(name('y').as_bytes()), Some(1));
        assert_eq!(table.index_of(name('z').as_bytes()), None);
    }
}
