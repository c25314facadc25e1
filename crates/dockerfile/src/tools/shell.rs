//! The shell that tools run in, and the default destination of installations.

use crate::model::Destination;
use crate::path;
use crate::shell::run::Interpreter;
use crate::stage::StageState;

/// A shell in a stage.
pub(super) type Shell<'s, 'p> = Interpreter<'s, StageState<'p>>;

/// Returns the destination of `python` or `pip` without a path: the first virtual environment on PATH, otherwise the
/// interpreter of the image.
pub(super) fn active_destination(shell: &Shell<'_, '_>, program: &str) -> Destination {
    let at = if program.contains('/') { Some(path::join(&shell.cwd, program)) } else { None };
    if let Some(at) = at {
        let bin = path::parent(&at);
        let folder = path::parent(bin).to_owned();
        if shell.stage.python.is_venv(&folder) || !is_system_bin(bin) {
            return Destination::Venv(folder);
        }
        return Destination::Interpreter(program.to_owned());
    }
    let search = shell.variables.get("PATH").map(|text| text.value.clone()).unwrap_or_default();
    for folder in search.split(':') {
        let Some(venv) = folder.strip_suffix("/bin").filter(|venv| shell.stage.python.is_venv(venv)) else {
            if is_system_bin(folder) {
                break;
            }
            continue;
        };
        return Destination::Venv(venv.to_owned());
    }
    Destination::Interpreter(program.to_owned())
}

fn is_system_bin(folder: &str) -> bool {
    matches!(
        folder,
        "/usr/bin"
            | "/usr/local/bin"
            | "/bin"
            | "/opt/bin"
            | "/var/lang/bin"
            | "/opt/app-root/bin"
            | "/opt/conda/bin"
    ) || folder.starts_with("/opt/python/")
        || folder.starts_with("/opt/bitnami/")
        || folder.starts_with("/usr/lib")
        || folder.starts_with("/opt/homebrew")
}
