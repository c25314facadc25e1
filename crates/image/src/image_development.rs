//! The programs, headers and packages of an image that builds of source distributions use.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::{Development, ImageProfile, Toolchain};

#[derive(Deserialize)]
pub(crate) struct Table {
    image: Vec<FullImage>,
    along: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// The full images on one release.
#[derive(Deserialize)]
struct FullImage {
    release: String,
    tools: BTreeSet<String>,
    packages: BTreeSet<String>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(wheelbase_data::BUILDING).expect("the embedded table is held by a test"));

/// The families whose images with a compiler are buildpack-deps or built on it.
const ON_BUILDPACK: [&str; 4] = ["buildpack-deps", "pypy-official", crate::catalogue::data::PYTHON, "uv"];

impl ImageProfile {
    /// What the image has for building: what was read of it, or what the catalogue knows.
    pub fn development(&self) -> Development {
        if let Some(read) = &self.development {
            return read.clone();
        }
        let mut known = match self.toolchain {
            Toolchain::Unknown => {
                Development::unknown(format!("nobody has looked for a compiler in `{}`", self.name))
            }
            Toolchain::Absent => Development::default(),
            Toolchain::Present => self.full_image(),
        };
        // Interpreters outside of the distribution bring their headers; the distribution's are a package of their own.
        let own = self.python.as_ref().is_none_or(|python| {
            let path = python.interpreter.as_deref().unwrap_or_default();
            python.installed && !path.starts_with("/usr/bin/")
        });
        let set = if own { &mut known.tools } else { &mut known.without };
        set.insert("python-headers".to_owned());
        known
    }

    fn full_image(&self) -> Development {
        let release = self.release_id();
        let row = TABLE.image.iter().find(|row| Some(&row.release) == release.as_ref());
        match row.filter(|_| ON_BUILDPACK.contains(&self.family.as_str())) {
            Some(row) => Development {
                tools: row.tools.clone(),
                packages: row.packages.clone(),
                ..Development::default()
            },
            None => Development {
                tools: ["c", "libc-headers"].map(str::to_owned).into(),
                ..Development::unknown(format!(
                    "of `{}` it is known that it has a compiler, and not what else it has for building",
                    self.name
                ))
            },
        }
    }
}

/// The packages that matter for building and come with a package of a release; `None` if nobody knows.
pub fn development_packages_along(release: &str, package: &str) -> Option<&'static [String]> {
    TABLE.along.get(release)?.get(package).map(Vec::as_slice)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::{Available, Catalogue};

    fn of(name: &str) -> Development {
        let profile =
            Catalogue::default().profile(&name.parse().unwrap(), "2026-08-13".parse().unwrap(), None);
        profile.unwrap().development()
    }

    #[test]
    fn slim_images_have_nothing_and_full_ones_what_buildpack_deps_has() {
        let slim = of("python:3.13-slim");
        assert_eq!(slim.tool("c"), Available::No);
        assert_eq!(slim.tool("python-headers"), Available::Yes);
        assert_eq!(slim.any_package(["libpq-dev"]), Available::No);
        let full = of("python:3.13");
        assert_eq!((full.tool("c++"), full.tool("rust")), (Available::Yes, Available::No));
        assert_eq!(full.any_package(["libpq-dev", "postgresql-dev"]), Available::Yes);
        assert_eq!(full.any_package(["unixodbc-dev"]), Available::No);
    }

    #[test]
    fn what_nobody_has_looked_at_is_unknown() {
        let lambda = of("public.ecr.aws/lambda/python:3.12");
        assert_eq!((lambda.tool("c"), lambda.tool("python-headers")), (Available::No, Available::Yes));
        // The distribution's interpreter has its headers in a package of their own.
        assert_eq!(of("debian:12").tool("python-headers"), Available::No);
        let ubi = of("registry.access.redhat.com/ubi9/python-312:latest");
        assert_eq!(ubi.tool("c"), Available::Yes);
        assert!(matches!(ubi.any_package(["libpq-devel"]), Available::Unknown(_)));
        assert!(matches!(ubi.tool("rust"), Available::Unknown(_)));
    }

    #[test]
    fn packages_come_with_others_by_release() {
        let along = development_packages_along("debian:12", "libxslt1-dev").unwrap();
        assert!(along.iter().any(|name| name == "libxml2-dev"));
        assert_eq!(development_packages_along("debian:12", "some-vendor-dev"), None);
        assert_eq!(TABLE.image.len(), 3);
    }
}
