//! Layers of images: tar archives, plain or compressed, applied to a tree and examined.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use wheelbase::image::read::{Budget, ImageConfig, Layer, Tree, detect};

fuzz_target!(|bytes: &[u8]| {
    let budget = Arc::new(Budget::default());
    let Ok(layer) = Layer::collect(bytes, &[], &budget) else { return };
    let mut tree = Tree::within(budget);
    tree.apply(layer);
    let _ = detect(&tree, &ImageConfig::default());
});
