package culvert.proxy.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AccountsTest {
  private final Map<String, Set<String>> directory = new HashMap<>();
  private final Accounts accounts =
      new Accounts(name -> directory.getOrDefault(name, Set.of(name)));

  @Test
  void oneThatWasKnownKeepsItsNumberWhileTheDirectoryDoesNotAnswer() {
    assertThat(accounts.number("batch")).isEmpty();
    directory.put("batch", Set.of("batch", "5000", "jobs"));
    assertThat(accounts.number("batch")).hasValue(5000);

    directory.clear();
    assertThat(accounts.number("batch")).hasValue(5000);
    assertThat(accounts.number("jobs")).isEmpty();

    directory.put("batch", Set.of("batch", "5001"));
    assertThat(accounts.number("batch")).hasValue(5001);
  }

  @Test
  void aNumberIsItself() {
    assertThat(accounts.number("4711")).hasValue(4711);
  }
}
