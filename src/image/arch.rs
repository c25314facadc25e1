//! Machines under the names that Docker and Python give them.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize, Serializer};

use crate::target::FloatAbi;

/// One row of `data/images/arches.json`.
#[derive(Debug, Deserialize)]
struct ArchRowOf<'a> {
    docker: &'a str,
    platform: &'a str,
    machine: &'a str,
    bits: u8,
    float: Float,
    #[serde(borrow)]
    names: Vec<&'a str>,
    glibc_loader: &'a str,
    musl_loader: &'a str,
    musl_libc: &'a str,
}

type ArchRow = ArchRowOf<'static>;

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Float {
    Hard,
    Soft,
}

#[derive(Deserialize)]
struct ArchFile<'a> {
    #[serde(borrow)]
    arches: Vec<ArchRowOf<'a>>,
}

static ARCHES: LazyLock<ArchFile<'static>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../data/images/arches.json"))
        .expect("the guard test reads this file")
});

/// A machine that images are published for.
///
/// ```
/// use wheelbase::image::Arch;
///
/// let arch: Arch = "linux/arm64".parse()?;
/// assert_eq!((arch.docker(), arch.machine()), ("arm64v8", "aarch64"));
/// assert_eq!(arch, "aarch64".parse()?);
/// # Ok::<(), wheelbase::image::UnknownArch>(())
/// ```
#[derive(Clone, Copy)]
pub struct Arch(&'static ArchRow);

impl Arch {
    /// All machines of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        ARCHES.arches.iter().map(Self)
    }

    /// What is taken where nobody says: x86_64.
    pub(crate) fn usual() -> Self {
        Self(ARCHES.arches.first().expect("the guard test counts the rows"))
    }

    /// The name in Docker's official images: `amd64`, `arm64v8`, `arm32v7` ...
    pub fn docker(self) -> &'static str {
        self.0.docker
    }

    /// The name of `docker build --platform`: `linux/arm64/v8`.
    pub fn platform(self) -> &'static str {
        self.0.platform
    }

    /// The name in wheel tags: `x86_64`, `aarch64` ...
    pub fn machine(self) -> &'static str {
        self.0.machine
    }

    /// Pointer size, 32 or 64.
    pub fn bits(self) -> u8 {
        self.0.bits
    }

    /// The float ABI of ARM images; `Hard` for all others.
    pub fn float_abi(self) -> FloatAbi {
        match self.0.float {
            Float::Hard => FloatAbi::Hard,
            Float::Soft => FloatAbi::Soft,
        }
    }

    /// The SONAME of glibc's loader on this machine.
    pub fn glibc_loader(self) -> &'static str {
        self.0.glibc_loader
    }

    /// The SONAMEs of musl's loader and of the same file as Alpine's libc.
    pub fn musl_names(self) -> [&'static str; 2] {
        [self.0.musl_loader, self.0.musl_libc]
    }
}

impl PartialEq for Arch {
    fn eq(&self, other: &Self) -> bool {
        self.0.docker == other.0.docker
    }
}

impl Eq for Arch {}

impl std::hash::Hash for Arch {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.docker.hash(state);
    }
}

impl fmt::Debug for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.docker)
    }
}

impl fmt::Display for Arch {
    /// Docker's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.docker)
    }
}

impl Serialize for Arch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.docker)
    }
}

/// A name that no machine of the table has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownArch {
    input: String,
}

impl fmt::Display for UnknownArch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<&str> = Arch::all().map(Arch::docker).collect();
        write!(
            f,
            "`{}` is no machine that images are known for; known are {}",
            self.input.escape_default(),
            known.join(", ")
        )
    }
}

impl std::error::Error for UnknownArch {}

impl FromStr for Arch {
    type Err = UnknownArch;

    fn from_str(text: &str) -> Result<Self, UnknownArch> {
        let name = text.to_ascii_lowercase();
        Self::all()
            .find(|arch| arch.0.names.contains(&&*name))
            .ok_or_else(|| UnknownArch { input: text.to_owned() })
    }
}
