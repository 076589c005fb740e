package culvert.ssh.mina;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.sshd.client.channel.AbstractClientChannel;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.SshServer;

/** Lets MINA's server answer tcpip-forward as a test wants, and open channels that fit or not. */
final class ForgingServer {
  private ForgingServer() {}

  /** Answers tcpip-forward; never listens. */
  static void answer(
      SshServer server, Function<ConnectionService, RequestHandler.Result> tcpipForward) {
    List<RequestHandler<ConnectionService>> handlers = new ArrayList<>();
    handlers.add(
        (service, request, wantReply, buffer) ->
            request.equals("tcpip-forward")
                ? tcpipForward.apply(service)
                : RequestHandler.Result.Unsupported);
    handlers.addAll(server.getGlobalRequestHandlers());
    server.setGlobalRequestHandlers(handlers);
  }

  /** Opens a forwarded-tcpip channel in the server's only session; completes with the answer. */
  static CompletableFuture<Boolean> open(SshServer server, String connected, int port) {
    return open(
        server.getActiveSessions().get(0).getService(ConnectionService.class), connected, port);
  }

  static CompletableFuture<Boolean> open(ConnectionService service, String connected, int port) {
    try {
      Opening channel = new Opening(connected, port);
      service.registerChannel(channel);
      CompletableFuture<Boolean> answer = new CompletableFuture<>();
      channel.open().addListener(done -> answer.complete(done.isOpened()));
      return answer;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /**
   * The code that an answer has which is no; see {@link SshConstants#SSH_OPEN_RESOURCE_SHORTAGE}.
   */
  static CompletableFuture<Integer> refusal(SshServer server, String connected, int port)
      throws IOException {
    ConnectionService service =
        server.getActiveSessions().get(0).getService(ConnectionService.class);
    Opening channel = new Opening(connected, port);
    service.registerChannel(channel);
    CompletableFuture<Integer> code = new CompletableFuture<>();
    channel
        .open()
        .addListener(
            done -> {
              if (done.getException() instanceof SshChannelOpenException refused) {
                code.complete(refused.getReasonCode());
              }
            });
    return code;
  }

  private static final class Opening extends AbstractClientChannel {
    private final String connected;
    private final int port;

    Opening(String connected, int port) {
      super("forwarded-tcpip");
      this.connected = connected;
      this.port = port;
    }

    @Override
    public synchronized OpenFuture open() throws IOException {
      openFuture = new DefaultOpenFuture(this, futureLock);
      Buffer buffer = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN, Byte.MAX_VALUE);
      buffer.putString(getChannelType());
      buffer.putUInt(getChannelId());
      buffer.putUInt(getLocalWindow().getSize());
      buffer.putUInt(getLocalWindow().getPacketSize());
      buffer.putString(connected);
      buffer.putUInt(port);
      buffer.putString("192.0.2.1");
      buffer.putUInt(20);
      writePacket(buffer);
      return openFuture;
    }

    @Override
    protected void doOpen() {
      // No streams.
    }
  }
}
