package culvert.proxy.ftp.core;

import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * What {@link FtpCoreModelTest} does, on another way each time; not in the gate, but in {@code
 * -Pnightly}. A failure prints its seed.
 */
class FtpCoreModelExploration {

  @Provide
  Arbitrary<List<FtpCoreModelTest.Step>> steps() {
    return FtpCoreModelTest.anySteps();
  }

  @Provide
  Arbitrary<List<FtpCoreModelTest.Step>> politeSteps() {
    return FtpCoreModelTest.anyPoliteSteps();
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void noServerMakesAClientConcludeWhatIsFalse(
      @ForAll FtpCoreModelTest.Reads client,
      @ForAll boolean pipelines,
      @ForAll("steps") List<FtpCoreModelTest.Step> steps) {
    FtpCoreModelTest.play(client, pipelines, steps);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void withAServerThatKeepsToTheRulesEveryCommandHasItsReply(
      @ForAll FtpCoreModelTest.Reads client,
      @ForAll boolean pipelines,
      @ForAll ConformingServer.Beside beside,
      @ForAll ConformingServer.Aborts aborts,
      @ForAll("politeSteps") List<FtpCoreModelTest.Step> steps) {
    FtpCoreModelTest.politely(client, pipelines, beside, aborts, steps);
  }
}
