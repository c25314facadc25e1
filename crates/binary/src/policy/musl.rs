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
    #[cfg_attr(not(test), expect(dead_code, reason = "a test compares it with the libraries"))]
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
    #[cfg(test)]
    libc_sonames: HashMap<Machine, String>,
    forbidden: BTreeMap<String, HashSet<String>>,
}

static POLICIES: LazyLock<MuslPolicies> = LazyLock::new(|| {
    let raw: Result<RawPolicies, _> = serde_json::from_str(wheelbase_data::policy::MUSLLINUX);
    let raw = raw.expect("the embedded table is held by a test");
    MuslPolicies {
        policies: raw.policies.iter().map(|one| (one.version, super::machines(&one.machines))).collect(),
        libraries: raw.libraries,
        #[cfg(test)]
        libc_sonames: raw
            .libc_sonames
            .into_iter()
            .filter_map(|(machine, soname)| Some((Machine::from_name(&machine)?, soname)))
            .collect(),
        forbidden: raw.forbidden,
    }
});

impl MuslPolicies {
    /// Returns the embedded table.
    pub fn table() -> &'static Self {
        &POLICIES
    }

    /// Returns the versions of the policies of a machine, oldest first.
    pub fn versions(&self, machine: Machine) -> impl Iterator<Item = (u32, u32)> {
        self.policies
            .iter()
            .filter(move |(_, machines)| machines.contains(&machine))
            .map(|(version, _)| *version)
    }

    /// Returns whether a wheel may use a library of the system: a listed one, or any name of libc. auditwheel 6.8.2 allows
    /// only the name that Alpine uses for libc. It rejects wheels that were linked with the `libc.so` of another toolchain,
    /// but they load everywhere.
    pub fn allows(&self, soname: &str) -> bool {
        self.libraries.iter().any(|known| known == soname) || MuslSymbols::table().is_libc(soname)
    }

    /// Returns the symbols that a file must not import if it requires a library.
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

/// The first musl release that exports each symbol.
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
    /// Returns the embedded table.
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
        // The loader resolves these in every release, even if libc does not export them.
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

    /// Returns the first release that exports a name on a machine; `None` if no release does, or only old ones by mistake.
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

    /// Returns whether only releases before the oldest supported one exported a name, by mistake.
    pub fn is_hidden(&self, name: &str) -> bool {
        self.hidden.contains(name)
    }

    /// Returns the first release that supports a machine.
    pub fn port(&self, machine: Machine) -> MuslRelease {
        self.ports_since.get(&machine).copied().unwrap_or(self.floor())
    }

    /// Returns the oldest release of the table; it also represents all releases before it.
    pub fn floor(&self) -> MuslRelease {
        self.releases.first().copied().unwrap_or(self.relr_since)
    }

    /// Returns the newest release of the table.
    pub fn newest(&self) -> MuslRelease {
        self.releases.last().copied().unwrap_or(self.relr_since)
    }

    /// Returns the first release that supports `DT_RELR`. Older ones ignore it without a warning, and the file crashes.
    pub fn relr_since(&self) -> MuslRelease {
        self.relr_since
    }

    /// Returns whether the loader of every release resolves a required library to libc itself.
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
    fn releases_are_sorted_and_complete() {
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

    // musl 1.2.4 removed these from the exports, but its loader still resolves them.
    #[test]
    fn large_file_aliases_are_in_every_release() {
        assert_eq!(first(Machine::X86_64, "open64").as_deref(), Some("1.1.0"));
        assert_eq!(first(Machine::Armv7l, "fstat64").as_deref(), Some("1.1.0"));
    }

    #[test]
    fn symbols_depend_on_the_machine() {
        assert_eq!(first(Machine::X86_64, "arch_prctl").as_deref(), Some("1.1.0"));
        assert_eq!(first(Machine::Aarch64, "arch_prctl"), None);
        assert_eq!(first(Machine::Armv7l, "__aeabi_memcpy").as_deref(), Some("1.1.0"));
        assert_eq!(first(Machine::X86_64, "__aeabi_memcpy"), None);
        assert_eq!(first(Machine::I686, "__time64").as_deref(), Some("1.2.0"));
        assert_eq!(first(Machine::X86_64, "__time64"), None);
        assert_eq!(first(Machine::Loongarch64, "malloc").as_deref(), Some("1.2.5"));
    }

    #[test]
    fn libc_names_resolve_to_libc_itself() {
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
        assert_eq!(policies.libc_sonames.len(), 8);
        assert!(policies.libc_sonames.values().all(|soname| policies.allows(soname)));
    }
}
