package culvert.proxy.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import culvert.proxy.door.Arrival;
import culvert.proxy.door.CommandNamespace;
import culvert.proxy.door.Origin;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.AttributeKey;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Who a command's clients are was told with their namespace, and is not looked up. */
@EnabledOnOs(OS.LINUX)
class CommandClientsTest {
  private static final InetAddress ADDRESS =
      NetUtil.createInetAddressFromIpAddressString("fd63:756c:7665:7274::7");

  private final EmbeddedChannel embedded = new EmbeddedChannel();
  private final DuplexChannel channel = mock(DuplexChannel.class);
  private final ClientOwners owners = ProcClientOwners.create(Runnable::run);
  private Arrival client;

  @BeforeEach
  void comeIn() {
    when(channel.eventLoop()).thenReturn(embedded.eventLoop());
    when(channel.attr(any()))
        .thenAnswer(call -> embedded.attr((AttributeKey<?>) call.getArgument(0)));
    client =
        new Arrival(
            channel,
            new InetSocketAddress(ADDRESS, 4711),
            new InetSocketAddress("192.0.2.1", 21),
            Optional.empty());
  }

  @Test
  void theyAreWhoHasHandedTheirNamespaceOver() {
    new CommandNamespace(
            ADDRESS,
            0,
            Set.of("curl"),
            (source, listener, loop, initializer) -> loop.newFailedFuture(new Exception()))
        .holds(channel);

    SocketOwner owner = owners.socket(client).getNow();

    assertThat(owner.equals(new SocketOwner.Unknown())).isFalse();
    assertThat(new SocketOwner.Known(0, 99).isSameUserAs(owner)).isTrue();
    assertThat(new SocketOwner.Known(1, 99).isSameUserAs(owner)).isFalse();
    assertThat(owners.applications(client).getNow()).containsExactly("curl");
    embedded.runPendingTasks();
    assertThat(owners.users(client).getNow()).contains("0");
    assertThat(Origin.of(client).isThisHost()).isTrue();
  }

  @Test
  void anAddressLikeTheirsProvesNothing() {
    assertThat(owners.socket(client).getNow()).isEqualTo(new SocketOwner.Unknown());
    assertThat(Origin.of(client).isThisHost()).isFalse();
  }
}
