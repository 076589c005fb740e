package culvert.proxy;

import culvert.config.Limits;
import culvert.proxy.ftp.DataConnections;
import culvert.proxy.ftp.FtpSessions;
import culvert.proxy.relay.Relay;
import culvert.proxy.route.Upstreams;
import culvert.ssh.AddressResolver;
import culvert.ssh.NettyTransport;
import culvert.ssh.SshTransport;
import java.util.concurrent.Executor;

/** The parts of the daemon that tests replace. */
record Parts(SshFactory ssh, FtpFactory ftp) {

  @FunctionalInterface
  interface SshFactory {
    SshTransport create(
        NettyTransport transport, AddressResolver resolver, Executor blocking, Limits limits);
  }

  @FunctionalInterface
  interface FtpFactory {
    Ftp create(Upstreams upstreams, Relay relay);
  }

  record Ftp(DataConnections dataConnections, FtpSessions sessions) {}
}
