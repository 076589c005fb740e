# `culvert exec OPTIONS -- COMMAND...`, for every script that starts Culvert; to be read by a POSIX
# shell, with `.`, behind jvm.sh. The script becomes the command, by way of new namespaces: nobody
# stands between the command and whoever has started it. What Java does for it is beside it.

# Whether these are exec's arguments, with a command.
is_exec() {
  word=
  for arg in "$@"; do
    case $arg in
      --)
        [ "$word" = exec ]
        return
        ;;
      -h | --help | -V | --version) return 1 ;;
      -*) ;;
      *) [ -n "$word" ] || word=$arg ;;
    esac
  done
  return 1
}

exec_fail() {
  echo "culvert: $*" >&2
  exit 1
}

# A program of the system's, which users need not have on their PATH.
find_tool() {
  tool=$(PATH="$PATH:/usr/sbin:/sbin" command -v "$1") ||
    exec_fail "exec needs $1, which is not there (expected: the packages util-linux, iproute2 and nftables)"
}

# run_exec JAVA_CLASS_PATH ARGS...: never returns. `java`, `options`, `archive` (if there is one) and
# `folder_of_scripts` are set.
run_exec() {
  [ "$(uname)" = Linux ] || exec_fail "exec needs Linux"
  classpath=$1
  shift
  find_tool ip
  find_tool nft
  find_tool unshare
  unshare=$tool
  uid=$(id -u)
  gid=$(id -g)
  of_user=user
  if [ "$uid" = 0 ] && "$unshare" --net --mount true 2>/dev/null; then
    of_user=
  else
    "$unshare" --user --map-root-user --net --mount true 2>/dev/null || no_namespaces
  fi
  find_socket "$@"
  if [ -z "$socket" ]; then
    said=$(beside serve "$@")
    await "$said"
    socket=${said#ready }
  fi
  inside='. "$0/exec.sh"; inside "$@"'
  trap - USR1 USR2 # which find_java has ignored: the command has them as they were
  set -- "$socket" "$uid" "$gid" "$unshare" "$java" "$options" "$classpath" "${own_signum:-}" "${archive:-}" "$@"
  if [ -z "$of_user" ]; then
    exec "$unshare" --net --mount --propagation slave sh -c "$inside" "$folder_of_scripts" "" "$@"
  fi
  exec "$unshare" --user --map-root-user --net --mount sh -c "$inside" "$folder_of_scripts" user "$@"
}

# `socket`: of the Culvert that the options name, or else of one that runs; empty: one is to be started.
find_socket() {
  socket=
  chosen=
  next=
  for arg in "$@"; do
    case $next in
      socket)
        socket=$arg
        next=
        continue
        ;;
      skip)
        next=
        continue
        ;;
    esac
    case $arg in
      --) break ;;
      --socket) next=socket ;;
      --socket=*) socket=${arg#*=} ;;
      -c | --config)
        chosen=yes
        next=skip
        ;;
      -c* | --config=*) chosen=yes ;;
    esac
  done
  [ -z "$socket" ] && [ -z "$chosen" ] || return 0
  own=${XDG_RUNTIME_DIR:-}
  # Behind su(1) it is another user's, who would be told the command's passwords.
  [ -z "$own" ] || [ "$(stat -L -c %u -- "$own" 2>/dev/null)" = "$(id -u)" ] || own=
  for place in ${own:+"$own/culvert/exec.sock"} /run/culvert/exec.sock; do
    if [ -S "$place" ] && [ -w "$place" ] && is_bound "$place"; then
      socket=$place
      return 0
    fi
  done
}

# Whether a process has that socket: one that is left behind by nobody is not in the list.
is_bound() {
  sed 's/^\([^ ]*  *\)\{7\}//' /proc/net/unix | grep -qxF -- "$1"
}

# beside PART ARGS...: starts Java as nobody's child, and away from the terminal, so that neither the
# command nor ^C has to do with it. Prints what it says, and returns when it has closed its standard
# output. It is given the command's name and none of its arguments: secrets, which the command hides
# from the list of processes, would stand there.
beside() {
  part=$1
  shift
  given=options
  for arg in "$@"; do
    shift
    [ -n "$given" ] || continue
    set -- "$@" "$arg"
    case $given$arg in
      options--) given=name ;;
      name*) given= ;;
    esac
  done
  # shellcheck disable=SC2086 # options are words
  (trap '' USR1 USR2 && CULVERT_EXEC=$part exec setsid "$java" $options ${archive:+"-XX:SharedArchiveFile=$archive"} \
    -Xmx256m ${CULVERT_JAVA_OPTS:-} -cp "$classpath" culvert.proxy.cli.Beside "$@" </dev/null &)
}

# await SAID: returns where Java is ready; else it has said why not.
await() {
  case $1 in
    ready*) ;;
    exit\ *) exit "${1#exit }" ;;
    *) exec_fail "exec: Java ended before it was ready" ;;
  esac
}

no_namespaces() {
  for setting in /proc/sys/user/max_user_namespaces /proc/sys/user/max_net_namespaces \
    /proc/sys/kernel/unprivileged_userns_clone; do
    if [ -r "$setting" ] && [ "$(cat "$setting")" = 0 ]; then
      exec_fail "exec needs user namespaces, which $setting = 0 forbids (expected: more than 0, or root)"
    fi
  done
  setting=/proc/sys/kernel/apparmor_restrict_unprivileged_userns
  if [ -r "$setting" ] && [ "$(cat "$setting")" != 0 ]; then
    exec_fail "exec needs user namespaces, which $setting = 1 forbids (expected: 0, a profile for $unshare that has userns, or root)"
  fi
  exec_fail "exec needs user namespaces, which are not allowed here: $("$unshare" --user \
    --map-root-user --net --mount true 2>&1) (expected: that they are, or root)"
}

# In the namespaces, with all rights there. Nothing leaves them until Culvert has the sockets.
inside() {
  set -eu
  folder_of_scripts=$0
  of_user=$1 socket=$2 uid=$3 gid=$4 unshare=$5 java=$6 options=$7 classpath=$8 own_signum=$9 archive=${10}
  shift 10
  own_names
  find_tool ip
  ip=$tool
  find_tool nft
  nft=$tool
  own_network || exec_fail "exec: the network of the command cannot be set up"
  said=$(beside "inside $$ $socket" "$@")
  await "$said"
  until [ "$1" = -- ]; do shift; done
  shift
  [ -z "$own_signum" ] || unset _JAVA_SR_SIGNUM
  find_command "$1"
  [ -n "$of_user" ] || exec "$@" 9<&-
  exec "$unshare" --user --map-user="$uid" --map-group="$gid" -- "$@" 9<&-
}

# A path is the kernel's to look at.
find_command() {
  case $1 in
    */*) ;;
    *)
      if ! command -v -- "$1" >/dev/null; then
        echo "culvert: exec: $1: not found on the PATH" >&2
        exit 127
      fi
      ;;
  esac
}

# Names are asked for by DNS alone, and as the program has them: whoever else answers on this host
# would tell an address, and rules want names.
own_names() {
  if [ -e /etc/resolv.conf ]; then
    mount --bind "$folder_of_scripts/resolv.conf" /etc/resolv.conf ||
      exec_fail "exec: /etc/resolv.conf cannot be replaced for the command"
  fi
  # this host's own are no others' names
  own_file /etc/hosts "$(sed -n -e '/^[[:blank:]]*127\./p' -e '/^[[:blank:]]*::1[[:blank:]]/p' /etc/hosts 2>/dev/null)"
  own_file /etc/nsswitch.conf "hosts: files dns
$(sed '/^[[:blank:]]*hosts[[:blank:]:]/d' /etc/nsswitch.conf 2>/dev/null)"
  for service in /run/nscd/socket /var/run/nscd/socket /run/systemd/resolve/io.systemd.Resolve; do
    if [ -S "$service" ]; then
      mount --bind /dev/null "$service" || exec_fail "exec: $service cannot be hidden from the command"
    fi
  done
}

# own_file FILE TEXT: what the command finds there, if there is such a file. It is not deleted, but in a
# file system that nobody sees: over a file that is deleted the command could mount nothing, nor use
# `culvert exec` itself.
own_file() {
  [ -f "$1" ] || return 0
  place=$(mktemp -d) || exec_fail "exec needs a directory for temporary files, for the command's $1"
  if mount -t tmpfs -o size=1m,mode=755 culvert "$place" && printf '%s\n' "$2" >"$place/text" &&
    chmod 644 "$place/text" && mount --bind "$place/text" "$1"; then
    said=
  else
    said="exec: $1 cannot be replaced for the command"
  fi
  umount "$place" 2>/dev/null || :
  rmdir "$place" 2>/dev/null || :
  [ -z "$said" ] || exec_fail "$said"
}

# Every address is this host's, so that everything can be connected to; without an address of its
# own the loopback gives none to IPv4 clients, which hang then. The ports are HandedOver's.
own_network() {
  "$ip" link set lo up || return
  "$ip" addr add 192.0.0.8/32 dev lo || return
  "$ip" route add local default dev lo src 192.0.0.8 || return
  if "$ip" addr add fd00:c::8/128 dev lo nodad 2>/dev/null; then
    "$ip" route add local default dev lo src fd00:c::8 || return
  fi
  "$nft" -f - <<'RULES'
table inet culvert {
  chain out {
    type nat hook output priority -100;
    udp dport 53 redirect to :53
    ip daddr { 127.0.0.0/8, 192.0.0.8 } accept
    ip6 daddr { ::1, fd00:c::8 } accept
    meta l4proto tcp redirect to :1
  }
}
RULES
}
