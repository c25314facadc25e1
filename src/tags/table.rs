//! A set of short names that answers quickly where a name stands.

/// Names with an open-addressing index over them. Names are compared byte by byte, so a bad hash costs time only.
#[derive(Clone, Debug)]
pub(super) struct NameTable {
    names: Vec<Box<str>>,
    slots: Box<[u16]>,
}

const EMPTY: u16 = u16::MAX;

impl NameTable {
    /// A table of these names; a repeated name keeps its first position. Names past the index's range are dropped,
    /// which no target comes near to.
    pub(super) fn new(names: impl IntoIterator<Item = String>) -> Self {
        let mut all: Vec<Box<str>> = Vec::new();
        for name in names {
            if all.len() < usize::from(EMPTY) && !all.iter().any(|known| **known == *name) {
                all.push(name.into_boxed_str());
            }
        }
        // At most a quarter full, so that a miss usually meets an empty slot at once.
        let mut slots = vec![EMPTY; (all.len() * 4).next_power_of_two().max(4)].into_boxed_slice();
        for (index, name) in all.iter().enumerate() {
            let mut at = hash(name.as_bytes());
            while let Some(slot) = slots.get_mut(at & (slots.len() - 1)) {
                if *slot == EMPTY {
                    *slot = u16::try_from(index).unwrap_or(EMPTY);
                    break;
                }
                at += 1;
            }
        }
        Self { names: all, slots }
    }

    #[inline]
    pub(super) fn index_of(&self, name: &[u8]) -> Option<usize> {
        let mut at = hash(name);
        loop {
            let slot = *self.slots.get(at & (self.slots.len() - 1))?;
            if slot == EMPTY {
                return None;
            }
            let index = usize::from(slot);
            if self.names.get(index)?.as_bytes() == name {
                return Some(index);
            }
            at += 1;
        }
    }

    pub(super) fn names(&self) -> &[Box<str>] {
        &self.names
    }

    pub(super) fn name(&self, index: usize) -> &str {
        self.names.get(index).map_or("", |name| name)
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }
}

/// Mixes the ends, the middle and the length of a name; platform tags differ in exactly these places.
#[inline]
fn hash(name: &[u8]) -> usize {
    let mut mixed = name.len() as u64;
    if let (Some(first), Some(last)) = (name.first_chunk::<8>(), name.last_chunk::<8>()) {
        mixed ^= u64::from_le_bytes(*first).rotate_left(7) ^ u64::from_le_bytes(*last);
        if let Some(middle) = name.get(8..).and_then(|rest| rest.first_chunk::<8>()) {
            mixed ^= u64::from_le_bytes(*middle).rotate_left(31);
        }
    } else if let (Some(first), Some(last)) = (name.first_chunk::<4>(), name.last_chunk::<4>()) {
        mixed ^= u64::from(u32::from_le_bytes(*first)) << 32 ^ u64::from(u32::from_le_bytes(*last)) << 5;
    } else {
        for &byte in name {
            mixed = mixed << 8 ^ u64::from(byte);
        }
    }
    // The multiplier of Fibonacci hashing; the upper half of the product is the well mixed one.
    (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_and_nothing_else() {
        let names: Vec<String> = (0..300)
            .map(|n| format!("manylinux_2_{n}_x86_64"))
            .chain((0..40).map(|n| format!("cp3{n}")))
            .collect();
        let table = NameTable::new(names.clone());
        for (index, name) in names.iter().enumerate() {
            assert_eq!(table.index_of(name.as_bytes()), Some(index));
            assert_eq!(table.index_of(format!("{name}x").as_bytes()), None);
        }
        assert_eq!(table.index_of(b""), None);
        assert_eq!(NameTable::new([]).index_of(b"any"), None);
    }
}
