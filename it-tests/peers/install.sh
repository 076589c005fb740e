#!/bin/bash
# Installs the real peers of the integration tests, OpenSSH's sshd, three FTP servers, the FTP clients
# and Prometheus' promtool, and what packages are tried with; and makes the account they log in to. For
# a Debian or Ubuntu container, as root; quick when all is there already. The tests start the servers
# themselves, on free ports of the loopback: nothing is left running.
set -euo pipefail

account=culvert-test
home=/var/lib/culvert-test
secret=/etc/culvert-test/password # what the tests read; new for every machine

# The packages of the FTP servers conflict: vsftpd is installed, these are only unpacked.
unpacked=/usr/local/lib/culvert-peers
servers=(proftpd-core pure-ftpd)

[ "$(id -u)" = 0 ] || { echo "$0: must run as root" >&2; exit 1; }
export DEBIAN_FRONTEND=noninteractive PATH="/usr/local/sbin:/usr/sbin:/sbin:$PATH"

updated=
update() { [ -n "$updated" ] || apt-get -q update; updated=yes; }

install() { # those of the packages that are missing
  local package missing=()
  for package; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  local policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then # or the packages would start their services
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  update
  apt-get -q -y --no-install-recommends -o Dpkg::Options::=--force-confold install "${missing[@]}"
}

unpack() { # one package, and the libraries that it needs
  local package=$1 directory libraries
  [ ! -e "$unpacked/$package.version" ] || return 0
  update
  directory=$(mktemp -d)
  (cd "$directory" && apt-get -q -o APT::Sandbox::User=root download "$package")
  libraries=$(dpkg-deb -f "$directory"/*.deb Depends | tr ',' '\n' |
    sed 's/[|(].*//; s/ //g' | grep '^lib')
  # shellcheck disable=SC2086 # one word for each library
  install $libraries
  mkdir -p "$unpacked"
  dpkg-deb -x "$directory"/*.deb "$unpacked"
  dpkg-deb -f "$directory"/*.deb Version >"$unpacked/$package.version"
  rm -r "$directory"
}

extract() { # one program of a package, which needs nothing else of it
  local package=$1 program=$2 directory
  [ ! -e "$unpacked/$package.version" ] || return 0
  update
  directory=$(mktemp -d)
  (cd "$directory" && apt-get -q -o APT::Sandbox::User=root download "$package")
  mkdir -p "$unpacked"
  dpkg-deb --fsys-tarfile "$directory"/*.deb | tar -x -C "$unpacked" "./$program"
  dpkg-deb -f "$directory"/*.deb Version >"$unpacked/$package.version"
  rm -r "$directory"
}

install openssh-server openssh-client vsftpd openssl curl python3 \
  lftp ncftp tnftp inetutils-ftp wget python3-socks proxychains4 ssh-audit \
  dante-client dante-server microsocks tinyproxy-bin \
  util-linux systemd adduser lintian man-db mandoc zsh nftables iproute2
for server in "${servers[@]}"; do
  unpack "$server"
done
extract prometheus usr/bin/promtool # the package itself is large, and a service
extract busybox-static bin/busybox # a statically linked FTP client; the package takes another's place

if ! getent passwd "$account" >/dev/null; then
  useradd --system --create-home --home-dir "$home" --shell /bin/sh "$account"
fi
if [ ! -s "$secret" ]; then
  mkdir -p -m 700 "$(dirname "$secret")"
  (umask 077 && od -An -N15 -tx1 /dev/urandom | tr -d ' \n' >"$secret")
fi
echo "$account:$(cat "$secret")" | chpasswd

# A PAM service of our own: the distribution's would also ask /etc/shells and /etc/ftpusers.
cat >/etc/pam.d/culvert-test <<'PAM'
auth    required pam_unix.so
account required pam_unix.so
session required pam_permit.so
PAM
mkdir -p -m 755 /run/sshd /run/vsftpd/empty

echo "peers: $(sshd -V 2>&1 | grep -o 'OpenSSH_[^ ,]*' | head -1 || true)," \
  "vsftpd $(dpkg-query -W -f '${Version}' vsftpd)," \
  "proftpd $(cat "$unpacked/proftpd-core.version")," \
  "pure-ftpd $(cat "$unpacked/pure-ftpd.version")," \
  "promtool $(cat "$unpacked/prometheus.version")," \
  "$(curl --version | head -1 | cut -d' ' -f1,2), account $account"
