package culvert.proxy.ftp.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

/**
 * Reference clients against servers that say anything: what the client concludes must be true, and
 * where it would connect must be ours. The gate takes the same way every time; {@link
 * FtpCoreModelExploration} takes others.
 */
class FtpCoreModelTest {
  private static final List<String> COMMANDS =
      List.of(
          "PASV",
          "STOR f",
          "EPSV",
          "RETR f",
          "NOOP",
          "TYPE I",
          "CWD d",
          "PWD",
          "SITE X",
          "STAT",
          "ABOR",
          "PORT 127,0,0,1,19,137",
          "EPRT |1|127.0.0.1|5001|",
          "REST 10",
          "REIN",
          "LIST",
          "APPE f",
          "STOU",
          "EPSV ALL",
          "LPSV",
          "AUTH TLS",
          "MODE S",
          "HELP",
          "PORT x",
          "QUIT");

  /** Something that happens in a session. */
  interface Step {
    void happen(ModelSession session);
  }

  /** A client that sends one command, or several at once. */
  record Sends(List<String> commands, int cut) implements Step {
    @Override
    public void happen(ModelSession session) {
      List<String> lines = new ArrayList<>();
      for (String command : commands) {
        int number = session.client.all().size() + lines.size();
        lines.add(command.endsWith(" f") ? command + number : command); // files have names
      }
      session.send(session.client.pipelines() ? lines : lines.subList(0, 1), cut);
    }
  }

  /** A server that says something. */
  record Says(String text, int cut) implements Step {
    @Override
    public void happen(ModelSession session) {
      session.say(text, cut);
    }
  }

  /** The newest data connection that may, or an older one, goes on. */
  record Goes(ModelSession.Data next, int back) implements Step {
    @Override
    public void happen(ModelSession session) {
      List<Integer> requests = new ArrayList<>(session.data.keySet());
      if (!requests.isEmpty()) {
        session.data(requests.get(Math.max(0, requests.size() - 1 - back)), next);
      }
    }
  }

  /** The session answers what the core has asked. */
  record Answers(int how) implements Step {
    @Override
    public void happen(ModelSession session) {
      session.answer(how);
    }
  }

  /** The client or the session waits no longer. */
  record LosesPatience(boolean client) implements Step {
    @Override
    public void happen(ModelSession session) {
      if (client) {
        session.client.giveUpOnCommandsBeside();
      } else {
        session.giveUp();
      }
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return anySteps();
  }

  static Arbitrary<List<Step>> anySteps() {
    Arbitrary<Integer> cuts = Arbitraries.integers().between(0, 40);
    Arbitrary<String> commands =
        Arbitraries.frequencyOf(
            Tuple.of(1, Arbitraries.of("PASV", "STOR f", "EPSV")),
            Tuple.of(2, Arbitraries.of(COMMANDS)));
    Arbitrary<Step> sends =
        Combinators.combine(commands.list().ofMinSize(1).ofMaxSize(4), cuts).as(Sends::new);
    Arbitrary<Step> says = Combinators.combine(OddServers.replies(), cuts).as(Says::new);
    Arbitrary<Step> data =
        Combinators.combine(
                Arbitraries.of(
                    ModelSession.Data.OPEN,
                    ModelSession.Data.SENT,
                    ModelSession.Data.ENDED,
                    ModelSession.Data.BROKEN),
                Arbitraries.frequency(Tuple.of(4, 0), Tuple.of(1, 1), Tuple.of(1, 2)))
            .as(Goes::new);
    Arbitrary<Step> answers = Arbitraries.integers().between(0, 11).map(Answers::new);
    Arbitrary<Step> patience = Arbitraries.of(true, false).map(LosesPatience::new);
    return Arbitraries.frequencyOf(
            Tuple.of(6, sends),
            Tuple.of(7, says),
            Tuple.of(4, data),
            Tuple.of(3, answers),
            Tuple.of(1, patience))
        .list()
        .ofMaxSize(40);
  }

  /** Whose replies are read. */
  enum Reads {
    RFC(RfcReader::new),
    LFTP(LftpReader::new),
    CURL(CurlReader::new),
    FTPLIB(FtplibReader::new),
    WGET(WgetReader::new),
    COMMONS_NET(CommonsNetReader::new),
    TNFTP(TnftpReader::new),
    FILEZILLA(FileZillaReader::new);

    @SuppressWarnings("ImmutableEnumChecker") // constructors
    private final Supplier<ModelReader> reader;

    Reads(Supplier<ModelReader> reader) {
      this.reader = reader;
    }
  }

  @Provide
  Arbitrary<List<Step>> politeSteps() {
    return anyPoliteSteps();
  }

  static Arbitrary<List<Step>> anyPoliteSteps() {
    Arbitrary<Integer> cuts = Arbitraries.integers().between(0, 40);
    Arbitrary<String> commands =
        Arbitraries.of(
            "PASV",
            "STOR f",
            "EPSV",
            "RETR f",
            "NOOP",
            "TYPE I",
            "CWD d",
            "PWD",
            "STAT",
            "ABOR",
            "PORT 127,0,0,1,19,137",
            "EPRT |1|127.0.0.1|5001|",
            "REST 10",
            "LIST",
            "APPE f",
            "REIN",
            "EPSV ALL",
            "LPSV",
            "AUTH TLS",
            "FEAT");
    Arbitrary<List<String>> jobs =
        Arbitraries.of(
            List.of("PASV", "STOR f"),
            List.of("EPSV", "RETR f"),
            List.of("TYPE I", "PASV", "STOR f"),
            List.of("PORT 127,0,0,1,19,137", "STOR f"),
            List.of("PASV", "REST 10", "STOR f", "PWD"),
            List.of("REST 10", "STOR f"));
    Arbitrary<Step> sends =
        Combinators.combine(
                Arbitraries.oneOf(jobs, commands.list().ofMinSize(1).ofMaxSize(3)), cuts)
            .as(Sends::new);
    Arbitrary<Step> acts =
        Combinators.combine(cuts, Arbitraries.frequency(Tuple.of(9, false), Tuple.of(1, true)))
            .as(Acts::new);
    Arbitrary<Step> data =
        Arbitraries.frequencyOf(
                Tuple.of(
                    5,
                    Arbitraries.of(
                        ModelSession.Data.OPEN, ModelSession.Data.SENT, ModelSession.Data.ENDED)),
                Tuple.of(1, Arbitraries.just(ModelSession.Data.BROKEN)))
            .map(next -> new Goes(next, 0));
    Arbitrary<Step> answers = Arbitraries.of(0, 1, 2).map(Answers::new); // all in favour
    return Arbitraries.frequencyOf(
            Tuple.of(5, sends), Tuple.of(6, acts), Tuple.of(5, data), Tuple.of(4, answers))
        .list()
        .ofMaxSize(40);
  }

  /** A server that does the next thing that it has to do. */
  record Acts(int cut, boolean refuses) implements Step {
    @Override
    public void happen(ModelSession session) {
      session.serverActs(cut, refuses);
    }
  }

  @Property(seed = "4", edgeCases = EdgeCasesMode.NONE)
  void withAServerThatKeepsToTheRulesEveryCommandHasItsReply(
      @ForAll Reads client,
      @ForAll boolean pipelines,
      @ForAll ConformingServer.Beside beside,
      @ForAll ConformingServer.Aborts aborts,
      @ForAll("politeSteps") List<Step> steps) {
    politely(client, pipelines, beside, aborts, steps);
  }

  static void politely(
      Reads client,
      boolean pipelines,
      ConformingServer.Beside beside,
      ConformingServer.Aborts aborts,
      List<Step> steps) {
    ModelSession session = ModelSession.polite(client.reader.get(), pipelines, beside, aborts);
    steps.forEach(step -> step.happen(session));
    session.completes();
  }

  @Property(seed = "4", edgeCases = EdgeCasesMode.NONE)
  void noServerMakesAClientConcludeWhatIsFalse(
      @ForAll Reads client, @ForAll boolean pipelines, @ForAll("steps") List<Step> steps) {
    play(client, pipelines, steps);
  }

  static void play(Reads client, boolean pipelines, List<Step> steps) {
    ModelSession session = new ModelSession(client.reader.get(), pipelines);
    steps.forEach(step -> step.happen(session));
    while (session.anythingAsked() && !session.over()) {
      session.answer(0);
    }
    session.giveUp();
    assertThat(session.over() || !session.waiting() || session.anythingAsked())
        .as(() -> session.failure("waits for ever"))
        .isTrue();
  }

  /** Thousands of steps in one session, as it goes on until it is out of step. */
  @Property(tries = 10, seed = "4", edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void noSessionGrowsWithoutEnd(
      @ForAll Reads client, @ForAll boolean pipelines, @ForAll("manySteps") List<Step> steps) {
    ModelSession session = new ModelSession(client.reader.get(), pipelines);
    for (Step step : steps) {
      step.happen(session);
      session.forgetTranscript();
    }
    assertThat(Weight.of(session.dialogue())).isLessThan(100_000);
  }

  @Provide
  Arbitrary<List<Step>> manySteps() {
    return steps().list().ofSize(150).map(lists -> lists.stream().flatMap(List::stream).toList());
  }

  @Test
  void aReplyWithoutEndIsNotKept() {
    for (String command : List.of("PASV", "STOR f", "NOOP", "QUIT")) {
      for (String line : List.of("227-x\r\n", "226-x\r\n", "421-x\r\n", "421 x\r\n", "x\r\n")) {
        ModelSession session = new ModelSession(new RfcReader(), false);
        session.send(List.of(command), 0);
        for (int i = 0; i < 3_000; i++) {
          session.say(line.repeat(20), 0);
          session.forgetTranscript();
        }
        assertThat(Weight.of(session.dialogue())).as(command + " " + line).isLessThan(100_000);
      }
    }
  }
}
