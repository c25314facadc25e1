//! Serialization of targets, in the form that `wheelbase tags --format json` prints under `target`.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::{FloatAbi, Installer, Libc, LibcFamily, Python, Target};

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Target", 7)?;
        out.serialize_field("machine", &self.machine)?;
        out.serialize_field("bits", &self.bits)?;
        out.serialize_field("float_abi", if self.float_abi == FloatAbi::Hard { "hard" } else { "soft" })?;
        out.serialize_field("libc", &self.libc)?;
        out.serialize_field("python", &self.python)?;
        // TOML has no null, so TOML omits absent values. JSON writes null, which parses to the same value.
        out.serialize_field("manylinux_policy", &self.manylinux_policy)?;
        out.serialize_field("installer", &self.installer)?;
        out.end()
    }
}

impl Serialize for Libc {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Libc", 2)?;
        out.serialize_field("family", self.family().map_or("static", LibcFamily::as_str))?;
        out.serialize_field("version", &self.version_text())?;
        out.end()
    }
}

impl Serialize for Python {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let more = usize::from(self.implementation_version.is_some());
        let mut out = serializer.serialize_struct("Python", 4 + more)?;
        out.serialize_field("implementation", self.implementation.as_str())?;
        out.serialize_field("version", &self.version.to_string())?;
        out.serialize_field("abi_flags", &self.abi_flags)?;
        out.serialize_field("ext_suffix", &self.ext_suffix)?;
        if let Some(version) = &self.implementation_version {
            out.serialize_field("implementation_version", &version.to_string())?;
        }
        out.end()
    }
}

impl Serialize for Installer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Installer", 2)?;
        out.serialize_field("name", self.kind.as_str())?;
        out.serialize_field("version", &self.version.to_string())?;
        out.end()
    }
}
