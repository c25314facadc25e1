//! `wheelbase inspect`.

use wheelbase::edge::http::Client;
use wheelbase::edge::{Inspect, targets::today};
use wheelbase::error::Error;
use wheelbase::inspect::InspectionTextOptions;

use super::args::{Format, InspectArgs};
use super::output::Output;
use super::progress::Progress;
use super::targets::Chosen;
use super::{check, settings};

/// The largest number of files that are shown in full.
const FULL: usize = 3;

pub(super) async fn run(args: &InspectArgs, output: &Output) -> Result<u8, Error> {
    let mut request = Inspect::new().levels(check::levels(&args.gate)?).pre(args.pre).all(args.all);
    let settings = settings::environment(&args.index, &args.cache)?;
    if !args.target.on.is_empty() {
        let chosen = Chosen::read(&args.target, today())?;
        let http = Client::new(settings.http.clone());
        request = request.http_client(http.clone());
        let targets = chosen.targets(settings.cache.clone(), settings.offline, Some(http));
        let read = targets.read(&args.target.on, "--on ").await?;
        for detail in &read.details {
            output.detail(detail);
        }
        request = read.targets.into_iter().fold(request, Inspect::target);
    }
    request =
        settings::index_options(&args.index).into_iter().fold(request.settings(settings), Inspect::option);
    request = args.what.iter().fold(request, Inspect::file);
    let progress = Progress::new(output);
    let report = request.run_with(|event| progress.show_event(event, output)).await;
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
