package culvert.it.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class PreconditionTest {
  @Test
  void aTestIsSkippedForWhatIsMissingAndFailsInCi() {
    assertThat(Precondition.missing("no cgroups", Optional.empty()))
        .isInstanceOf(TestAbortedException.class)
        .hasMessage("no cgroups");
    assertThat(Precondition.missing("no cgroups", Optional.of("false")))
        .isInstanceOf(TestAbortedException.class);
    assertThat(Precondition.missing("no cgroups", Optional.of("true")))
        .isNotInstanceOf(TestAbortedException.class)
        .hasMessage("CI=true, but no cgroups");
  }
}
