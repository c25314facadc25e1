//! Sets of version positions.

use std::fmt;

use pubgrub::VersionSet;

/// The position of a version among the versions of its project, oldest first. [`super::table`] defines the special
/// positions.
pub(super) type Position = u32;

/// A set of positions: sorted half-open intervals that neither touch nor overlap, so that equal sets are equal values.
///
/// pubgrub's own ranges cannot represent `==1.0` if `1.0+cpu` exists, or an arbitrary `===`. Therefore a requirement
/// becomes the set of existing versions that satisfy it, computed with
/// [`wheelbase_spec::version::SpecifierSet::contains`] for each version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PositionSet(Vec<(Position, Position)>);

/// The end of the last interval of a set without upper bound. It is larger than every position.
const END: Position = Position::MAX;

impl PositionSet {
    /// Returns the set of the positions of an ascending iterator.
    pub(super) fn from_ascending(positions: impl Iterator<Item = Position>) -> Self {
        let mut intervals: Vec<(Position, Position)> = Vec::new();
        for position in positions {
            match intervals.last_mut() {
                Some((_, end)) if *end == position => *end = position + 1,
                _ => intervals.push((position, position + 1)),
            }
        }
        Self(intervals)
    }

    /// Returns the only member, if the set has exactly one.
    pub(super) fn single(&self) -> Option<Position> {
        match self.0.as_slice() {
            [(start, end)] if end - start == 1 => Some(*start),
            _ => None,
        }
    }

    pub(super) fn has(&self, position: Position) -> bool {
        let after = self.0.partition_point(|(start, _)| *start <= position);
        after.checked_sub(1).and_then(|index| self.0.get(index)).is_some_and(|(_, end)| position < *end)
    }
}

impl fmt::Display for PositionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter()).finish()
    }
}

impl VersionSet for PositionSet {
    type V = Position;

    fn empty() -> Self {
        Self(Vec::new())
    }

    fn full() -> Self {
        Self(vec![(0, END)])
    }

    fn singleton(position: Position) -> Self {
        Self(vec![(position, position + 1)])
    }

    fn complement(&self) -> Self {
        let mut gaps = Vec::with_capacity(self.0.len() + 1);
        let mut from = 0;
        for &(start, end) in &self.0 {
            if from < start {
                gaps.push((from, start));
            }
            from = end;
        }
        if from < END {
            gaps.push((from, END));
        }
        Self(gaps)
    }

    fn intersection(&self, other: &Self) -> Self {
        let mut common = Vec::new();
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(&&(a_start, a_end)), Some(&&(b_start, b_end))) = (left.peek(), right.peek()) {
            let (start, end) = (a_start.max(b_start), a_end.min(b_end));
            if start < end {
                common.push((start, end));
            }
            if a_end <= b_end {
                left.next();
            } else {
                right.next();
            }
        }
        Self(common)
    }

    fn contains(&self, position: &Position) -> bool {
        self.has(*position)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set_of(bits: u32) -> PositionSet {
        PositionSet::from_ascending((0..32).filter(|bit| bits & (1 << bit) != 0))
    }

    proptest! {
        #[test]
        fn operations_agree_with_bit_sets(a: u32, b: u32) {
            let (left, right) = (set_of(a), set_of(b));
            prop_assert_eq!(left.intersection(&right), set_of(a & b));
            prop_assert_eq!(left.union(&right), set_of(a | b));
            prop_assert_eq!(&left.complement().complement(), &left);
            for bit in 0..32 {
                prop_assert_eq!(left.has(bit), a & (1 << bit) != 0);
                prop_assert_eq!(left.complement().has(bit), a & (1 << bit) == 0);
            }
            prop_assert_eq!(left.single().is_some(), a.count_ones() == 1);
        }
    }
}
