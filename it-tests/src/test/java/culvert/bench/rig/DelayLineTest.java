package culvert.bench.rig;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DelayLineTest {
  private final DelayLine line = new DelayLine(8);

  private void enter(String text, long due) {
    ByteBuffer room = line.room();
    room.put(text.getBytes(US_ASCII));
    line.entered(text.length(), due);
  }

  private String arrived(long now) {
    ByteBuffer arrived = line.arrived(now);
    byte[] bytes = new byte[arrived.remaining()];
    arrived.get(bytes);
    line.taken(bytes.length);
    return new String(bytes, US_ASCII);
  }

  @Test
  void bytesComeOutWhenTheyAreDueAndTogether() {
    assertThat(line.dueNanos()).isEqualTo(DelayLine.NEVER);
    enter("ab", 10);
    enter("cd", 20);
    enter("ef", 30);
    assertThat(line.dueNanos()).isEqualTo(10);
    assertThat(arrived(9)).isEmpty();
    assertThat(arrived(20)).isEqualTo("abcd");
    assertThat(line.dueNanos()).isEqualTo(30);
    assertThat(arrived(30)).isEqualTo("ef");
  }

  @Test
  void aLineThatIsFullHasNoRoom() {
    enter("abcdefgh", 1);
    assertThat(line.room().remaining()).isZero();
    line.taken(3);
    assertThat(line.room().remaining()).isEqualTo(3);
    enter("xyz", 2);
    assertThat(line.room().remaining()).isZero();
    assertThat(arrived(1)).isEqualTo("defgh");
    assertThat(arrived(1)).isEmpty();
    assertThat(arrived(2)).isEqualTo("xyz");
  }

  @Test
  void whatComesLaterIsNotDueEarlier() {
    enter("a", 20);
    enter("b", 10);
    assertThat(arrived(19)).isEmpty();
    assertThat(arrived(20)).isEqualTo("ab");
  }

  @Test
  void theEndComesBehindAllBytes() {
    enter("ab", 10);
    line.end(20);
    assertThat(line.ended(30)).isFalse();
    assertThat(arrived(30)).isEqualTo("ab");
    assertThat(line.ended(19)).isFalse();
    assertThat(line.dueNanos()).isEqualTo(20);
    assertThat(line.ended(20)).isTrue();
  }

  @Test
  void noByteIsLostOrChangedOverManyTurnsOfTheRing() {
    Random random = new Random(1);
    int in = 0;
    int out = 0;
    for (long now = 0; now < 20_000; now++) {
      ByteBuffer room = line.room();
      int more = Math.min(room.remaining(), random.nextInt(5));
      if (more > 0) {
        for (int i = 0; i < more; i++) {
          room.put((byte) in++);
        }
        line.entered(more, now + 3);
      }
      ByteBuffer arrived = line.arrived(now);
      int fewer = Math.min(arrived.remaining(), random.nextInt(5));
      for (int i = 0; i < fewer; i++) {
        assertThat(arrived.get()).isEqualTo((byte) out++);
      }
      line.taken(fewer);
    }
    assertThat(out).isGreaterThan(10_000);
  }
}
