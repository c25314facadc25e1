//! Package databases in text files: `dpkg` and `apk`.

use std::io::{BufRead as _, BufReader, Read};

use wheelbase_formats::limits;

use super::detected::{InstalledPackage, PackageFormat};
use super::fault::ImageFault;
use super::limits::Budget;

/// The content of one database file.
#[derive(Clone, Debug)]
pub(crate) struct PackageDatabase {
    pub(crate) manager: PackageFormat,
    pub(crate) packages: Vec<InstalledPackage>,
    /// The SONAMEs that the packages provide (`p:so:` of apk).
    pub(crate) sonames: Vec<String>,
}

impl PackageDatabase {
    pub(super) fn new(manager: PackageFormat) -> Self {
        Self { manager, packages: Vec::new(), sonames: Vec::new() }
    }

    /// Counts a package and adds it, so that a too large database is refused early.
    pub(super) fn push(&mut self, package: InstalledPackage, budget: &Budget) -> Result<(), ImageFault> {
        let texts = [&package.name, &package.version].into_iter().chain(&package.architecture);
        budget.keep(size_of::<InstalledPackage>() + texts.map(text_weight).sum::<usize>())?;
        self.packages.push(package);
        Ok(())
    }
}

/// The memory of a text: its header and at least the smallest block of an allocator.
#[expect(clippy::ptr_arg, reason = "it is the weight of a `String`")]
pub(super) fn text_weight(text: &String) -> usize {
    size_of::<String>() + text.len().max(16) + 16
}

/// `var/lib/dpkg/status`, or one of the paragraphs in `status.d` that distroless images have.
///
/// A package is installed according to its status. Distroless paragraphs have no status
/// (dpkg-query(1), "package status").
pub(super) fn dpkg(content: impl Read, budget: &Budget) -> Result<PackageDatabase, ImageFault> {
    let mut database = PackageDatabase::new(PackageFormat::Dpkg);
    // The first value of a repeated field is used.
    let wanted = ["Package", "Version", "Architecture", "Status"];
    paragraphs(
        content,
        |line| {
            let (name, value) = line.split_once(':')?;
            let index = wanted.iter().position(|wanted| name.eq_ignore_ascii_case(wanted))?;
            Some((index, value.trim()))
        },
        |[name, version, architecture, status]| {
            let installed = status.is_none_or(|status| {
                let state = status.split_whitespace().last().unwrap_or_default();
                // Unpacked and half-configured packages have their files in place.
                !matches!(state, "not-installed" | "config-files" | "half-installed")
            });
            if let (Some(name), Some(version), true) = (name, version, installed) {
                database.push(InstalledPackage { name, version, architecture }, budget)?;
            }
            Ok(())
        },
    )?;
    Ok(database)
}

/// `lib/apk/db/installed`: `P:` name, `V:` version, `A:` machine, `p:` what it provides; an empty line ends a package.
/// <https://wiki.alpinelinux.org/wiki/Apk_spec>
pub(super) fn apk(content: impl Read, budget: &Budget) -> Result<PackageDatabase, ImageFault> {
    let mut database = PackageDatabase::new(PackageFormat::Apk);
    // The letters are case-sensitive: `P` is the name, `p` what is provided.
    let wanted = ["P", "V", "A", "p"];
    paragraphs(
        content,
        |line| {
            let (name, value) = line.split_once(':')?;
            Some((wanted.iter().position(|wanted| *wanted == name)?, value))
        },
        |[name, version, architecture, provided]| {
            if let (Some(name), Some(version)) = (name, version) {
                database.push(InstalledPackage { name, version, architecture }, budget)?;
            }
            for provided in provided.iter().flat_map(|line| line.split_whitespace()) {
                if let Some(soname) = provided.strip_prefix("so:") {
                    let soname = soname.split(['=', '<', '>', '~']).next().unwrap_or(soname).to_owned();
                    budget.keep(text_weight(&soname))?;
                    database.sonames.push(soname);
                }
            }
            Ok(())
        },
    )?;
    Ok(database)
}

/// Reads blocks of lines, which empty lines separate, and passes the first value of each of four fields. Continuation
/// lines, which start with a space, are ignored.
fn paragraphs(
    content: impl Read,
    field: impl Fn(&str) -> Option<(usize, &str)>,
    mut block: impl FnMut([Option<String>; 4]) -> Result<(), ImageFault>,
) -> Result<(), ImageFault> {
    let mut fields: [Option<String>; 4] = Default::default();
    lines(content, |line| {
        if line.is_empty() {
            return block(std::mem::take(&mut fields));
        }
        if !line.starts_with([' ', '\t'])
            && let Some((index, value)) = field(line)
            && let Some(place @ None) = fields.get_mut(index)
        {
            *place = Some(value.to_owned());
        }
        Ok(())
    })?;
    block(fields)
}

/// Passes the lines of a file without their ends.
pub(super) fn lines(
    content: impl Read,
    mut line: impl FnMut(&str) -> Result<(), ImageFault>,
) -> Result<(), ImageFault> {
    let mut reader = BufReader::with_capacity(64 << 10, content);
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        if reader.by_ref().take(limits::IMAGE_DATABASE_LINE_BYTES).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(());
        }
        if bytes.len() as u64 == limits::IMAGE_DATABASE_LINE_BYTES && !bytes.ends_with(b"\n") {
            return Err(ImageFault::limit(format!(
                "a line of a database has more than {} bytes",
                limits::IMAGE_DATABASE_LINE_BYTES
            )));
        }
        let text = String::from_utf8_lossy(&bytes);
        line(text.trim_end_matches(['\n', '\r']))?;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::limits::ImageLimits;
    use super::*;

    /// Repeats a text and counts the bytes that were read.
    struct Endless<'a>(&'a std::cell::Cell<usize>, &'static [u8]);

    impl Read for Endless<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let length = buffer.len() / self.1.len() * self.1.len();
            for chunk in buffer.chunks_exact_mut(self.1.len()) {
                chunk.copy_from_slice(self.1);
            }
            self.0.set(self.0.get() + length);
            Ok(length)
        }
    }

    // Packages are counted while they are parsed, so the rest of the file is not read.
    #[test]
    fn database_without_end_is_refused_on_the_way() {
        let limits = ImageLimits { kept: 1 << 20, ..ImageLimits::default() };
        for (text, is_apk) in [(&b"P:a\nV:1\n\n"[..], true), (b"Package:a\nVersion:1\n\n", false)] {
            let (taken, budget) = (std::cell::Cell::new(0), Budget::new(limits));
            let endless = Endless(&taken, text);
            let result = if is_apk { apk(endless, &budget) } else { dpkg(endless, &budget) };
            assert!(result.is_err_and(|fault| fault.is_limit()));
            assert!(taken.get() < 1 << 20, "{} bytes were read for a budget of one MiB", taken.get());
        }
        let taken = std::cell::Cell::new(0);
        let result = apk(Endless(&taken, b"x"), &Budget::default());
        assert!(result.is_err_and(|fault| fault.is_limit()), "a line without end");
        assert!(taken.get() < 2 << 20);
    }

    fn pairs(database: &PackageDatabase) -> Vec<(&str, &str)> {
        database.packages.iter().map(|one| (one.name.as_str(), one.version.as_str())).collect()
    }

    // deb-control(5): fields in any order, continuation lines, and removed packages with remaining settings.
    #[test]
    fn dpkg_lists_what_is_installed() {
        let text = "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9+deb12u10\n\
                    Description: GNU C Library\n Version: not a field\n\n\
                    Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n\n\
                    Version: 1:2-3\nPackage: late\nStatus: install ok half-configured\n";
        assert_eq!(
            pairs(&dpkg(text.as_bytes(), &Budget::default()).unwrap()),
            [("libc6", "2.36-9+deb12u10"), ("late", "1:2-3")]
        );
    }

    #[test]
    fn distroless_paragraphs_have_no_status() {
        assert_eq!(
            pairs(&dpkg(&b"Package: tzdata\nVersion: 2024a-0+deb12u1\n"[..], &Budget::default()).unwrap()),
            [("tzdata", "2024a-0+deb12u1")]
        );
    }

    #[test]
    fn apk_has_packages_and_sonames() {
        let text = "C:Q1abc=\nP:musl\nV:1.2.5-r9\nA:x86_64\np:so:libc.musl-x86_64.so.1=1\nF:lib\nR:ld-musl-x86_64.so.1\n\n\
                    P:zlib\nV:1.3.1-r2\np:so:libz.so.1=1.3.1 pc:zlib=1.3.1\n\n";
        let database = apk(text.as_bytes(), &Budget::default()).unwrap();
        assert_eq!(pairs(&database), [("musl", "1.2.5-r9"), ("zlib", "1.3.1-r2")]);
        assert_eq!(database.sonames, ["libc.musl-x86_64.so.1", "libz.so.1"]);
    }
}
