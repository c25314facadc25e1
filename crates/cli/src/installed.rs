//! `wheelbase check --installed`.

use wheelbase::edge::installed::judge_installed;
use wheelbase::edge::targets::{self, Targets};
use wheelbase::error::Error;
use wheelbase::image::read::ImageLocation;
use wheelbase::report::{Levels, Report, ReportTarget};
use wheelbase::target::Arch;
use wheelbase::verdict::TargetVerdict;

use super::args::CheckArgs;
use super::output::Output;
use super::{check, settings};

pub(super) fn run(args: &CheckArgs, levels: Levels, output: &Output) -> Result<u8, Error> {
    if args.target.on.is_empty() {
        return Err(Error::input("no image: name one with --on, such as --on dir:ROOT"));
    }
    let environment = settings::environment(&args.index, &args.cache)?;
    let options = super::targets::options(
        &args.target,
        targets::today(),
        environment.cache.clone(),
        environment.offline,
    )?;
    let runtime = super::targets::runtime()?;
    let arches: Vec<Option<&Arch>> = match options.arches.as_slice() {
        [] => vec![None],
        several => several.iter().map(Some).collect(),
    };
    let mut report = Report::new(Vec::new(), Vec::new(), levels);
    let mut faults = Vec::new();
    for name in &args.target.on {
        for arch in &arches {
            match runtime.block_on(one(&options, name, *arch)) {
                Ok((target, verdict)) => {
                    report.targets.push(target);
                    report.results.push(verdict);
                }
                Err(error) => faults.push(error.after(&format!("--on {name}: "))),
            }
        }
    }
    Error::all(faults)?;
    check::print(&report, args, output)
}

async fn one(
    options: &Targets,
    name: &str,
    arch: Option<&Arch>,
) -> Result<(ReportTarget, TargetVerdict), Error> {
    if !ImageLocation::is_meant(name) {
        return Err(Error::input(
            "what is installed is known of images that are read only: name one by dir:, oci:, oci-archive:, \
             docker-archive: or docker://",
        ));
    }
    let location: ImageLocation = name.parse().map_err(|error| Error::input(format!("{error}")))?;
    let wanted = options.python.as_ref();
    let found = options.images.find(name, arch, wanted).await?;
    let image = found.read.clone().ok_or_else(|| Error::input("the image was not read"))?;
    let chosen = image.chosen_python(wanted).filter(|own| wanted.is_none_or(|wanted| own.is(wanted)));
    let chosen = chosen.ok_or_else(|| match wanted {
        Some(wanted) => Error::input(format!("no interpreter of the image is {wanted}")),
        None => Error::input("the image has no interpreter that could be found"),
    })?;
    let id = options.id(name, &found.profile.arch);
    let target = options.target(&id, name, found, wanted, arch.is_some())?;
    let verdict = judge_installed(&location, &image, chosen, &target)?;
    Ok((target, verdict))
}
