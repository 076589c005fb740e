package culvert.proxy;

import culvert.config.Limits;
import culvert.proxy.ftp.FtpServices;
import culvert.proxy.ftp.FtpSessions;
import culvert.proxy.ftp.FtpTimeouts;
import culvert.proxy.ftp.SessionStarts;
import culvert.proxy.ftp.active.ActiveServices;
import culvert.proxy.ftp.passive.CapturedData;
import culvert.proxy.ftp.passive.DataClaims;
import culvert.proxy.ftp.passive.DataListeners;
import culvert.proxy.ftp.passive.ExpectedDataConnections;
import culvert.proxy.owner.ClientOwners;
import culvert.proxy.owner.ProcClientOwners;
import culvert.proxy.relay.Relay;
import culvert.proxy.upstream.BlockingResolver;
import culvert.proxy.upstream.Upstreams;
import culvert.ssh.AddressResolver;
import culvert.ssh.NettyTransport;
import culvert.ssh.OutgoingConnections;
import culvert.ssh.SshEvents;
import culvert.ssh.SshTransport;
import culvert.ssh.mina.MinaSshTransport;
import java.net.InetAddress;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.IntPredicate;

/** The parts of the daemon that tests of the rest replace. */
record DaemonParts(
    SshFactory ssh,
    FtpFactory ftp,
    BlockingResolver.Lookup names,
    Function<Executor, ClientOwners> owners) {
  static final DaemonParts REAL =
      new DaemonParts(DaemonParts::mina, DaemonParts::ftp, InetAddress::getAllByName);

  /** With the owners of real sockets. */
  DaemonParts(SshFactory ssh, FtpFactory ftp, BlockingResolver.Lookup names) {
    this(ssh, ftp, names, ProcClientOwners::create);
  }

  @FunctionalInterface
  interface SshFactory {
    SshTransport create(
        NettyTransport transport,
        AddressResolver resolver,
        Executor blocking,
        Limits limits,
        SshEvents events,
        OutgoingConnections outgoing);
  }

  @FunctionalInterface
  interface FtpFactory {
    Ftp create(
        Upstreams upstreams,
        Relay relay,
        DataListeners listeners,
        ActiveServices active,
        CapturedData captured,
        IntPredicate controlPorts);
  }

  record Ftp(DataClaims dataConnections, FtpSessions sessions) {}

  private static SshTransport mina(
      NettyTransport transport,
      AddressResolver resolver,
      Executor blocking,
      Limits limits,
      SshEvents events,
      OutgoingConnections outgoing) {
    return new MinaSshTransport(
        transport,
        resolver,
        blocking,
        new MinaSshTransport.Bounds(limits.channelWindow(), limits.buffered()),
        events,
        outgoing);
  }

  private static Ftp ftp(
      Upstreams upstreams,
      Relay relay,
      DataListeners listeners,
      ActiveServices active,
      CapturedData captured,
      IntPredicate controlPorts) {
    ExpectedDataConnections expected = new ExpectedDataConnections(controlPorts);
    FtpServices services =
        new FtpServices(
            upstreams.holding(expected),
            expected,
            listeners,
            captured,
            active,
            relay,
            FtpTimeouts.DEFAULT);
    return new Ftp(expected, new SessionStarts(services));
  }
}
