//! Errors of layers, manifests and archives.

use std::fmt;

/// The error for a damaged part of an image or an exceeded limit. The reader adds the image and the layer.
#[derive(Debug)]
pub struct ImageFault {
    kind: FaultKind,
    message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FaultKind {
    Damaged,
    Limit,
    Io,
}

impl ImageFault {
    /// An error about damaged content.
    pub fn damaged(message: impl Into<String>) -> Self {
        Self { kind: FaultKind::Damaged, message: message.into() }
    }

    /// An error about content that exceeds a limit.
    pub fn limit(message: impl Into<String>) -> Self {
        Self { kind: FaultKind::Limit, message: message.into() }
    }

    /// Returns whether one of the [`ImageLimits`](super::ImageLimits) was exceeded.
    pub fn is_limit(&self) -> bool {
        self.kind == FaultKind::Limit
    }

    /// Returns whether the bytes could not be read.
    pub fn is_io(&self) -> bool {
        self.kind == FaultKind::Io
    }
}

impl fmt::Display for ImageFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ImageFault {}

/// An input error often wraps a fault of ours (a digest that differs, a limit): the fault is unwrapped again, so
/// that its kind survives the way through `std::io::Read`.
impl From<std::io::Error> for ImageFault {
    fn from(error: std::io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(fault) => fault,
            Err(error) => {
                let kind = match error.kind() {
                    std::io::ErrorKind::InvalidData
                    | std::io::ErrorKind::InvalidInput
                    | std::io::ErrorKind::UnexpectedEof => FaultKind::Damaged,
                    _ => FaultKind::Io,
                };
                Self { kind, message: error.to_string() }
            }
        }
    }
}

impl From<ImageFault> for std::io::Error {
    fn from(fault: ImageFault) -> Self {
        Self::new(std::io::ErrorKind::InvalidData, fault)
    }
}
