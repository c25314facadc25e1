//! The facts of one ELF file.

use serde::{Deserialize, Serialize};

use super::fault::ElfFault;
use super::imports::Imports;
use super::machine::{ByteOrder, Class, FloatPassing, Machine, float_passing, machine_name};
use super::names::Names;
use super::notes::IsaLevel;
use super::versions::VersionNeed;

/// What an ELF file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ElfKind {
    /// A shared object, a Python extension module among them.
    SharedObject,
    /// A program that the dynamic linker starts.
    Executable,
    /// A program that needs no dynamic linker.
    StaticExecutable,
    /// An object file (`.o`).
    Relocatable,
    /// Debugging data split from another file: headers without the data they speak of.
    DebugData,
    /// Something else (a core file, an unknown `e_type`).
    Other,
}

/// What a file asks of its stack (`PT_GNU_STACK`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stack {
    /// The header is there and asks for no execution.
    Plain,
    /// The header asks for an executable stack.
    Executable,
    /// There is no such header: what the loader does depends on the machine.
    Unsaid,
}

/// Everything that one ELF file says of itself and that decides where it loads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ElfFacts {
    /// Word size.
    pub class: Class,
    /// Byte order.
    pub order: ByteOrder,
    /// `e_machine` as the file says it.
    pub raw_machine: u16,
    /// `e_flags` as the file says it.
    pub flags: u32,
    /// `EI_OSABI`: 0 is System V, 3 is GNU.
    pub os_abi: u8,
    /// What the file is for.
    pub kind: ElfKind,
    /// The program interpreter (`PT_INTERP`).
    pub interpreter: Option<String>,
    /// The file's own name for others to need (`DT_SONAME`).
    pub soname: Option<String>,
    /// The libraries it needs (`DT_NEEDED`), in the order the loader takes them.
    pub needed: Vec<String>,
    /// The search path that is passed on to dependencies (`DT_RPATH`), split at `:`.
    pub rpath: Vec<String>,
    /// The search path of this file alone (`DT_RUNPATH`), split at `:`.
    pub runpath: Vec<String>,
    /// The version nodes it needs (`DT_VERNEED`), a library at a time.
    pub version_needs: Vec<VersionNeed>,
    /// The version nodes it defines (`DT_VERDEF`), without the base entry that repeats the file's name.
    pub version_definitions: Vec<String>,
    /// The dynamic symbols it takes from elsewhere.
    pub imports: Imports,
    /// The dynamic symbols it gives. A wheel's facts keep only those that another member takes.
    pub exports: Names,
    /// The modules whose `PyInit_` function it exports.
    pub python_modules: Vec<String>,
    /// What it asks of the stack.
    pub stack: Stack,
    /// Whether it has packed relative relocations (`DT_RELR`).
    pub relr: bool,
    /// Whether the loader must write into its code (`DT_TEXTREL`).
    pub text_relocations: bool,
    /// The smallest alignment of its loaded segments; `None` without any.
    pub load_alignment: Option<u64>,
    /// The x86-64 level that its property note says it needs, above the baseline.
    pub isa: Option<IsaLevel>,
    /// The build id, in lower-case hex.
    pub build_id: Option<String>,
    /// Tables that could not be read; the facts are those of the rest.
    pub faults: Vec<ElfFault>,
}

impl ElfFacts {
    /// The machine, as platform tags name it; `None` where no tag names it (x32, soft-float ARM).
    pub fn machine(&self) -> Option<Machine> {
        Machine::of(self.class, self.order, self.raw_machine, self.flags)
    }

    /// A name of the machine for messages, also where no tag names it.
    pub fn machine_name(&self) -> String {
        machine_name(self.class, self.order, self.raw_machine, self.flags)
    }

    /// How floating-point values are passed, where the header says so.
    pub fn float_passing(&self) -> Option<FloatPassing> {
        float_passing(self.raw_machine, self.flags)
    }

    /// The search paths the loader would use for this file's own needs: where both are set, `DT_RPATH` is ignored
    /// (ld.so(8), gABI chapter 5).
    pub fn search_path(&self) -> &[String] {
        if self.runpath.is_empty() { &self.rpath } else { &self.runpath }
    }
}
