package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs the corpus beside it as a regression test; {@code JAZZER_FUZZ=1} looks for more. The first
 * byte of an input says how the rest is cut into chunks.
 */
class FtpParsersFuzzTest {
  private static final String ONE_READING = "[A-Z][A-Z0-9]{0,7}( [^\r\n\0]*)?\r\n";

  @FuzzTest
  void commands(byte[] input) {
    CommandSplitter splitter = new CommandSplitter();
    ControlDialogue dialogue = dialogue(true, new ReplySplitter());
    LoginCapture login = new LoginCapture(LoginDepth.USER_AND_PASSWORD);
    for (byte[] chunk : chunks(input)) {
      for (ClientInput found : splitter.feed(chunk)) {
        if (found instanceof Command command) {
          assertThat(command.length()).isBetween(1, CommandSplitter.MAX_LINE);
          if (!command.malformed()) {
            assertThat(command.bytes()).asString(ISO_8859_1).matches(ONE_READING);
          }
          assertThat(command.toString()).matches("\\p{Print}*");
          if (!dialogue.waiting() || command.is("ABOR")) { // as the session has it
            answered(dialogue, dialogue.on(new ControlEvent.Sent(command, false)));
          }
          login.on(new LoginEvent.Sent(command));
        }
      }
    }
    login.close();
  }

  private static ControlDialogue dialogue(boolean greetingPending, ReplySplitter splitter) {
    return new ControlDialogue(new ControlDialogue.Kind(true, false, greetingPending), splitter);
  }

  /** A session that takes every port, one in three by another way. */
  private static void answered(ControlDialogue dialogue, List<ControlEffect> effects) {
    for (ControlEffect effect : effects) {
      if (effect instanceof ControlEffect.Active active) {
        int port = active.target().address().getPort();
        assertThat(port).isBetween(0, 65535);
        assertThat(active.target().address().isUnresolved()).isFalse();
        assertThat(dialogue.waiting()).isTrue();
        int asked = active.request();
        dialogue.on(
            switch (port % 3) {
              case 0 -> new ControlEvent.Rename(asked, List.of(active.target().address()));
              case 1 -> new ControlEvent.Convert(asked);
              default -> new ControlEvent.Refuse(asked, active.target().illegal());
            });
      } else if (effect instanceof ControlEffect.OpenData open) {
        dialogue.on(new ControlEvent.Opened(open.request()));
      }
    }
  }

  @FuzzTest
  void replies(byte[] input) {
    ReplySplitter splitter = new ReplySplitter();
    ControlDialogue dialogue = dialogue(false, splitter);
    Reply.Collector collector = new Reply.Collector();
    List<ReplyLine> lines = new ArrayList<>();
    chunks(input).forEach(chunk -> lines.addAll(splitter.feed(chunk)));
    splitter.end().ifPresent(lines::add);
    for (ReplyLine line : lines) {
      assertThat(line.code()).isBetween(ReplyLine.NO_CODE, 999);
      assertThat(line.last() && (line.otherEnd() || !line.hasCode())).isFalse();
      dialogue.on(new ControlEvent.Sent(Command.of("PASV"), false));
      for (ControlEffect effect : dialogue.on(new ControlEvent.Replied(line))) {
        if (effect instanceof ControlEffect.Announce announce) {
          assertThat(announce.reply().port()).isBetween(1024, 65535);
          dialogue.on(new ControlEvent.Announced(announce.request(), PassiveReply.encode229(2000)));
        }
      }
      collector.add(line);
    }
  }

  private static List<byte[]> chunks(byte[] input) {
    if (input.length < 2) {
      return List.of(input);
    }
    int cut = 1 + (input[0] & 0xff) % (input.length - 1);
    return List.of(Arrays.copyOfRange(input, 1, cut), Arrays.copyOfRange(input, cut, input.length));
  }
}
