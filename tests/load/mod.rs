//! Tests of what the images' loaders do with wheels.

mod predictions;
mod read;
mod rules;
