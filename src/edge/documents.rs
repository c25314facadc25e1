//! Everything that requires, as the caller names it, on its way to the loader.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::requirements::{Loader, Location, Options, RequirementSet, Role, Selection};
use crate::source::{Fault, Origin};

/// Something that requires.
#[derive(Debug)]
pub(super) enum Document {
    Argument {
        text: String,
        editable: bool,
    },
    File(String),
    Text {
        name: String,
        text: String,
    },
    Constraints(String),
    Overrides(String),
    /// A document with extras and groups of its own.
    Selected {
        file: String,
        selection: Selection,
    },
    /// Text that is no file, and where it stands.
    Placed {
        name: String,
        text: String,
        origin: Origin,
        role: Role,
    },
}

/// A loader of everything that requires, with the caller's options before those of the files.
pub(super) fn loader<'a>(
    documents: Vec<Document>,
    selection: &Selection,
    options: Options,
    variable: &'a (dyn Fn(&str) -> Option<String> + Sync),
) -> Loader<'a> {
    let mut loader = Loader::new(variable);
    loader.set_options(options);
    for document in documents {
        match document {
            Document::Argument { text, editable } => loader.add_argument(&text, editable),
            Document::File(file) => loader.add_project(Location::new(&file), selection.clone()),
            Document::Text { name, text } => {
                let location = Location::new(&name);
                loader.add_project(location.clone(), selection.clone());
                loader.supply(&location, text.as_bytes());
            }
            Document::Constraints(file) => loader.add_constraints(Location::new(&file)),
            Document::Overrides(file) => loader.add_overrides(Location::new(&file)),
            Document::Selected { file, selection } => loader.add_project(Location::new(&file), selection),
            Document::Placed { name, text, role, .. } => {
                let location = Location::Path(name);
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

/// Where the texts stand that are no files, by the names that tell them apart.
pub(super) fn places(documents: &[Document]) -> BTreeMap<String, Origin> {
    let placed = documents.iter().filter_map(|document| match document {
        // The text of a file stands where it says.
        Document::Placed { name, origin, .. } if *name == *origin.file => None,
        Document::Placed { name, origin, .. } => Some((name.clone(), origin.clone())),
        _ => None,
    });
    placed.collect()
}

/// Makes places in such texts places of the text around them.
pub(super) fn relocate(set: &mut RequirementSet, places: &BTreeMap<String, Origin>) {
    for line in set.requirements.iter_mut().chain(&mut set.constraints).chain(&mut set.overrides) {
        if let Some(start) = places.get(&*line.origin.file) {
            // Only the first line begins where the text begins.
            let below = line.origin.line.saturating_sub(1);
            let column = if below == 0 { start.column } else { line.origin.column };
            line.origin = Origin::new(start.file.clone(), start.line.saturating_add(below), column);
        }
    }
}

/// The same for the faults of an error.
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
