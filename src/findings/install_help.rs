//! The commands that install missing libraries.

use super::counts::SEVERAL;
use super::words::listed;
use crate::image::{InstallLine, PackageManager};

/// The help for missing libraries.
pub(super) fn install_help(line: &InstallLine, package_manager: PackageManager) -> Option<String> {
    let mut parts = Vec::new();
    match &line.command {
        Some(command) => {
            let doubt = if line.verified { "" } else { " (package names not verified)" };
            parts.push(format!("run `{command}`{doubt}"));
        }
        None if package_manager == PackageManager::None => parts.push(
            "packages cannot be installed in this image: copy the libraries from a stage of the same release, or use \
             an image that has them"
                .to_owned(),
        ),
        None => {}
    }
    if !line.not_packaged.is_empty() {
        parts.push(format!("no package of the release provides {}", listed(&line.not_packaged, SEVERAL)));
    }
    if !line.unknown.is_empty() && package_manager != PackageManager::None {
        // apk records the libraries of a package as `so:NAME` and accepts that name (apk-tools, `provides`).
        let hint = match (package_manager, line.unknown.first()) {
            (PackageManager::Apk, Some(soname)) => {
                format!("; try `apk add so:{soname}`")
            }
            _ => String::new(),
        };
        let unknown = listed(&line.unknown, SEVERAL);
        parts.push(format!("the package that provides {unknown} is unknown{hint}"));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}
