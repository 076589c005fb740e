package culvert.it.channel;

import culvert.it.peers.RealPeers;
import org.junit.jupiter.api.Nested;

/** {@link RemoteForwardContract} with either SSH server. */
class RemoteForwardContractIT {

  @Nested
  class EmbeddedSsh extends RemoteForwardContract {
    @Override
    SshEnd.Server newServer() throws Exception {
      return SshServers.embedded();
    }

    @Override
    SshEnd.Server newServerThatForbidsListening() throws Exception {
      return SshServers.embeddedThatForbidsListening();
    }
  }

  @Nested
  @RealPeers
  class OpenSsh extends RemoteForwardContract {
    @Override
    SshEnd.Server newServer() throws Exception {
      return SshServers.openSsh();
    }

    @Override
    SshEnd.Server newServerThatForbidsListening() throws Exception {
      return SshServers.openSsh("AllowTcpForwarding local");
    }
  }

  @Nested
  @RealPeers
  class OpenSshThatRekeysAndPermitsNoListen extends RemoteForwardContract {
    @Override
    SshEnd.Server newServer() throws Exception {
      return SshServers.openSsh("RekeyLimit 1K");
    }

    @Override
    SshEnd.Server newServerThatForbidsListening() throws Exception {
      return SshServers.openSsh("PermitListen none");
    }
  }
}
