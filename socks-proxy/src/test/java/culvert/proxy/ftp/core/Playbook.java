package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Plays what happens to a control connection, and gives what is done about it as lines. The session
 * answers here as the real one does at once: what is announced is told as the server's own port.
 */
final class Playbook {
  /** The answer to PASV that announces port 2000. */
  static final String PORT_2000 = "227 ok (1,2,3,4,7,208)";

  static final String WITHHELD_227 = "< 227 culvert: text withheld: no PASV asked for it.";
  static final String BROKEN = "< 426 culvert: upload broken off by the client.";

  final ControlDialogue dialogue;
  private final ReplySplitter splitter = new ReplySplitter();
  private int asked; // the newest request of the dialogue's
  private int rest;

  private Playbook(ControlDialogue.Kind kind) {
    dialogue = new ControlDialogue(kind, splitter);
  }

  static Playbook tunnelled() {
    return new Playbook(new ControlDialogue.Kind(true, false, false));
  }

  static Playbook plain() {
    return new Playbook(new ControlDialogue.Kind(false, false, false));
  }

  static Playbook of(boolean tunnelled, boolean tlsAllowed, boolean greetingPending) {
    return new Playbook(new ControlDialogue.Kind(tunnelled, tlsAllowed, greetingPending));
  }

  /** Commands that the client sends one after the other. */
  List<String> client(String... lines) {
    List<String> transcript = new ArrayList<>();
    for (String line : lines) {
      transcript.addAll(sent(line, false));
    }
    return transcript;
  }

  /** Commands that the client sends together. */
  List<String> burst(String... lines) {
    List<String> transcript = new ArrayList<>();
    for (int i = 0; i < lines.length; i++) {
      transcript.addAll(sent(lines[i], i + 1 < lines.length));
    }
    return transcript;
  }

  private List<String> sent(String line, boolean followed) {
    nothingMore(); // a client that waits for replies has seen the end of the last one
    return on(new ControlEvent.Sent(new Command(line.getBytes(ISO_8859_1)), followed));
  }

  /** Lines of the server's. */
  List<String> server(String... lines) {
    List<String> transcript = new ArrayList<>();
    for (String line : lines) {
      for (ReplyLine reply : splitter.feed((line + "\r\n").getBytes(ISO_8859_1))) {
        transcript.addAll(on(new ControlEvent.Replied(reply)));
      }
    }
    return transcript;
  }

  /** The client begins another login. */
  List<String> startsOver() {
    return on(new ControlEvent.StartsOver());
  }

  List<String> on(ControlEvent event) {
    List<ControlEffect> effects = dialogue.on(event);
    List<String> transcript = new ArrayList<>(Transcript.of(effects));
    transcript.remove("AwaitRest"); // see nothingMore
    for (ControlEffect effect : effects) {
      if (effect instanceof ControlEffect.Active active) {
        asked = active.request();
      } else if (effect instanceof ControlEffect.OpenData open) {
        asked = open.request();
      } else if (effect instanceof ControlEffect.AwaitRest awaited) {
        rest = awaited.number();
      } else if (effect instanceof ControlEffect.Announce announce) {
        announced(announce);
      }
    }
    return transcript;
  }

  private void announced(ControlEffect.Announce announce) {
    byte[] line = PassiveReply.encode229(announce.reply().port());
    dialogue.on(new ControlEvent.Announced(announce.request(), line));
  }

  /** The server pauses behind what may be the end of a reply. */
  List<String> nothingMore() {
    return on(new ControlEvent.NothingMore(rest));
  }

  List<String> convert() {
    return on(new ControlEvent.Convert(asked));
  }

  List<String> rename(InetSocketAddress... addresses) {
    return on(new ControlEvent.Rename(asked, Arrays.asList(addresses)));
  }

  List<String> refuse(String reply) {
    return on(new ControlEvent.Refuse(asked, reply));
  }

  List<String> opened() {
    return on(new ControlEvent.Opened(asked));
  }

  List<String> notOpened(String why) {
    return on(new ControlEvent.NotOpened(asked, why));
  }

  List<String> giveUp(String why) {
    return on(new ControlEvent.GiveUp(why));
  }

  /** The client's data connection for the newest announcement. */
  List<String> dataStarts() {
    return on(new ControlEvent.DataStarted(0));
  }

  List<String> dataSent() {
    return on(new ControlEvent.DataSent(0));
  }

  List<String> dataEnds() {
    return on(new ControlEvent.DataEnded(0));
  }

  List<String> dataBreaks() {
    return on(new ControlEvent.DataBroken(0));
  }

  /** The whole of the client's data. */
  void dataArrive() {
    dataStarts();
    dataSent();
    dataEnds();
  }
}
