//! Files that loaders and kernels reject.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::elf::Machine;

#[derive(Deserialize)]
struct Raw {
    executable_stack: RawStack,
    large_pages: RawPages,
    accelerators: RawAccelerators,
}

#[derive(Deserialize)]
struct RawStack {
    refused_by_glibc_since: (u32, u32),
    machines_where_unsaid_means_executable: Vec<String>,
}

#[derive(Deserialize)]
struct RawPages {
    machines: Vec<String>,
    bytes: u64,
}

#[derive(Deserialize)]
struct RawAccelerators {
    machines: BTreeMap<String, String>,
}

/// Facts about loaders and kernels.
#[derive(Debug)]
pub struct LoaderFacts {
    /// The first glibc that rejects a library that requires an executable stack.
    pub stack_refused_since: (u32, u32),
    /// The machines on which a file without `PT_GNU_STACK` requires an executable stack.
    pub stack_unsaid_is_executable: Vec<Machine>,
    /// Machines whose kernels may use large pages.
    pub large_page_machines: Vec<Machine>,
    /// The size of those pages in bytes.
    pub large_page: u64,
    /// The names of accelerators by `e_machine`; CPUs do not run their code.
    pub accelerators: BTreeMap<u16, String>,
}

static FACTS: LazyLock<LoaderFacts> = LazyLock::new(|| {
    let raw: Result<Raw, _> = serde_json::from_str(wheelbase_data::policy::LOADERS);
    let raw = raw.expect("a test checks the embedded table");
    LoaderFacts {
        stack_refused_since: raw.executable_stack.refused_by_glibc_since,
        stack_unsaid_is_executable: super::machines(
            &raw.executable_stack.machines_where_unsaid_means_executable,
        ),
        large_page_machines: super::machines(&raw.large_pages.machines),
        large_page: raw.large_pages.bytes,
        accelerators: raw
            .accelerators
            .machines
            .into_iter()
            .filter_map(|(number, name)| Some((number.parse().ok()?, name)))
            .collect(),
    }
});

/// Returns the embedded facts.
pub fn loader_facts() -> &'static LoaderFacts {
    &FACTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_machine_of_the_data_is_supported() {
        let facts = loader_facts();
        assert_eq!((facts.stack_unsaid_is_executable.len(), facts.large_page_machines.len()), (2, 3));
        assert_eq!(facts.accelerators.len(), 3);
        assert!(facts.large_page.is_power_of_two());
    }
}
