package culvert.ssh.mina.connection;

import culvert.ssh.mina.channel.ForwardedTcpipChannel;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.session.Session;

/** Channels that a server opens, each put before the connection that it comes from. */
final class ForwardedChannels implements ChannelFactory {
  @Override
  public String getName() {
    return ForwardedTcpipChannel.TYPE;
  }

  @Override
  public Channel createChannel(Session session) {
    return new ForwardedTcpipChannel(
        (channel, connected, originator) ->
            ConnectionEvents.of(session)
                .ifPresentOrElse(
                    connection -> connection.opening(channel, connected, originator),
                    channel::refuse));
  }
}
