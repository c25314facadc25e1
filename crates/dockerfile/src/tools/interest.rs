//! The parts of a script that may install something.

use crate::path;
use crate::shell::ast::{Node, Part};

/// Programs that may install something, so that a condition around them is reported.
const INSTALLERS: [&str; 24] = [
    "pip",
    "pip3",
    "python",
    "python3",
    "uv",
    "poetry",
    "pipenv",
    "pdm",
    "pip-sync",
    "pipx",
    "conda",
    "mamba",
    "micromamba",
    "apt-get",
    "apt",
    "apk",
    "dnf",
    "yum",
    "microdnf",
    "zypper",
    "tdnf",
    "pacman",
    "sh",
    "bash",
];

/// Returns whether a part of a script may install something.
pub(super) fn mentions_installer(node: &Node) -> bool {
    match node {
        Node::Simple(simple) => simple.words.iter().any(|word| match word.parts.first() {
            Some(Part::Literal { text, .. }) => INSTALLERS.contains(&path::name(text)),
            _ => false,
        }),
        Node::List(items) => items.iter().any(|(_, node)| mentions_installer(node)),
        Node::Pipeline { parts, .. } => parts.iter().any(mentions_installer),
        Node::Subshell(body)
        | Node::Group { body, .. }
        | Node::Function { body, .. }
        | Node::For { body, .. }
        | Node::While { body, .. } => mentions_installer(body),
        Node::If { arms, otherwise } => {
            arms.iter().any(|(_, body)| mentions_installer(body))
                || otherwise.as_deref().is_some_and(mentions_installer)
        }
        Node::Case { arms, .. } => arms.iter().any(|(_, body)| mentions_installer(body)),
    }
}
