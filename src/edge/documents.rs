//! The documents with requirements of a check.

use std::collections::BTreeMap;

use super::RequirementInput;
use crate::error::Error;
use crate::requirements::{DocumentLocation, Loader, Options, ProjectSelection, RequirementSet, Role};
use crate::source::{Fault, Origin};

/// A document with requirements.
#[derive(Debug)]
pub(super) enum Document {
    Argument {
        requirement: RequirementInput,
        editable: bool,
    },
    File(DocumentLocation),
    Text {
        name: DocumentLocation,
        text: String,
    },
    Constraints(DocumentLocation),
    Overrides(DocumentLocation),
    /// A document with its own extras and groups.
    Selected {
        file: DocumentLocation,
        selection: ProjectSelection,
    },
    /// A text inside another file, and its position there.
    Placed {
        name: String,
        text: String,
        origin: Origin,
        role: Role,
    },
}

/// Returns a loader for the documents. The options of the caller are before those of the files.
pub(super) fn loader<'a>(
    documents: Vec<Document>,
    selection: &ProjectSelection,
    options: Options,
    variable: &'a (dyn Fn(&str) -> Option<String> + Sync),
) -> Loader<'a> {
    let mut loader = Loader::new(variable);
    loader.set_options(options);
    for document in documents {
        match document {
            Document::Argument { requirement, editable } => match requirement {
                RequirementInput::Text(text) => loader.add_argument(&text, editable),
                RequirementInput::Requirement(requirement) => loader.add_requirement(*requirement, editable),
                RequirementInput::Path(path) => loader.add_path(&path.display().to_string(), editable),
            },
            Document::File(file) => loader.add_project(file, selection.clone()),
            Document::Text { name, text } => {
                loader.add_project(name.clone(), selection.clone());
                loader.supply(&name, text.as_bytes());
            }
            Document::Constraints(file) => loader.add_constraints(file),
            Document::Overrides(file) => loader.add_overrides(file),
            Document::Selected { file, selection } => loader.add_project(file, selection),
            Document::Placed { name, text, role, .. } => {
                let location = DocumentLocation::Path(name);
                match role {
                    Role::Requirements => loader.add_file(location.clone()),
                    Role::Constraints => loader.add_constraints(location.clone()),
                    Role::Overrides => loader.add_overrides(location.clone()),
                }
                loader.supply(&location, text.as_bytes());
            }
        }
    }
    loader
}

/// The positions of the texts inside other files, by name.
pub(super) fn places(documents: &[Document]) -> BTreeMap<String, Origin> {
    let placed = documents.iter().filter_map(|document| match document {
        // A text with the name of its file needs no translation.
        Document::Placed { name, origin, .. } if *name == *origin.file => None,
        Document::Placed { name, origin, .. } => Some((name.clone(), origin.clone())),
        _ => None,
    });
    placed.collect()
}

/// Replaces positions in such texts by positions in the file around them.
pub(super) fn relocate(set: &mut RequirementSet, places: &BTreeMap<String, Origin>) {
    for line in set.requirements.iter_mut().chain(&mut set.constraints).chain(&mut set.overrides) {
        if let Some(start) = places.get(&*line.origin.file) {
            // Only the first line starts at the column of the text.
            let below = line.origin.line.saturating_sub(1);
            let column = if below == 0 { start.column } else { line.origin.column };
            line.origin = Origin::new(start.file.clone(), start.line.saturating_add(below), column);
        }
    }
}

/// Replaces the positions of the faults of an error in the same way.
pub(super) fn placed_faults(error: Error, places: &BTreeMap<String, Origin>) -> Error {
    if !error.faults().iter().any(|fault| places.contains_key(&*fault.origin.file)) {
        return error;
    }
    let placed = |fault: &Fault| {
        let origin = places.get(&*fault.origin.file).unwrap_or(&fault.origin);
        Fault::new(origin.clone(), fault.message.clone())
    };
    Error::from(error.faults().iter().map(placed).collect::<Vec<_>>())
}
