//! `forbidden-symbol`

use crate::findings::counts::MOST;
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::context::WheelContext;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "forbidden-symbol",
    level: Level::Warn,
    summary: "a binary uses a symbol that platform policies exclude",
    explanation: "Policies allow some libraries but not all their symbols: internals of zlib, and functions that \
only some builds of glibc 2.17 have. A wheel that uses one of them satisfies no policy, or only newer ones, \
although the library is allowed.\n\n\
Link the library statically, or bundle it.",
    link: "https://github.com/pypa/auditwheel/issues/655",
};

/// A member uses a symbol of a system library that no wheel may use.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForbiddenSymbol {
    /// The member.
    pub member: String,
    /// The library.
    pub library: String,
    /// The symbol.
    pub symbol: String,
}

impl Rule for ForbiddenSymbol {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let mut out = Vec::new();
        for verdict in &cx.verdicts {
            let causes = verdict.limits.forbidden.causes.iter().take(MOST);
            out.extend(causes.map(|cause| Self {
                member: cause.member.clone(),
                library: cause.library.clone().unwrap_or_default(),
                symbol: cause.symbol.clone().unwrap_or_default(),
            }));
        }
        out
    }

    fn message(&self) -> String {
        format!("uses {} of `{}`, which platform policies do not allow", self.symbol, self.library)
    }

    fn member(&self) -> Option<&str> {
        Some(&self.member)
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        vec![Fact::Library(&self.library), Fact::Symbol(&self.symbol)]
    }
}
