package culvert.proxy.capture;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import culvert.config.CaptureConfig;
import culvert.config.CaptureConfig.OnCrash;
import culvert.config.Endpoint;
import culvert.proxy.owner.UserNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ThisHostTest {
  private static final InetAddress ONE = address("192.0.2.1");
  private static final InetAddress TWO = address("192.0.2.2");

  @TempDir private Path directory;
  private final Map<String, Set<InetAddress>> names = new HashMap<>();

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private ThisHost host() throws IOException {
    Path mounts =
        Files.writeString(
            directory.resolve("mountinfo"),
            """
            25 1 0:23 / %1$s rw,nosuid - tmpfs tmpfs rw,mode=755
            26 25 0:24 / %1$s/cpu rw shared:5 - cgroup cgroup rw,cpu
            27 25 0:25 / %1$s/unified rw shared:6 master:1 - cgroup2 cgroup2 rw
            """
                .formatted(directory.resolve("fs")));
    return new ThisHost(
        directory.resolve("proc"),
        new UserNames(),
        UserNames.ofGroups(),
        new Cgroups(mounts, directory.resolve("fs")),
        name -> names.getOrDefault(name, Set.of()));
  }

  private static CaptureConfig config(
      List<String> users, List<String> groups, List<String> cgroups, String... hosts) {
    return new CaptureConfig(
        users, groups, cgroups, false, List.of(), List.of(), List.of(hosts), false, OnCrash.OPEN);
  }

  @Test
  void accountsAreTheirNumbersAndNumbersThemselves() throws IOException {
    CaptureScope.Found found =
        host()
            .look(
                config(List.of("root", "4711", "no-such"), List.of("root", "nope"), List.of()), 9);

    assertThat(found.scope().own()).isEqualTo(9);
    assertThat(found.scope().users()).containsExactlyInAnyOrder(0L, 4711L);
    assertThat(found.scope().groups()).containsExactly(0L);
    assertThat(found.missing())
        .extracting(CaptureScope.Missing::path)
        .containsExactly(List.of("users", "2"), List.of("groups", "1"));
    assertThat(found.missing().get(0).message())
        .isEqualTo("users: there is no user no-such here, so that nobody is captured by that name");
  }

  @Test
  void aCgroupIsWhereNftLooksAndAsDeepAsItIsInItsHierarchy() throws IOException {
    Path slice = Files.createDirectories(directory.resolve("fs/unified/jobs.slice/a.service"));

    CaptureScope.Found found =
        host().look(config(List.of(), List.of(), List.of("jobs.slice/a.service", "b.slice")), 9);

    assertThat(found.scope().cgroups())
        .containsExactly(
            new CaptureScope.Cgroup(
                "unified/jobs.slice/a.service", 2, (long) Files.getAttribute(slice, "unix:ino")));
    assertThat(found.missing())
        .singleElement()
        .satisfies(
            missing -> {
              assertThat(missing.path()).containsExactly("cgroups", "1");
              assertThat(missing.message()).contains("there is no cgroup ", "/unified/b.slice");
            });
  }

  @Test
  void withoutTheHierarchyThereIsNoCgroup() throws IOException {
    Path mounts =
        Files.writeString(directory.resolve("mounts"), "25 1 0:23 / /sys rw - sysfs x rw\n");

    assertThatThrownBy(() -> new Cgroups(mounts, directory).look("a"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no hierarchy of cgroups of version 2");
  }

  @Test
  void namesAreWhatTheyStandForNow() throws IOException {
    ThisHost host = host();
    CaptureConfig config = config(List.of("1"), List.of(), List.of(), "mf1.example", "localhost");
    names.put("mf1.example", Set.of(ONE, TWO));
    names.put("localhost", Set.of(ONE));
    assertThat(host.look(config, 9).scope().addresses()).containsExactlyInAnyOrder(ONE, TWO);
    assertThat(host.look(config, 9).scope().complete()).isTrue();

    names.put("mf1.example", Set.of(TWO));
    names.remove("localhost");
    assertThat(host.look(config, 9).scope().addresses()).containsExactly(TWO);
    assertThat(host.look(config, 9).scope().complete()).isFalse();
    assertThat(new ThisHost().look(config, 9).scope().addresses())
        .contains(InetAddress.getLoopbackAddress());
  }

  @Test
  void aNameThatIsUnknownIsSaidAndAskedForAgain() throws IOException {
    ThisHost host = host();
    CaptureConfig config = config(List.of("1"), List.of(), List.of(), "mf1.example");
    assertThat(host.look(config, 9).missing())
        .extracting(CaptureScope.Missing::message)
        .containsExactly(
            "destinations: mf1.example does not resolve here, so that nothing is captured on its"
                + " way there");

    names.put("mf1.example", Set.of(ONE));
    assertThat(host.look(config, 9).scope().addresses()).containsExactly(ONE);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theKernelsLimitIsReadAsItReads() throws IOException {
    Process cat =
        new ProcessBuilder("cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start").start();

    assertThat(new ThisHost().firstPortOfEverybody())
        .isEqualTo(
            Integer.parseInt(new String(cat.getInputStream().readAllBytes(), US_ASCII).strip()));
  }

  @Test
  void privilegeAndLimitAreTheProcessesOwn() throws IOException {
    Path proc = Files.createDirectories(directory.resolve("proc/self"));
    Files.createDirectories(directory.resolve("proc/sys/net/ipv4"));
    Files.writeString(proc.resolve("status"), "Name:\tjava\nCapEff:\t0000000000001000\n");
    Files.writeString(directory.resolve("proc/sys/net/ipv4/ip_unprivileged_port_start"), "80\n");
    assertThat(host().mayChangeRules()).isTrue();
    assertThat(host().mayTakeLowPorts()).isFalse();
    assertThat(host().firstPortOfEverybody()).isEqualTo(80);
    Files.writeString(directory.resolve("proc/sys/net/ipv4/ip_forward"), "1\n");
    assertThat(host().forwards(false)).isTrue();
    assertThat(host().forwards(true)).isFalse();
    Files.createDirectories(directory.resolve("proc/sys/net/ipv6/conf/all"));
    Files.writeString(directory.resolve("proc/sys/net/ipv6/conf/all/forwarding"), "1\n");
    Files.writeString(directory.resolve("proc/sys/net/ipv4/ip_forward"), "0\n");
    assertThat(host().forwards(false)).isFalse();
    assertThat(host().forwards(true)).isTrue();
    assertThat(host().ownUser()).isEqualTo(new ThisHost().ownUser());

    Files.writeString(proc.resolve("status"), "CapEff:\t0000000000000fff\n");
    Files.delete(directory.resolve("proc/sys/net/ipv4/ip_unprivileged_port_start"));
    assertThat(host().mayChangeRules()).isFalse();
    assertThat(host().mayTakeLowPorts()).isTrue();
    assertThat(host().firstPortOfEverybody()).isEqualTo(1024);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aSocketIsHeldByRootWhileItListensAndIsRoots() throws IOException {
    boolean root = new ThisHost().ownUser() == 0;
    Map<String, StandardProtocolFamily> hosts =
        Map.of("127.0.0.1", StandardProtocolFamily.INET, "::1", StandardProtocolFamily.INET6);
    for (String host : hosts.keySet()) {
      Endpoint address;
      try (ServerSocketChannel socket = ServerSocketChannel.open(hosts.get(host))) {
        socket.bind(new InetSocketAddress(host, 0));
        address = new Endpoint(host, socket.socket().getLocalPort());
        assertThat(new ThisHost().isHeldByRoot(address)).isEqualTo(root);
      }
      assertThat(new ThisHost().isHeldByRoot(address)).isFalse();
    }
  }

  @Test
  void socketsOfOthersAndConnectionsHoldNothing() throws IOException {
    assumeThat(ByteOrder.nativeOrder()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    Path net = Files.createDirectories(directory.resolve("proc/net"));
    String columns = " 00000000:0000 %s 00000000:00000000 00:00000000 00000000  %4d        0 7 1\n";
    Files.writeString(
        net.resolve("tcp"),
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
            + ("   0: 0100007F:0884" + columns).formatted("0A", 0)
            + ("   1: 0100007F:0885" + columns).formatted("0A", 1001)
            + ("   2: 0100007F:0886" + columns).formatted("01", 0));
    Files.writeString(
        net.resolve("tcp6"),
        ("   0: 00000000000000000000000001000000:0885" + columns).formatted("0A", 0));

    assertThat(host().isHeldByRoot(new Endpoint("127.0.0.1", 2180))).isTrue();
    assertThat(host().isHeldByRoot(new Endpoint("127.0.0.2", 2180))).isFalse();
    assertThat(host().isHeldByRoot(new Endpoint("127.0.0.1", 2181))).isFalse();
    assertThat(host().isHeldByRoot(new Endpoint("127.0.0.1", 2182))).isFalse();
    assertThat(host().isHeldByRoot(new Endpoint("::1", 2181))).isTrue();
    Files.delete(net.resolve("tcp6"));
    assertThat(host().isHeldByRoot(new Endpoint("::1", 2181))).isFalse();
  }
}
