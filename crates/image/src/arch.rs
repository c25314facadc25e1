//! Names of architectures in official images, and names of their loaders.

use std::sync::LazyLock;

use serde::Deserialize;

use wheelbase_spec::target::Arch;

/// One row of `data/images/arches.json`.
#[derive(Debug, Deserialize)]
pub(crate) struct ArchRow<'a> {
    machine: &'a str,
    docker: &'a str,
    platform: &'a str,
    glibc_loader: &'a str,
    musl_loader: &'a str,
    musl_libc: &'a str,
}

#[derive(Deserialize)]
struct ArchFile<'a> {
    #[serde(borrow)]
    arches: Vec<ArchRow<'a>>,
}

static ARCHES: LazyLock<ArchFile<'static>> = LazyLock::new(|| {
    serde_json::from_str(wheelbase_data::images::ARCHES).expect("the guard test reads this file")
});

fn row(arch: &Arch) -> Option<&'static ArchRow<'static>> {
    ARCHES.arches.iter().find(|row| row.machine == arch.machine())
}

/// Returns the architectures of official images.
pub(crate) fn published() -> impl Iterator<Item = Arch> {
    ARCHES.arches.iter().filter_map(|row| row.machine.parse().ok())
}

/// Returns the name in the lists of official images: `amd64`, `arm64v8`, `arm32v7` ...
pub fn published_name(arch: &Arch) -> &'static str {
    row(arch).map_or(arch.docker_name(), |row| row.docker)
}

/// Returns the value of `docker build --platform`: `linux/arm64/v8`.
pub fn platform(arch: &Arch) -> String {
    row(arch).map_or_else(|| format!("linux/{}", arch.docker_name()), |row| row.platform.to_owned())
}

/// Returns the SONAME of the loader of glibc.
pub(crate) fn glibc_loader(arch: &Arch) -> Option<&'static str> {
    row(arch).map(|row| row.glibc_loader)
}

/// Returns the SONAME of the loader of musl, and the one of the same file as the libc of Alpine.
pub(crate) fn musl_names(arch: &Arch) -> Option<[&'static str; 2]> {
    row(arch).map(|row| [row.musl_loader, row.musl_libc])
}
