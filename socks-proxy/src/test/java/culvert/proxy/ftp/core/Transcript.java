package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import culvert.config.Endpoint;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Turns effects into lines that a test can compare: {@code > } to the server, {@code < } back. */
final class Transcript {
  private Transcript() {}

  static List<String> of(List<?> effects) {
    List<String> lines = new ArrayList<>();
    for (Object effect : effects) {
      if (!isNews(effect)) {
        lines.add(line(effect));
      }
    }
    return lines;
  }

  /** What is only told on; see {@link ToldTransfersTest}. */
  private static boolean isNews(Object effect) {
    return effect instanceof ControlEffect.TransferSent
        || effect instanceof ControlEffect.TransferAnswered;
  }

  private static String line(Object effect) {
    if (effect instanceof LoginEffect.ToClient toClient) {
      return "< " + text(toClient.bytes());
    } else if (effect instanceof LoginEffect.ToServer toServer) {
      return "> " + text(toServer.bytes());
    } else if (effect instanceof LoginEffect.OpenUpstream open) {
      String password = open.password().map(p -> " with " + text(p.copy())).orElse("");
      return "open for " + text(open.user()) + password;
    } else if (effect instanceof LoginEffect.DecideDestination decide) {
      return "decide " + decide.named().map(Endpoint::toString).orElse("as requested");
    } else if (effect instanceof LoginEffect.Forward forward) {
      return "forward " + text(forward.command().bytes());
    } else if (effect instanceof ControlEffect.ToClient toClient) {
      return "< " + text(toClient.bytes());
    } else if (effect instanceof ControlEffect.ToServer toServer) {
      return "> " + text(toServer.bytes());
    } else if (effect instanceof ControlEffect.Announce announce) {
      return (announce.extended() ? "EPSV " : "PASV ") + announce.reply().port();
    } else if (effect instanceof ControlEffect.AwaitData await) {
      return "await " + await.request();
    } else if (effect instanceof ControlEffect.DataSettled settled) {
      return "settled " + settled.request();
    } else if (effect instanceof ControlEffect.OutOfStep outOfStep) {
      return "end: " + outOfStep.why();
    } else if (effect instanceof ControlEffect.Active active) {
      InetSocketAddress address = active.target().address();
      String again = active.renewed() ? " again" : "";
      return "active " + address.getAddress().getHostAddress() + " " + address.getPort() + again;
    } else if (effect instanceof ControlEffect.OpenData open) {
      return "open" + open.server().map(reply -> " " + reply.port()).orElse("");
    } else if (effect instanceof ControlEffect.RenamedTransferEnded ended) {
      return "transfer " + (ended.failed() ? "failed" : "ended");
    }
    return effect.getClass().getSimpleName();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1).replaceAll("\r\n$", "").replace("\r\n", "|");
  }
}
