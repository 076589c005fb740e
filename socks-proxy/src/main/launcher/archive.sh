# The class-data archive: Culvert's classes as the JVM has them in memory, so that a start need not read
# and verify them. It fits one JVM, one set of jars and the place where these lie, and so it is made where
# it is used. To be read by a POSIX shell, with `.`, behind jvm.sh; where anything is missing there
# is no archive, and nothing else changes.

# make_archive FOLDER: for the culvert.jar there and the Java of find_java. Who runs keeps what was there before.
make_archive() {
  rm -rf "$1/culvert.seal" "$1"/.archive.*
  case " ${CULVERT_JAVA_OPTS:-} " in
    *" -Xshare:off "*) return 0 ;;
  esac
  made=$(mktemp -d "$1/.archive.XXXXXX") || return 0
  if seal "$1" >"$made/seal" && rehearse "$1" "$made" && [ -s "$made/jsa" ] && chmod 644 "$made/jsa" "$made/seal"; then
    mv "$made/jsa" "$1/culvert.jsa" && mv "$made/seal" "$1/culvert.seal" || :
  fi
  rm -rf "$made"
}

# rehearse FOLDER PLACE: starts Culvert, lets it load what its first session needs, and ends it; what was
# loaded by then is archived. Nobody's environment: it shall meet no other Culvert's sockets.
rehearse() {
  printf '%s\n' 'listeners: [{ name: socks, socks: "127.0.0.1:0" }]' 'default-action: block' \
    "state-directory: \"$2/state\"" >"$2/culvert.yaml"
  : >"$2/log"
  # shellcheck disable=SC2086 # options are words
  env -i PATH="$PATH" HOME="$2" _JAVA_SR_SIGNUM="${_JAVA_SR_SIGNUM:-64}" "$java" $options -XX:ArchiveClassesAtExit="$2/jsa" \
    -cp "$1/culvert.jar" culvert.proxy.cli.Culvert run -vv -c "$2/culvert.yaml" >"$2/out" 2>"$2/log" </dev/null &
  rehearsal=$!
  seconds=60
  until grep -q 'warm-up: ' "$2/log" || ! goes_on; do sleep 1; done
  kill -TERM "$rehearsal" || :
  seconds=60
  while goes_on; do sleep 1; done
  kill -KILL "$rehearsal" || :
  wait "$rehearsal"
} 2>/dev/null

goes_on() {
  seconds=$((seconds - 1))
  [ "$seconds" -gt 0 ] && kill -0 "$rehearsal"
}
