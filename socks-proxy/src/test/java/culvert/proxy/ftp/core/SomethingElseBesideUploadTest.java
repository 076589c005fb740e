package culvert.proxy.ftp.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A5: fails today but for NOOP and STAT. */
class SomethingElseBesideUploadTest {
  private final Playbook play = Playbook.tunnelled();

  @ParameterizedTest(name = "{0} answered {1}")
  @CsvSource({
    "NOOP, 500 what",
    "PWD, 500 what",
    "XYZ, 500 what",
    "CWD a, 530 log in",
    "XYZ, 504 no",
    "PWD, 257 /",
    "SYST, 215 UNIX",
    "HELP, 214 x",
    "SITE X, 200 ok",
    "TYPE I, 200 ok",
    "REST 0, 350 ok"
  })
  void isAnsweredAndDoesNotEndIt(String command, String reply) {
    play.client("PASV");
    play.server("227 ok (1,2,3,4,7,208)");
    play.client("STOR a");
    play.dataStarts();
    play.server("150 go");
    play.client(command);
    List<String> told = new ArrayList<>(play.server(reply));
    assertThat(told).contains("< " + reply);
    assertThat(play.dataBreaks()).contains("> ABOR");
    assertThat(play.server("226 done")).noneMatch(line -> line.startsWith("< 2"));
  }
}
