package culvert.proxy.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalRouteTest {
  private static final String USUAL =
      "0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n";
  private static final String OURS = "193:\tfrom all fwmark 0xc1 lookup 12698049\n";
  private static final String ROUTE = "local default dev lo scope host \n";

  @TempDir private Path directory;

  @Test
  void itReadsWhatIsThere() {
    assertThat(LocalRoute.State.of(USUAL, "").rule()).isFalse();
    LocalRoute.State state = LocalRoute.State.of(OURS + USUAL, ROUTE);
    assertThat(state.rule()).isTrue();
    assertThat(state.route()).isTrue();
    assertThat(state.taken()).isEmpty();
    assertThat(LocalRoute.State.of(USUAL, "local default dev lo metric 1024 pref medium\n").route())
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5:\tfrom all fwmark 0xc1 lookup 100",
        "32000:\tfrom all fwmark 0xc1 lookup 100",
        "5:\tfrom all fwmark 0x1/0x1 lookup 100",
        "193:\tfrom all fwmark 0x40/0x40 lookup main suppress_prefixlength 0",
        "5:\tfrom 10.0.0.0/8 iif lo fwmark 0xc1/0xff lookup 100",
        "40:\tfrom all lookup 12698049"
      })
  void whatSomebodyElseHasUnderItsNumbersIsTold(String rule) {
    assertThat(LocalRoute.State.of(rule + "\n" + OURS + USUAL, ROUTE).taken()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5210:\tfrom all fwmark 0x80000/0xff0000 lookup main",
        "5:\tfrom all fwmark 0x2/0x2 lookup 100",
        "5:\tnot from all fwmark 0xca6c lookup 51820",
        "200:\tfrom all fwmark 0x1/0x1 lookup 100",
        "7:\tfrom all lookup 126980491"
      })
  void whatOthersHaveElsewhereIsNoneOfIt(String rule) {
    assertThat(LocalRoute.State.of(rule + "\n" + OURS + USUAL, ROUTE).taken()).isEmpty();
  }

  @Test
  void anotherRouteInItsTableIsSomebodyElses() {
    assertThat(LocalRoute.State.of(USUAL, ROUTE + "default via 10.0.0.1 dev eth0\n").taken())
        .hasValueSatisfying(taken -> assertThat(taken).contains("via 10.0.0.1"));
  }

  @Test
  void whatIsTakenIsLeftAlone() throws Exception {
    LocalRoute route =
        ip(
            "case \"$*\" in '-4 rule show') echo '5: from all fwmark 0xc1 lookup 100';;"
                + " '-4 route show table 12698049') ;; *) echo changed >&2; exit 1;; esac");

    assertThatThrownBy(() -> route.add(IpFamily.V4))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("somebody else's already: ip rule: 5: from all fwmark 0xc1");
    route.remove(IpFamily.V4);
  }

  @Test
  void whatIpHasAgainstItIsTold() throws Exception {
    LocalRoute route =
        ip(
            "case \"$*\" in *show*) ;; *) echo 'RTNETLINK answers: Operation not permitted' >&2;"
                + " exit 2;; esac");

    assertThatThrownBy(() -> route.add(IpFamily.V6))
        .hasMessage("ip: RTNETLINK answers: Operation not permitted (expected: CAP_NET_ADMIN)");
  }

  private LocalRoute ip(String script) throws IOException {
    Path program = directory.resolve("ip");
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new LocalRoute(program);
  }
}
