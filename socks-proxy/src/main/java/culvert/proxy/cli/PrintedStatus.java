package culvert.proxy.cli;

import culvert.proxy.tunnel.TunnelStatus;
import culvert.ssh.BindAddress;
import culvert.ssh.PlainWords;
import culvert.ssh.Printable;
import culvert.ssh.SshException;
import culvert.ssh.SshServer;
import java.io.PrintStream;
import java.time.Duration;

/** Tells a person how remote tunnels fare. */
record PrintedStatus(PrintStream out) implements TunnelStatus {

  @Override
  public void listening(String listener, SshServer server, BindAddress bound) {
    out.println(listener + " ready: " + server + " listens on " + bound);
    out.flush();
  }

  @Override
  public void down(String listener, SshServer server, SshException why, Duration retryIn) {
    out.println(
        listener
            + " down: "
            + Printable.text(PlainWords.of(why))
            + "; next attempt in "
            + retryIn.toSeconds()
            + " s");
    out.flush();
  }
}
