//! Dockerfiles and locks.

mod files;
mod judge;
mod render;
