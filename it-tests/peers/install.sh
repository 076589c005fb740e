#!/bin/bash
# Installs the real peers of the integration tests, OpenSSH's sshd, vsftpd and curl, and makes the
# account they log in to. For a Debian or Ubuntu container, as root; quick when all is there already.
# The tests start the servers themselves, on free ports of the loopback: nothing is left running.
set -euo pipefail

account=culvert-test
home=/var/lib/culvert-test
secret=/etc/culvert-test/password # what the tests read; new for every machine

[ "$(id -u)" = 0 ] || { echo "$0: must run as root" >&2; exit 1; }
export DEBIAN_FRONTEND=noninteractive PATH="/usr/local/sbin:/usr/sbin:/sbin:$PATH"

missing=()
installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
for package in openssh-server openssh-client vsftpd curl python3; do
  installed "$package" || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then # or the packages would start their services
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  apt-get -q update
  apt-get -q -y --no-install-recommends -o Dpkg::Options::=--force-confold install "${missing[@]}"
fi

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
  "vsftpd $(dpkg-query -W -f '${Version}' vsftpd), $(curl --version | head -1 | cut -d' ' -f1,2)," \
  "account $account"
