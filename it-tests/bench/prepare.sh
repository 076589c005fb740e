# What both benches begin with; to be read by bash, with `.`. Sets `root`, and, by prepare, `java` and
# `classpath`, with the tests' classes compiled.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

die() {
  echo "bench: $*" >&2
  exit 1
}

prepare() {
  local problem
  . "$root/socks-proxy/src/main/launcher/jvm.sh"
  find_java || die "$problem"
  (cd "$root" && JAVA_HOME=$java_home ./mvnw -B -ntp -q -Dquick -pl it-tests -am test-compile \
    dependency:build-classpath -Dmdep.outputFile=target/test-class-path -Dmdep.includeScope=test) </dev/null >&2
  classpath=$root/it-tests/target/test-classes:$root/it-tests/target/classes
  classpath=$classpath:$(cat "$root/it-tests/target/test-class-path")
}
