//! What is wrong with the archive itself.

use super::super::context::{Context, is_loaded};
use super::super::value::Noted;
use super::{Draft, MOST};
use crate::findings::Code;
use crate::wheel::{Container, ProblemKind, Recorded};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Noted>) {
    problems(context, out);
    faults(context, out);
    record(context, out);
}

fn problems(context: &Context<'_>, out: &mut Vec<Noted>) {
    let mut counts: std::collections::HashMap<ProblemKind, usize> = std::collections::HashMap::new();
    for problem in &context.facts.problems {
        let count = counts.entry(problem.kind).or_default();
        *count += 1;
        if *count > MOST {
            continue;
        }
        let code = match problem.kind {
            ProblemKind::Unreadable | ProblemKind::UnknownMethod => Code::UnreadableMember,
            ProblemKind::Encrypted => Code::EncryptedMember,
            ProblemKind::DuplicateName => Code::DuplicateMember,
            ProblemKind::UnsafeName => Code::UnsafeMemberName,
            ProblemKind::Overlap | ProblemKind::Bomb => Code::ArchiveBomb,
        };
        // A member's name is foreign text and goes to terminals.
        let member: String = problem.member.escape_debug().collect();
        Draft::new(code, problem.detail.clone())
            .member(&member)
            .symbol(problem.kind.to_string())
            .into_list(out);
    }
}

/// Tables of an ELF member that could not be read.
fn faults(context: &Context<'_>, out: &mut Vec<Noted>) {
    let faulty =
        context.facts.members.iter().filter(|member| is_loaded(&member.elf) && !member.elf.faults.is_empty());
    for member in faulty.take(MOST) {
        let faults: Vec<String> = member.elf.faults.iter().map(ToString::to_string).collect();
        let message = format!("damaged ELF tables: {}; what they held is not judged", faults.join("; "));
        Draft::new(Code::UnreadableMember, message).member(&member.path).symbol("ELF").into_list(out);
    }
}

fn record(context: &Context<'_>, out: &mut Vec<Noted>) {
    if context.facts.container != Container::Wheel {
        return;
    }
    for member in &context.facts.members {
        let message = match member.recorded {
            Recorded::Unknown | Recorded::Listed => continue,
            Recorded::Missing => "`RECORD` does not list this binary".to_owned(),
            Recorded::OtherSize(said) => {
                format!("`RECORD` gives this binary {said} bytes, it has {}", member.size)
            }
        };
        Draft::new(Code::RecordDisagrees, message)
            .member(&member.path)
            .symbol("RECORD")
            .help("the wheel was changed after it was built; installers that check hashes refuse it")
            .into_list(out);
    }
}
