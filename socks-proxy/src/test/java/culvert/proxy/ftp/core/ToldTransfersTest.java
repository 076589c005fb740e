package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the dialogue tells of logins, of the commands that move data, and of their answers. */
class ToldTransfersTest {
  private final ReplySplitter splitter = new ReplySplitter();
  private final ControlDialogue dialogue =
      new ControlDialogue(new ControlDialogue.Kind(true, false, false), splitter);
  private final List<ControlEffect> told = new ArrayList<>();

  private void on(ControlEvent event) {
    dialogue.on(event).stream()
        .filter(
            effect ->
                effect instanceof ControlEffect.TransferSent
                    || effect instanceof ControlEffect.LoggedIn
                    || effect instanceof ControlEffect.TransferAnswered)
        .forEach(told::add);
  }

  private void client(String line) {
    on(new ControlEvent.Sent(new Command(line.getBytes(ISO_8859_1)), false));
  }

  private void server(String line) {
    splitter
        .feed((line + "\r\n").getBytes(ISO_8859_1))
        .forEach(reply -> on(new ControlEvent.Replied(reply)));
  }

  @Test
  void aTransferIsToldWithItsPathAndTheCodeOfItsFinalReply() {
    client("RETR a b.txt");
    assertThat(told)
        .singleElement()
        .isInstanceOfSatisfying(
            ControlEffect.TransferSent.class,
            sent -> {
              assertThat(sent.command()).isEqualTo("RETR");
              assertThat(sent.path()).isEqualTo("a b.txt");
            });
    server("150 here it comes");
    assertThat(told).hasSize(1);
    server("226 done");

    int number = ((ControlEffect.TransferSent) told.get(0)).number();
    assertThat(told).hasSize(2).last().isEqualTo(new ControlEffect.TransferAnswered(number, 226));
  }

  @Test
  void eachTransferHasItsOwnNumberAndAnswer() {
    client("NLST");
    server("550 no");
    client("STOR x");
    server("452 full");

    List<Integer> codes = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    for (ControlEffect effect : told) {
      if (effect instanceof ControlEffect.TransferAnswered answered) {
        codes.add(answered.code());
        numbers.add(answered.number());
      }
    }
    assertThat(codes).containsExactly(550, 452);
    assertThat(numbers).doesNotHaveDuplicates();
  }

  @Test
  void othersAreNotTold() {
    client("CWD /secret");
    server("250 ok");
    client("USER joe");
    server("331 password");
    client("PASS hidden");
    server("530 no");

    assertThat(told).isEmpty();
  }

  @Test
  void aLoginIsToldWithTheUserThatItWasFor() {
    client("USER joe");
    client("PASS hidden");
    client("USER amy");
    client("PASS wrong");
    server("331 password");
    server("230-welcome\r\n230 joe");
    server("331 password");
    server("530 no");
    client("USER guest");
    server("230 in");

    assertThat(told).containsExactly(loggedIn("joe"), loggedIn("guest"));
  }

  @Test
  void aLoginWithAPasswordAloneIsThatOfWhoWasNamedBefore() {
    client("PASS hidden");
    server("232 ok");

    assertThat(told).containsExactly(new ControlEffect.LoggedIn(Optional.empty()));
  }

  private static ControlEffect loggedIn(String user) {
    return new ControlEffect.LoggedIn(Optional.of(user));
  }

  @Test
  void pathsAreUtf8OrElseOctetByOctet() {
    client(new String("RETR \u00e9".getBytes(java.nio.charset.StandardCharsets.UTF_8), ISO_8859_1));
    client("RETR \u00e9");

    assertThat(told)
        .extracting(effect -> ((ControlEffect.TransferSent) effect).path())
        .containsExactly("\u00e9", "\u00e9");
  }
}
