//! The list of supported tags in a form that answers questions about file names quickly.

use super::interpreter::pairs;
use super::pair::{Pair, sees_free_threading};
use super::platform::{Unsupported, platform_tags};
use super::scan::Scan;
use super::table::NameTable;
use super::{Tag, TagRank, TagSet};
use crate::target::rules::Rules;
use crate::target::{NameRules, Target};

/// What a target's installer accepts, in order of preference; built once per target.
///
/// A list for one target has about a thousand tags, but they are the product of some thirty pairs of a python and an
/// ABI tag with some forty platform tags. Only these are kept; the position of a tag is the position of its pair's
/// first tag plus that of its platform.
///
/// ```
/// use wheelbase::tags::SupportedTags;
/// use wheelbase::target::{Target, TargetFormat};
///
/// let target = Target::from_text(
///     r#"{"machine": "x86_64", "libc": {"family": "glibc", "version": "2.36"}, "python": {"version": "3.12"},
///         "installer": {"name": "pip", "version": "26.3"}}"#,
///     TargetFormat::Json,
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
/// assert_eq!(why, ["needs glibc 2.39, the target has 2.36"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct SupportedTags {
    pythons: NameTable,
    abis: NameTable,
    platforms: NameTable,
    groups: Vec<Group>,
    /// For python tag times ABI tag, where the pair's tags start; `ABSENT` if they are not supported together.
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
    /// The tags that a target's installer accepts. Empty if the installer would not run there, see
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
        // A pair that comes twice keeps its better position.
        if let Some(start) =
            starts.get_mut(python as usize * self.abis.len() + abi as usize).filter(|start| **start == ABSENT)
        {
            *start = self.len;
        }
        self.groups.push(Group { python, abi, on_platforms: pair.on_platforms, start: self.len });
        let count = if pair.on_platforms { self.platforms.len() } else { 1 };
        self.len = self.len.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
    }

    /// The rules by which the target's installer reads file names.
    pub fn name_rules(&self) -> NameRules {
        self.name_rules
    }

    /// The target that these tags were made for.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Why the installer would not run on the target at all; there are no tags then.
    pub fn unsupported(&self) -> Option<&Unsupported> {
        self.unsupported.as_ref()
    }

    /// Whether the installer takes a free-threaded interpreter for one with the GIL, so that it would install wheels
    /// that cannot be loaded. Releases that are older than [`TagFamily::FreeThreaded`](super::TagFamily) do.
    pub fn mistakes_free_threading(&self) -> bool {
        let rules = Rules::of(&self.target.installer);
        self.target.python.is_free_threaded() && !sees_free_threading(&self.target.python, rules)
    }

    /// How many tags are supported.
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether nothing at all is supported.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The platform tags but `any`, most preferred first.
    pub fn platforms(&self) -> impl ExactSizeIterator<Item = &str> {
        self.platforms.names().iter().map(|name| &**name)
    }

    /// Best rank of any triple of the set; cheap, no allocation.
    ///
    /// The set fits if one of its triples is supported, and its rank is the best of them (packaging 26.3,
    /// `create_compatible_tags_selector`).
    pub fn rank(&self, tags: &TagSet) -> Option<TagRank> {
        let (abi, platform) = tags.starts();
        self.rank_text(tags.text().as_bytes(), 0, abi, platform)
    }

    /// Best rank of the three dotted parts at the end of a text: python tags from `python`, ABI tags from `abi` and
    /// platform tags from `platform` on, with one byte between them. They must be in lower case.
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
        // The best platform counts for every pair, so the product need not be walked.
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
        // No interpreter has more than a handful of ABI tags.
        let mut wanted = 0_u64;
        for member in abis {
            if let Some(index) = self.abis.index_of(member) {
                wanted |= 1_u64.checked_shl(index).unwrap_or(0);
            }
        }
        let mut best = ABSENT;
        for member in pythons {
            let Some(python) = self.pythons.index_of(member) else { continue };
            let row = python as usize * self.abis.len();
            let mut left = wanted;
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

    /// Whether some triple of the set is supported.
    pub fn supports(&self, tags: &TagSet) -> bool {
        self.rank(tags).is_some()
    }

    /// The tag at a rank. A rank of another list may lie beyond the end; the last tag stands for it then.
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

    /// All, most preferred first.
    pub fn iter(&self) -> impl Iterator<Item = Tag> + '_ {
        self.groups.iter().flat_map(move |group| {
            let count = if group.on_platforms { self.platforms.len() } else { 1 };
            (0..count as u32).map(move |platform| self.tag_in(group, platform))
        })
    }

    /// Whether a python tag and an ABI tag are supported together, with a platform or with `any`.
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
