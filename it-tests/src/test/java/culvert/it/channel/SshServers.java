package culvert.it.channel;

import culvert.it.peers.RealSshd;
import culvert.it.peers.TestAccount;
import culvert.testing.EmbeddedSshServer;
import java.io.IOException;
import java.util.Map;

/** The SSH servers under the contract. */
public final class SshServers {
  private SshServers() {}

  static SshEnd.Server embedded() throws Exception {
    return embedded(EmbeddedSshServer.start(Map.of("batch", "secret")));
  }

  static SshEnd.Server embeddedThatForbidsListening() throws Exception {
    EmbeddedSshServer server = EmbeddedSshServer.start(Map.of("batch", "secret"));
    server.remoteForwarding(false);
    return embedded(server);
  }

  private static SshEnd.Server embedded(EmbeddedSshServer server) {
    return new SshEnd.Server() {
      @Override
      public int port() {
        return server.port();
      }

      @Override
      public String user() {
        return "batch";
      }

      @Override
      public String password() {
        return "secret";
      }

      @Override
      public void breakOff() throws Exception {
        server.stop();
      }

      @Override
      public void close() throws IOException {
        server.close();
      }
    };
  }

  public static SshEnd.Server openSsh(String... options) throws Exception {
    RealSshd sshd = RealSshd.start(options);
    return new SshEnd.Server() {
      @Override
      public int port() {
        return sshd.port();
      }

      @Override
      public String user() {
        return TestAccount.USER;
      }

      @Override
      public String password() {
        return TestAccount.password();
      }

      @Override
      public void breakOff() {
        sshd.killSessions();
      }

      @Override
      public void close() throws IOException {
        sshd.close();
      }
    };
  }
}
