//! The manylinux policies ([PEP 513](https://peps.python.org/pep-0513/), 571, 599, 600), in the form of auditwheel.

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
/// A policy is identified by its index in that order. The index after the last one means "no policy", the plain `linux`
/// tag.
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

/// The rule of the policies for a version node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeRule {
    /// The policies do not restrict its namespace.
    NotListed,
    /// The policy at this index is the oldest that allows it.
    From(usize),
    /// No policy allows it.
    Nowhere,
}

static TABLE: LazyLock<GlibcPolicies> = LazyLock::new(|| {
    let raw = serde_json::from_str(wheelbase_data::policy::MANYLINUX);
    GlibcPolicies::of(raw.expect("a test checks the embedded table"))
});

impl GlibcPolicies {
    /// Returns the embedded table.
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

    /// Returns the number of policies, which is also the index that means "none".
    pub fn none(&self) -> usize {
        self.policies.len()
    }

    /// Returns the oldest policy of a machine.
    pub fn oldest(&self, machine: Machine) -> usize {
        self.policies.iter().position(|one| one.machines.contains(&machine)).unwrap_or(self.none())
    }

    /// Returns the first policy of a machine from an index on; "none" if there are no more. For example, ppc64 has only
    /// 2.17.
    pub fn at_least(&self, machine: Machine, place: usize) -> usize {
        let found = self.policies.iter().enumerate().skip(place);
        found
            .filter(|(_, one)| one.machines.contains(&machine))
            .map(|(at, _)| at)
            .next()
            .unwrap_or(self.none())
    }

    /// Returns the glibc version of a policy; `None` for "none".
    pub fn version(&self, place: usize) -> Option<(u32, u32)> {
        self.policies.get(place).map(|one| one.version)
    }

    /// Returns the platform tag of a policy: `manylinux_2_17_x86_64`, or `linux_x86_64` for none.
    pub fn tag(&self, place: usize, machine: Machine) -> String {
        match self.version(place) {
            Some((major, minor)) => format!("manylinux_{major}_{minor}_{machine}"),
            None => format!("linux_{machine}"),
        }
    }

    /// Returns the glibc version of a legacy name (`manylinux2014`: PEP 599).
    pub fn alias(&self, name: &str) -> Option<(u32, u32)> {
        self.policies.iter().find(|one| one.aliases.iter().any(|alias| alias == name)).map(|one| one.version)
    }

    /// Returns the newest policy that a glibc of this version supports (PEP 600: all up to its version).
    pub fn within(&self, version: (u32, u32)) -> Option<usize> {
        self.policies.iter().rposition(|one| one.version <= version)
    }

    /// Returns the newest policy that a tag of this version promises on a machine. In PEP 600 a tag may have any version;
    /// the newest policy up to that version applies.
    pub fn promised_by(&self, version: (u32, u32), machine: Machine) -> usize {
        self.within(version).unwrap_or_default().max(self.oldest(machine))
    }

    /// Returns the rule for a node such as `GLIBC_2.17`. The namespace ends at the first `_`, so that
    /// `GLIBC_ABI_DT_RELR` is version `ABI_DT_RELR` of `GLIBC` (auditwheel 6.8.2, `versioned_symbols_policy`).
    pub fn node(&self, machine: Machine, node: &str) -> NodeRule {
        let (space, version) = node.split_once('_').unwrap_or((node, ""));
        let Some(known) = self.nodes.get(&machine).and_then(|spaces| spaces.get(space)) else {
            return NodeRule::NotListed;
        };
        known.get(version).map_or(NodeRule::Nowhere, |&place| NodeRule::From(place))
    }

    /// Returns the oldest policy that allows a wheel to use a library of the system; "none" if no policy does.
    pub fn library(&self, soname: &str) -> usize {
        self.libraries.get(soname).copied().unwrap_or(self.none())
    }

    /// Returns the indices of the policies that allow more libraries than the one before.
    pub fn library_steps(&self) -> Vec<usize> {
        let mut steps: Vec<usize> = self.libraries.values().copied().collect();
        steps.sort_unstable();
        steps.dedup();
        steps
    }

    /// Returns whether a SONAME is one of the dynamic linker. Every system has it, and its nodes are not checked.
    pub fn is_dynamic_linker(&self, soname: &str) -> bool {
        self.linkers_containing.iter().any(|part| soname.contains(part.as_str()))
            || self.linkers.iter().any(|exact| exact == soname)
    }

    /// Returns the symbols that a file must not import if it requires a library, each with the newest policy that forbids
    /// it.
    pub fn forbidden(&self, soname: &str) -> Option<&HashMap<String, usize>> {
        self.forbidden.get(soname)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The nodes that the policy at `place` allows on a machine.
    fn allowed_nodes(table: &GlibcPolicies, machine: Machine, place: usize) -> BTreeSet<String> {
        let spaces = table.nodes.get(&machine).into_iter().flatten();
        let nodes = spaces.flat_map(|(space, nodes)| {
            let allowed = nodes.iter().filter(|&(_, &first)| first <= place);
            allowed.map(move |(version, _)| format!("{space}_{version}"))
        });
        nodes.collect()
    }

    /// The libraries that the policy at `place` allows.
    fn allowed_libraries(table: &GlibcPolicies, place: usize) -> BTreeSet<&str> {
        let allowed = table.libraries.iter().filter(|&(_, &first)| first <= place);
        allowed.map(|(library, _)| library.as_str()).collect()
    }

    fn place(version: (u32, u32)) -> usize {
        let table = GlibcPolicies::table();
        (0..table.none()).find(|&at| table.version(at) == Some(version)).expect("a known policy")
    }

    /// PEP 600: a glibc that supports a policy supports all older ones, so each policy must contain the older ones.
    #[test]
    fn each_newer_policy_contains_the_older() {
        let table = GlibcPolicies::table();
        assert_eq!(table.none(), 16);
        for at in 1..table.none() {
            assert!(table.version(at - 1) < table.version(at));
            for machine in Machine::ALL {
                let nodes = |at| allowed_nodes(table, machine, at);
                assert!(nodes(at - 1).is_subset(&nodes(at)), "{machine} {at}");
            }
            let libraries = |at| allowed_libraries(table, at);
            assert!(libraries(at - 1).is_subset(&libraries(at)), "{at}");
        }
        for machine in Machine::ALL {
            let oldest = table.oldest(machine);
            assert!(oldest < table.none(), "{machine}");
            // Except for ppc64, which was dropped, newer policies keep all machines.
            let last = table.at_least(machine, table.none() - 1);
            assert_eq!(last == table.none(), machine == Machine::Ppc64, "{machine}");
        }
    }

    /// The numeric nodes of a namespace are in the order of their versions; a mistake in the data would break it.
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
    fn library_lists_have_the_same_sizes_as_in_auditwheel() {
        let table = GlibcPolicies::table();
        let count = |version| allowed_libraries(table, place(version)).len();
        assert_eq!((count((2, 5)), count((2, 12)), count((2, 24)), count((2, 41))), (22, 23, 24, 24));
        assert_eq!(table.forbidden("libz.so.1").map(HashMap::len), Some(41));
        assert_eq!(table.forbidden("libc.so.6").map(HashMap::len), Some(6));
    }

    #[test]
    fn allowed_nodes_are_not_a_range_of_versions() {
        let table = GlibcPolicies::table();
        assert_eq!(table.node(Machine::I686, "GLIBC_2.2.5"), NodeRule::Nowhere);
        assert_eq!(table.node(Machine::X86_64, "GLIBC_2.2.5"), NodeRule::From(place((2, 5))));
        assert_eq!(table.node(Machine::Aarch64, "GLIBC_2.18"), NodeRule::From(place((2, 17))));
        assert_eq!(table.node(Machine::X86_64, "OPENSSL_3.0.0"), NodeRule::NotListed);
        assert_eq!(table.node(Machine::X86_64, "GLIBC_PRIVATE"), NodeRule::Nowhere);
        assert_eq!(table.node(Machine::X86_64, "GLIBC_ABI_DT_RELR"), NodeRule::From(place((2, 36))));
    }

    #[test]
    fn legacy_names_have_versions() {
        let table = GlibcPolicies::table();
        assert_eq!(table.alias("manylinux1"), Some((2, 5)));
        assert_eq!(table.alias("manylinux2014"), Some((2, 17)));
        assert_eq!(table.alias("manylinux2015"), None);
    }
}
