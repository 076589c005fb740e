package culvert.it.odd;

import static culvert.it.odd.Manner.announce;

import culvert.it.AnyTransport;
import culvert.it.peers.RealPeers;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Announcements of data ports that some clients take and others do not. */
@RealPeers
@AnyTransport
class OddAnnouncementsIT {
  private static final String MANY_SPACES = " ".repeat(600);

  private static final List<Oddity> ODDITIES =
      List.of(
          pasv("200-x", "227 ({six})", "200 y"),
          pasv("226-x", "227 Entering Passive Mode ({six})", "226 y"),
          pasv("500-x", "227 Entering Passive Mode ({six})", "500 y"),
          named("227, 600 spaces, (...)", "PASV", "227" + MANY_SPACES + "({six})"),
          named("227 and 600 spaces inside", "PASV", "227 Entering" + MANY_SPACES + "{six}"),
          pasv("227 Entering Passive Mode ({zeros})"),
          pasv("227 Entering Passive Mode. {zeros}"),
          pasv("227-Entering Passive Mode ({six})", "227 done"),
          pasv("227-Entering Passive Mode ({six})", "227 Entering (1,2,3,4,5,6)"),
          pasv("200 Entering Passive Mode ({six})"),
          pasv("250 ({six})"),
          pasv("150 ({six})"),
          pasv("150 wait", "227 ({six})"),
          pasv("228 Entering Long Passive Mode ({address}, {port})"),
          pasv("229 Entering Extended Passive Mode (|||{port}|)"),
          pasv("227 Entering Passive Mode (1,2,3) ({six})"),
          pasv("227 of 1 host, ={six}"),
          pasv("\u00ff\u00f1227 ({six})"),
          pasv("099 x", "227 ({six})"),
          pasv("421 busy", "227 ({six})"),
          epsv("229 (|||+{port}|)"),
          epsv("229 (|||00{port}|)"),
          epsv("229 (||| {port}|)"),
          epsv("229 Entering (!!!{port}!)"),
          epsv("229-Entering (|||{port}|)", "229 done"),
          epsv("200-x", "229 (|||{port}|)", "200 y"),
          epsv("200 (|||{port}|)"),
          epsv("229 (|1|{address}|{port}|)"),
          epsv("227 Entering Passive Mode ({six})"),
          epsv("150 wait", "229 (|||{port}|)"),
          named("227 unasked, inside 200-", "SITE", "200-x", "227 ({six})", "200 y"),
          named("227 unasked", "SITE", "227 ({six})"),
          named("227 unasked, behind TYPE", "TYPE", "200 ok", "227 ({six})"),
          named("227 unasked, behind 250", "CWD", "250-there", "227 ({six})", "250 x"));

  @TempDir Path directory;
  private Trials trials;

  @TestFactory
  Stream<DynamicTest> nothingLeaks() throws Exception {
    trials = Trials.start(directory, "direct", Trial.of(ODDITIES));
    return trials.nothingLeaks();
  }

  /** Fewer of them: what is blocked is blocked for every client. */
  @TestFactory
  Stream<DynamicTest> nothingLeaksWhereTheRestIsBlocked() throws Exception {
    List<Trial> some =
        ODDITIES.stream()
            .flatMap(
                oddity ->
                    Stream.of(
                        new Trial(oddity, Client.CURL, Mode.SOCKS),
                        new Trial(oddity, Client.LFTP, Mode.FIXED)))
            .toList();
    trials = Trials.start(directory, "block", some);
    return trials.nothingLeaks();
  }

  @AfterEach
  void stop() throws Exception {
    if (trials != null) {
      trials.close();
    }
  }

  private static Oddity pasv(String... lines) {
    return named("PASV answered " + String.join(" / ", lines), "PASV", lines);
  }

  private static Oddity epsv(String... lines) {
    return named("EPSV answered " + String.join(" / ", lines), "EPSV", lines);
  }

  private static Oddity named(String name, String verb, String... lines) {
    return new Oddity(name, verb, announce(verb, lines));
  }
}
