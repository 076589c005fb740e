package culvert.proxy.ftp;

import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import culvert.proxy.door.MockAttributes;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import org.junit.jupiter.api.Test;

class ClientEndTest {
  private final EmbeddedChannel socket = new EmbeddedChannel();
  private final DuplexChannel channel = mock(DuplexChannel.class);
  private final ClientEnd.Listener session = mock(ClientEnd.Listener.class);
  private final ClientEnd end = new ClientEnd(channel, session);

  /** Epoll closes a channel that is read then, and what it was to be told is lost. */
  @Test
  void anEndOfWhichOnlyTheFrontDoorHasHeardIsToldAndNotReadFor() {
    MockAttributes.giveTo(channel);
    when(channel.eventLoop()).thenReturn(socket.eventLoop());
    when(channel.isActive()).thenReturn(true);
    when(channel.isInputShutdown()).thenReturn(true);

    end.read();
    end.read();
    socket.runPendingTasks();

    verify(session, times(1)).clientEnded();
    verify(channel, never()).read();
  }

  @Test
  void oneBatchIsReadAtATime() {
    end.read();
    end.read();

    verify(channel, times(1)).read();
  }
}
