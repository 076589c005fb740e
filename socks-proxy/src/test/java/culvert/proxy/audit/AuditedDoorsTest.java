package culvert.proxy.audit;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.proxy.event.HandshakeFailure;
import culvert.proxy.event.RefusedClients.RefusedClient;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AuditedDoorsTest {
  private final List<Map<String, Object>> events = new ArrayList<>();
  private final List<Runnable> later = new ArrayList<>();
  private final AuditedDoors doors =
      new AuditedDoors(fields -> events.add(fields.map()), later::add);

  private void refuse(int host, HandshakeFailure failure) {
    String address = "192.0.2." + host;
    doors.refused(
        new RefusedClient(
            "socks", new InetSocketAddress(address, 40_000), address, failure, "why"));
  }

  private void aMinuteGoesBy() {
    List<Runnable> due = List.copyOf(later);
    later.clear();
    due.forEach(Runnable::run);
  }

  @Test
  void theFirstIsToldAtOnceAndTheOthersOnceAMinute() {
    for (int i = 0; i < 1_000; i++) {
      refuse(7, HandshakeFailure.TOO_MANY_CONNECTIONS);
    }
    assertThat(events).hasSize(1);
    assertThat(events.get(0))
        .containsEntry("listener", "socks")
        .containsEntry("client", Map.of("address", "192.0.2.7"))
        .containsEntry("route", "refused")
        .containsEntry("why", "limit")
        .containsEntry("count", 1L)
        .containsEntry("detail", "why");
    aMinuteGoesBy();
    refuse(7, HandshakeFailure.TOO_MANY_CONNECTIONS);
    refuse(7, HandshakeFailure.TOO_MANY_CONNECTIONS);
    assertThat(events).hasSize(2).last().asString().contains("count=999");
    aMinuteGoesBy();
    assertThat(events).hasSize(3).last().asString().contains("count=2");
    aMinuteGoesBy();
    assertThat(events).hasSize(3);
    assertThat(later).isEmpty();

    refuse(7, HandshakeFailure.TOO_MANY_CONNECTIONS);
    assertThat(events).as("a new one").hasSize(4);
  }

  @Test
  void eachReasonAndOriginIsToldForItself() {
    refuse(7, HandshakeFailure.TOO_MANY_CONNECTIONS);
    refuse(7, HandshakeFailure.ADDRESS_NOT_ALLOWED);
    refuse(7, HandshakeFailure.NOT_AUTHENTICATED);
    refuse(8, HandshakeFailure.NOT_AUTHENTICATED);

    assertThat(events.stream().map(event -> event.get("why")))
        .containsExactly("limit", "allow-from", "socks-login", "socks-login");
  }

  @Test
  void whoHasLeftByItselfWasRefusedNothing() {
    refuse(7, HandshakeFailure.HUNG_UP);
    refuse(7, HandshakeFailure.OTHER_PROTOCOL);

    assertThat(events).isEmpty();
    assertThat(later).isEmpty();
  }

  @Test
  void aFloodOfManyOriginsFillsNoDisk() {
    for (int i = 0; i < 10_000; i++) {
      refuse(i % 250, HandshakeFailure.ADDRESS_NOT_ALLOWED);
    }
    assertThat(events).hasSizeLessThan(100);
    aMinuteGoesBy();

    assertThat(events).hasSizeLessThan(200);
    assertThat(events.stream().mapToLong(event -> (long) event.get("count")).sum())
        .isEqualTo(10_000);
  }

  @Test
  void whatWasNotToldYetIsToldAtTheEnd() {
    refuse(7, HandshakeFailure.NOT_AUTHENTICATED);
    refuse(7, HandshakeFailure.NOT_AUTHENTICATED);
    doors.close();
    aMinuteGoesBy();

    assertThat(events).hasSize(2);
  }
}
