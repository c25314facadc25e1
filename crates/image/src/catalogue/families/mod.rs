//! The families of images and the rules for their tags.

mod distributions;
mod others;
mod python;
mod shared;

use super::data::{self, FamilyRow};
use super::question::Question;
use super::unknown::Reason;
use shared::Answer;

/// Returns the profile of a tag of a family.
pub(super) fn resolve(question: &Question<'_>, family: &'static FamilyRow) -> Answer {
    if let Some(why) = &family.undetermined {
        return Err(question.error(Reason::Undetermined(format!(
            "{why}; read the image with `docker://{}`",
            question.image
        ))));
    }
    match family.id {
        data::PYTHON => python::official_python(question, family),
        "pypy-official" => python::pypy(question, family),
        "debian-official" => distributions::debian(question, family),
        "ubuntu-official" => distributions::ubuntu(question, family),
        "alpine-official" => distributions::alpine(question, family),
        "buildpack-deps" => distributions::buildpack_deps(question, family),
        "distroless-python3" | "distroless-base" => others::distroless(question, family),
        "chainguard-python" | "wolfi-base" => others::wolfi(question, family),
        "ubi-python" | "ubi-python-minimal" => distributions::ubi_python(question, family),
        "ubi" => distributions::ubi(question, family),
        "amazonlinux" => distributions::amazonlinux(question, family),
        "lambda-python" => others::lambda(question, family),
        "uv" => python::uv(question, family),
        "fedora" => distributions::fedora(question, family),
        "el-clones" => distributions::enterprise_linux(question, family),
        "suse" => distributions::suse(question, family),
        "azurelinux" => distributions::azurelinux(question, family),
        "manylinux-build" | "musllinux-build" => others::build_image(question, family),
        "scratch" => others::scratch(question, family),
        "busybox" => others::busybox(question, family),
        "cuda" => others::cuda(question, family),
        "dhi" => others::dhi(question, family),
        "devcontainers" => python::devcontainers(question, family),
        "bitnami-python" => others::bitnami(question, family),
        "ci-images" => others::ci_images(question, family),
        _ => Err(question.error(Reason::Undetermined("its family has no rule".to_owned()))),
    }
}

/// Returns tags of a family other than the python image, which an error may list.
pub(super) fn tags(id: &str, name: &str) -> Vec<String> {
    let releases = |distro: &str| {
        let rows = data::releases().releases.iter().filter(|row| row.distro() == distro);
        rows.flat_map(|row| [Some(row.version()), row.codename]).flatten().collect::<Vec<_>>().into_iter()
    };
    let pythons = || data::python().minor.iter().map(|row| row.python);
    let some = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
    match id {
        "debian-official" | "buildpack-deps" => {
            let slim = releases("debian").map(|tag| format!("{tag}-slim"));
            let mut all: Vec<String> = releases("debian").map(str::to_owned).chain(slim).collect();
            all.extend(some(&["latest", "stable", "stable-slim", "oldstable", "testing", "unstable"]));
            all
        }
        "ubuntu-official" => {
            releases("ubuntu").map(str::to_owned).chain(some(&["latest", "rolling"])).collect()
        }
        "alpine-official" => releases("alpine").map(str::to_owned).chain(some(&["latest", "3"])).collect(),
        "fedora" => releases("fedora").map(str::to_owned).chain(some(&["latest"])).collect(),
        "amazonlinux" => some(&["2023", "2", "latest", "2023-minimal"]),
        "lambda-python" => pythons().map(str::to_owned).collect(),
        "pypy-official" => {
            let mut all = some(&["latest", "slim", "3", "3-slim"]);
            for minor in ["3.10", "3.11"] {
                all.extend(
                    ["", "-slim", "-trixie", "-slim-trixie", "-bookworm", "-slim-bookworm"]
                        .map(|rest| format!("{minor}{rest}")),
                );
            }
            all
        }
        "uv" => pythons()
            .flat_map(|minor| {
                ["trixie", "trixie-slim", "bookworm", "bookworm-slim", "alpine"]
                    .map(|rest| format!("python{minor}-{rest}"))
            })
            .chain(some(&["latest", "trixie", "trixie-slim", "debian", "debian-slim", "alpine"]))
            .collect(),
        "distroless-python3" | "distroless-base" => some(&["latest", "nonroot", "debug", "debug-nonroot"]),
        "chainguard-python" => some(&["latest", "latest-dev"]),
        "el-clones" if name.ends_with("centos") => some(&["stream9", "stream10"]),
        "el-clones" => some(&["8", "9", "10", "9-minimal", "10-minimal"]),
        "suse" => releases("opensuse").map(str::to_owned).collect(),
        "devcontainers" => {
            pythons().flat_map(|minor| [minor.to_owned(), format!("{minor}-bookworm")]).collect()
        }
        _ => some(&["latest"]),
    }
}
