package culvert.proxy.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import culvert.proxy.handover.HandoverDialogue.Handed;
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
    assertThat(Hello.parse(hello.line())).isEqualTo(hello);
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
}
