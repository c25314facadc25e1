//! Limits on untrusted input.
//!
//! Any input may be malicious and try to exhaust memory or time: archives, indexes, locks, Dockerfiles, images. The limits
//! of all readers are in this module, so that they can be compared. Each limit is far above the largest known legitimate
//! input. Input above a limit is an error or a finding with a message about the limit.
//!
//! Not here:
//!
//! - limits that a specification, CPython or the Linux kernel sets (next to the code that cites them)
//! - redirects and attempts of requests (in the HTTP code)
//! - the lengths of lists in messages
//! - sizes that only decide how the work is done and reject no input: buffers, ranges of one request, what is kept in
//!   memory instead of a file, and how much is done at once (next to the algorithm)
//! - the limits of requirement and marker texts in `wheelbase-spec`, and of attempts of the solver in
//!   `wheelbase-resolve`, which are below this crate

// Archives.

/// Bytes of a zip archive's central directory. Those of the largest known wheels have about 2 MiB.
pub const ZIP_DIRECTORY_BYTES: u64 = 64 << 20;
/// Entries of a wheel or an sdist. As many take some 100 MB of memory.
pub const ARCHIVE_ENTRIES: u64 = 500_000;
/// Unpacked bytes for each packed byte of one member of a wheel. Deflate can reach 1,032; of 1,719 members of real
/// wheels none passed 40.
pub const MEMBER_RATIO: u64 = 250;
/// Members with fewer unpacked bytes are exempt from [`MEMBER_RATIO`]: they cannot exhaust memory.
pub const MEMBER_RATIO_FROM: u64 = 64 << 20;
/// Unpacked bytes of all members that are read of a wheel, for each byte of the wheel.
pub const WHEEL_RATIO: u64 = 60;
/// Wheels that unpack to less are exempt from [`WHEEL_RATIO`].
pub const WHEEL_RATIO_FROM: u64 = 4 << 30;
/// Memory for the packed and the unpacked bytes of members that are inflated at the same time. A larger member is
/// streamed.
pub const INFLATE_MEMORY_BYTES: u64 = 288 << 20;
/// Bytes of `WHEEL` or `RECORD` in a wheel. The largest known `RECORD` has some 5 MB.
pub const WHEEL_TEXT_BYTES: u64 = 64 << 20;
/// Bytes of `METADATA` in a wheel. Descriptions of a megabyte exist.
pub const METADATA_BYTES: u64 = 32 << 20;
/// Bytes of one metadata file of an sdist.
pub const SDIST_FILE_BYTES: u64 = 16 << 20;
/// Bytes of a decompressed sdist.
pub const SDIST_INFLATED_BYTES: u64 = 2 << 30;
/// Bytes of an sdist that are read to find a better source of metadata after one was found.
pub const SDIST_PATIENCE_BYTES: u64 = 64 << 20;
/// Bytes of a path in an extension header of a tar archive.
pub const TAR_PATH_BYTES: u64 = 64 << 10;
/// Bytes of a pax header. Extended attributes and file capabilities are there too and may be long.
pub const TAR_PAX_BYTES: u64 = 1 << 20;
/// Logarithm of the window of a Zstandard stream, which is memory: 32 MiB. Builders of images use up to 8 MiB.
pub const ZSTD_WINDOW_LOG: u32 = 25;

// ELF files.

/// Bytes of one table. The string table of the largest known wheel member, a CUDA library of 1.2 GB, has 38 MB.
pub const ELF_TABLE_BYTES: u64 = 256 << 20;
/// Bytes of the dynamic section: 65,536 entries.
pub const ELF_DYNAMIC_BYTES: u64 = 1 << 20;
/// Bytes of a note segment. The ABI tag and the build ID need fewer than 100.
pub const ELF_NOTES_BYTES: u64 = 1 << 20;
/// Bytes of the interpreter's path, as many as `PATH_MAX` of Linux.
pub const ELF_INTERPRETER_BYTES: u64 = 4096;
/// Bytes of a symbol name. The longest known C++ name has some 20,000.
pub const ELF_NAME_BYTES: usize = 1 << 16;
/// Bytes of all names of one file. Those of the largest known library have 38 MB.
pub const ELF_NAMES_BYTES: usize = 192 << 20;
/// Program headers. A library has about ten.
pub const ELF_SEGMENTS: u64 = 4096;
/// Version nodes that a file defines or requires. glibc defines some 40.
pub const ELF_VERSION_NODES: usize = 16_384;

// Python source files and directories.

/// Bytes of one Python file. A larger one is data.
pub const PYTHON_FILE_BYTES: u64 = 2 << 20;
/// Python files of one wheel whose imports are followed.
pub const PYTHON_FILES: usize = 3000;
/// Bytes of all Python files of one wheel whose imports are followed.
pub const PYTHON_BYTES: usize = 48 << 20;
/// Rounds of requests for the Python files of a wheel on an index. Each follows the imports one statement further.
pub const IMPORT_ROUNDS: usize = 60;
/// Links of an installed directory that are followed in sequence.
pub const FOLDER_LINKS: usize = 8;
/// Depth of a directory tree that is walked.
pub const FOLDER_DEPTH: usize = 64;
/// Bytes of the `WHEEL` file of an installed project.
pub const INSTALLED_WHEEL_FILE_BYTES: u64 = 1 << 20;

// TOML and JSON documents with positions.

/// Bytes of a document.
pub const DOCUMENT_BYTES: usize = 64 << 20;
/// Bytes of a TOML document in which all syntax errors are reported; of a larger one only the first is. The parser keeps
/// every error in memory, and a text can contain one error per byte.
pub const DOCUMENT_RECOVERABLE_BYTES: usize = 1 << 20;
/// Bytes of a line in which columns are counted in characters. In longer ones they are counted in bytes, so that many
/// faults on one line need little time.
pub const DOCUMENT_COLUMN_BYTES: usize = 4096;
/// Values within each other.
pub const DOCUMENT_DEPTH: usize = 128;
/// Faults of one document. Further faults are dropped.
pub const DOCUMENT_FAULTS: usize = 200;

// Indexes, requirements and locks.

/// Bytes of an index page or of a metadata file next to a distribution.
pub const INDEX_PAGE_BYTES: u64 = 256 << 20;
/// Faults of an index page with a message. Further ones are counted.
pub const INDEX_PAGE_FAULTS: usize = 20;
/// Bytes of the body of an error, which is read for its explanation.
pub const ERROR_PAGE_BYTES: u64 = 1 << 20;
/// Requests for one part of a file, from servers that send other ranges than requested.
pub const RANGE_REQUESTS: usize = 64;
/// Bytes of a distribution from a server that does not support ranges.
pub const DISTRIBUTION_BYTES: u64 = 1 << 30;
/// Bytes of a requirements file, a constraints file, a project file or a file of a build context.
pub const INPUT_BYTES: u64 = 64 << 20;
/// Faults of a requirements file that are listed; further ones are counted. A file of another kind has a fault in every
/// line.
pub const REQUIREMENTS_FAULTS: usize = 1000;
/// Faults of one line of a requirements file that are listed. A line with more is not a line of options.
pub const REQUIREMENTS_LINE_FAULTS: usize = 20;
/// Files or groups that include each other, one within the other.
pub const INCLUDE_DEPTH: usize = 100;
/// Conditions under which a project requires an extra of itself. Lists of extras that contain each other twice
/// would double in every round.
pub const EXTRA_CONDITIONS: usize = 16;
/// Bytes of a lock.
pub const LOCK_BYTES: usize = 64 << 20;
/// Values of a JSON lock within each other.
pub const JSON_DEPTH: usize = 64;
/// Dependency groups that one group of a locked project includes.
pub const LOCK_GROUPS: usize = 32;

// Dockerfiles. The work of an interpreter has no limit, so it is counted.

/// Bytes of a Dockerfile.
pub const DOCKERFILE_BYTES: usize = 1 << 20;
/// Bytes of a physical line before a fault with a column. Columns are counted in characters, so a fault at the end of
/// a long line needs time.
pub const DOCKERFILE_COLUMN_BYTES: usize = 256 << 10;
/// Plans of a Dockerfile. Each may require more files of the build context, because scripts run other scripts.
pub const DOCKERFILE_ROUNDS: usize = 32;
/// Requirements files that those of one install step include.
pub const DOCKERFILE_INCLUDED_FILES: usize = 200;
/// Stages of a Dockerfile.
pub const DOCKERFILE_STAGES: usize = 500;
/// Defaults of variables within each other, as in `${A:-${B:-...}}`.
pub const DOCKERFILE_EXPANSION_DEPTH: usize = 32;
/// Operations that the search for a path visits over all stages.
pub const DOCKERFILE_LOOKUP_STEPS: usize = 20_000;
/// Installations by one command in a loop.
pub const DOCKERFILE_REPEATS: usize = 24;
/// Installations in one stage.
pub const DOCKERFILE_STAGE_INSTALLS: usize = 400;
/// Commands of a script within each other.
pub const SHELL_NESTING: usize = 48;
/// Scripts and functions that call each other.
pub const SHELL_CALL_DEPTH: usize = 12;
/// Commands and lists of them in one `RUN`; those in loops and functions count each time.
pub const SHELL_COMMANDS: usize = 10_000;
/// Words of one expansion.
pub const SHELL_WORDS: usize = 2_000;
/// Bytes of a variable or a word.
pub const SHELL_VALUE_BYTES: usize = 64 << 10;

// Images. All published images that are known are far below these.

/// Archive entries over all layers.
pub const IMAGE_ENTRIES: u64 = 2_000_000;
/// Unpacked bytes over all layers.
pub const IMAGE_BYTES: u64 = 128 << 30;
/// Unpacked bytes for each packed byte of a layer.
pub const IMAGE_RATIO: u64 = 200;
/// Layers that unpack to less are exempt from [`IMAGE_RATIO`].
pub const IMAGE_RATIO_FROM: u64 = 1 << 30;
/// Bytes of a path or link target, as many as `PATH_MAX` of Linux.
pub const IMAGE_PATH_BYTES: usize = 4096;
/// Parts of one path.
pub const IMAGE_PATH_DEPTH: usize = 256;
/// Bytes of a text file or package database.
pub const IMAGE_TEXT_BYTES: u64 = 64 << 20;
/// Bytes of a configuration or metadata file.
pub const IMAGE_CONFIGURATION_BYTES: u64 = 1 << 20;
/// Bytes of a library that are kept in memory while it is read. Tables of names are before the code in every known
/// library; the dynamic section of a larger file is read when the stream reaches it.
pub const IMAGE_LIBRARY_BYTES: u64 = 24 << 20;
/// Bytes kept in memory, over all layers.
pub const IMAGE_KEPT_BYTES: u64 = 96 << 20;
/// Steps of merging layers and of looking paths up: parts of paths, links followed, names listed.
pub const IMAGE_STEPS: u64 = 100_000_000;
/// Layers.
pub const IMAGE_LAYERS: usize = 500;
/// Bytes of a manifest, an index or a configuration of an image.
pub const IMAGE_MANIFEST_BYTES: u64 = 8 << 20;
/// Bytes of the response of a token server, or of an error of a registry.
pub const REGISTRY_RESPONSE_BYTES: u64 = 1 << 20;
/// Hard links that are followed in sequence in the archive of an image.
pub const IMAGE_ARCHIVE_LINKS: usize = 16;
/// Depth of a B-tree of an SQLite file. Pages have at least four cells, so a smaller depth is sufficient for any file.
pub const SQLITE_DEPTH: usize = 24;
/// Bytes of one line of a package database. The list of what a package provides may have some ten thousand.
pub const IMAGE_DATABASE_LINE_BYTES: u64 = 1 << 20;
/// Files that the `ld.so.conf` of an image includes.
pub const IMAGE_LOADER_FILES: usize = 1000;
/// Directories that the `ld.so.conf` of an image lists. Further ones are ignored.
pub const IMAGE_LOADER_FOLDERS: usize = 4096;
