package culvert.it.odd;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One cell of a table of oddities, clients and modes. */
record Trial(Oddity oddity, Client client, Mode mode) {

  private static final boolean ALL = Boolean.getBoolean("odd.all");

  /**
   * Every client through SOCKS, one of them each through the other modes; without {@code odd.all}
   * one of both for each oddity, in turn.
   */
  static List<Trial> of(List<Oddity> oddities) {
    return IntStream.range(0, oddities.size())
        .boxed()
        .flatMap(turn -> of(oddities.get(turn), turn))
        .toList();
  }

  private static Stream<Trial> of(Oddity oddity, int turn) {
    List<Trial> socks =
        Stream.of(Client.values())
            .map(client -> new Trial(oddity, client, Mode.SOCKS))
            .filter(Trial::matters)
            .toList();
    List<Trial> others =
        Stream.of(
                new Trial(oddity, Client.CURL, Mode.EVERY_PORT),
                new Trial(oddity, Client.WGET, Mode.LISTENER),
                new Trial(oddity, Client.LFTP, Mode.LISTENER),
                new Trial(oddity, Client.CURL, Mode.FIXED),
                new Trial(oddity, Client.FTPLIB, Mode.FIXED),
                new Trial(oddity, Client.CURL, Mode.REMOTE))
            .filter(Trial::matters)
            .toList();
    return Stream.of(socks, others).flatMap(of -> ALL ? of.stream() : inTurn(of, turn));
  }

  private boolean matters() {
    return client.sends(oddity.verb());
  }

  private static Stream<Trial> inTurn(List<Trial> trials, int turn) {
    return trials.isEmpty() ? Stream.of() : Stream.of(trials.get(turn % trials.size()));
  }

  @Override
  public String toString() {
    return (oddity + ", " + client + ", " + mode).toLowerCase(Locale.ROOT);
  }
}
