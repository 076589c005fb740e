package culvert.it.channel;

import culvert.it.peers.RealPeers;
import culvert.ssh.NettyTransport;
import org.junit.jupiter.api.Nested;

/** {@link ChannelContract} over every way there is. */
class ChannelContractIT {
  private static final long GIB = 1L << 30;
  private static final long TINY_REKEY_LIMIT = 64 * 1024;

  @Nested
  class Tcp extends ChannelContract {
    @Override
    Way newWay() {
      return new TcpWay(NettyTransport.preferred());
    }
  }

  @Nested
  class EmbeddedSsh extends ChannelContract {
    @Override
    Way newWay() throws Exception {
      return new SshWay(NettyTransport.preferred(), SshServers.embedded(), GIB);
    }

    /** MINA's server ends the whole channel with the target's EOF. */
    @Override
    boolean peerMayHalfClose() {
      return false;
    }
  }

  @Nested
  @RealPeers
  class OpenSsh extends ChannelContract {
    @Override
    Way newWay() throws Exception {
      return new SshWay(NettyTransport.preferred(), SshServers.openSsh(), GIB);
    }
  }

  @Nested
  @RealPeers
  class OpenSshRekeyedByUs extends ChannelContract {
    @Override
    Way newWay() throws Exception {
      return new SshWay(NettyTransport.preferred(), SshServers.openSsh(), TINY_REKEY_LIMIT);
    }

    @Override
    int mebibytes(int wanted) {
      return super.mebibytes(wanted) / 3;
    }
  }

  @Nested
  @RealPeers
  class OpenSshThatRekeys extends ChannelContract {
    @Override
    Way newWay() throws Exception {
      return new SshWay(NettyTransport.preferred(), SshServers.openSsh("RekeyLimit 64K"), GIB);
    }

    @Override
    int mebibytes(int wanted) {
      return super.mebibytes(wanted) / 3;
    }
  }
}
