//! The machine of a file, by its header.

use std::fmt;

use goblin::elf::header;
use serde::{Deserialize, Serialize};

/// Word size of a file (`EI_CLASS`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Class {
    /// 32 bits.
    #[serde(rename = "32")]
    Elf32,
    /// 64 bits.
    #[serde(rename = "64")]
    Elf64,
}

impl Class {
    /// Returns 32 or 64.
    pub fn bits(self) -> u8 {
        match self {
            Self::Elf32 => 32,
            Self::Elf64 => 64,
        }
    }
}

/// Byte order of a file (`EI_DATA`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ByteOrder {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

/// How a file passes floating-point values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FloatPassing {
    /// In general registers.
    Soft,
    /// In floating-point registers of single precision only.
    Single,
    /// In floating-point registers.
    Hard,
}

/// A machine of wheel platform tags, with its word size and byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Machine {
    /// `x86_64`.
    X86_64,
    /// `i686`.
    I686,
    /// `aarch64`.
    Aarch64,
    /// `armv7l`: 32-bit ARM, EABI version 5, hard float.
    Armv7l,
    /// `ppc64`.
    Ppc64,
    /// `ppc64le`.
    Ppc64le,
    /// `s390x`.
    S390x,
    /// `riscv64`.
    Riscv64,
    /// `loongarch64`.
    Loongarch64,
}

impl Machine {
    /// All, in the order of this list.
    pub const ALL: [Self; 9] = [
        Self::X86_64,
        Self::I686,
        Self::Aarch64,
        Self::Armv7l,
        Self::Ppc64,
        Self::Ppc64le,
        Self::S390x,
        Self::Riscv64,
        Self::Loongarch64,
    ];

    /// Returns the name at the end of platform tags.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::I686 => "i686",
            Self::Aarch64 => "aarch64",
            Self::Armv7l => "armv7l",
            Self::Ppc64 => "ppc64",
            Self::Ppc64le => "ppc64le",
            Self::S390x => "s390x",
            Self::Riscv64 => "riscv64",
            Self::Loongarch64 => "loongarch64",
        }
    }

    /// Returns the machine with this name; `None` for names without a policy.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|machine| machine.as_str() == name)
    }

    /// Returns the machine of a class, byte order, `e_machine` and `e_flags`, by the table of auditwheel 6.8.2 (`lddtree.py`,
    /// `_get_platform`). x32 (x86-64 in 32 bits) and ARM files with another EABI version or without hard float have no
    /// platform tag.
    pub(crate) fn of(class: Class, order: ByteOrder, machine: u16, flags: u32) -> Option<Self> {
        use ByteOrder::{Big, Little};
        use Class::{Elf32, Elf64};
        Some(match (machine, class, order) {
            (header::EM_386, Elf32, Little) => Self::I686,
            (header::EM_X86_64, Elf64, Little) => Self::X86_64,
            (header::EM_PPC64, Elf64, Little) => Self::Ppc64le,
            (header::EM_PPC64, Elf64, Big) => Self::Ppc64,
            (header::EM_RISCV, Elf64, Little) => Self::Riscv64,
            (header::EM_AARCH64, Elf64, Little) => Self::Aarch64,
            (header::EM_S390, Elf64, Big) => Self::S390x,
            (header::EM_LOONGARCH, Elf64, Little) => Self::Loongarch64,
            (header::EM_ARM, Elf32, Little) if arm_eabi(flags) == 5 && flags & EF_ARM_ABI_FLOAT_HARD != 0 => {
                Self::Armv7l
            }
            _ => return None,
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

// ELF for the Arm Architecture (IHI 0044), table of e_flags.
const EF_ARM_ABI_FLOAT_SOFT: u32 = 0x200;
const EF_ARM_ABI_FLOAT_HARD: u32 = 0x400;

fn arm_eabi(flags: u32) -> u32 {
    flags >> 24
}

/// Returns how floating-point values are passed according to `e_flags` (ARM: IHI 0044; RISC-V psABI,
/// `EF_RISCV_FLOAT_ABI`; LoongArch ELF psABI, base ABI modifier).
pub(crate) fn float_passing(machine: u16, flags: u32) -> Option<FloatPassing> {
    match machine {
        header::EM_ARM if flags & EF_ARM_ABI_FLOAT_HARD != 0 => Some(FloatPassing::Hard),
        header::EM_ARM if flags & EF_ARM_ABI_FLOAT_SOFT != 0 => Some(FloatPassing::Soft),
        header::EM_RISCV => match (flags >> 1) & 3 {
            0 => Some(FloatPassing::Soft),
            1 => Some(FloatPassing::Single),
            _ => Some(FloatPassing::Hard),
        },
        header::EM_LOONGARCH => match flags & 7 {
            1 => Some(FloatPassing::Soft),
            2 => Some(FloatPassing::Single),
            3 => Some(FloatPassing::Hard),
            _ => None,
        },
        _ => None,
    }
}

/// Returns a short name for any `e_machine`, for messages about files without a platform tag.
pub(crate) fn machine_name(class: Class, order: ByteOrder, machine: u16, flags: u32) -> String {
    if let Some(known) = Machine::of(class, order, machine, flags) {
        return known.as_str().to_owned();
    }
    match machine {
        header::EM_X86_64 => "x32".to_owned(),
        header::EM_ARM if order == ByteOrder::Big => "big-endian ARM".to_owned(),
        header::EM_ARM => {
            let float = match float_passing(machine, flags) {
                Some(FloatPassing::Hard) => "hard float",
                _ => "soft float",
            };
            format!("ARM EABI {}, {float}", arm_eabi(flags))
        }
        other => {
            let name = header::machine_to_str(other).trim_start_matches("EM_");
            format!(
                "{name} ({}-bit, {})",
                class.bits(),
                if order == ByteOrder::Big { "big-endian" } else { "little-endian" }
            )
        }
    }
}
