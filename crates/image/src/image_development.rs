//! The programs, headers and packages of an image that builds of source distributions use.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::{CompilerPresence, Development, ImageProfile};

/// `data/packages/build_packages.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    image: Vec<FullImage>,
    along: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// The tools and packages of the full images on one release.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FullImage {
    release: String,
    tools: BTreeSet<String>,
    packages: BTreeSet<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(wheelbase_data::packages::BUILD_PACKAGES).expect("a test reads the embedded table")
});

/// The families with images that are buildpack-deps or built on it.
const ON_BUILDPACK: [&str; 4] = ["buildpack-deps", "pypy-official", crate::catalogue::data::PYTHON, "uv"];

impl ImageProfile {
    /// Returns the build tools of the image: those that were read from it, or those of the catalogue.
    pub fn development(&self) -> Development {
        if let Some(read) = &self.development {
            return read.clone();
        }
        let mut known = match self.toolchain {
            CompilerPresence::Unknown => {
                Development::unknown(format!("the compilers of `{}` are not recorded", self.name))
            }
            CompilerPresence::Absent => Development::default(),
            CompilerPresence::Present => self.full_image(),
        };
        // Interpreters that are not packages of the distribution include their headers. The distribution has a separate
        // package for the headers.
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
                    "`{}` has a compiler; its other build tools are not recorded",
                    self.name
                ))
            },
        }
    }
}

/// Returns the dependencies of a package that builds use, on a release; `None` if they are unknown.
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
    fn full_images_have_the_tools_of_buildpack_deps() {
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
    fn tools_that_are_not_recorded_are_unknown() {
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
    fn dependencies_differ_between_releases() {
        let along = development_packages_along("debian:12", "libxslt1-dev").unwrap();
        assert!(along.iter().any(|name| name == "libxml2-dev"));
        assert_eq!(development_packages_along("debian:12", "some-vendor-dev"), None);
        assert_eq!(TABLE.image.len(), 3);
    }
}
