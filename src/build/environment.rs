//! The environment in which source distributions are built.

use crate::image::{
    Development, ImageProfile, PackageManager, development_packages_along, is_leaf_package, sonames_of,
    tools_of,
};

/// An image, or a stage that is based on one, with its build tools.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildEnvironment {
    /// Its name in messages.
    pub name: String,
    /// Its compilers, headers and packages.
    pub development: Development,
    /// Its package manager.
    pub package_manager: PackageManager,
    /// Its distribution release, such as `debian:13`.
    pub release: Option<String>,
    /// Whether it has an installer of Python distributions; `None` if this is unknown.
    pub installer: Option<bool>,
    /// Whether commands can be run in it.
    pub shell: bool,
}

impl BuildEnvironment {
    /// The environment of an image.
    pub fn of_profile(profile: &ImageProfile) -> Self {
        Self {
            name: profile.name.clone(),
            development: profile.development(),
            package_manager: profile.package_manager,
            release: profile.release_id(),
            installer: profile.has_installer(),
            shell: profile.shell,
        }
    }

    /// Sets another name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Adds installed packages of the distribution, and the tools that they provide.
    #[must_use]
    pub fn with_packages<'a>(
        mut self,
        packages: impl IntoIterator<Item = &'a str>,
        tools: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let known = &mut self.development;
        let add_tool = |known: &mut Development, tool: &str| {
            known.without.remove(tool);
            known.tools.insert(tool.to_owned());
        };
        for tool in tools {
            add_tool(known, tool);
        }
        let release = self.release.as_deref().unwrap_or_default();
        for package in packages {
            known.packages.insert(package.to_owned());
            if let Some(along) = development_packages_along(release, package) {
                for name in along {
                    known.packages.insert(name.clone());
                    // The dependencies are recorded only for releases of Debian.
                    for tool in tools_of(PackageManager::Apt, name) {
                        add_tool(known, &tool);
                    }
                }
                continue;
            }
            // Packages of libraries and tools do not depend on compilers or headers; development packages may depend on others.
            let headers = package.contains("-dev");
            let plain = is_leaf_package(package)
                || package.starts_with("lib")
                || !sonames_of(release, package).is_empty();
            known.doubt_dependencies(package, headers || !plain, !headers && !plain);
        }
        self
    }
}
