package culvert.proxy.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import culvert.proxy.door.Arrival;
import culvert.proxy.door.Client;
import culvert.ssh.Asker;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** For whom clients are taken that ask. */
class ClientNamesTest {
  private final EventLoop loop = new DefaultEventLoop();
  private final ClientOwners owners = mock(ClientOwners.class);

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private Asker asker(String address, Optional<String> socksUser) {
    DuplexChannel channel = mock(DuplexChannel.class);
    when(channel.eventLoop()).thenReturn(loop);
    Client client = mock(Client.class);
    when(client.channel()).thenReturn(channel);
    when(client.user()).thenReturn(socksUser);
    when(client.arrival())
        .thenReturn(
            new Arrival(
                channel,
                new InetSocketAddress(address, 40_000),
                new InetSocketAddress(address, 1080),
                Optional.empty()));
    return ClientNames.asker(client, owners);
  }

  private void owned(SocketOwner owner) {
    when(owners.socket(any())).thenAnswer(call -> loop.newSucceededFuture(owner));
  }

  private static Object identity(Asker asker) throws Exception {
    CompletableFuture<Object> answer = new CompletableFuture<>();
    asker.identify(answer::complete);
    return answer.get(10, TimeUnit.SECONDS);
  }

  @Test
  void aUserOfThisHostIsOneAskerFromAnyOfItsAddressesAndUnderAnyName() throws Exception {
    owned(new SocketOwner.Known(1000, 7));
    Object known = identity(asker("127.0.0.1", Optional.empty()));

    assertThat(identity(asker("127.0.0.2", Optional.of("amy")))).isEqualTo(known);
    owned(new SocketOwner.Known(1001, 8));
    assertThat(identity(asker("127.0.0.1", Optional.empty()))).isNotEqualTo(known);
  }

  @Test
  void whoseUserIsUnknownIsToldByItsOriginAndName() throws Exception {
    owned(new SocketOwner.Unknown());
    Object somebody = identity(asker("2001:db8:1:2::1", Optional.empty()));

    assertThat(identity(asker("2001:db8:1:2::2", Optional.empty()))).isEqualTo(somebody);
    assertThat(identity(asker("2001:db8:1:2::2", Optional.of("amy")))).isNotEqualTo(somebody);
    assertThat(asker("127.0.0.1", Optional.empty()).place())
        .isEqualTo(asker("127.0.0.2", Optional.empty()).place());
  }
}
