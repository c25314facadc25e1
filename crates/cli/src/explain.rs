//! `wheelbase explain`.

use std::fmt::Write as _;

use super::args::ExplainArgs;
use super::output::Output;
use wheelbase::error::Error;
use wheelbase::findings::Code;

pub(super) fn run(args: &ExplainArgs, output: &Output) -> Result<u8, Error> {
    let mut text = String::new();
    match &args.code {
        Some(name) => {
            let code: Code = name.parse().map_err(Error::invalid)?;
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{} (default level: {})\n{}.\n\n{}\n",
                code.name(),
                code.default_level(),
                code.summary(),
                code.explanation()
            );
            if let Some(other) = code.replaced_by_loading() {
                let _ = writeln!(
                    text,
                    "If a run also checks whether the wheel loads on a target, it reports `{other}` instead.\n"
                );
            }
            let _ = writeln!(text, "See {}", code.link());
        }
        None => {
            let codes = Code::ALL;
            let width = codes.iter().map(|code| code.name().len()).max().unwrap_or(0);
            for code in codes {
                let _ =
                    writeln!(text, "{:width$}  {:5}  {}", code.name(), code.default_level(), code.summary());
            }
        }
    }
    output.print(&text)
}
