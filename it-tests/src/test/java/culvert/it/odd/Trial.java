package culvert.it.odd;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** One cell of a table of oddities, clients and modes. */
record Trial(Oddity oddity, Client client, Mode mode) {

  /** Every client through SOCKS, one of them each through the other modes. */
  static List<Trial> all(List<Oddity> oddities) {
    return oddities.stream().flatMap(Trial::all).toList();
  }

  private static Stream<Trial> all(Oddity oddity) {
    Stream<Trial> trials =
        Stream.of(Client.values()).map(client -> new Trial(oddity, client, Mode.SOCKS));
    Stream<Trial> others =
        Stream.of(
            new Trial(oddity, Client.CURL, Mode.EVERY_PORT),
            new Trial(oddity, Client.WGET, Mode.LISTENER),
            new Trial(oddity, Client.LFTP, Mode.LISTENER),
            new Trial(oddity, Client.CURL, Mode.FIXED),
            new Trial(oddity, Client.FTPLIB, Mode.FIXED),
            new Trial(oddity, Client.CURL, Mode.REMOTE));
    return Stream.concat(trials, others).filter(trial -> trial.client.sends(oddity.verb()));
  }

  @Override
  public String toString() {
    return (oddity + ", " + client + ", " + mode).toLowerCase(Locale.ROOT);
  }
}
