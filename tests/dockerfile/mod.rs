//! Dockerfiles and locks.

mod files;
mod hostile;
mod judge;
mod locks;
mod render;
