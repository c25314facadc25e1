//! A Dockerfile as stages of instructions.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::fault::{DockerfileError, Fault};
use crate::segment::segments;
use crate::syntax::{self, Copy, Instruction, Kind};
use wheelbase_formats::limits;
use wheelbase_spec::source::Origin;

/// A Dockerfile without syntax errors.
#[derive(Clone, Debug)]
pub struct Dockerfile {
    pub(crate) file: Arc<str>,
    pub(crate) escape: char,
    pub(crate) global: Vec<Instruction>,
    pub(crate) stages: Vec<Stage>,
}

#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) from: syntax::From,
    pub(crate) origin: Origin,
    pub(crate) instructions: Vec<Instruction>,
}

impl Stage {
    /// Creates a stage with an invalid `FROM`.
    fn broken(file: &str, line: u32) -> Self {
        let origin = Origin::new(file, line, 1);
        let from = syntax::From {
            image: "scratch".to_owned(),
            image_origin: origin.clone(),
            platform: None,
            name: None,
            name_origin: origin.clone(),
        };
        Self { from, origin, instructions: Vec::new() }
    }
}

impl Dockerfile {
    /// Parses the valid part of a file, and returns the faults of the rest.
    pub(crate) fn read(bytes: &[u8], file: &str) -> Result<(Self, Vec<Fault>), DockerfileError> {
        let mut faults = Vec::new();
        if bytes.len() > limits::DOCKERFILE_BYTES {
            faults.push(Fault::new(Origin::new(file, 0, 0), "the file is longer than 1 MiB"));
            return Err(DockerfileError::new(faults));
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
                let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
                let line = u32::try_from(line).unwrap_or(u32::MAX);
                faults.push(Fault::new(Origin::new(file, line, 0), "this line is not UTF-8"));
                return Err(DockerfileError::new(faults));
            }
        };
        let cut = segments(text, file, &mut faults);
        let mut dockerfile =
            Self { file: file.into(), escape: cut.escape, global: Vec::new(), stages: Vec::new() };
        // An invalid `FROM` starts a stage too, so that the instructions after it are not reported.
        let mut begun = false;
        for segment in &cut.segments {
            let instruction = match syntax::read(segment, cut.escape, file) {
                Ok(instruction) => instruction,
                Err(found) => {
                    let from = segment
                        .joined
                        .trim_start()
                        .get(..4)
                        .is_some_and(|word| word.eq_ignore_ascii_case("from"));
                    if from {
                        begun = true;
                        dockerfile.stages.push(Stage::broken(file, segment.line));
                    }
                    faults.extend(found);
                    continue;
                }
            };
            match (instruction.kind, dockerfile.stages.last_mut()) {
                (Kind::From(from), _) => {
                    begun = true;
                    dockerfile.stages.push(Stage {
                        from,
                        origin: instruction.origin,
                        instructions: Vec::new(),
                    });
                }
                (kind, Some(stage)) => {
                    stage.instructions.push(Instruction { kind, origin: instruction.origin });
                }
                (kind @ Kind::Arg(_), None) => {
                    dockerfile.global.push(Instruction { kind, origin: instruction.origin });
                }
                (_, None) if begun => {}
                (_, None) => {
                    let message = "only `ARG` is allowed before the first `FROM`";
                    faults.push(Fault::new(Origin::new(file, segment.line, 1), message));
                }
            }
        }
        if dockerfile.stages.is_empty() && !begun {
            faults.push(Fault::new(Origin::new(file, 0, 0), "the file has no `FROM`"));
        }
        if dockerfile.stages.len() > limits::DOCKERFILE_STAGES {
            faults.push(Fault::new(
                Origin::new(file, 0, 0),
                format!("the file has more than {} stages", limits::DOCKERFILE_STAGES),
            ));
        }
        dockerfile.check_names(&mut faults);
        Ok((dockerfile, faults))
    }

    /// Checks that stage names are unique and that `COPY --from` refers to an earlier stage.
    fn check_names(&self, faults: &mut Vec<Fault>) {
        let mut seen: BTreeMap<&str, &Origin> = BTreeMap::new();
        for (index, stage) in self.stages.iter().enumerate() {
            if let Some(name) = stage.from.name.as_deref() {
                match seen.get(name) {
                    Some(first) => faults.push(Fault::new(
                        stage.from.name_origin.clone(),
                        format!("duplicate stage name `{name}`, first used at {first}"),
                    )),
                    None => {
                        seen.insert(name, &stage.from.name_origin);
                    }
                }
            }
            for instruction in &stage.instructions {
                let flags = match &instruction.kind {
                    Kind::Copy(copy) => {
                        check_copy_flags(copy, faults);
                        &copy.flags
                    }
                    _ => continue,
                };
                for flag in flags.iter().filter(|flag| flag.name == "from") {
                    if flag.value.contains('$') {
                        faults.push(Fault::new(
                            flag.origin.clone(),
                            "variables are not expanded in `--from`; define a stage with `FROM` and use its name",
                        ));
                    } else if let Ok(number) = flag.value.parse::<usize>()
                        && number >= index
                    {
                        faults.push(Fault::new(
                            flag.origin.clone(),
                            format!("`--from={number}` is not an earlier stage: this is stage {index}"),
                        ));
                    }
                }
            }
        }
    }

    /// The stages: number, name if there is one, and position of `FROM`.
    pub fn stages(&self) -> impl Iterator<Item = (usize, Option<&str>, &Origin)> {
        self.stages
            .iter()
            .enumerate()
            .map(|(index, stage)| (index, stage.from.name.as_deref(), &stage.origin))
    }
}

/// Checks the flags of `COPY` and `ADD`.
fn check_copy_flags(copy: &Copy, faults: &mut Vec<Fault>) {
    let known: &[&str] = if copy.add {
        &["chown", "chmod", "link", "checksum", "keep-git-dir", "exclude", "unpack"]
    } else {
        &["from", "chown", "chmod", "link", "parents", "exclude"]
    };
    for flag in &copy.flags {
        if !known.contains(&flag.name.as_str()) {
            let instruction = if copy.add { "ADD" } else { "COPY" };
            faults.push(Fault::new(
                flag.origin.clone(),
                format!("`{instruction}` has no flag `--{}`", flag.name),
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rest of the file is not parsed as the body, and the instruction itself is.
    #[test]
    fn a_here_document_without_end_is_reported_once() {
        for (text, want) in [
            ("FROM a\nCOPY <<EOF /x\nb", vec!["2:6: the here-document `EOF` has no end"]),
            ("FROM a\nRUN <<EOF\nb\n", vec!["2:5: the here-document `EOF` has no end"]),
            (
                "FROM a\nCOPY --bogus=1 <<\"A\" <<-B /x/\n${\n",
                vec![
                    "2:16: the here-document `A` has no end",
                    "2:22: the here-document `B` has no end",
                    "2:6: `COPY` has no flag `--bogus`",
                ],
            ),
        ] {
            let faults = Dockerfile::read(text.as_bytes(), "f").map(|(_, faults)| faults);
            let faults: Vec<String> = faults.unwrap().iter().map(ToString::to_string).collect();
            let want: Vec<String> = want.into_iter().map(|want| format!("f:{want}")).collect();
            assert_eq!(faults, want, "{text}");
        }
    }
}
