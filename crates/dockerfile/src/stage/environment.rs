//! What commands of a stage find around them: variables, folder, user and shell.

use crate::text::{Text, Variables};

/// The settings in force for the next instruction.
#[derive(Clone, Debug)]
pub(crate) struct Environment {
    pub(crate) arguments: Variables,
    /// What `ENV` and the image set.
    pub(crate) exported: Variables,
    /// Whether all variables that are not set here are empty.
    pub(crate) known: bool,
    pub(crate) workdir: String,
    pub(crate) user: String,
    pub(crate) shell: Vec<String>,
}

impl Environment {
    /// What holds before the first instruction; `known` if no image can have set more.
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

    /// Arguments with the environment over them: an `ENV` always wins
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
