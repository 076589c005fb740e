package culvert.it.kex;

import culvert.it.peers.RealSshd;
import culvert.it.peers.TestAccount;
import culvert.testing.EmbeddedSshServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** A server that may exchange keys of its own accord, and counts how often it did. */
interface KexServer extends AutoCloseable {
  int port();

  OneLoop.Login login();

  int keyExchanges() throws IOException;

  @Override
  void close() throws IOException;

  static KexServer openSsh(String... options) throws IOException {
    RealSshd sshd = RealSshd.start(options);
    return new KexServer() {
      @Override
      public int port() {
        return sshd.port();
      }

      @Override
      public OneLoop.Login login() {
        return new OneLoop.Login(TestAccount.USER, TestAccount.password());
      }

      @Override
      public int keyExchanges() throws IOException {
        return sshd.count("SSH2_MSG_NEWKEYS received");
      }

      @Override
      public void close() throws IOException {
        sshd.close();
      }
    };
  }

  static KexServer embedded(long rekeyBytes, Duration rekeyTime) throws IOException {
    EmbeddedSshServer server = EmbeddedSshServer.start(Map.of("batch", "secret"));
    server.rekeyLimit(rekeyBytes, rekeyTime);
    return new KexServer() {
      @Override
      public int port() {
        return server.port();
      }

      @Override
      public OneLoop.Login login() {
        return new OneLoop.Login("batch", "secret");
      }

      @Override
      public int keyExchanges() {
        return server.keyExchanges();
      }

      @Override
      public void close() throws IOException {
        server.close();
      }
    };
  }
}
