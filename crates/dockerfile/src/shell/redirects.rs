//! Redirections: the files that a command writes, and its input.

use crate::files::Operation;
use crate::gap::DockerfileGap;
use crate::model::FileSource;
use crate::path;
use crate::shell::ast::Redirect;
use crate::shell::command::Source;
use crate::shell::run::{Interpreter, ShellStage};
use wheelbase_spec::source::Origin;

impl<S: ShellStage> Interpreter<'_, S> {
    /// Returns the target of the output, and the input.
    pub(super) fn redirects(
        &mut self,
        redirects: &[Redirect],
        source: &Source,
    ) -> (Option<(String, bool)>, Option<FileSource>) {
        let mut target = None;
        let mut fed = None;
        for redirect in redirects {
            match redirect {
                Redirect::Out(word) | Redirect::Append(word) => {
                    let text = self.single(word, source);
                    if text.unknown.is_none() && !text.value.starts_with("/dev/") {
                        let at = path::join(&self.cwd, &text.value);
                        target = Some((at, matches!(redirect, Redirect::Append(_))));
                    } else if text.value.starts_with("/dev/null") {
                        target = Some((String::new(), false));
                    }
                }
                Redirect::In(word) => {
                    let text = self.single(word, source);
                    fed = Some(match text.unknown {
                        Some(reason) => FileSource::Unknown(reason),
                        None => self.stage.find(&path::join(&self.cwd, &text.value)),
                    });
                }
                Redirect::Here(word) => {
                    let text = self.single(word, source);
                    fed = Some(match text.unknown {
                        Some(reason) => FileSource::Unknown(reason),
                        None => FileSource::Inline { text: text.value, origin: source.origin(word.offset) },
                    });
                }
            }
        }
        (target, fed)
    }

    /// Writes the output to the file of the redirection; returns it if there is none.
    pub(super) fn write(
        &mut self,
        target: Option<(String, bool)>,
        output: Option<FileSource>,
        origin: &Origin,
    ) -> Option<FileSource> {
        let Some((at, append)) = target else { return output };
        if at.is_empty() {
            return None;
        }
        let operation = match (output, append) {
            (Some(FileSource::Inline { text, origin }), false) => {
                Operation::Inline { path: at, text, origin }
            }
            (Some(FileSource::Inline { text, origin }), true) => Operation::Append { path: at, text, origin },
            (Some(FileSource::Exported(exported)), false) => Operation::Exported { path: at, exported },
            (Some(FileSource::Url(url)), false) => Operation::Url { path: at, url },
            (Some(other @ (FileSource::Context(_) | FileSource::Combined(_))), false) => {
                Operation::Combined { path: at, sources: vec![other] }
            }
            (Some(FileSource::Unknown(reason)), _) => Operation::Unknown { path: at, reason },
            (Some(other), true) => {
                let before = self.stage.find(&at);
                Operation::Combined { path: at, sources: vec![before, other] }
            }
            (None, true) => return None,
            (None, false) => Operation::Inline { path: at, text: String::new(), origin: origin.clone() },
            (Some(_), false) => {
                Operation::Unknown { path: at, reason: DockerfileGap::WrittenAt(origin.clone()) }
            }
        };
        self.stage.put(operation);
        None
    }
}
