//! `wheelbase check --installed`.

use crate::edge::installed::judge_installed;
use crate::error::Error;
use crate::image::TargetOptions;
use crate::image::read::ImageLocation;
use crate::report::{Levels, Report, ReportTarget};
use crate::target::{Arch, Python};
use crate::verdict::TargetVerdict;

use super::args::CheckArgs;
use super::images::{Fault, Images};
use super::output::Output;
use super::{check, image, settings};

pub(super) fn run(args: &CheckArgs, levels: Levels, output: &Output) -> Result<u8, Error> {
    if args.target.on.is_empty() {
        return Err(Error::input("no image: name one with --on, such as --on dir:ROOT"));
    }
    let mut faults = Vec::new();
    let python: Option<Python> = image::option("--python", args.target.python.as_deref(), &mut faults);
    let as_of = image::option("--as-of", args.target.as_of.as_deref(), &mut faults);
    let arches: Vec<Arch> =
        args.target.arch.iter().filter_map(|arch| image::option("--arch", Some(arch), &mut faults)).collect();
    Fault::all(faults)?;
    let environment = settings::environment(&args.index, &args.cache)?;
    let as_of = as_of.unwrap_or_else(check::today);
    let images = Images::open(&args.target.images, as_of, environment.cache, environment.offline)?;
    let mut report = Report::new(Vec::new(), Vec::new(), levels);
    let mut faults = Vec::new();
    let asked: Vec<Option<&Arch>> =
        if arches.is_empty() { vec![None] } else { arches.iter().map(Some).collect() };
    for name in &args.target.on {
        for arch in &asked {
            match one(&images, name, *arch, python.as_ref()) {
                Ok((target, verdict)) => {
                    report.targets.push(target);
                    report.results.push(verdict);
                }
                Err(fault) => faults.push(fault.after(&format!("--on {name}: "))),
            }
        }
    }
    Fault::all(faults)?;
    check::print(&report, args, output)
}

fn one(
    images: &Images,
    name: &str,
    arch: Option<&Arch>,
    python: Option<&Python>,
) -> Result<(ReportTarget, TargetVerdict), Fault> {
    let fault = |why: &str| Fault::Input(why.to_owned());
    if !ImageLocation::is_meant(name) {
        return Err(fault(
            "what is installed is known of images that are read only: name one by dir:, oci:, oci-archive:, \
             docker-archive: or docker://",
        ));
    }
    let location: ImageLocation = name.parse().map_err(|error| Fault::Input(format!("{error}")))?;
    let found = images.find(name, arch, python)?;
    let image = found.read.as_deref().ok_or_else(|| fault("the image was not read"))?;
    let chosen = image.chosen_python(python).filter(|own| python.is_none_or(|wanted| own.is(wanted)));
    let chosen = chosen.ok_or_else(|| match python {
        Some(wanted) => Fault::Input(format!("no interpreter of the image is {wanted}")),
        None => fault("the image has no interpreter that could be found"),
    })?;
    let target = found
        .profile
        .target(&TargetOptions::default())
        .map_err(|error| Fault::Undetermined(error.to_string()))?;
    let arch = found.profile.arch.docker_name().to_owned();
    let target = ReportTarget::new(name, name, arch, target).with_image(found.profile.clone());
    let verdict = judge_installed(&location, image, chosen, &target)?;
    Ok((target, verdict))
}
