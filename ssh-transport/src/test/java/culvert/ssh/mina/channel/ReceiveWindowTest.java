package culvert.ssh.mina.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Windows at the end of a line that is simulated: its time is made here. */
class ReceiveWindowTest {
  private static final long KIB = 1 << 10;
  private static final long MIB = 1 << 20;
  private static final long LIMIT = 32 * MIB;
  private static final int PACKET = (int) (32 * KIB);
  private static final long ANY_RATE = 1L << 40;

  private final RoundTrip roundTrip = new RoundTrip();
  private final Budget budget = new Budget();
  private long now = 1;

  /** One for all channels of a test. */
  private static final class Budget {
    private long left = Long.MAX_VALUE;

    ReceiveWindow.Room room(long start, long limit) {
      return new ReceiveWindow.Room() {
        private long bytes = start;

        @Override
        public long startBytes() {
          return start;
        }

        @Override
        public long limitBytes() {
          return limit;
        }

        @Override
        public boolean grow(long toBytes) {
          if (toBytes - bytes > left) {
            return false;
          }
          left -= toBytes - bytes;
          bytes = toBytes;
          return true;
        }
      };
    }
  }

  /** A server with endless data, a line, and a reader. */
  private final class Line {
    private final long tripNanos;
    private final long packetNanos;
    private final long readerNanos;
    private final ReceiveWindow window;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<Long> credits = new ArrayList<>();
    private long credit;
    private long order;
    private long idleFrom = now; // the line's near end
    private long read;
    private long waiting;
    private long mostWaiting;
    private boolean reading;

    private record Event(long at, long order, Runnable happens) implements Comparable<Event> {
      @Override
      public int compareTo(Event other) {
        return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
      }
    }

    /**
     * @param rate of the line, in bytes a second
     * @param reader what it takes in a second
     */
    Line(ReceiveWindow.Room room, long tripMillis, long rate, long reader) {
      tripNanos = TimeUnit.MILLISECONDS.toNanos(tripMillis);
      packetNanos = TimeUnit.SECONDS.toNanos(1) * PACKET / rate;
      readerNanos = TimeUnit.SECONDS.toNanos(1) * PACKET / reader;
      window = new ReceiveWindow(room, roundTrip, () -> now);
      credit = room.startBytes();
      window.asked();
      now += tripNanos;
      window.opened();
      after(tripNanos / 2, this::send);
    }

    private void after(long nanos, Runnable happens) {
      events.add(new Event(now + nanos, order++, happens));
    }

    private void send() {
      while (credit >= PACKET) {
        credit -= PACKET;
        idleFrom = Math.max(idleFrom, now) + packetNanos;
        after(idleFrom - now + tripNanos / 2, this::arrive);
      }
    }

    private void arrive() {
      window.received(PACKET);
      waiting += PACKET;
      mostWaiting = Math.max(mostWaiting, waiting);
      readNext();
    }

    private void readNext() {
      if (!reading && waiting > 0) {
        reading = true;
        after(
            readerNanos,
            () -> {
              reading = false;
              waiting -= PACKET;
              read += PACKET;
              give(window.taken(PACKET));
              readNext();
            });
      }
    }

    private void give(long bytes) {
      if (bytes > 0) {
        credits.add(bytes);
        after(
            tripNanos / 2,
            () -> {
              credit += bytes;
              send();
            });
      }
    }

    Line run(long millis) {
      long end = now + TimeUnit.MILLISECONDS.toNanos(millis);
      while (!events.isEmpty() && events.element().at() <= end) {
        Event next = events.remove();
        now = next.at();
        next.happens().run();
      }
      now = end;
      return this;
    }
  }

  private Line line(long tripMillis, long rate, long reader) {
    return new Line(budget.room(512 * KIB, LIMIT), tripMillis, rate, reader);
  }

  @Test
  void aWindowIsWhatItBeginsWithUntilDataCome() {
    assertThat(line(100, ANY_RATE, ANY_RATE).window.bytes()).isEqualTo(512 * KIB);
  }

  @Test
  void aLongLineIsFilled() {
    Line line = line(100, 250_000_000, ANY_RATE).run(3000);
    long before = line.read;
    line.run(1000);
    assertThat(line.read - before).isGreaterThan(240_000_000);
    assertThat(line.window.bytes()).isEqualTo(LIMIT);
  }

  @Test
  void aLongLineThatCarriesLittleGetsNoMoreThanItNeeds() {
    Line line = line(100, 20_000_000, ANY_RATE).run(20_000); // 2 MB in one round trip
    assertThat(line.window.bytes()).isBetween(2 * MIB, 8 * MIB);
    long before = line.read;
    line.run(1000);
    assertThat(line.read - before).isGreaterThan(19_000_000);
  }

  @Test
  void aFastLineWithoutAnyWayNeedsNoMoreThanTheOrdinary() {
    Line line = line(1, 1_000_000_000, ANY_RATE).run(2000);
    assertThat(line.window.bytes()).isEqualTo(2 * MIB);
    assertThat(line.read).isGreaterThan(1_900_000_000);
  }

  @Test
  void burstsAreNoRate() {
    roundTrip.answered(TimeUnit.MILLISECONDS.toNanos(20));
    ReceiveWindow window = new ReceiveWindow(budget.room(2 * MIB, LIMIT), roundTrip, () -> now);
    window.opened();
    for (int i = 0; i < 100; i++) {
      for (int bytes = 0; bytes < 3 * MIB / 2; bytes += PACKET) {
        now += TimeUnit.MICROSECONDS.toNanos(400); // 1.5 MiB in 19 ms
        window.received(PACKET);
        window.taken(PACKET);
      }
      now += TimeUnit.MILLISECONDS.toNanos(60);
    }
    assertThat(window.bytes()).isEqualTo(2 * MIB);
  }

  @Test
  void theLimitIsKept() {
    Line line = new Line(budget.room(128 * KIB, 3 * MIB), 100, ANY_RATE, ANY_RATE).run(5000);
    assertThat(line.window.bytes()).isEqualTo(3 * MIB);
    Line small = new Line(budget.room(64 * KIB, 64 * KIB), 100, ANY_RATE, ANY_RATE).run(5000);
    assertThat(small.window.bytes()).isEqualTo(64 * KIB);
    assertThat(small.read).isGreaterThan(49 * 60 * KIB / 2);
  }

  @Test
  void aSlowReaderIsSentNoMoreThanTheOrdinary() {
    Line line = line(100, 250_000_000, 2_000_000).run(20_000);
    assertThat(line.window.bytes()).isLessThanOrEqualTo(2 * MIB);
    assertThat(line.mostWaiting).isLessThanOrEqualTo(2 * MIB);
  }

  @Test
  void whoTakesNothingGetsNothing() {
    Line line = line(100, 250_000_000, 1).run(20_000);
    assertThat(line.mostWaiting).isEqualTo(512 * KIB);
    assertThat(line.credits).isEmpty();
  }

  @Test
  void aShortBudgetWithholdsGrowthUntilThereIsRoom() {
    budget.left = 0;
    Line line = line(100, ANY_RATE, ANY_RATE).run(3000);
    assertThat(line.window.bytes()).isEqualTo(512 * KIB);
    assertThat(line.read).isGreaterThan(25 * 512 * KIB); // it goes on

    budget.left = 6 * MIB;
    assertThat(line.run(3000).window.bytes()).isEqualTo(4 * MIB);
    budget.left = LIMIT;
    assertThat(line.run(3000).window.bytes()).isEqualTo(LIMIT);
  }

  @Test
  void sixteenSlowReadersKeepToTheBudget() {
    budget.left = 8 * MIB;
    long mostWaiting = 0;
    for (int i = 0; i < 16; i++) {
      mostWaiting += line(100, 250_000_000, 30_000_000).run(5000).mostWaiting;
    }
    assertThat(mostWaiting).isBetween(12 * MIB, 16 * MIB); // 512 KiB of each come on top
  }

  @Test
  void theServerIsNeverGivenMoreThanTheWindow() {
    Line line = line(50, 250_000_000, 100_000_000).run(10_000);
    assertThat(line.mostWaiting).isLessThanOrEqualTo(line.window.bytes());
    long given = 512 * KIB + line.credits.stream().mapToLong(Long::longValue).sum();
    assertThat(given - line.read).isLessThanOrEqualTo(line.window.bytes());
  }

  @Test
  void withoutAnAnswerTheRoundTripIsLearntFromCredit() {
    ReceiveWindow window = new ReceiveWindow(budget.room(512 * KIB, LIMIT), roundTrip, () -> now);
    window.opened(); // by the server
    assertThat(roundTrip.isKnown()).isFalse();
    window.received((int) (512 * KIB));
    assertThat(window.taken((int) (512 * KIB))).isEqualTo(2 * MIB);
    now += 5_000_000;
    window.received(1);
    assertThat(roundTrip.nanos()).isEqualTo(5_000_000);
  }

  @Test
  void creditThatTookLongToUseUpMakesNoRoundTripLonger() {
    roundTrip.answered(1_000_000);
    line(0, 1_000_000, ANY_RATE).run(10_000);
    assertThat(roundTrip.nanos()).isLessThanOrEqualTo(1_000_000);
  }

  @Test
  void theShortestOfTheLastAnswersCounts() {
    roundTrip.answered(30);
    roundTrip.answered(10);
    roundTrip.answered(20);
    assertThat(roundTrip.nanos()).isEqualTo(10);
    roundTrip.answered(40);
    assertThat(roundTrip.nanos()).isEqualTo(10);
    roundTrip.answered(50);
    assertThat(roundTrip.nanos()).isEqualTo(20);
    roundTrip.answered(60);
    assertThat(roundTrip.nanos()).isEqualTo(40);
  }
}
