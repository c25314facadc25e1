//! How to install what is not there.

use super::counts::SEVERAL;
use super::words::listed;
use crate::image::{InstallLine, PackageManager};

/// What to do about libraries that are not there.
pub(super) fn install_help(line: &InstallLine, package_manager: PackageManager) -> Option<String> {
    let mut parts = Vec::new();
    match &line.command {
        Some(command) => {
            let doubt = if line.verified { "" } else { " (package names not verified)" };
            parts.push(format!("`{command}`{doubt}"));
        }
        None if package_manager == PackageManager::None => parts.push(
            "nothing can be installed in this image: copy the libraries from a stage of the same release, or take an \
             image that has them"
                .to_owned(),
        ),
        None => {}
    }
    if !line.not_packaged.is_empty() {
        parts.push(format!("no package of the release brings {}", listed(&line.not_packaged, SEVERAL)));
    }
    if !line.unknown.is_empty() && package_manager != PackageManager::None {
        // apk records what a package provides as `so:NAME` and takes that name too (apk-tools, `provides`).
        let hint = match (package_manager, line.unknown.first()) {
            (PackageManager::Apk, Some(soname)) => {
                format!("; `apk add so:{soname}` finds it if there is one")
            }
            _ => String::new(),
        };
        let unknown = listed(&line.unknown, SEVERAL);
        parts.push(format!("which package brings {unknown} is not known here{hint}"));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}
