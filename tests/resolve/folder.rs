//! Facts from a folder that contains an index: `simple/PROJECT/index.json` and the files next to it.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use url::Url;
use wheelbase::ProjectName;
use wheelbase::index::{DistributionFile, ProjectPage, parse_page};
use wheelbase::metadata::{Confidence, CoreMetadata};
use wheelbase::resolve::{Advance, Fact, Facts, Problem, Resolution, Solver};
use wheelbase::sdist::{SdistLimits, Search, read_tarball};

/// Reads pages and metadata on request.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Facts for Folder {
    fn page(&self, project: &ProjectName) -> Fact<Arc<ProjectPage>> {
        let path = self.0.join("simple").join(project.as_str()).join("index.json");
        let Ok(body) = std::fs::read(&path) else { return Fact::Absent };
        let url = Url::from_file_path(&path).expect("an absolute path");
        let page = parse_page(&body, Some("application/vnd.pypi.simple.v1+json"), url.as_str())
            .expect("a good page");
        Fact::Known(Arc::new(ProjectPage::from_files(project.clone(), page.files)))
    }

    fn metadata(&self, file: &DistributionFile) -> Fact<Arc<CoreMetadata>> {
        let path = Url::parse(&file.url).expect("a URL").to_file_path().expect("a file URL");
        if file.is_wheel() {
            let path = PathBuf::from(format!("{}.metadata", path.display()));
            let Ok(body) = std::fs::read(path) else { return Fact::Absent };
            return Fact::Known(Arc::new(
                CoreMetadata::parse(&body, Confidence::Exact).expect("good metadata"),
            ));
        }
        let Ok(body) = std::fs::read(path) else { return Fact::Absent };
        let facts = read_tarball(&body[..], None, Search::Any, SdistLimits::default()).expect("a good sdist");
        Fact::Known(Arc::new(facts.metadata))
    }
}

/// Solves with facts that are all available.
pub(crate) fn solve(problem: Problem, facts: &dyn Facts) -> Resolution {
    let mut solver = Solver::new(Arc::new(problem));
    match solver.advance(facts) {
        Advance::Done(resolution) => resolution,
        step => panic!("facts that answer everything leave nothing to ask for: {step:?}"),
    }
}

/// The scenarios of `tests/oracle/scenarios.tar.gz`, unpacked once per run.
pub(crate) fn scenarios() -> PathBuf {
    static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let packed =
            std::fs::File::open(concat!(root!(), "/tests/oracle/scenarios.tar.gz")).expect("the scenarios");
        tar::Archive::new(flate2::read::GzDecoder::new(packed))
            .unpack(folder.path())
            .expect("a sound archive");
        folder
    });
    FOLDER.path().join("scenarios")
}
