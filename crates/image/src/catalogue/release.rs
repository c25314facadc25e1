//! The facts of a distribution release and of a row of a family.

use super::data::{FamilyRow, ReleaseRow};

use crate::{
    CompilerPresence, EndOfLife, EndOfLifeOf, ImageLibc, ImageProfile, Os, PackageManager, Source, Unverified,
};

use wheelbase_spec::target::{Libc, LibcFamily};

/// Returns whether a variant of a family has a compiler.
pub(super) fn toolchain(family: &FamilyRow, variant: &str) -> CompilerPresence {
    match family.toolchain.get(variant).or_else(|| family.toolchain.get("*")) {
        Some(true) => CompilerPresence::Present,
        Some(false) => CompilerPresence::Absent,
        None => CompilerPresence::Unknown,
    }
}

/// The C library of a release.
fn libc(row: &ReleaseRow) -> Option<ImageLibc> {
    libc_of(row.libc, row.libc_version).map(|libc| ImageLibc {
        libc,
        lower_bound: false,
        verified: row.verified,
    })
}

/// The C library with a family and a version of the tables.
pub(super) fn libc_of(family: &str, version: &str) -> Option<Libc> {
    let family = match family {
        "glibc" => LibcFamily::Glibc,
        "musl" => LibcFamily::Musl,
        _ => return None,
    };
    Some(Libc::reported(family, version))
}

/// Sets the distribution, the C library, the package manager and the end of life of a release.
pub(super) fn set_release(profile: &mut ImageProfile, row: &'static ReleaseRow) {
    profile.os = Some(Os {
        id: row.distro().to_owned(),
        version: row.version().to_owned(),
        codename: row.codename.map(str::to_owned),
    });
    profile.libc = libc(row);
    if profile.package_manager == PackageManager::Unknown {
        profile.package_manager = row.package_manager.map_or(PackageManager::Unknown, PackageManager::of);
    }
    if let Some(eol) = row.eol {
        let release = EndOfLifeOf::release(row.distro(), row.version());
        profile.end_of_life.push(EndOfLife::new(release, eol, row.extended_eol));
    }
    let (libc, release) = (format!("{} {}", row.libc, row.libc_version), row.id.to_owned());
    if !row.verified {
        let source = row.source.to_string();
        profile.unverified.push(Unverified::LibcOfRelease { libc, release, source });
    } else if row.moving {
        let state = row.state.unwrap_or(row.date);
        profile.unverified.push(Unverified::MovingRelease { libc, release, state });
    }
    profile.sources.push(Source::new(&*row.source, row.date));
}
