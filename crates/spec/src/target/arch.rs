//! Architectures, with the names that Docker, Python and Debian use.

use std::fmt;
use std::str::FromStr;

use super::FloatAbi;

/// An architecture: the value of `--arch`.
///
/// ```
/// use wheelbase::target::Arch;
///
/// let arch: Arch = "linux/arm/v7".parse()?;
/// assert_eq!((arch.machine(), arch.bits()), ("armv7l", 32));
/// # Ok::<(), wheelbase::target::UnknownArch>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Arch {
    machine: &'static str,
    docker: &'static str,
    bits: u8,
    float_abi: FloatAbi,
}

/// One architecture with its names.
struct Known {
    machine: &'static str,
    bits: u8,
    float_abi: FloatAbi,
    /// Docker's name first (the platform without `linux/`), then other names.
    names: &'static [&'static str],
}

const fn known(machine: &'static str, bits: u8, names: &'static [&'static str]) -> Known {
    Known { machine, bits, float_abi: FloatAbi::Hard, names }
}

// Docker's names: https://github.com/containerd/platforms, database.go (`normalizeArch`) of version 1.0. Python's names
// are what `uname -m` prints. The other names are Debian's (`armhf`, `armel`, `ppc64el`, `mips64el`).
const KNOWN: &[Known] = &[
    known("x86_64", 64, &["amd64", "x86-64", "x64"]),
    known("aarch64", 64, &["arm64", "arm64v8", "arm64/v8", "armv8"]),
    known("armv7l", 32, &["arm/v7", "arm32v7", "armv7", "armhf", "arm"]),
    known("armv8l", 32, &[]),
    known("armv6l", 32, &["arm/v6", "arm32v6", "armv6"]),
    // Docker's arm/v5 is Debian's armel: EABI 5 with soft floats.
    Known {
        machine: "armv5tel",
        bits: 32,
        float_abi: FloatAbi::Soft,
        names: &["arm/v5", "arm32v5", "armv5", "armel"],
    },
    known("i686", 32, &["386", "i386", "x86", "i586"]),
    known("ppc64le", 64, &["ppc64el", "powerpc64le"]),
    known("ppc64", 64, &["powerpc64"]),
    known("s390x", 64, &[]),
    known("riscv64", 64, &["riscv64gc"]),
    known("loongarch64", 64, &["loong64"]),
    known("mips64", 64, &["mips64le", "mips64el"]),
    known("ppc", 32, &["powerpc"]),
];

impl Arch {
    /// Returns the name that `uname -m` prints and that ends platform tags: `x86_64`, `aarch64` ...
    pub fn machine(&self) -> &'static str {
        self.machine
    }

    /// Returns Docker's name without the operating system: `amd64`, `arm/v7` ...
    pub fn docker_name(&self) -> &'static str {
        self.docker
    }

    /// Returns the pointer size in bits: 32 or 64.
    pub fn bits(&self) -> u8 {
        self.bits
    }

    /// Returns the float ABI, which is meaningful only on 32-bit ARM.
    pub fn float_abi(&self) -> FloatAbi {
        self.float_abi
    }

    /// Returns x86_64, the architecture of most images.
    pub fn x86_64() -> Self {
        Self { machine: "x86_64", docker: "amd64", bits: 64, float_abi: FloatAbi::Hard }
    }

    fn of(known: &Known) -> Self {
        Self {
            machine: known.machine,
            docker: known.names.first().copied().unwrap_or(known.machine),
            bits: known.bits,
            float_abi: known.float_abi,
        }
    }
}

impl fmt::Display for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.machine)
    }
}

impl FromStr for Arch {
    type Err = UnknownArch;

    fn from_str(text: &str) -> Result<Self, UnknownArch> {
        let lower = text.trim().to_ascii_lowercase();
        // A complete `--platform` value of Docker is accepted too.
        let name = lower.strip_prefix("linux/").unwrap_or(&lower);
        KNOWN
            .iter()
            .find(|known| known.machine == name || known.names.contains(&name))
            .map(Self::of)
            .ok_or_else(|| UnknownArch::new(text, name))
    }
}

/// The error for an unknown architecture, with similar known names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownArch {
    input: String,
    near: Vec<&'static str>,
}

impl UnknownArch {
    fn new(input: &str, name: &str) -> Self {
        let names = KNOWN.iter().flat_map(|known| std::iter::once(&known.machine).chain(known.names));
        Self { input: input.to_owned(), near: near(name, names.copied()) }
    }

    /// Returns similar known names, most similar first.
    pub fn near(&self) -> &[&'static str] {
        &self.near
    }
}

impl fmt::Display for UnknownArch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown architecture `{}`", self.input.escape_debug())?;
        if self.near.is_empty() {
            let machines: Vec<_> = KNOWN.iter().map(|known| known.machine).collect();
            write!(f, "; known architectures: {}", machines.join(", "))
        } else {
            write!(f, "; similar names: {}", self.near.join(", "))
        }
    }
}

impl std::error::Error for UnknownArch {}

/// Returns at most three of `names` that are similar to `text`, most similar first.
pub fn near<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut scored: Vec<(f64, &str)> = names
        .map(|name| (strsim::jaro_winkler(text, name), name))
        .filter(|(score, _)| *score > 0.75)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.dedup_by_key(|scored| scored.1);
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docker_and_python_names_mean_the_same_machine() {
        for (names, machine, bits) in [
            (&["amd64", "x86_64", "linux/amd64", "AMD64"][..], "x86_64", 64),
            (&["arm64", "aarch64", "arm64v8", "arm64/v8", "linux/arm64/v8"], "aarch64", 64),
            (&["arm/v7", "armv7l", "armhf", "arm32v7", "linux/arm/v7"], "armv7l", 32),
            (&["arm/v6", "armv6l", "arm32v6"], "armv6l", 32),
            (&["386", "i386", "i686", "linux/386"], "i686", 32),
            (&["ppc64le"], "ppc64le", 64),
            (&["s390x"], "s390x", 64),
            (&["riscv64"], "riscv64", 64),
            (&["loong64", "loongarch64"], "loongarch64", 64),
            (&["mips64le"], "mips64", 64),
        ] {
            for name in names {
                let arch: Arch = name.parse().expect(name);
                assert_eq!((arch.machine(), arch.bits()), (machine, bits), "{name}");
            }
        }
        assert_eq!("arm/v5".parse::<Arch>().map(|arch| arch.float_abi()), Ok(FloatAbi::Soft));
    }

    #[test]
    fn an_unknown_name_lists_similar_ones() {
        let error = "amd46".parse::<Arch>().expect_err("unknown");
        assert_eq!(error.near().first(), Some(&"amd64"));
        assert!(error.to_string().contains("`amd46`"), "{error}");
        let error = "???".parse::<Arch>().expect_err("unknown");
        assert!(error.to_string().contains("x86_64, aarch64"), "{error}");
    }
}
