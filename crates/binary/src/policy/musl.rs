//! musl: its policies ([PEP 656](https://peps.python.org/pep-0656/)) and the releases that export each symbol.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize, Serializer};

use crate::elf::Machine;

/// A musl release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MuslRelease {
    /// Major version.
    pub major: u32,
    /// Minor version.
    pub minor: u32,
    /// Patch.
    pub patch: u32,
}

impl fmt::Display for MuslRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl FromStr for MuslRelease {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('.').map(|part| part.parse::<u32>().map_err(drop));
        let mut next = || parts.next().unwrap_or(Err(()));
        let release = Self { major: next()?, minor: next()?, patch: next()? };
        if parts.next().is_some() { Err(()) } else { Ok(release) }
    }
}

impl Serialize for MuslRelease {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[derive(Deserialize)]
struct RawPolicies {
    policies: Vec<RawPolicy>,
    libraries: Vec<String>,
    libc_sonames: BTreeMap<String, String>,
    forbidden: BTreeMap<String, HashSet<String>>,
}

#[derive(Deserialize)]
struct RawPolicy {
    version: (u32, u32),
    machines: Vec<String>,
}

/// The musllinux policies, oldest first.
#[derive(Debug)]
pub struct MuslPolicies {
    policies: Vec<((u32, u32), Vec<Machine>)>,
    libraries: Vec<String>,
    libc_sonames: HashMap<Machine, String>,
    forbidden: BTreeMap<String, HashSet<String>>,
}

static POLICIES: LazyLock<MuslPolicies> = LazyLock::new(|| {
    let raw: Result<RawPolicies, _> = serde_json::from_str(wheelbase_data::policy::MUSLLINUX);
    let raw = raw.expect("the embedded table is held by a test");
    MuslPolicies {
        policies: raw.policies.iter().map(|one| (one.version, super::machines(&one.machines))).collect(),
        libraries: raw.libraries,
        libc_sonames: raw
            .libc_sonames
            .into_iter()
            .filter_map(|(machine, soname)| Some((Machine::from_name(&machine)?, soname)))
            .collect(),
        forbidden: raw.forbidden,
    }
});

impl MuslPolicies {
    /// The table of this crate.
    pub fn table() -> &'static Self {
        &POLICIES
    }

    /// The versions of the policies that a machine has, oldest first.
    pub fn versions(&self, machine: Machine) -> impl Iterator<Item = (u32, u32)> {
        self.policies
            .iter()
            .filter(move |(_, machines)| machines.contains(&machine))
            .map(|(version, _)| *version)
    }

    /// Whether a wheel may take a library from the system. Besides the listed ones that is every name the loader
    /// takes for libc itself: auditwheel 6.8.2 allows Alpine's name for it alone and so refuses wheels that were
    /// linked with another toolchain's `libc.so`, which load everywhere.
    pub fn allows(&self, soname: &str) -> bool {
        self.libraries.iter().any(|known| known == soname) || MuslSymbols::table().is_libc(soname)
    }

    /// Alpine's name for libc.
    pub fn libc_soname(&self, machine: Machine) -> Option<&str> {
        self.libc_sonames.get(&machine).map(String::as_str)
    }

    /// The symbols that are refused in files that need a library.
    pub fn forbidden(&self, soname: &str) -> Option<&HashSet<String>> {
        self.forbidden.get(soname)
    }
}

#[derive(Deserialize)]
struct RawSymbols {
    releases: Vec<String>,
    relr_since: String,
    ports_since: BTreeMap<String, String>,
    reserved_libraries: RawReserved,
    symbols: BTreeMap<String, Vec<String>>,
    large_file_aliases: RawNames,
    hidden: RawNames,
    time64: RawTime64,
    machines: BTreeMap<String, RawMachine>,
}

#[derive(Deserialize)]
struct RawReserved {
    prefixes: Vec<String>,
}

#[derive(Deserialize)]
struct RawNames {
    names: Vec<String>,
}

#[derive(Deserialize)]
struct RawTime64 {
    since: String,
    machines: Vec<String>,
    names: Vec<String>,
}

#[derive(Deserialize)]
struct RawMachine {
    missing: HashSet<String>,
    extra: HashSet<String>,
}

/// Which musl release first exports a symbol.
#[derive(Debug)]
pub struct MuslSymbols {
    releases: Vec<MuslRelease>,
    relr_since: MuslRelease,
    ports_since: HashMap<Machine, MuslRelease>,
    reserved: Vec<String>,
    first: HashMap<String, MuslRelease>,
    hidden: HashSet<String>,
    time64_since: MuslRelease,
    time64_machines: Vec<Machine>,
    time64: HashSet<String>,
    machines: HashMap<Machine, RawMachine>,
}

impl fmt::Debug for RawMachine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine").field("missing", &self.missing).field("extra", &self.extra).finish()
    }
}

static SYMBOLS: LazyLock<MuslSymbols> = LazyLock::new(|| {
    let raw = serde_json::from_str(wheelbase_data::MUSL_SYMBOLS);
    MuslSymbols::of(raw.expect("the embedded table is held by a test"))
        .expect("the embedded table is held by a test")
});

impl MuslSymbols {
    /// The table of this crate.
    pub fn table() -> &'static Self {
        &SYMBOLS
    }

    fn of(raw: RawSymbols) -> Result<Self, ()> {
        let releases: Vec<MuslRelease> =
            raw.releases.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
        let floor = *releases.first().ok_or(())?;
        let mut first = HashMap::new();
        for (release, names) in raw.symbols {
            let release = release.parse()?;
            first.extend(names.into_iter().map(|name| (name, release)));
        }
        // The loader resolves these in every release, whether or not libc exports them.
        first.extend(raw.large_file_aliases.names.into_iter().map(|name| (name, floor)));
        let machine = |name: &String| Machine::from_name(name).ok_or(());
        Ok(Self {
            relr_since: raw.relr_since.parse()?,
            ports_since: raw
                .ports_since
                .iter()
                .map(|(name, release)| Ok((machine(name)?, release.parse()?)))
                .collect::<Result<_, ()>>()?,
            reserved: raw.reserved_libraries.prefixes,
            first,
            hidden: raw.hidden.names.into_iter().collect(),
            time64_since: raw.time64.since.parse()?,
            time64_machines: super::machines(&raw.time64.machines),
            time64: raw.time64.names.into_iter().collect(),
            machines: raw
                .machines
                .into_iter()
                .map(|(name, one)| Ok((machine(&name)?, one)))
                .collect::<Result<_, ()>>()?,
            releases,
        })
    }

    /// The first release that exports a name on a machine; `None` if none does, or only old ones that leaked it.
    pub fn first(&self, machine: Machine, name: &str) -> Option<MuslRelease> {
        let special = self.machines.get(&machine);
        if special.is_some_and(|one| one.missing.contains(name)) {
            return None;
        }
        let port = self.port(machine);
        let found = if special.is_some_and(|one| one.extra.contains(name)) {
            Some(self.floor())
        } else if self.time64_machines.contains(&machine) && self.time64.contains(name) {
            Some(self.time64_since)
        } else {
            self.first.get(name).copied()
        };
        found.map(|release| release.max(port))
    }

    /// Whether releases before the oldest that counts today leaked a name that is gone since.
    pub fn is_hidden(&self, name: &str) -> bool {
        self.hidden.contains(name)
    }

    /// The first release for a machine.
    pub fn port(&self, machine: Machine) -> MuslRelease {
        self.ports_since.get(&machine).copied().unwrap_or(self.floor())
    }

    /// The oldest release the table knows; it stands for all before it too.
    pub fn floor(&self) -> MuslRelease {
        self.releases.first().copied().unwrap_or(self.relr_since)
    }

    /// The newest release the table knows.
    pub fn newest(&self) -> MuslRelease {
        self.releases.last().copied().unwrap_or(self.relr_since)
    }

    /// The first release whose loader applies `DT_RELR`; older ones skip it in silence, and the file crashes.
    pub fn relr_since(&self) -> MuslRelease {
        self.relr_since
    }

    /// Whether the loader takes a needed library for libc itself, in every release.
    pub fn is_libc(&self, soname: &str) -> bool {
        self.reserved.iter().any(|prefix| soname.starts_with(prefix.as_str()))
            || soname.starts_with("ld-musl-")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(machine: Machine, name: &str) -> Option<String> {
        MuslSymbols::table().first(machine, name).map(|release| release.to_string())
    }

    #[test]
    fn the_table_knows_its_releases_in_order() {
        let table = MuslSymbols::table();
        assert!(table.releases.is_sorted());
        assert!(table.first.values().all(|release| table.releases.contains(release)));
        assert!(table.first.len() > 1600, "{}", table.first.len());
        assert!(table.hidden.iter().all(|name| !table.first.contains_key(name)));
        assert_eq!(table.time64_machines, [Machine::I686, Machine::Armv7l]);
    }

    // musl 1.2.3 release notes and loader runs: 1.2.2 reports these two as missing, 1.2.3 does not.
    #[test]
    fn qsort_r_and_getname_came_with_1_2_3() {
        assert_eq!(first(Machine::X86_64, "qsort_r").as_deref(), Some("1.2.3"));
        assert_eq!(first(Machine::Aarch64, "pthread_getname_np").as_deref(), Some("1.2.3"));
        assert_eq!(first(Machine::X86_64, "__cxa_thread_atexit_impl"), None);
    }

    // musl 1.2.4 removed these from the exports but its loader still knows them.
    #[test]
    fn large_file_aliases_are_always_there() {
        assert_eq!(first(Machine::X86_64, "open64").as_deref(), Some("1.1.0"));
        assert_eq!(first(Machine::Armv7l, "fstat64").as_deref(), Some("1.1.0"));
    }

    #[test]
    fn machines_differ() {
        assert_eq!(first(Machine::X86_64, "arch_prctl").as_deref(), Some("1.1.0"));
        assert_eq!(first(Machine::Aarch64, "arch_prctl"), None);
        assert_eq!(first(Machine::Armv7l, "__aeabi_memcpy").as_deref(), Some("1.1.0"));
        assert_eq!(first(Machine::X86_64, "__aeabi_memcpy"), None);
        assert_eq!(first(Machine::I686, "__time64").as_deref(), Some("1.2.0"));
        assert_eq!(first(Machine::X86_64, "__time64"), None);
        assert_eq!(first(Machine::Loongarch64, "malloc").as_deref(), Some("1.2.5"));
    }

    #[test]
    fn the_loader_takes_libc_names_for_itself() {
        let table = MuslSymbols::table();
        for name in ["libc.so", "libc.so.6", "libc.musl-x86_64.so.1", "libm.so.6", "libpthread.so.0"] {
            assert!(table.is_libc(name), "{name}");
        }
        for name in ["libz.so.1", "libcrypto.so.3", "libmvec.so.1", "libstdc++.so.6"] {
            assert!(!table.is_libc(name), "{name}");
        }
        let policies = MuslPolicies::table();
        assert_eq!(policies.versions(Machine::X86_64).collect::<Vec<_>>(), [(1, 1), (1, 2)]);
        assert_eq!(policies.versions(Machine::Loongarch64).collect::<Vec<_>>(), [(1, 2)]);
        let named = Machine::ALL.into_iter().filter_map(|machine| policies.libc_soname(machine));
        assert!(named.clone().count() == 8 && named.clone().all(|soname| policies.allows(soname)));
    }
}
