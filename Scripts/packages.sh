# shellcheck shell=bash
# Debian's packages, for scripts that source this.

# Whether all packages are installed, or the package manager is not ours to ask.
packages_are_installed() {
  local package status
  command -v dpkg-query > /dev/null || return 0
  for package in "$@"; do
    # dpkg-query is read through a variable: with pipefail a grep that stops early would look like a
    # failure.
    # shellcheck disable=SC2016  # the dollar sign is dpkg-query's
    status=$(dpkg-query -W -f='${Status}' "$package" 2> /dev/null || true)
    [[ $status == "install ok installed" ]] || return 1
  done
}

# Installs packages that are missing, as root or through sudo; a reason is printed where that fails.
install_packages() {
  local package missing=() as_root=()
  for package in "$@"; do packages_are_installed "$package" || missing+=("$package"); done
  ((${#missing[@]})) || return 0
  if [[ $(id -u) -ne 0 ]]; then
    if command -v sudo > /dev/null && sudo -n true 2> /dev/null; then
      as_root=(sudo -n)
    elif command -v sudo > /dev/null && [[ -t 0 ]]; then
      as_root=(sudo) # asks for the password
    else
      echo "please install ${missing[*]} (apt-get install ${missing[*]}); this needs root" >&2
      return 1
    fi
  fi
  local apt_get=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120)
  echo "setup: installing ${missing[*]}" >&2
  # The package lists are fetched only where those at hand do not do: that is the slow part.
  "${apt_get[@]}" install -y -qq --no-install-recommends "${missing[@]}" > /dev/null 2>&1 && return 0
  if ! "${apt_get[@]}" update -qq >&2; then
    echo "apt-get update failed; please install ${missing[*]}" >&2
    return 1
  fi
  if ! "${apt_get[@]}" install -y -qq --no-install-recommends "${missing[@]}" >&2; then
    echo "apt-get could not install ${missing[*]}" >&2
    return 1
  fi
}

# Python with pip and virtual environments, and what links libraries.
install_python_tools() {
  local packages=()
  command -v python3 > /dev/null || packages+=(python3)
  python3 -c 'import ensurepip, venv' 2> /dev/null || packages+=(python3-venv)
  python3 -m pip --version > /dev/null 2>&1 || packages+=(python3-pip)
  command -v objcopy > /dev/null || packages+=(binutils)
  command -v "${CC:-cc}" > /dev/null || packages+=(gcc libc6-dev)
  install_packages "${packages[@]}"
}
