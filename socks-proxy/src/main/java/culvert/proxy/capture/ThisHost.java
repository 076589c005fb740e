package culvert.proxy.capture;

import culvert.config.CaptureConfig;
import culvert.proxy.owner.UserNames;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The host that this process runs on, by Linux's {@code /proc}, its directories and its resolver.
 */
public final class ThisHost implements CaptureHost {
  private static final Pattern EFFECTIVE = Pattern.compile("(?m)^CapEff:\\s*([0-9a-f]{1,16})$");
  private static final int CAP_NET_ADMIN = 12;
  private static final int USUAL_LIMIT = 1024;
  private static final int MAX_DIGITS = 64;
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");

  /** For so long an answer of the name server counts; its own word on that nobody hears. */
  private static final Duration FRESH = Duration.ofMinutes(1);

  /** So that a name with ever new addresses does not fill the memory. */
  private static final int MAX_ADDRESSES = 1024;

  /** Asks for the addresses of a name. */
  @FunctionalInterface
  interface Names {
    InetAddress[] look(String name) throws UnknownHostException;
  }

  private record Resolved(Set<InetAddress> addresses, long at) {}

  private final Path proc;
  private final UserNames users;
  private final UserNames groups;
  private final Cgroups cgroups;
  private final Names names;
  private final LongSupplier nanoTime;
  private final Map<String, Resolved> resolved = new HashMap<>(); // guarded by itself

  public ThisHost() {
    this(
        Path.of("/proc"),
        new UserNames(),
        UserNames.ofGroups(),
        new Cgroups(Path.of("/proc/self/mountinfo"), Path.of("/sys/fs/cgroup")),
        InetAddress::getAllByName,
        System::nanoTime);
  }

  ThisHost(
      Path proc,
      UserNames users,
      UserNames groups,
      Cgroups cgroups,
      Names names,
      LongSupplier nanoTime) {
    this.proc = proc;
    this.users = users;
    this.groups = groups;
    this.cgroups = cgroups;
    this.names = names;
    this.nanoTime = nanoTime;
  }

  @Override
  public long ownUser() throws IOException {
    return Integer.toUnsignedLong((int) Files.getAttribute(proc.resolve("self"), "unix:uid"));
  }

  @Override
  public OptionalLong user(String nameOrNumber) {
    return number(users, nameOrNumber);
  }

  private static OptionalLong number(UserNames directory, String nameOrNumber) {
    if (NUMBER.matcher(nameOrNumber).matches()) {
      return OptionalLong.of(Long.parseLong(nameOrNumber));
    }
    return directory.of(nameOrNumber).stream()
        .filter(name -> NUMBER.matcher(name).matches())
        .mapToLong(Long::parseLong)
        .findFirst();
  }

  @Override
  public CaptureScope.Found look(CaptureConfig config, long own) {
    List<CaptureScope.Missing> missing = new ArrayList<>();
    Set<Long> uids = numbers("users", config.users(), users, missing);
    Set<Long> gids = numbers("groups", config.groups(), groups, missing);
    List<CaptureScope.Cgroup> present = new ArrayList<>();
    for (int i = 0; i < config.cgroups().size(); i++) {
      try {
        present.add(cgroups.look(config.cgroups().get(i)));
      } catch (IOException e) {
        missing.add(
            CaptureScope.Missing.of(
                "cgroups", i, e.getMessage() + ", so that nobody is captured by it"));
      }
    }
    Set<InetAddress> addresses = new HashSet<>();
    for (String name : config.names()) {
      Set<InetAddress> of = addresses(name);
      addresses.addAll(of);
      if (of.isEmpty()) {
        missing.add(
            new CaptureScope.Missing(
                List.of("destinations"),
                "destinations: "
                    + name
                    + " does not resolve here, so that nothing is captured on its way there"));
      }
    }
    return new CaptureScope.Found(new CaptureScope(own, uids, gids, present, addresses), missing);
  }

  private static Set<Long> numbers(
      String key, List<String> names, UserNames directory, List<CaptureScope.Missing> missing) {
    Set<Long> numbers = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      OptionalLong number = number(directory, name);
      if (number.isPresent()) {
        numbers.add(number.getAsLong());
      } else {
        missing.add(
            CaptureScope.Missing.of(
                key,
                i,
                "there is no "
                    + (key.equals("users") ? "user " : "group ")
                    + name
                    + " here, so that nobody is captured by that name"));
      }
    }
    return numbers;
  }

  /** All that the name has had, for who has asked a while ago may connect only now. */
  private Set<InetAddress> addresses(String name) {
    synchronized (resolved) {
      Resolved known = resolved.getOrDefault(name, new Resolved(Set.of(), Long.MIN_VALUE));
      long now = nanoTime.getAsLong();
      if (!known.addresses().isEmpty() && now - known.at() < FRESH.toNanos()) {
        return known.addresses();
      }
      Set<InetAddress> all = new HashSet<>();
      try {
        all.addAll(List.of(names.look(name)));
      } catch (UnknownHostException e) {
        // what was known of it still counts
      }
      known.addresses().stream().limit(Math.max(0, MAX_ADDRESSES - all.size())).forEach(all::add);
      resolved.put(name, new Resolved(Set.copyOf(all), now));
      return all;
    }
  }

  @Override
  public boolean mayChangeRules() {
    try {
      Matcher effective =
          EFFECTIVE.matcher(
              Files.readString(proc.resolve("self/status"), StandardCharsets.ISO_8859_1));
      return effective.find()
          && (Long.parseUnsignedLong(effective.group(1), 16) >> CAP_NET_ADMIN & 1) == 1;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public int firstPortOfEverybody() {
    Path limit = proc.resolve("sys/net/ipv4/ip_unprivileged_port_start");
    try (InputStream in = Files.newInputStream(limit)) {
      byte[] octets = new byte[MAX_DIGITS]; // what does not fit into the first read, is not there
      int read = in.read(octets);
      return Integer.parseInt(
          new String(octets, 0, Math.max(0, read), StandardCharsets.ISO_8859_1).strip());
    } catch (IOException | NumberFormatException e) {
      return USUAL_LIMIT;
    }
  }

  @Override
  public Optional<Nft> nft() {
    return Nft.find();
  }

  @Override
  public Optional<LocalRoute> localRoute() {
    return LocalRoute.find();
  }
}
