//! `wheelbase inspect`.

use wheelbase::Check;
use wheelbase::error::Error;
use wheelbase::inspect::InspectionTextOptions;
use wheelbase::requirements::SettingKind;

use super::args::{Format, InspectArgs};
use super::output::Output;
use super::progress::Progress;
use super::{check, settings, targets};

/// The largest number of files that are shown in full.
const FULL: usize = 3;

pub(super) async fn run(args: &InspectArgs, output: &Output) -> Result<u8, Error> {
    let mut check = check::gate(&args.gate, Check::new());
    check = settings::apply(&args.index, &args.cache, check);
    if !args.target.on.is_empty() {
        check = targets::apply(&args.target, check);
    }
    if args.pre {
        check = check.option(SettingKind::Pre);
    }
    let inspection = check.inspect_files(&args.what).all_wheels(args.all);
    let progress = Progress::new(output);
    let report = inspection.run_with(|event| progress.show_event(event, output)).await;
    progress.finish();
    let report = report?;
    if report.files > 0 {
        let text = match args.format {
            Format::Json => format!("{:#}\n", report.to_json()?),
            Format::Text => {
                let brief = (report.folder || report.files > FULL) && !output.is_verbose();
                let options = InspectionTextOptions::default().with_members(output.is_verbose());
                report.to_text(options.with_all(args.all).with_brief(brief))
            }
        };
        output.print(&text)?;
    }
    for error in &report.faults {
        output.error(error);
    }
    Ok(report.exit_status())
}
