# What every script that starts Culvert tells its JVM; to be read by a POSIX shell, with `.`.
# find_java sets `java`, `version` (17, 21, ...) and `options` (words), or fails with a message in
# `problem`. Options of the user (CULVERT_JAVA_OPTS) belong behind these: where two say the same, the
# last one holds. What each is for stands in docs/OPERATIONS.md.

find_java() {
  if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
    problem="no Java at JAVA_HOME=$JAVA_HOME (expected: a JDK, 17 or newer)"
    [ -x "$java" ] || return 1
  else
    problem="no java on PATH (expected: a JDK, 17 or newer; or set JAVA_HOME)"
    java=$(command -v java) || return 1
  fi
  java_home=$(dirname "$(dirname "$(readlink -f "$java" || echo "$java")")")
  if [ -r "$java_home/release" ]; then
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$java_home/release")
  else
    version=$("$java" -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p')
  fi
  problem="$java is Java ${version:-unknown} (expected: 17 or newer)"
  [ "${version:-0}" -ge 17 ] || return 1

  # Locks of the scripts have the descriptors from 8 on, which a shell cannot choose freely.
  problem="systemd passes ${LISTEN_FDS:-} sockets (expected: 5 at most)"
  [ "${LISTEN_PID:-}" != $$ ] || [ "${LISTEN_FDS:-0}" -le 5 ] || return 1

  # Until Java listens to them they would end the process, and nothing is missed by then. SIGHUP has to be
  # left alone: what a JVM is started to ignore of that it ignores for ever.
  trap '' USR1 USR2

  options="-XX:+ExitOnOutOfMemoryError -Dio.netty.leakDetection.level=disabled"
  choose_memory
  # Netty uses Unsafe and native code: newer JDKs want to be told.
  [ "$version" -lt 22 ] || options="$options --enable-native-access=ALL-UNNAMED"
  [ "$version" -lt 23 ] || options="$options --sun-misc-unsafe-memory-access=allow"
  # HotSpot suspends threads with SIGUSR2 and crashes if somebody else sends it: with this it takes
  # SIGRTMAX in its place. It takes 12 to 64.
  if [ "$(uname)" = Linux ]; then
    [ -n "${_JAVA_SR_SIGNUM:-}" ] || own_signum=yes # nobody else's, and not for other programs
    export _JAVA_SR_SIGNUM="${_JAVA_SR_SIGNUM:-64}"
  fi
}

# A small heap that grows with what lives there, and shrinks at once when the whole of it is collected
# (IdleHeap does that after work). Of two collectors the JVM takes none, so whoever names one has the
# choice, and the heap's shape with it.
choose_memory() {
  for word in ${JDK_JAVA_OPTIONS:-} ${JAVA_TOOL_OPTIONS:-} ${CULVERT_JAVA_OPTS:-}; do
    case $word in
      -XX:+Use*GC) return 0 ;;
    esac
  done
  options="$options -XX:+UseSerialGC -Xms48m -Xmn24m"
  options="$options -XX:MinHeapFreeRatio=20 -XX:MaxHeapFreeRatio=40 -XX:-ShrinkHeapInSteps"
}

# What the archive of a folder depends on, as text.
seal() {
  echo "$java_home $options"
  stat -L -c '%n %s %Y' "$java_home/release" "$java_home"/lib/server/* "$1"/culvert.jar "$1"/lib/*.jar
}

# find_archive FOLDER: sets `archive` to the folder's class-data archive (see archive.sh), if there is one
# for this Java and these jars, that nobody but root or this user can have written; else to nothing.
find_archive() {
  archive=$1/culvert.jsa
  owner=$(stat -c '%u %A' "$archive" "$1/culvert.seal" 2>/dev/null | sort -u) || owner=
  case $owner in
    "0 -rw-r--r--" | "$(id -u) -rw-r--r--") [ "$(cat "$1/culvert.seal")" = "$(seal "$1" 2>/dev/null)" ] || archive= ;;
    *) archive= ;;
  esac
  # It may not fit all the same, for what the user's options are: then it is left out, and nobody need know.
  if [ -n "$archive" ]; then
    options="$options -Xlog:cds=off -Xlog:cds+dynamic=off -Xlog:class+path=off"
    [ "$version" -lt 25 ] || options="$options -Xlog:aot=off"
  fi
}
