# Shared by the scripts: where the project is, what it needs, how it is built.
# Sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

build_packages="cmake make gcc libc6-dev libcivetweb-dev libcjson-dev libyaml-dev libpcre2-dev libcmocka-dev"
test_packages="$build_packages clang clang-format clang-tidy libclang-rt-14-dev python3 curl"

# install_missing PACKAGE...: by apt-get, as root or with sudo; silent when nothing is missing.
install_missing() {
    local missing=() package as_root=()
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' ||
            missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "missing packages: ${missing[*]} (install them as root, or install sudo)" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    echo "installing ${missing[*]}" >&2
    "${as_root[@]}" apt-get update -qq >&2 || true
    if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >"${TMPDIR:-/tmp}/understudy-apt.$$" 2>&1; then
        cat "${TMPDIR:-/tmp}/understudy-apt.$$" >&2
        echo "apt-get could not install ${missing[*]}" >&2
        return 1
    fi
    rm -f "${TMPDIR:-/tmp}/understudy-apt.$$"
}

# build DIR TARGET [CMAKE-ARGUMENT...]: configures once, then builds what changed. Says only what failed.
build() {
    local dir=$1 target=$2 log
    shift 2
    log=$(mktemp)
    if ! { cmake -S "$root" -B "$dir" "$@" &&
        cmake --build "$dir" --target "$target" -j "$(nproc)"; } >"$log" 2>&1; then
        tail -n 60 "$log" >&2
        echo "the build in $dir failed" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}
