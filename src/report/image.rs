//! Images as JSON, with their findings.

use serde_json::{Value, json};

use crate::image::ImageProfile;
use crate::rules::image::findings;

/// A profile as `wheelbase.image/1`: the result of [`ImageProfile::to_json`] with the findings on the image under
/// `findings`.
pub fn image_json(image: &ImageProfile) -> Value {
    let mut value = image.to_json();
    let findings: Vec<Value> = findings(image)
        .iter()
        .map(
            |finding| json!({ "code": finding.code(), "message": finding.message(), "help": finding.help() }),
        )
        .collect();
    if let Some(object) = value.as_object_mut() {
        object.insert("findings".to_owned(), findings.into());
    }
    value
}
