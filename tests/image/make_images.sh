#!/bin/sh
# Makes real images without a container engine, for tests/image/read_real.rs.
#
#   tests/image/make_images.sh FOLDER
#
# Needs debootstrap, umoci, skopeo and docker-registry; installs them through apt where it may (root), and exits with 77
# and the reason on standard error where it cannot. Takes about a minute; a folder that is complete is left as it is.
#
#   debian/      root of the host's own release, with Python and pip        (debootstrap)
#   distroless/  a few of its packages unpacked, one paragraph each in status.d, no shell
#   alpine/      Debian's musl as the loader, an apk database, programs that ask for that loader
#   lay/         OCI layout of `debian`: tag `base`, and `app` with a second layer that deletes and adds
#   layz/        `app` with zstd layers
#   small/       OCI layout of `alpine` (tag `1`) and `distroless` (tag `2`)
#   app-docker.tar  app-oci.tar   archives of `app`
set -eu

out=${1:?folder}
mkdir -p "$out"
out=$(cd "$out" && pwd)
[ -e "$out/complete-1" ] && exit 0

skip() { echo "make_images.sh: skipped: $*" >&2; exit 77; }

command -v apt-get >/dev/null || skip "no apt on this machine"
missing=
for tool in debootstrap umoci skopeo docker-registry; do
    command -v $tool >/dev/null || missing="$missing $tool"
done
if [ -n "$missing" ]; then
    [ "$(id -u)" = 0 ] || skip "missing:$missing, and only root may install"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } \
        >"$out/apt.log" 2>&1 || skip "cannot install$missing, see $out/apt.log"
fi
[ "$(id -u)" = 0 ] || skip "debootstrap needs root"

cd "$out"
rm -rf debian distroless alpine lay layz small plain packages bundle ./*.tar
. /etc/os-release

# A release that has its loader and libc where dpkg says; the packages stay in the root's cache and are used again below.
debootstrap --variant=minbase --include=python3-minimal,python3-pip "$VERSION_CODENAME" debian >debootstrap.log 2>&1 \
    || skip "debootstrap failed, see $out/debootstrap.log"
mkdir packages
mv debian/var/cache/apt/archives/*.deb packages/ 2>/dev/null || skip "debootstrap kept no packages"
rm -rf debian/usr/share/doc debian/usr/share/man debian/usr/share/locale debian/var/lib/apt/lists/* debian/dev debian/proc
mkdir -p debian/dev debian/proc

# distroless unpacks packages one by one, without dependencies and without running their scripts.
mkdir -p distroless/var/lib/dpkg/status.d
for deb in packages/libc6_*.deb packages/zlib1g_*.deb packages/libexpat1_*.deb packages/base-files_*.deb \
    packages/libpython3.*-minimal_*.deb packages/libpython3.*-stdlib_*.deb packages/python3.*-minimal_*.deb; do
    [ -e "$deb" ] || continue
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C distroless --keep-directory-symlink
    name=$(dpkg-deb -f "$deb" Package)
    dpkg-deb -f "$deb" >"distroless/var/lib/dpkg/status.d/$name"
    dpkg-deb --fsys-tarfile "$deb" | tar -t | sed 's/^/d41d8cd98f00b204e9800998ecf8427e  /' \
        >"distroless/var/lib/dpkg/status.d/$name.md5sums"
done

# musl's loader is the library itself. The programs are the host's own with another loader's name written over, which is
# all that detection looks at.
apt-get download -qq -o Dir::Cache::archives=packages musl >/dev/null 2>&1 || skip "the package musl cannot be fetched"
mv musl_*.deb packages/
mkdir -p alpine/lib/apk/db alpine/etc alpine/usr/lib/python3.12 alpine/usr/bin alpine/bin musl
dpkg-deb -x packages/musl_*.deb musl
arch=$(uname -m)
loader=$(find musl -name libc.so -type f | head -n 1)
cp "$loader" "alpine/lib/ld-musl-$arch.so.1"
ln -s "/lib/ld-musl-$arch.so.1" "alpine/lib/libc.musl-$arch.so.1"
version=$(dpkg-deb -f packages/musl_*.deb Version)
printf 'P:musl\nV:%s-r0\nA:%s\np:so:libc.musl-%s.so.1=1\n\nP:busybox\nV:1.37.0-r0\n\n' "${version%%-*}" "$arch" "$arch" \
    >alpine/lib/apk/db/installed
printf 'ID=alpine\nVERSION_ID=3.17.10\n' >alpine/etc/os-release
: >alpine/usr/lib/python3.12/os.py
name=$(readelf -l debian/bin/sh 2>/dev/null | sed -n 's/.*interpreter: \(.*\)\]/\1/p' || true)
[ -n "$name" ] || name=$(strings debian/bin/sh | grep -m 1 '^/lib.*/ld-' || true)
new="/lib/ld-musl-$arch.so.1"
perl -0pe "my \$n='$name'; my \$m='$new'; die if length \$m > length \$n; s/\\Q\$n\\E/\$m . (\"\\0\" x (length(\$n) - length(\$m)))/e" \
    <debian/bin/sh >alpine/bin/busybox
chmod 755 alpine/bin/busybox
cp alpine/bin/busybox alpine/usr/bin/python3.12
ln -s python3.12 alpine/usr/bin/python3
ln -s /bin/busybox alpine/bin/sh

pack() { # layout tag root
    [ -d "$1" ] || umoci init --layout "$1"
    umoci new --image "$1:$2"
    tar -c -C "$3" --numeric-owner . >layer.tar
    umoci raw add-layer --image "$1:$2" layer.tar >/dev/null
    rm layer.tar
}
pack lay base debian
umoci config --image lay:base --config.env PYTHON_VERSION=3.1 --config.env PATH=/usr/local/bin:/usr/bin:/bin \
    --config.cmd python3 --os linux
# The second layer is umoci's own: it compares trees and writes the whiteouts itself.
umoci unpack --image lay:base bundle >/dev/null 2>&1
rm -r bundle/rootfs/usr/lib/python3/dist-packages/pip bundle/rootfs/usr/lib/python3/dist-packages/pip-*
mkdir -p bundle/rootfs/opt/lib
cp -L bundle/rootfs/lib/*/libz.so.1 bundle/rootfs/opt/lib/libours.so.1 2>/dev/null \
    || cp -L bundle/rootfs/usr/lib/*/libz.so.1 bundle/rootfs/opt/lib/libours.so.1
umoci repack --image lay:app bundle >/dev/null 2>&1
rm -rf bundle
pack small 1 alpine
pack small 2 distroless

copy() { skopeo copy --quiet --insecure-policy "$@"; }
copy oci:lay:app docker-archive:app-docker.tar:test/app:1
copy oci:lay:app oci-archive:app-oci.tar:app
copy --dest-decompress oci:lay:app dir:plain
copy --dest-compress --dest-compress-format zstd dir:plain oci:layz:app
rm -rf plain musl
: >complete-1
