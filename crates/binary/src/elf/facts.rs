//! The facts of one ELF file.

use serde::{Deserialize, Serialize};

use super::fault::ElfFault;
use super::imports::UndefinedSymbols;
use super::machine::{ByteOrder, Class, FloatPassing, Machine, float_passing, machine_name};
use super::names::Names;
use super::notes::X86Level;
use super::versions::VersionNeed;

/// The kind of an ELF file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ElfKind {
    /// A shared object, a Python extension module among them.
    SharedObject,
    /// A program that the dynamic linker starts.
    Executable,
    /// A program without a dynamic linker.
    StaticExecutable,
    /// An object file (`.o`).
    Relocatable,
    /// Debug data split from another file: its headers refer to data that is not in the file.
    DebugData,
    /// Something else (a core file, an unknown `e_type`).
    Other,
}

/// The stack that a file requires (`PT_GNU_STACK`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stack {
    /// The header does not require an executable stack.
    Plain,
    /// The header requires an executable stack.
    Executable,
    /// The header is missing: the stack depends on the machine.
    Unsaid,
}

/// The facts of one ELF file that decide where it loads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ElfFacts {
    /// Word size.
    pub class: Class,
    /// Byte order.
    pub order: ByteOrder,
    /// `e_machine` as in the file.
    pub raw_machine: u16,
    /// `e_flags` as in the file.
    pub flags: u32,
    /// `EI_OSABI`: 0 is System V, 3 is GNU.
    pub os_abi: u8,
    /// The kind of the file.
    pub kind: ElfKind,
    /// The program interpreter (`PT_INTERP`).
    pub interpreter: Option<String>,
    /// The name by which other files require it (`DT_SONAME`).
    pub soname: Option<String>,
    /// The required libraries (`DT_NEEDED`), in the order in which the loader loads them.
    pub needed: Vec<String>,
    /// The search path that is passed on to dependencies (`DT_RPATH`), split at `:`.
    pub rpath: Vec<String>,
    /// The search path of this file alone (`DT_RUNPATH`), split at `:`.
    pub runpath: Vec<String>,
    /// The required version nodes (`DT_VERNEED`), by library.
    pub version_needs: Vec<VersionNeed>,
    /// The defined version nodes (`DT_VERDEF`), without the base entry that repeats the name of the file.
    pub version_definitions: Vec<String>,
    /// The dynamic symbols that other files define.
    pub imports: UndefinedSymbols,
    /// The exported dynamic symbols. The facts of a wheel contain only those that another member imports.
    pub exports: Names,
    /// The modules whose `PyInit_` function it exports.
    pub python_modules: Vec<String>,
    /// The required stack.
    pub stack: Stack,
    /// Whether it has packed relative relocations (`DT_RELR`).
    pub relr: bool,
    /// Whether the loader must write into its code (`DT_TEXTREL`).
    pub text_relocations: bool,
    /// The smallest alignment of its loaded segments; `None` without loaded segments.
    pub load_alignment: Option<u64>,
    /// The x86-64 level above the baseline that its property note requires.
    pub isa: Option<X86Level>,
    /// The build id, in lower-case hex.
    pub build_id: Option<String>,
    /// The faults of tables that could not be read; the facts are from the other tables.
    pub faults: Vec<ElfFault>,
}

impl ElfFacts {
    /// Returns the machine as in platform tags; `None` if no tag exists for it (x32, soft-float ARM).
    pub fn machine(&self) -> Option<Machine> {
        Machine::of(self.class, self.order, self.raw_machine, self.flags)
    }

    /// Returns the name of the machine for messages, also if no tag exists for it.
    pub fn machine_name(&self) -> String {
        machine_name(self.class, self.order, self.raw_machine, self.flags)
    }

    /// Returns how floating-point values are passed; `None` if the header does not define it.
    pub fn float_passing(&self) -> Option<FloatPassing> {
        float_passing(self.raw_machine, self.flags)
    }

    /// Returns the search path of the loader for the libraries of this file. If both are set, `DT_RPATH` is ignored
    /// (ld.so(8), gABI chapter 5).
    pub fn search_path(&self) -> &[String] {
        if self.runpath.is_empty() { &self.rpath } else { &self.runpath }
    }
}
