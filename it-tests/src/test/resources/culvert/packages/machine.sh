#!/bin/bash
# Usage, as root: unshare --mount machine.sh DIRECTORY
# A machine to install packages on: the files of this one under an overlay that is thrown away, the
# network of this one, and a systemd of its own as PID 1. DIRECTORY/shared is /run/shared there. Prints
# the PID of that systemd when it has booted, for nsenter(1); ends when standard input does.
set -euo pipefail

boot() {
  local root=$1/over/root
  mount -t tmpfs none "$1/over"
  mkdir "$1"/over/{upper,work,root}
  mount -t overlay none -o "lowerdir=/,upperdir=$1/over/upper,workdir=$1/over/work" "$root"
  cd "$root"
  mount -t proc none proc
  mount --rbind /dev dev
  mount -t sysfs -o ro none sys
  mount -t cgroup2 none sys/fs/cgroup
  mount -t tmpfs none run
  mount -t tmpfs none tmp
  chmod 1777 tmp
  mkdir run/shared
  mount --bind "$1/shared" run/shared

  # Nothing of what this machine starts, and nothing that reaches its kernel.
  rm -rf etc/fstab etc/systemd/system/*.wants etc/systemd/system/default.target
  mkdir -p etc/systemd/system
  printf '[Unit]\nRequires=basic.target\nAfter=basic.target\nAllowIsolate=yes\n' \
    >etc/systemd/system/default.target
  local unit
  for unit in systemd-{udevd,udev-trigger,sysctl,modules-load,binfmt,timesyncd,networkd,logind,random-seed}.service \
    systemd-journald-audit.socket proc-sys-fs-binfmt_misc.automount {dev-hugepages,sys-kernel-debug,sys-kernel-tracing,sys-fs-fuse-connections}.mount; do
    ln -sf /dev/null "etc/systemd/system/$unit"
  done
  rm -f usr/sbin/policy-rc.d # services start here
  rm -rf etc/dpkg/dpkg.cfg.d # which leaves out man pages in containers

  mkdir old
  pivot_root . old
  umount -l /old
  rmdir /old
  exec env -i container=machine PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --system --show-status=0
}

if [ "$1" = boot ]; then
  boot "$2"
fi

directory=$1
mkdir -p "$directory"/{cgroup,over,shared}
mount -t cgroup2 none "$directory/cgroup"
group=$directory/cgroup/culvert-machine-$$
mkdir "$group"
(
  echo "$BASHPID" >"$group/cgroup.procs"
  exec unshare --mount --pid --fork --kill-child --uts --ipc --cgroup bash "$0" boot "$directory"
) </dev/null >&2 &
outside=$!

state() { nsenter -t "$machine" -a systemctl is-system-running 2>&1 || true; }
for ((i = 0; i < 600; i++)); do
  kill -0 "$outside" # or it is over
  read -r machine _ <"/proc/$outside/task/$outside/children" || true
  case $([ -z "${machine:-}" ] || state) in
    running | degraded) break ;;
  esac
  sleep 0.1
done
echo "$machine"
cat >/dev/null
kill -KILL "$outside"
wait "$outside" || true
for ((i = 0; i < 100; i++)); do
  find "$group" -depth -type d -exec rmdir {} + 2>/dev/null && break
  sleep 0.1
done
