#!/usr/bin/env bash
# Makes real images and runs the tests that compare with them: dpkg-query, ldconfig, readelf, skopeo and a registry say
# what is in them. Needs root and apt, and installs debootstrap, umoci, skopeo and docker-registry.
set -euo pipefail
cd "$(dirname "$0")/.."

sh tests/image/make_images.sh target/images
cargo test -p wheelbase-cli --test main -- --ignored image::read_real
