package culvert.proxy.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketTableTest {
  private static final String HEADING =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout"
          + " inode\n";

  @TempDir private Path proc;
  private SocketTable table;

  @BeforeEach
  void makeDirectory() throws IOException {
    Files.createDirectory(proc.resolve("net"));
    tcp();
    tcp6();
    table = new SocketTable(proc);
  }

  private void tcp(String... lines) throws IOException {
    Files.writeString(proc.resolve("net/tcp"), HEADING + String.join("", lines));
  }

  private void tcp6(String... lines) throws IOException {
    Files.writeString(proc.resolve("net/tcp6"), HEADING + String.join("", lines));
  }

  /** As the kernel prints it; the columns come from {@link Connection}, which has a test below. */
  private static String line(byte[] columns, String uid, String inode) {
    return "%4d: %s 01 00000000:00000000 02:000A9C1B 00000000 %5s        0 %s 2 0000 20 4 30 10 -1\n"
        .formatted(3, new String(columns, StandardCharsets.US_ASCII), uid, inode);
  }

  private static String line4(Connection connection, long uid, long inode) {
    return line(
        connection.inTcp(ByteOrder.nativeOrder()).orElseThrow(),
        Long.toString(uid),
        Long.toString(inode));
  }

  private static String line6(Connection connection, long uid, long inode) {
    return line(
        connection.inTcp6(ByteOrder.nativeOrder()), Long.toString(uid), Long.toString(inode));
  }

  private static Connection connection(String from, int fromPort, String to, int toPort) {
    return new Connection(address(from, fromPort), address(to, toPort));
  }

  private static InetSocketAddress address(String literal, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByName(literal), port);
    } catch (IOException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }

  @Test
  void columnsAreWrittenAsTheKernelDoes() {
    Connection four = connection("127.0.0.1", 55120, "10.1.2.3", 1080);
    Connection six = connection("2001:db8::1", 1, "::1", 1080);

    assertThat(four.inTcp(ByteOrder.LITTLE_ENDIAN).orElseThrow())
        .asString()
        .isEqualTo("0100007F:D750 0302010A:0438");
    assertThat(four.inTcp(ByteOrder.BIG_ENDIAN).orElseThrow())
        .asString()
        .isEqualTo("7F000001:D750 0A010203:0438");
    assertThat(four.inTcp6(ByteOrder.LITTLE_ENDIAN))
        .asString()
        .isEqualTo("0000000000000000FFFF00000100007F:D750 0000000000000000FFFF00000302010A:0438");
    assertThat(six.inTcp(ByteOrder.LITTLE_ENDIAN)).isEmpty();
    assertThat(six.inTcp6(ByteOrder.LITTLE_ENDIAN))
        .asString()
        .isEqualTo("B80D0120000000000000000001000000:0001 00000000000000000000000001000000:0438");
  }

  @Test
  void theClientsEndIsFoundAndNotOurs() throws IOException {
    Connection client = connection("127.0.0.1", 50000, "127.0.0.1", 1080);
    Connection ours = connection("127.0.0.1", 1080, "127.0.0.1", 50000);
    tcp(line4(ours, 0, 11), line4(client, 999, 22));

    assertThat(table.find(Set.of(client)))
        .isEqualTo(Map.of(client, new SocketOwner.Known(999, 22)));
  }

  @Test
  void anIpv4ConnectionOfAnIpv6SocketStandsInTheOtherTable() throws IOException {
    Connection client = connection("127.0.0.1", 50000, "127.0.0.1", 1080);
    tcp6(line6(client, 1000, 22));

    assertThat(table.find(Set.of(client)))
        .isEqualTo(Map.of(client, new SocketOwner.Known(1000, 22)));
  }

  @Test
  void whereTheLastOneStoodDoesNotMatterButForTheTime() throws IOException {
    Connection client = connection("127.0.0.1", 50000, "127.0.0.1", 1080);
    Connection other = connection("127.0.0.1", 50001, "127.0.0.1", 1080);
    tcp(line4(other, 999, 21));
    tcp6(line6(client, 1000, 22));
    for (int round = 0; round < 2; round++) {
      assertThat(table.find(Set.of(client))).containsOnlyKeys(client);
      assertThat(table.find(Set.of(other))).containsOnlyKeys(other);
      assertThat(table.find(Set.of(client, other))).containsOnlyKeys(client, other);
    }
  }

  @Test
  void anIpv6ConnectionIsFound() throws IOException {
    Connection client = connection("::1", 50000, "::1", 1080);
    Connection other = connection("::1", 50001, "::1", 1080);
    tcp6(line6(other, 5, 21), line6(client, 4_294_967_294L, 22));

    assertThat(table.find(Set.of(client)))
        .isEqualTo(Map.of(client, new SocketOwner.Known(4_294_967_294L, 22)));
  }

  @Test
  void theSamePortTowardsAnotherServerIsAnotherConnection() throws IOException {
    Connection client = connection("127.0.0.1", 50000, "127.0.0.1", 1080);
    tcp(
        line4(connection("127.0.0.1", 50000, "127.0.0.1", 1081), 1, 20),
        line4(connection("127.0.0.2", 50000, "127.0.0.1", 1080), 2, 21),
        line4(client, 3, 22));

    assertThat(table.find(Set.of(client))).containsValue(new SocketOwner.Known(3, 22));
  }

  @Test
  void aSocketThatNoProcessHasBelongsToNobody() throws IOException {
    Connection client = connection("127.0.0.1", 50000, "127.0.0.1", 1080);
    tcp(line4(client, 0, 0));

    assertThat(table.find(Set.of(client))).isEmpty();
  }

  @Test
  void oneReadFindsMany() throws IOException {
    List<Connection> all =
        IntStream.range(0, 3000)
            .mapToObj(i -> connection("127.0.0.1", 20000 + i, "127.0.0.1", 1080))
            .toList();
    tcp(
        IntStream.range(0, all.size())
            .mapToObj(i -> line4(all.get(i), i, 100 + i))
            .toArray(String[]::new));

    Map<Connection, SocketOwner> found = table.find(new HashSet<>(all));

    assertThat(found).hasSize(all.size());
    assertThat(found)
        .containsEntry(all.get(0), new SocketOwner.Known(0, 100))
        .containsEntry(all.get(2999), new SocketOwner.Known(2999, 3099));
  }

  @ParameterizedTest(name = "{index}")
  @ValueSource(
      strings = {
        "",
        "\n\n\n",
        "garbage\n",
        "   0:\n",
        "   0: 0100007F:C350\n",
        "   0: 0100007F:C350 0100007F:0438\n",
        "   0: 0100007F:C350 0100007F:0438 01 a b c d e f\n",
        "   0: 0100007F:C350 0100007F:0438 01 a b c 99999999999999999999 0 5\n",
        "   0: 0100007F:XYZW 0100007F:0438 01 0 0 0 0 0 5\n",
        ":",
      })
  void whatIsNotALineIsPassedOver(String garbage) throws IOException {
    Connection client = connection("127.0.0.1", 50000, "127.0.0.1", 1080);
    tcp(garbage);
    assertThat(table.find(Set.of(client))).isEmpty();

    tcp("x".repeat(5000) + "\n", garbage, "\n", line4(client, 3, 22));

    assertThat(table.find(Set.of(client))).containsValue(new SocketOwner.Known(3, 22));
  }

  @Test
  void aLineThatIsCutOffIsNone() throws IOException {
    Connection client = connection("127.0.0.1", 50000, "127.0.0.1", 1080);
    tcp(line4(client, 3, 22).stripTrailing());

    assertThat(table.find(Set.of(client))).isEmpty();
  }

  @Test
  void aLineWithoutEndIsTheEnd() throws IOException {
    tcp("x".repeat(100_000));

    assertThat(table.find(Set.of(connection("127.0.0.1", 50000, "127.0.0.1", 1080)))).isEmpty();
  }

  @Test
  void withoutTheFilesNobodyIsFound() throws IOException {
    Files.delete(proc.resolve("net/tcp"));
    Files.delete(proc.resolve("net/tcp6"));

    assertThat(table.isReadable()).isFalse();
    assertThat(table.find(Set.of(connection("127.0.0.1", 50000, "127.0.0.1", 1080)))).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void thisKernelTellsWhoseThisSocketIs(String address) throws Exception {
    assumeTrue(Files.isReadable(Path.of("/proc/net/tcp")), "Linux");
    long uid = ((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName(address));
        Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
      Connection connection =
          new Connection(
              (InetSocketAddress) socket.getLocalSocketAddress(),
              (InetSocketAddress) socket.getRemoteSocketAddress());

      SocketOwner owner =
          new SocketTable(Path.of("/proc")).find(Set.of(connection)).get(connection);

      assertThat(owner).isInstanceOf(SocketOwner.Known.class);
      SocketOwner.Known known = (SocketOwner.Known) owner;
      assertThat(known.uid()).isEqualTo(uid);
      assertThat(ownSockets()).contains("socket:[" + known.inode() + "]");
    }
  }

  private static Set<String> ownSockets() throws IOException {
    try (var links = Files.list(Path.of("/proc/self/fd"))) {
      return links.map(SocketTableTest::target).collect(Collectors.toSet());
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
