//! The environment of the commands of a stage: variables, working directory, user and shell.

use crate::text::{Text, Variables};

/// The environment of the next instruction.
#[derive(Clone, Debug)]
pub(crate) struct Environment {
    pub(crate) arguments: Variables,
    /// The variables of `ENV` and the image.
    pub(crate) exported: Variables,
    /// Whether all other variables are empty.
    pub(crate) known: bool,
    pub(crate) workdir: String,
    pub(crate) user: String,
    pub(crate) shell: Vec<String>,
}

impl Environment {
    /// Returns the environment before the first instruction. `known` means that no image can have set more variables.
    pub(crate) fn new(known: bool) -> Self {
        let mut exported = Variables::default();
        let search = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        exported.set("PATH", Text::known(search));
        Self {
            arguments: Variables::default(),
            exported,
            known,
            workdir: "/".to_owned(),
            user: "root".to_owned(),
            shell: vec!["/bin/sh".to_owned(), "-c".to_owned()],
        }
    }

    /// Returns the arguments and the environment. `ENV` overrides `ARG`
    /// (<https://docs.docker.com/reference/dockerfile/#using-arg-variables>).
    pub(crate) fn variables(&self) -> Variables {
        let mut variables = self.arguments.overlaid(&self.exported);
        if variables.get("HOME").is_none() {
            let home = if self.user == "root" || self.user == "0" {
                "/root".to_owned()
            } else {
                format!("/home/{}", self.user)
            };
            variables.set("HOME", Text::known(home));
        }
        variables
    }
}
