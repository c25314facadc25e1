//! The folder of a run, and the files that only code can create.

use std::any::Any;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Place, root};
use crate::cli::image::unpacked;
use crate::cli::image_installed::install;
use crate::cli::site::{Run, Site};
use crate::elf::support::{Wheel, fixture};
use crate::image::read_registry::open_registry;
use crate::image::read_sources::{Packed, index, layout, two_layers};
use crate::image::read_support::{Elf, gzip};
use crate::index::server::{Reply, Server, sha256};
use crate::readme::fill_cache;

/// A folder ready for a run.
pub(crate) struct Prepared {
    site: Site,
    /// Names in the recorded texts, and the path or address on this machine that each replaces.
    names: Vec<(&'static str, String)>,
    /// A cache other than the folder's own.
    cache: Option<PathBuf>,
    /// Servers and folders that are removed after the run.
    kept: Vec<Box<dyn Any>>,
}

impl Prepared {
    pub(crate) fn new(place: &Place, files: &BTreeMap<String, String>, copies: &[String]) -> Self {
        let site = Site::of(&place.index);
        for (name, text) in place.files.iter().chain(files) {
            site.write(name, text);
        }
        for folder in copies {
            copy(&root().join(folder), site.path());
        }
        let recorded =
            |folder: &str| root().join("tests").join(folder).join("recorded").display().to_string();
        let names = vec![("{readme}", recorded("readme")), ("{resolve}", recorded("resolve"))];
        let mut prepared = Self { site, names, cache: None, kept: Vec::new() };
        if place.image {
            unpacked(prepared.site.path(), &two_layers()[..1]);
        }
        for one in &place.installed {
            one.write(&prepared.site);
        }
        for one in &place.wheels {
            one.write(&prepared.site);
        }
        for one in &place.sdists {
            one.write(&prepared.site);
        }
        for one in &place.binaries {
            one.write(&prepared.site);
        }
        for one in &place.material {
            prepared.add(one);
        }
        prepared
    }

    /// Writes a file in the folder.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        self.site.write_bytes(name, bytes);
    }

    /// Runs the command, and puts names in place of paths and ports.
    pub(crate) fn run(&self, arguments: &[String], variables: &BTreeMap<String, String>) -> Run {
        let filled: Vec<String> = arguments
            .iter()
            .map(|one| self.names.iter().fold(one.clone(), |text, (name, value)| text.replace(name, value)))
            .collect();
        let filled: Vec<&str> = filled.iter().map(String::as_str).collect();
        let run = self.site.run_with(&filled, |command| {
            command.env("COLUMNS", "80").env("PIP_RETRIES", "0").envs(variables);
            if let Some(cache) = &self.cache {
                command.env("WHEELBASE_CACHE_DIR", cache);
            }
        });
        let folder = self.site.path().display().to_string();
        let tidy = |text: String| {
            let named = self.names.iter().fold(text, |text, (name, value)| text.replace(value, name));
            named.replace(&folder, "{folder}")
        };
        Run { status: run.status, out: tidy(run.out), err: tidy(run.err) }
    }

    fn add(&mut self, material: &str) {
        match material {
            "read-wheels" => self.read_wheels(),
            "wheels" => self.wheels(),
            "root" => self.root(),
            "layout" => self.layout("{layout}", "amd64"),
            "layout-of-another-machine" => self.layout("{layout-of-another-machine}", "arm64"),
            "registry" => {
                let (server, reference) = open_registry();
                self.names.push(("{registry}", reference.trim_start_matches("docker://").to_owned()));
                self.kept.push(Box::new(server));
            }
            "broken-index" => self.broken_index(),
            other => panic!("no material is called {other}"),
        }
    }

    /// What was read from the wheels of the recorded index, in the cache.
    fn read_wheels(&mut self) {
        let cache = tempfile::tempdir().expect("a folder");
        fill_cache(cache.path());
        self.cache = Some(cache.path().to_owned());
        self.kept.push(Box::new(cache));
    }

    /// Wheels with compiled files in `wheels`, and directories and single files as they come out of them.
    fn wheels(&self) {
        const GNU: &str = "cp312-cp312-manylinux_2_17_x86_64";
        const MUSL: &str = "cp312-cp312-musllinux_1_2_x86_64";
        for (project, tags, members) in [
            ("fine", GNU, &[("ext.so", "ext.x86_64.gnu.so")][..]),
            ("foreign", GNU, &[("foreign.so", "foreign.so")]),
            ("mixed", GNU, &[("a.so", "ext.x86_64.gnu.so"), ("b.so", "ext.aarch64.gnu.so")]),
            ("muslish", MUSL, &[("ext.so", "ext.x86_64.musl.so"), ("late.so", "late-musl.so")]),
            ("relr", MUSL, &[("relr.so", "relr.so")]),
            ("newer", GNU, &[("new.so", "new-node.so"), ("stack.so", "exec-stack.so")]),
            ("stable", "cp39-abi3-manylinux_2_17_x86_64", &[("bad.abi3.so", "abi3-bad.so")]),
            (
                "odd",
                GNU,
                &[("escape.so", "rpath-climbs.so"), ("text.so", "textrel.so"), ("isa.so", "isa-v3.so")],
            ),
            ("pure", "py3-none-any", &[("hidden.so", "ext.x86_64.gnu.so")]),
            ("claims", "cp312-cp312-linux_x86_64", &[("old.so", "old-node.so")]),
            (
                "inner",
                GNU,
                &[("a.so", "private-node.so"), ("b.so", "forbidden.so"), ("c.so", "libpython-linked.so")],
            ),
            ("packed", GNU, &[("relr.so", "relr-node.so"), ("page.so", "page-4k.so")]),
            (
                "chain",
                GNU,
                &[
                    ("chain.so", "chain-runpath.so"),
                    (".libs/liba.so", "liba.so"),
                    (".libs/libb.so", "libb.so"),
                ],
            ),
            // Projects that are known to open libraries and to start programs by name.
            ("gitpython", "py3-none-any", &[]),
            ("python_magic", "py3-none-any", &[]),
            ("psycopg", "py3-none-any", &[]),
        ] {
            let mut wheel = Wheel::new(tags);
            for (name, file) in members {
                wheel = wheel
                    .with(&format!("{project}{}{name}", if name.starts_with('.') { "" } else { "/" }), file);
            }
            let metadata = format!("Metadata-Version: 2.1\nName: {project}\nVersion: 1.0\n");
            wheel = wheel.bytes(&format!("{project}-1.0.dist-info/METADATA"), metadata.as_bytes());
            self.site.write_bytes(&format!("wheels/{project}-1.0-{tags}.whl"), &wheel.build());
        }
        for (project, library) in [("graphic", "libGL.so.1"), ("threads", "libgomp.so.1")] {
            let mut elf = Elf::library("x.so");
            elf.needed = vec!["libc.so.6", library];
            let metadata = format!("Metadata-Version: 2.1\nName: {project}\nVersion: 1.0\n");
            let wheel = Wheel::new(GNU)
                .bytes(&format!("{project}/{project}.so"), &elf.bytes())
                .bytes(&format!("{project}/__init__.py"), format!("from .{project} import run\n").as_bytes())
                .bytes(&format!("{project}-1.0.dist-info/METADATA"), metadata.as_bytes());
            self.site.write_bytes(&format!("wheels/{project}-1.0-{GNU}.whl"), &wheel.build());
        }
        self.site.write("site/demo-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\n");
        self.site.write_bytes("site/demo/demo.so", &fixture("foreign.so"));
        self.site.write_bytes("wheels-damaged/broken-1.0-py3-none-any.whl", b"no zip");
    }

    /// An image as a folder, `root`, with installed distributions.
    fn root(&self) {
        let folder = self.site.path();
        unpacked(folder, &two_layers()[..1]);
        let requires = ["missing", "beta>=2", "gamma-two", "windows-only; sys_platform == 'win32'"];
        install(folder, "alpha", "1.0", &requires, "py3-none-any");
        install(folder, "beta", "1.5", &[], "py3-none-any");
        install(folder, "gamma.two", "1.0rc2", &["alpha"], "cp312-cp312-manylinux_2_17_x86_64");
        install(folder, "delta", "1.0", &[], "cp312-cp312-musllinux_1_2_x86_64");
        let site = "root/usr/local/lib/python3.12/site-packages";
        let member = "gamma/_core.cpython-312-x86_64-linux-gnu.so";
        let module = Elf { machine: 62, needed: vec!["libGL.so.1", "libc.so.6"], ..Elf::default() };
        self.site.write(&format!("{site}/gamma.two-1.0rc2.dist-info/RECORD"), &format!("{member},,\n"));
        self.site.write_bytes(&format!("{site}/{member}"), &module.bytes());
        fs::create_dir_all(folder.join("empty/etc")).expect("a folder");
        fs::write(folder.join("empty/etc/os-release"), "ID=debian\n").expect("written");
    }

    /// An image of two layers as an OCI layout, with this architecture in its configuration.
    fn layout(&mut self, name: &'static str, architecture: &str) {
        let image = Packed::new(&two_layers(), architecture, gzip);
        let folder = layout(&[&image], &index(&[(&image, None, Some("1"))]));
        self.names.push((name, folder.path().display().to_string()));
        self.kept.push(Box::new(folder));
    }

    /// An index that fails in several ways, and one file that it has.
    fn broken_index(&mut self) {
        let server = Server::start();
        let wheel = crate::index::server::wheel("good", "1.0", &["server"], 10);
        let name = "good-1.0-py3-none-any.whl";
        server.page("good", format!("<a href='/files/{name}#sha256={}'>{name}</a>", sha256(&wheel)));
        server.file(&format!("/files/{name}"), wheel);
        server.page(
            "archive",
            "<a href='/files/archive-1.0-py3-none-any.whl'>archive-1.0-py3-none-any.whl</a>",
        );
        server.file("/files/archive-1.0-py3-none-any.whl", b"PK\x03\x04 and nothing else".to_vec());
        for (project, reply) in [
            ("json", Reply::json("{\"files\": [")),
            ("later", Reply::json("{\"meta\": {\"api-version\": \"2.0\"}, \"files\": []}")),
            ("binary", Reply::new(200, "application/octet-stream", vec![0; 4096])),
            ("server", Reply::status(500)),
            ("secret", Reply::status(401)),
        ] {
            server.reply(&format!("/simple/{project}/"), reply);
        }
        let url = server.url("");
        self.names.push(("{server}", url.trim_end_matches('/').to_owned()));
        self.kept.push(Box::new(server));
    }
}

/// Copies a folder with its contents.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.expect("an entry");
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).expect("copied");
        }
    }
}
