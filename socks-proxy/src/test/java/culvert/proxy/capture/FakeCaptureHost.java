package culvert.proxy.capture;

import culvert.config.CaptureConfig;
import culvert.config.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A host with the accounts, cgroups and names that a test gives it. */
public final class FakeCaptureHost implements CaptureHost {
  /** Remembers the rule and the route, by its first argument. */
  private static final String IP =
      """
      case "$*" in
        *"rule show") [ ! -e "$0$1" ] || echo '193: from all fwmark 0xc1 lookup 12698049' ;;
        *"route show"*) [ ! -e "$0$1" ] || echo 'local default dev lo scope host' ;;
        *"rule add"*) : >"$0$1" ;;
        *"rule del"*) rm "$0$1" ;;
      esac
      """;

  private final Map<String, Long> accounts = new HashMap<>(Map.of("culvert", 998L));
  private final Map<String, Long> cgroups = new HashMap<>();
  private final Map<String, InetAddress> names = new HashMap<>();
  private final AtomicInteger defects = new AtomicInteger();
  private final Set<Endpoint> held = new HashSet<>();
  private Set<IpFamily> forwarding = Set.of();
  private boolean privileged = true;
  private int limit = 1024;
  private Optional<Nft> nft = Optional.empty();
  private Optional<LocalRoute> localRoute = Optional.of(new LocalRoute(Path.of("/no/ip")));

  /** Both a user and a group. */
  public FakeCaptureHost with(String account, long number) {
    accounts.put(account, number);
    return this;
  }

  FakeCaptureHost withCgroup(String path, long inode) {
    cgroups.put(path, inode);
    return this;
  }

  FakeCaptureHost withName(String name, InetAddress address) {
    names.put(name, address);
    return this;
  }

  /** The next look at it meets a defect. */
  FakeCaptureHost withDefect() {
    defects.incrementAndGet();
    return this;
  }

  /** Whether none is left to be met. */
  boolean isWithoutDefect() {
    return defects.get() == 0;
  }

  FakeCaptureHost forwarding(IpFamily... families) {
    forwarding = Set.of(families);
    return this;
  }

  FakeCaptureHost withoutPrivilege() {
    privileged = false;
    return this;
  }

  public FakeCaptureHost withLimit(int port) {
    limit = port;
    return this;
  }

  /** With a socket of root's that listens there. */
  public FakeCaptureHost holding(Endpoint address) {
    held.add(address);
    return this;
  }

  /** With a program in place of nft, which is a shell script. */
  public FakeCaptureHost withNft(Path directory, String script) throws IOException {
    nft = Optional.of(new Nft(program(directory.resolve("nft"), script)));
    return withIp(directory, IP);
  }

  /** With a program in place of ip, which is a shell script. */
  FakeCaptureHost withIp(Path directory, String script) throws IOException {
    localRoute = Optional.of(new LocalRoute(program(directory.resolve("ip"), script)));
    return this;
  }

  FakeCaptureHost withoutIp() {
    localRoute = Optional.empty();
    return this;
  }

  private static Path program(Path program, String script) throws IOException {
    Files.writeString(program, "#!/bin/sh\n" + script, StandardCharsets.UTF_8);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return program;
  }

  @Override
  public long ownUser() {
    return 998;
  }

  @Override
  public OptionalLong user(String nameOrNumber) {
    if (nameOrNumber.matches("[0-9]+")) {
      return OptionalLong.of(Long.parseLong(nameOrNumber));
    }
    Long number = accounts.get(nameOrNumber);
    return number == null ? OptionalLong.empty() : OptionalLong.of(number);
  }

  @Override
  public CaptureScope.Found look(CaptureConfig config, long own) {
    if (defects.get() > 0) {
      defects.decrementAndGet();
      throw new IllegalStateException("a defect");
    }
    List<CaptureScope.Missing> missing = new ArrayList<>();
    List<CaptureScope.Cgroup> present = new ArrayList<>();
    for (int i = 0; i < config.cgroups().size(); i++) {
      String path = config.cgroups().get(i);
      if (cgroups.containsKey(path)) {
        int level = path.split("/", -1).length;
        present.add(new CaptureScope.Cgroup(path, level, cgroups.get(path)));
      } else {
        missing.add(CaptureScope.Missing.of("cgroups", i, "there is no cgroup " + path));
      }
    }
    Set<InetAddress> addresses = new HashSet<>();
    config.names().stream().filter(names::containsKey).map(names::get).forEach(addresses::add);
    return new CaptureScope.Found(
        new CaptureScope(
            own,
            numbers("users", config.users(), missing),
            numbers("groups", config.groups(), missing),
            present,
            addresses,
            names.keySet().containsAll(config.names())),
        missing);
  }

  private Set<Long> numbers(String key, List<String> all, List<CaptureScope.Missing> missing) {
    Set<Long> numbers = new HashSet<>();
    for (int i = 0; i < all.size(); i++) {
      OptionalLong number = user(all.get(i));
      number.ifPresent(numbers::add);
      if (number.isEmpty()) {
        missing.add(CaptureScope.Missing.of(key, i, "there is no " + all.get(i)));
      }
    }
    return numbers;
  }

  @Override
  public boolean isThisHost(String nameOrAddress) {
    return Set.of("localhost", "127.0.0.1", "gate.example").contains(nameOrAddress);
  }

  @Override
  public boolean mayChangeRules() {
    return privileged;
  }

  @Override
  public boolean mayTakeLowPorts() {
    return privileged;
  }

  @Override
  public int firstPortOfEverybody() {
    return limit;
  }

  @Override
  public boolean isHeldByRoot(Endpoint address) {
    return held.contains(address);
  }

  @Override
  public boolean forwards(boolean ipv6) {
    return forwarding.contains(ipv6 ? IpFamily.V6 : IpFamily.V4);
  }

  @Override
  public Optional<Nft> nft() {
    return nft;
  }

  @Override
  public Optional<LocalRoute> localRoute() {
    return localRoute;
  }
}
