package culvert.proxy.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OwnAddressesTest {
  private static final InetAddress OURS = address("192.0.2.1");
  private static final InetAddress OTHER = address("192.0.2.2");

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000); // wraps around
  private final AtomicInteger looks = new AtomicInteger();
  private volatile Set<InetAddress> present = Set.of(OURS);
  private volatile boolean broken;
  private final OwnAddresses addresses = new OwnAddresses(this::lookUp, now::get);

  private static InetAddress address(String literal) {
    return NetUtil.createInetAddressFromIpAddressString(literal);
  }

  private Set<InetAddress> lookUp() throws SocketException {
    looks.incrementAndGet();
    if (broken) {
      throw new SocketException("for the test");
    }
    return present;
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void anAddressIsAskedForManyTimesAndLookedAtOnce() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(addresses.contains(OURS)).isTrue();
      assertThat(addresses.contains(OTHER)).isFalse();
    }
    assertThat(looks).hasValue(1);
  }

  @Test
  void whatIsAddedOrTakenAwayIsSeenAfterASecond() {
    present = Set.of(OTHER);
    pass(OwnAddresses.FRESH.minusNanos(1));
    assertThat(addresses.contains(OTHER)).isFalse();
    assertThat(addresses.contains(OURS)).isTrue();

    pass(Duration.ofNanos(1));
    assertThat(addresses.contains(OTHER)).isTrue();
    assertThat(addresses.contains(OURS)).isFalse();
    assertThat(looks).hasValue(2);
  }

  @Test
  void whereNothingCanBeSeenEveryAddressIsOursUntilItCan() {
    broken = true;
    pass(OwnAddresses.FRESH);
    assertThat(addresses.contains(OTHER)).isTrue();

    broken = false;
    pass(OwnAddresses.FRESH);
    assertThat(addresses.contains(OTHER)).isFalse();
  }

  @Test
  void noStrangerPassesForUsWhereNothingCanBeSeen() {
    broken = true;
    pass(OwnAddresses.FRESH);

    assertThat(addresses.surelyContains(OTHER)).isFalse();
    assertThat(addresses.surelyContains(OURS)).isFalse();
    assertThat(addresses.surelyContains(address("127.0.0.1"))).isTrue();
  }

  @Test
  void oneThatWasAddedJustNowIsSurelyOurs() {
    present = Set.of(OTHER);
    pass(OwnAddresses.MISSED);

    assertThat(addresses.surelyContains(OTHER)).isTrue();
  }

  @Test
  void manyStrangersAreNotLookedForEachTime() {
    pass(OwnAddresses.MISSED);
    for (int i = 0; i < 1_000; i++) {
      assertThat(addresses.surelyContains(OTHER)).isFalse();
    }
    assertThat(looks).hasValue(2);
  }

  @Test
  void loopbackAddressesAreAlwaysOurs() {
    for (String loopback : List.of("127.0.0.1", "127.255.0.3", "::1")) {
      assertThat(addresses.contains(address(loopback))).isTrue();
    }
  }

  @Test
  void manyThreadsLookOnce() throws Exception {
    int threads = 8;
    CyclicBarrier start = new CyclicBarrier(threads);
    pass(OwnAddresses.FRESH);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Boolean>> answers =
          IntStream.range(0, threads)
              .mapToObj(
                  i ->
                      pool.submit(
                          () -> {
                            start.await(20, TimeUnit.SECONDS);
                            return addresses.contains(OURS);
                          }))
              .toList();
      for (Future<Boolean> answer : answers) {
        assertThat(answer.get(20, TimeUnit.SECONDS)).isTrue();
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(looks).hasValue(2);
  }

  @Test
  void thisHostsAreWhatHostAddressSays() throws SocketException {
    OwnAddresses here = OwnAddresses.ofThisHost();
    List<InetAddress> all =
        NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).toList();
    assertThat(all).isNotEmpty().allMatch(here::contains).allMatch(HostAddress::isThisHost);
    assertThat(here.contains(address("198.51.100.77"))).isFalse();
  }
}
