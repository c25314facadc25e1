//! Tests of what the images' loaders do with wheels.

mod codes;
mod predictions;
mod rules;
