package culvert.proxy.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import culvert.proxy.handover.HandoverDialogue.Handed;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandoverDialogueTest {
  private final HandoverDialogue dialogue = new HandoverDialogue();

  @ParameterizedTest(name = "[{0}]")
  @ValueSource(strings = {"curl", "my job=1", "größe", "a\nb", ""})
  void aHelloIsReadAsItWasWritten(String program) {
    Hello hello = new Hello(2, program);

    assertThat(hello.line()).doesNotContain("\n");
    assertThat(Opening.parse(hello.line())).isEqualTo(hello);
  }

  @Test
  void aProgramMayHaveTheLongestNameThatAFileCanHave() {
    Hello hello = new Hello(1, "\u00e4".repeat(127));

    assertThat(Opening.parse(hello.line())).isEqualTo(hello);
  }

  @Test
  void theLastDescriptorIsForNames() {
    dialogue.line("culvert-exec 1 listeners=2 program=curl");

    assertThat(dialogue.descriptor()).contains(Handed.LISTENER);
    assertThat(dialogue.descriptor()).contains(Handed.LISTENER);
    assertThat(dialogue.isReady()).isFalse();
    assertThat(dialogue.descriptor()).contains(Handed.NAMES);
    assertThat(dialogue.isReady()).isTrue();
    assertThat(dialogue.descriptor()).as("one too many").isEmpty();
  }

  @Test
  void descriptorsBeforeTheHelloAreNotAskedFor() {
    assertThat(dialogue.descriptor()).isEmpty();
  }

  @ParameterizedTest(name = "[{0}]")
  @CsvSource({
    "culvert-exec 2 anything, version 2 of culvert exec (expected: 1",
    "culvert-exec 2, version 2 of culvert exec (expected: 1",
    "GET / HTTP/1.1, no hello",
    "'', no hello",
    "culvert-exec 1, cannot be read",
    "culvert-exec 1 listeners=0 program=curl, cannot be read",
    "culvert-exec 1 listeners=3 program=curl, cannot be read",
    "culvert-exec 1 listeners=1 program=cu rl, cannot be read",
    "culvert-exec 1 listeners=1 program=%, Incomplete",
    "culvert-exec 99999999999 listeners=1, no hello"
  })
  void whatIsNoHelloOfOursIsRefusedWithTheReason(String line, String reason) {
    assertThatThrownBy(() -> dialogue.line(line))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aSecondHelloIsRefused() {
    dialogue.line("culvert-exec 1 listeners=2 program=curl");

    assertThatThrownBy(() -> dialogue.line("culvert-exec 1 listeners=2 program=curl"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aConnectionIsOneDescriptor() {
    String token = "0123456789abcdef0123456789abcdef";
    Opening.Connected connected = new Opening.Connected(token);

    assertThat(dialogue.line(connected.line())).isEqualTo(connected);
    assertThat(dialogue.descriptor()).contains(Handed.CONNECTION);
    assertThat(dialogue.descriptor()).isEmpty();
  }

  @Test
  void whereThereIsNoConnectionThereIsNoDescriptor() {
    Opening.NotConnected not =
        new Opening.NotConnected("0123456789abcdef0123456789abcdef", "refused\nby it");

    assertThat(dialogue.line(not.line()))
        .isEqualTo(new Opening.NotConnected(not.token(), "refused by it"));
    assertThat(dialogue.descriptor()).isEmpty();
  }

  @ParameterizedTest(name = "[{0}]")
  @ValueSource(strings = {"192.0.2.1", "2001:db8::1"})
  void aWishIsReadAsItWasWritten(String address) throws Exception {
    InetSocketAddress source = new InetSocketAddress(InetAddress.getByName(address), 20);
    InetSocketAddress destination = new InetSocketAddress(InetAddress.getByName("fd00:c::8"), 4711);
    Wish wish = new Wish("0123456789abcdef0123456789abcdef", source, destination);

    assertThat(Wish.parse(wish.line())).contains(wish);
    assertThat(Wish.parse(wish.line().replace("4711", "70000"))).isEmpty();
    assertThat(Wish.parse("ready")).isEmpty();
  }
}
