#!/usr/bin/env bash
# Makes small reels and the golden dithers on arm64 under QEMU, and holds them against what this machine makes.
#
# It needs a Debian with its package lists' addresses in /etc/apt, the virtual environment of `make`, and the
# network for the first time; no root, no chroot, nothing installed. Debian's Python and the wheels for arm64 are
# unpacked under build/arm64 and run by QEMU's user mode, which is taken from Debian too if it is not there.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$PWD/.venv/bin
place=$PWD/build/arm64

say() { printf 'arm64: %s\n' "$*" >&2; }

for tool in apt-get dpkg dpkg-deb; do
    command -v "$tool" >/dev/null || { say "this needs $tool, so a Debian or the like"; exit 1; }
done

# Unpacks packages of an architecture, and what they depend on, into a folder, with an apt of our own.
unpack() {
    local architecture=$1 into=$2 state=$place/apt-$1
    shift 2
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$into"
    : >"$state/status"
    local apt=(
        apt-get -qq -o "Dir::State=$state" -o "Dir::State::lists=$state/lists" -o "Dir::Cache=$state/cache"
        -o "Dir::State::status=$state/status" -o "APT::Architecture=$architecture"
        -o "APT::Architectures::=$architecture" -o APT::Sandbox::User= -o Acquire::Retries=3
    )
    "${apt[@]}" update || say "not every package list could be fetched; going on with what there is"
    "${apt[@]}" install -y --download-only --no-install-recommends "$@" >/dev/null
    local package
    for package in "$state"/cache/archives/*.deb; do
        dpkg-deb -x "$package" "$into"
    done
}

first() {
    local one
    for one in "$@"; do
        if command -v "$one"; then return; fi
    done
    return 1
}

if [[ ! -e $place/.ready || constraints.txt -nt $place/.ready ]]; then
    rm -rf "$place"
    mkdir -p "$place"
    if ! first qemu-aarch64-static qemu-aarch64 >/dev/null; then
        say 'fetching QEMU …'
        unpack "$(dpkg --print-architecture)" "$place/qemu" qemu-user-static
    fi
    say 'fetching Python for arm64 …'
    unpack arm64 "$place/root" python3-minimal libpython3-stdlib libstdc++6
    version=$(basename "$(find "$place/root/usr/bin" -name 'python3.*' | head -n 1)")
    say "fetching wheels for ${version} on arm64 …"
    "$bin/python" -m pip install --quiet --disable-pip-version-check --target "$place/site" \
        --platform manylinux_2_28_aarch64 --platform manylinux_2_27_aarch64 --platform manylinux_2_17_aarch64 \
        --platform manylinux2014_aarch64 --implementation cp --python-version "${version#python}" \
        --only-binary :all: -c constraints.txt av msgspec numba numpy pillow tqdm
    touch "$place/.ready"
fi

qemu=$(first qemu-aarch64-static qemu-aarch64 "$place/qemu/usr/bin/qemu-aarch64-static" \
    "$place/qemu/usr/bin/qemu-aarch64") || { say 'there is no QEMU in qemu-user-static'; exit 1; }
python=$(find "$place/root/usr/bin" -name 'python3.*' | head -n 1)

rm -rf "$place/here" "$place/there"
"$bin/python" tests/arm64.py "$place/here"
say "the same on arm64, by $("$qemu" --version | head -n 1); some minutes …"
PYTHONDONTWRITEBYTECODE=1 NUMBA_CACHE_DIR=$place/numba PYTHONPATH=$PWD:$place/site \
    timeout 1800 "$qemu" -L "$place/root" "$python" tests/arm64.py "$place/there"
for made in "$place"/here/*; do
    cmp "$made" "$place/there/$(basename "$made")"
done
say 'the reels and the golden dithers are the same, byte for byte.'
