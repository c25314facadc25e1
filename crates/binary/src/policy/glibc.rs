//! The manylinux policies ([PEP 513](https://peps.python.org/pep-0513/), 571, 599, 600), as auditwheel keeps them.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::elf::Machine;

#[derive(Deserialize)]
struct Raw {
    policies: Vec<RawPolicy>,
    dynamic_linkers: RawLinkers,
    nodes: BTreeMap<String, BTreeMap<String, BTreeMap<String, Vec<String>>>>,
    libraries: BTreeMap<String, Vec<String>>,
    forbidden: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

#[derive(Deserialize)]
struct RawPolicy {
    version: (u32, u32),
    aliases: Vec<String>,
    machines: Vec<String>,
}

#[derive(Deserialize)]
struct RawLinkers {
    containing: Vec<String>,
    exact: Vec<String>,
}

/// All manylinux policies, oldest first.
///
/// Policies are spoken of by their place in that order; the place behind the last stands for "no policy", the plain
/// `linux` tag.
#[derive(Debug)]
pub struct GlibcPolicies {
    policies: Vec<Policy>,
    linkers_containing: Vec<String>,
    linkers: Vec<String>,
    nodes: HashMap<Machine, HashMap<String, HashMap<String, usize>>>,
    libraries: HashMap<String, usize>,
    forbidden: HashMap<String, HashMap<String, usize>>,
}

#[derive(Debug)]
struct Policy {
    version: (u32, u32),
    aliases: Vec<String>,
    machines: Vec<Machine>,
}

/// What the policies say of a version node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeRule {
    /// Its namespace belongs to no library that policies speak of.
    NotJudged,
    /// The policy at this place is the oldest that allows it.
    From(usize),
    /// No policy allows it.
    Nowhere,
}

static TABLE: LazyLock<GlibcPolicies> = LazyLock::new(|| {
    let raw = serde_json::from_str(wheelbase_data::policy::MANYLINUX);
    GlibcPolicies::of(raw.expect("the embedded table is held by a test"))
});

impl GlibcPolicies {
    /// The table of this crate.
    pub fn table() -> &'static Self {
        &TABLE
    }

    fn of(raw: Raw) -> Self {
        let names: Vec<String> =
            raw.policies.iter().map(|one| format!("{}.{}", one.version.0, one.version.1)).collect();
        let place = |name: &String| names.iter().position(|known| known == name).unwrap_or(names.len());
        let inverted = |by_policy: &BTreeMap<String, Vec<String>>| -> HashMap<String, usize> {
            let pairs = by_policy.iter().flat_map(|(policy, entries)| {
                entries.iter().map(move |entry| (entry.clone(), place(policy)))
            });
            pairs.collect()
        };
        let nodes = raw.nodes.iter().filter_map(|(machine, spaces)| {
            let spaces = spaces.iter().map(|(space, nodes)| (space.clone(), inverted(nodes))).collect();
            Some((Machine::from_name(machine)?, spaces))
        });
        Self {
            nodes: nodes.collect(),
            libraries: inverted(&raw.libraries),
            forbidden: raw.forbidden.iter().map(|(library, one)| (library.clone(), inverted(one))).collect(),
            linkers_containing: raw.dynamic_linkers.containing,
            linkers: raw.dynamic_linkers.exact,
            policies: raw
                .policies
                .into_iter()
                .map(|one| Policy {
                    version: one.version,
                    aliases: one.aliases,
                    machines: super::machines(&one.machines),
                })
                .collect(),
        }
    }

    /// How many policies there are; also the place that means "none".
    pub fn none(&self) -> usize {
        self.policies.len()
    }

    /// The oldest policy of a machine.
    pub fn oldest(&self, machine: Machine) -> usize {
        self.policies.iter().position(|one| one.machines.contains(&machine)).unwrap_or(self.none())
    }

    /// The policy at a place, if the machine has it, or the next that it has; else "none". ppc64, for one, has
    /// only 2.17.
    pub fn at_least(&self, machine: Machine, place: usize) -> usize {
        let found = self.policies.iter().enumerate().skip(place);
        found
            .filter(|(_, one)| one.machines.contains(&machine))
            .map(|(at, _)| at)
            .next()
            .unwrap_or(self.none())
    }

    /// The glibc version of a policy.
    pub fn version(&self, place: usize) -> Option<(u32, u32)> {
        self.policies.get(place).map(|one| one.version)
    }

    /// The platform tag of a policy: `manylinux_2_17_x86_64`, or `linux_x86_64` for none.
    pub fn tag(&self, place: usize, machine: Machine) -> String {
        match self.version(place) {
            Some((major, minor)) => format!("manylinux_{major}_{minor}_{machine}"),
            None => format!("linux_{machine}"),
        }
    }

    /// The glibc version that a legacy name stands for (`manylinux2014`: PEP 599).
    pub fn alias(&self, name: &str) -> Option<(u32, u32)> {
        self.policies.iter().find(|one| one.aliases.iter().any(|alias| alias == name)).map(|one| one.version)
    }

    /// The newest policy that a glibc of this version keeps (PEP 600: all up to its own).
    pub fn within(&self, version: (u32, u32)) -> Option<usize> {
        self.policies.iter().rposition(|one| one.version <= version)
    }

    /// The newest policy that a tag of this version promises on a machine. PEP 600 lets a tag name any version; it
    /// promises what the newest policy up to that version allows.
    pub fn promised_by(&self, version: (u32, u32), machine: Machine) -> usize {
        self.within(version).unwrap_or_default().max(self.oldest(machine))
    }

    /// What is said of a node such as `GLIBC_2.17`. The namespace ends at the first `_`, so that
    /// `GLIBC_ABI_DT_RELR` is version `ABI_DT_RELR` of `GLIBC` (auditwheel 6.8.2, `versioned_symbols_policy`).
    pub fn node(&self, machine: Machine, node: &str) -> NodeRule {
        let (space, version) = node.split_once('_').unwrap_or((node, ""));
        let Some(known) = self.nodes.get(&machine).and_then(|spaces| spaces.get(space)) else {
            return NodeRule::NotJudged;
        };
        known.get(version).map_or(NodeRule::Nowhere, |&place| NodeRule::From(place))
    }

    /// The oldest policy that lets a wheel take a library from the system; the place of "none" if no policy does.
    pub fn library(&self, soname: &str) -> usize {
        self.libraries.get(soname).copied().unwrap_or(self.none())
    }

    /// The places at which the list of allowed libraries grows.
    pub fn library_steps(&self) -> Vec<usize> {
        let mut steps: Vec<usize> = self.libraries.values().copied().collect();
        steps.sort_unstable();
        steps.dedup();
        steps
    }

    /// Whether a soname is the dynamic linker's, which every system has and whose nodes are not judged.
    pub fn is_dynamic_linker(&self, soname: &str) -> bool {
        self.linkers_containing.iter().any(|part| soname.contains(part.as_str()))
            || self.linkers.iter().any(|exact| exact == soname)
    }

    /// The symbols that are refused in files that need a library, each with the newest policy that refuses it.
    pub fn forbidden(&self, soname: &str) -> Option<&HashMap<String, usize>> {
        self.forbidden.get(soname)
    }

    /// All nodes that a policy allows on a machine.
    pub fn allowed_nodes(&self, machine: Machine, place: usize) -> impl Iterator<Item = String> + '_ {
        let spaces = self.nodes.get(&machine).into_iter().flatten();
        spaces.flat_map(move |(space, nodes)| {
            let allowed = nodes.iter().filter(move |&(_, &first)| first <= place);
            allowed.map(move |(version, _)| format!("{space}_{version}"))
        })
    }

    /// All libraries that a policy allows.
    pub fn allowed_libraries(&self, place: usize) -> impl Iterator<Item = &str> {
        self.libraries.iter().filter(move |&(_, &first)| first <= place).map(|(library, _)| library.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn place(version: (u32, u32)) -> usize {
        let table = GlibcPolicies::table();
        (0..table.none()).find(|&at| table.version(at) == Some(version)).expect("a known policy")
    }

    /// PEP 600: a glibc that keeps one policy keeps all older ones, so each must contain those before it.
    #[test]
    fn each_newer_policy_contains_the_older() {
        let table = GlibcPolicies::table();
        assert_eq!(table.none(), 16);
        for at in 1..table.none() {
            assert!(table.version(at - 1) < table.version(at));
            for machine in Machine::ALL {
                let nodes = |at| table.allowed_nodes(machine, at).collect::<BTreeSet<_>>();
                assert!(nodes(at - 1).is_subset(&nodes(at)), "{machine} {at}");
            }
            let libraries = |at| table.allowed_libraries(at).map(str::to_owned).collect::<BTreeSet<_>>();
            assert!(libraries(at - 1).is_subset(&libraries(at)), "{at}");
        }
        for machine in Machine::ALL {
            let oldest = table.oldest(machine);
            assert!(oldest < table.none(), "{machine}");
            // Apart from ppc64, which was dropped, no machine leaves once it came.
            let last = table.at_least(machine, table.none() - 1);
            assert_eq!(last == table.none(), machine == Machine::Ppc64, "{machine}");
        }
    }

    /// Numeric nodes of a namespace come in the order of their versions; a slip in the data would break it.
    #[test]
    fn newer_nodes_are_never_allowed_by_older_policies() {
        let table = GlibcPolicies::table();
        let number =
            |text: &str| -> Option<Vec<u32>> { text.split('.').map(|part| part.parse().ok()).collect() };
        for (machine, spaces) in &table.nodes {
            for (space, nodes) in spaces {
                let mut known: Vec<_> =
                    nodes.iter().filter_map(|(node, &at)| Some((number(node)?, at))).collect();
                known.sort_unstable();
                for pair in known.windows(2) {
                    assert!(pair[0].1 <= pair[1].1, "{machine} {space} {pair:?}");
                }
            }
        }
    }

    // Counts of the policy file of auditwheel 6.8.2, taken with its own loader.
    #[test]
    fn library_lists_have_the_sizes_that_auditwheel_has() {
        let table = GlibcPolicies::table();
        let count = |version| table.allowed_libraries(place(version)).count();
        assert_eq!((count((2, 5)), count((2, 12)), count((2, 24)), count((2, 41))), (22, 23, 24, 24));
        assert_eq!(table.forbidden("libz.so.1").map(HashMap::len), Some(41));
        assert_eq!(table.forbidden("libc.so.6").map(HashMap::len), Some(6));
    }

    #[test]
    fn membership_has_holes_that_an_order_would_miss() {
        let table = GlibcPolicies::table();
        assert_eq!(table.node(Machine::I686, "GLIBC_2.2.5"), NodeRule::Nowhere);
        assert_eq!(table.node(Machine::X86_64, "GLIBC_2.2.5"), NodeRule::From(place((2, 5))));
        assert_eq!(table.node(Machine::Aarch64, "GLIBC_2.18"), NodeRule::From(place((2, 17))));
        assert_eq!(table.node(Machine::X86_64, "OPENSSL_3.0.0"), NodeRule::NotJudged);
        assert_eq!(table.node(Machine::X86_64, "GLIBC_PRIVATE"), NodeRule::Nowhere);
        assert_eq!(table.node(Machine::X86_64, "GLIBC_ABI_DT_RELR"), NodeRule::From(place((2, 36))));
    }

    #[test]
    fn legacy_names_stand_for_versions() {
        let table = GlibcPolicies::table();
        assert_eq!(table.alias("manylinux1"), Some((2, 5)));
        assert_eq!(table.alias("manylinux2014"), Some((2, 17)));
        assert_eq!(table.alias("manylinux2015"), None);
    }
}
