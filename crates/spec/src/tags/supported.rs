//! The list of supported tags of a target, with a fast look-up for file names.

use super::interpreter::pairs;
use super::pair::Pair;
use super::platform::{Unsupported, platform_tags};
use super::scan::Scan;
use super::table::NameTable;
use super::{Tag, TagRank, TagSet};
use crate::target::rules::Rules;
use crate::target::{NameRules, Target};

/// The tags that a target's installer accepts, in order of preference. Build it once per target.
///
/// The list of one target has about a thousand tags: the product of about thirty pairs of a python and an ABI tag with
/// about forty platform tags. Only the factors are stored. The position of a tag is the position of the first tag of
/// its pair plus that of its platform.
///
/// ```
/// use wheelbase::tags::SupportedTags;
/// use wheelbase::image::{TargetFormat, parse_target};
///
/// let target = parse_target(
///     r#"{"machine": "x86_64", "libc": {"family": "glibc", "version": "2.36"}, "python": {"version": "3.12"},
///         "installer": {"name": "pip", "version": "26.3"}}"#,
///     TargetFormat::Json,
///     "target.json",
/// )?;
/// let supported = SupportedTags::of(&target);
/// assert_eq!(supported.len(), 987);
///
/// let fits: wheelbase::tags::TagSet = "cp311-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64".parse()?;
/// let rank = supported.rank(&fits).expect("fits");
/// assert_eq!(supported.tag(rank).to_string(), "cp311-abi3-manylinux_2_17_x86_64");
///
/// let too_new = "cp312-cp312-manylinux_2_39_x86_64".parse()?;
/// assert_eq!(supported.rank(&too_new), None);
/// let why: Vec<String> = supported.mismatch(&too_new).iter().map(ToString::to_string).collect();
/// assert_eq!(why, ["requires glibc 2.39, the target has 2.36"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct SupportedTags {
    pythons: NameTable,
    abis: NameTable,
    platforms: NameTable,
    groups: Vec<Group>,
    /// For each python tag and ABI tag, the position of the pair's first tag; `ABSENT` if the pair is not supported.
    on_platforms: Vec<u32>,
    on_any: Vec<u32>,
    len: u32,
    unsupported: Option<Unsupported>,
    target: Target,
    name_rules: NameRules,
}

const ABSENT: u32 = u32::MAX;

/// The tags of one pair.
#[derive(Clone, Copy, Debug)]
struct Group {
    python: u32,
    abi: u32,
    on_platforms: bool,
    start: u32,
}

impl SupportedTags {
    /// Returns the tags that a target's installer accepts. The list is empty if the installer does not run there, see
    /// [`unsupported`](Self::unsupported).
    pub fn of(target: &Target) -> Self {
        let rules = Rules::of(&target.installer);
        let (platforms, pairs, unsupported) = match platform_tags(target, rules) {
            Ok(platforms) => (platforms, pairs(&target.python, rules), None),
            Err(why) => (Vec::new(), Vec::new(), Some(why)),
        };
        let pythons = NameTable::new(pairs.iter().map(|pair| pair.python.clone()));
        let abis = NameTable::new(pairs.iter().map(|pair| pair.abi.clone()));
        let mut tags = Self {
            platforms: NameTable::new(platforms),
            groups: Vec::with_capacity(pairs.len()),
            on_platforms: vec![ABSENT; pythons.len() * abis.len()],
            on_any: vec![ABSENT; pythons.len() * abis.len()],
            len: 0,
            unsupported,
            target: target.clone(),
            name_rules: NameRules::of(&target.installer),
            pythons,
            abis,
        };
        for pair in &pairs {
            tags.push(pair);
        }
        tags
    }

    fn push(&mut self, pair: &Pair) {
        let indices =
            self.pythons.index_of(pair.python.as_bytes()).zip(self.abis.index_of(pair.abi.as_bytes()));
        let Some((python, abi)) = indices else { return };
        let starts = if pair.on_platforms { &mut self.on_platforms } else { &mut self.on_any };
        // A repeated pair keeps its better position.
        if let Some(start) =
            starts.get_mut(python as usize * self.abis.len() + abi as usize).filter(|start| **start == ABSENT)
        {
            *start = self.len;
        }
        self.groups.push(Group { python, abi, on_platforms: pair.on_platforms, start: self.len });
        let count = if pair.on_platforms { self.platforms.len() } else { 1 };
        self.len = self.len.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
    }

    /// Returns the rules by which the target's installer parses file names.
    pub fn name_rules(&self) -> NameRules {
        self.name_rules
    }

    /// Returns the target of these tags.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Returns why the installer does not run on the target at all, if it does not. The list is then empty.
    pub fn unsupported(&self) -> Option<&Unsupported> {
        self.unsupported.as_ref()
    }

    /// Returns the number of supported tags.
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Returns whether no tag is supported.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the platform tags except `any`, most preferred first.
    pub fn platforms(&self) -> impl ExactSizeIterator<Item = &str> {
        self.platforms.names().iter().map(|name| &**name)
    }

    /// Returns the best rank of any triple of the set; `None` if the set does not fit. Does not allocate.
    ///
    /// The set fits if one of its triples is supported, and its rank is the best of theirs (packaging 26.3,
    /// `create_compatible_tags_selector`).
    pub fn rank(&self, tags: &TagSet) -> Option<TagRank> {
        let (abi, platform) = tags.starts();
        self.rank_text(tags.text().as_bytes(), 0, abi, platform)
    }

    /// Returns the best rank of the three dotted parts at the end of a text: python tags start at `python`, ABI tags at
    /// `abi` and platform tags at `platform`, with one byte between the parts. The text must be lower case.
    pub(crate) fn rank_text(
        &self,
        text: &[u8],
        python: usize,
        abi: usize,
        platform: usize,
    ) -> Option<TagRank> {
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        match Scan::of(text) {
            Some(scan) => self.rank_scanned(text, &scan, python, abi, platform),
            None => self.rank_members(
                part(python, abi - 1).split(is_dot),
                part(abi, platform - 1).split(is_dot),
                part(platform, text.len()).split(is_dot),
            ),
        }
    }

    #[inline]
    pub(crate) fn rank_scanned(
        &self,
        text: &[u8],
        scan: &Scan,
        python: usize,
        abi: usize,
        platform: usize,
    ) -> Option<TagRank> {
        let members = |start: usize, end: usize| Members { text, scan, next: start, end, done: false };
        self.rank_members(members(python, abi - 1), members(abi, platform - 1), members(platform, text.len()))
    }

    #[inline]
    fn rank_members<'t>(
        &self,
        pythons: impl Iterator<Item = &'t [u8]>,
        abis: impl Iterator<Item = &'t [u8]>,
        platforms: impl Iterator<Item = &'t [u8]>,
    ) -> Option<TagRank> {
        // The best platform is the same for every pair, so the loop does not visit the product.
        let mut any = false;
        let mut best_platform = ABSENT;
        for member in platforms {
            if member == b"any" {
                any = true;
            } else if let Some(index) = self.platforms.index_of(member) {
                best_platform = best_platform.min(index);
            }
        }
        if !any && best_platform == ABSENT {
            return None;
        }
        // No interpreter has more than a few ABI tags.
        let mut expected = 0_u64;
        for member in abis {
            if let Some(index) = self.abis.index_of(member) {
                expected |= 1_u64.checked_shl(index).unwrap_or(0);
            }
        }
        let mut best = ABSENT;
        for member in pythons {
            let Some(python) = self.pythons.index_of(member) else { continue };
            let row = python as usize * self.abis.len();
            let mut left = expected;
            while left != 0 {
                let at = row + left.trailing_zeros() as usize;
                left &= left - 1;
                if best_platform != ABSENT
                    && let Some(&start) = self.on_platforms.get(at)
                {
                    best = best.min(start.saturating_add(best_platform));
                }
                if any && let Some(&start) = self.on_any.get(at) {
                    best = best.min(start);
                }
            }
        }
        (best != ABSENT).then_some(TagRank(best))
    }

    /// Returns whether a triple of the set is supported.
    pub fn supports(&self, tags: &TagSet) -> bool {
        self.rank(tags).is_some()
    }

    /// Returns the tag at a rank. For a rank beyond the end, which can only come from another list, it returns the last
    /// tag.
    pub fn tag(&self, rank: TagRank) -> Tag {
        let at = self.groups.partition_point(|group| group.start <= rank.0);
        let group = at.checked_sub(1).and_then(|at| self.groups.get(at));
        group.map_or_else(
            || Tag::new("none", "none", "none"),
            |group| self.tag_in(group, rank.0 - group.start),
        )
    }

    fn tag_in(&self, group: &Group, platform: u32) -> Tag {
        let platform = if group.on_platforms { self.platforms.name(platform) } else { "any" };
        Tag::new(self.pythons.name(group.python), self.abis.name(group.abi), platform)
    }

    /// Returns all tags, most preferred first.
    pub fn iter(&self) -> impl Iterator<Item = Tag> + '_ {
        self.groups.iter().flat_map(move |group| {
            let count = if group.on_platforms { self.platforms.len() } else { 1 };
            (0..count as u32).map(move |platform| self.tag_in(group, platform))
        })
    }

    /// Returns whether a pair of a python tag and an ABI tag is supported, with a platform or with `any`.
    pub(super) fn has_pair(&self, python: &str, abi: &str, any: bool) -> bool {
        let starts = if any { &self.on_any } else { &self.on_platforms };
        self.pythons
            .index_of(python.as_bytes())
            .zip(self.abis.index_of(abi.as_bytes()))
            .and_then(|(python, abi)| starts.get(python as usize * self.abis.len() + abi as usize))
            .is_some_and(|start| *start != ABSENT)
    }

    pub(super) fn has_platform(&self, platform: &str) -> bool {
        self.platforms.index_of(platform.as_bytes()).is_some()
    }
}

fn is_dot(byte: &u8) -> bool {
    *byte == b'.'
}

/// The members of a dotted part of a scanned text.
struct Members<'t, 's> {
    text: &'t [u8],
    scan: &'s Scan,
    next: usize,
    end: usize,
    done: bool,
}

impl<'t> Iterator for Members<'t, '_> {
    type Item = &'t [u8];

    #[inline]
    fn next(&mut self) -> Option<&'t [u8]> {
        if self.done {
            return None;
        }
        let end = self.scan.member_end(self.next, self.end);
        let member = self.text.get(self.next..end);
        self.next = end + 1;
        self.done = end >= self.end;
        member
    }
}
