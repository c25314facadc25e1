//! The facts that wheelbase embeds, as text.
//!
//! Every file states its source and date; `SOURCES.md` lists them. The crate that uses a file parses it and tests that
//! it parses. This crate has no dependencies and no logic.

/// The tag families that each release of an installer supports, and how it parses file names.
pub const INSTALLERS: &str = include_str!("installers.toml");
/// What builds of well-known projects require.
pub const BUILDING: &str = include_str!("building.toml");
/// The libraries that projects open by name at run time.
pub const DLOPEN: &str = include_str!("dlopen.toml");
/// The C API names of CPython's stable ABI.
pub const STABLE_ABI: &str = include_str!("stable_abi.json");
/// The symbols that musl exports, by release.
pub const MUSL_SYMBOLS: &str = include_str!("musl_symbols.json");

/// The JSON schemas of the command's output.
pub mod schemas {
    /// The output of `wheelbase check --format json`.
    pub const REPORT: &str = include_str!("report.schema.json");
    /// The output of `wheelbase inspect --format json`.
    pub const INSPECTION: &str = include_str!("inspection.schema.json");
    /// The output of `wheelbase tags --format json`.
    pub const TAGS: &str = include_str!("tags.schema.json");
}

/// The requirements of platform tags on binaries.
pub mod policy {
    /// The names of dynamic loaders.
    pub const LOADERS: &str = include_str!("policy/loaders.json");
    /// The manylinux policies.
    pub const MANYLINUX: &str = include_str!("policy/manylinux.json");
    /// The musllinux policies.
    pub const MUSLLINUX: &str = include_str!("policy/musllinux.json");
}

/// Packages of distributions.
pub mod packages {
    /// The packages of full images, and the dependencies of packages, as far as builds use them.
    pub const BUILD_PACKAGES: &str = include_str!("packages/build_packages.toml");
    /// Compilers and build tools, and the packages that provide them.
    pub const TOOLCHAINS: &str = include_str!("packages/toolchains.toml");
    /// Development packages and the run-time packages of the same library.
    pub const DEVELOPMENT_PACKAGES: &str = include_str!("packages/development_packages.toml");
    /// Libraries that the builds of projects link against.
    pub const LINKED_LIBRARIES: &str = include_str!("packages/linked_libraries.toml");
    /// Packages that provide no library that a wheel loads.
    pub const LEAF_PACKAGES: &str = include_str!("packages/leaf_packages.toml");
}

/// Base images and distributions.
pub mod images {
    /// The platforms of images and their machines.
    pub const ARCHES: &str = include_str!("images/arches.json");
    /// The libraries that images without a recorded set have for certain.
    pub const CORES: &str = include_str!("images/cores.json");
    /// The variables and working directories that images set.
    pub const ENVIRONMENT: &str = include_str!("images/environment.json");
    /// Distribution releases that mark their Python as externally managed (PEP 668).
    pub const EXTERNALLY_MANAGED: &str = include_str!("images/externally_managed.json");
    /// Repositories and their tags.
    pub const FAMILIES: &str = include_str!("images/families.json");
    /// Newest version nodes of libraries.
    pub const NODES: &str = include_str!("images/nodes.json");
    /// SONAME to distribution package.
    pub const PACKAGES: &str = include_str!("images/packages.json");
    /// The tags of the python image.
    pub const PYTHON: &str = include_str!("images/python.json");
    /// Distribution releases.
    pub const RELEASES: &str = include_str!("images/releases.json");
    /// Sizes of images.
    pub const SIZES: &str = include_str!("images/sizes.json");
    /// The libraries of images, by the name of the set.
    pub const LIBRARIES: &[(&str, &str)] = &[
        ("alpine-3.15", include_str!("images/libraries/alpine-3.15.json")),
        ("alpine-3.16", include_str!("images/libraries/alpine-3.16.json")),
        ("alpine-3.21", include_str!("images/libraries/alpine-3.21.json")),
        ("alpine-3.22", include_str!("images/libraries/alpine-3.22.json")),
        ("alpine-3.24", include_str!("images/libraries/alpine-3.24.json")),
        ("debian-bookworm", include_str!("images/libraries/debian-bookworm.json")),
        ("debian-bullseye", include_str!("images/libraries/debian-bullseye.json")),
        ("debian-trixie", include_str!("images/libraries/debian-trixie.json")),
        ("distroless-base-debian12", include_str!("images/libraries/distroless-base-debian12.json")),
        ("distroless-base-debian13", include_str!("images/libraries/distroless-base-debian13.json")),
        ("distroless-cc-debian12", include_str!("images/libraries/distroless-cc-debian12.json")),
        ("distroless-cc-debian13", include_str!("images/libraries/distroless-cc-debian13.json")),
        ("distroless-python3-debian12", include_str!("images/libraries/distroless-python3-debian12.json")),
        ("distroless-python3-debian13", include_str!("images/libraries/distroless-python3-debian13.json")),
        ("python-alpine3.17", include_str!("images/libraries/python-alpine3.17.json")),
        ("python-alpine3.23-le312", include_str!("images/libraries/python-alpine3.23-le312.json")),
        ("python-alpine3.24-ge314", include_str!("images/libraries/python-alpine3.24-ge314.json")),
        ("python-alpine3.24-le312", include_str!("images/libraries/python-alpine3.24-le312.json")),
        ("python-full-bookworm", include_str!("images/libraries/python-full-bookworm.json")),
        ("python-full-bullseye", include_str!("images/libraries/python-full-bullseye.json")),
        ("python-full-trixie", include_str!("images/libraries/python-full-trixie.json")),
        ("python-slim-bookworm-ge313", include_str!("images/libraries/python-slim-bookworm-ge313.json")),
        ("python-slim-bookworm-le312", include_str!("images/libraries/python-slim-bookworm-le312.json")),
        ("python-slim-bullseye", include_str!("images/libraries/python-slim-bullseye.json")),
        ("python-slim-trixie", include_str!("images/libraries/python-slim-trixie.json")),
    ];

    /// What packages of Debian releases depend on.
    pub mod dependencies {
        /// Debian 12
        pub const DEBIAN_BOOKWORM: &str = include_str!("images/dependencies/debian-bookworm.json");
        /// Debian 11
        pub const DEBIAN_BULLSEYE: &str = include_str!("images/dependencies/debian-bullseye.json");
        /// Debian 13
        pub const DEBIAN_TRIXIE: &str = include_str!("images/dependencies/debian-trixie.json");
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[expect(clippy::disallowed_methods, reason = "the test compares the list with the directory")]
    #[test]
    fn every_set_of_libraries_is_embedded() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/images/libraries");
        let entries = std::fs::read_dir(folder).expect("the directory");
        let files: BTreeSet<String> = entries
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
            .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
            .collect();
        let embedded: BTreeSet<String> =
            super::images::LIBRARIES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(files, embedded);
    }
}
