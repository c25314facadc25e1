//! The newest pip of a day.

use super::{data, python};
use crate::Date;
use wheelbase_spec::target::{Installer, InstallerKind};
use wheelbase_spec::version::Version;

/// Returns the newest pip of a day. After the last day of the table of the python image it is the newest supported pip,
/// if that is newer.
pub(crate) fn newest_pip(date: Date) -> Version {
    let listed = python::newest_pip(date).map_or_else(|| Version::new([0]), |row| data::version(row.pip));
    match date > data::python().last_state {
        true => listed.max(Installer::newest(InstallerKind::Pip).version),
        false => listed,
    }
}
