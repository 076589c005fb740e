package culvert.it.channel;

import culvert.it.peers.RealPeers;
import culvert.ssh.NettyTransport;
import org.junit.jupiter.api.Nested;

/** {@link ChannelContract} over every way there is. */
class ChannelContractIT {
  private static final String GIB = "1GiB";
  private static final String TINY_REKEY_LIMIT = "64KiB";

  private static SshEnd ssh(SshEnd.Server server, String rekeyLimit) throws Exception {
    return new SshEnd(NettyTransport.preferred(), server, rekeyLimit);
  }

  private static SshEnd onOneLoop(SshEnd.Server server, String rekeyLimit) throws Exception {
    return SshEnd.onOneLoop(NettyTransport.preferred(), server, rekeyLimit);
  }

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
      return new DirectWay(ssh(SshServers.embedded(), GIB));
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
      return new DirectWay(ssh(SshServers.openSsh(), GIB));
    }
  }

  @Nested
  @RealPeers
  class OpenSshRekeyedByUs extends ChannelContract {
    @Override
    Way newWay() throws Exception {
      return new DirectWay(ssh(SshServers.openSsh(), TINY_REKEY_LIMIT));
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
      return new DirectWay(ssh(SshServers.openSsh("RekeyLimit 64K"), GIB));
    }

    @Override
    int mebibytes(int wanted) {
      return super.mebibytes(wanted) / 3;
    }
  }

  @Nested
  @RealPeers
  class OpenSshOnOneLoop extends ChannelContract {
    @Override
    Way newWay() throws Exception {
      return new DirectWay(onOneLoop(SshServers.openSsh(), GIB));
    }
  }

  @Nested
  @RealPeers
  class OpenSshOnOneLoopRekeyedByUs extends ChannelContract {
    @Override
    Way newWay() throws Exception {
      return new DirectWay(onOneLoop(SshServers.openSsh(), TINY_REKEY_LIMIT));
    }

    @Override
    int mebibytes(int wanted) {
      return super.mebibytes(wanted) / 3;
    }
  }

  @Nested
  @RealPeers
  class OpenSshForwardedOnOneLoop extends ChannelContract {
    @Override
    Way newWay() throws Exception {
      return new ForwardedWay(onOneLoop(SshServers.openSsh(), GIB));
    }
  }

  @Nested
  class EmbeddedSshForwarded extends ChannelContract {
    @Override
    Way newWay() throws Exception {
      return new ForwardedWay(ssh(SshServers.embedded(), GIB));
    }

    /** MINA's server ends the whole channel with the client's EOF. */
    @Override
    boolean peerMayHalfClose() {
      return false;
    }
  }

  @Nested
  @RealPeers
  class OpenSshForwarded extends ChannelContract {
    @Override
    Way newWay() throws Exception {
      return new ForwardedWay(ssh(SshServers.openSsh(), GIB));
    }
  }

  @Nested
  @RealPeers
  class OpenSshForwardedRekeyedByUs extends ChannelContract {
    @Override
    Way newWay() throws Exception {
      return new ForwardedWay(ssh(SshServers.openSsh(), TINY_REKEY_LIMIT));
    }

    @Override
    int mebibytes(int wanted) {
      return super.mebibytes(wanted) / 3;
    }
  }

  @Nested
  @RealPeers
  class OpenSshForwardedThatRekeys extends ChannelContract {
    @Override
    Way newWay() throws Exception {
      return new ForwardedWay(ssh(SshServers.openSsh("RekeyLimit 64K"), GIB));
    }

    @Override
    int mebibytes(int wanted) {
      return super.mebibytes(wanted) / 3;
    }
  }
}
