package culvert.proxy.owner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserNamesTest {
  private static final String PASSWD =
      """
      root:x:0:0:root:/root:/bin/bash
      toor:x:0:0:second root:/root:/bin/sh
      # a comment
      batch:x:1001:1001::/home/batch:/bin/sh
      broken
      """;

  @TempDir private Path directory;
  private Path passwd;
  private Path asked;
  private long now;
  private UserNames names;

  @BeforeEach
  void makeFiles() throws IOException {
    passwd = Files.writeString(directory.resolve("passwd"), PASSWD);
    asked = directory.resolve("asked");
    Path getent =
        Files.writeString(
            directory.resolve("getent"),
            """
            #!/bin/sh
            echo "$@" >> %s
            case $3 in ldap|5000) echo 'ldap:x:5000:5000::/:/bin/sh';; *) exit 2;; esac
            """
                .formatted(asked));
    Files.setPosixFilePermissions(getent, PosixFilePermissions.fromString("rwx------"));
    names = new UserNames(passwd, List.of(getent.toString(), "passwd"), () -> now);
  }

  @Test
  void aUserGoesByNumberAndByEveryName() {
    assertThat(names.of("1001")).containsExactlyInAnyOrder("1001", "batch");
    assertThat(names.of("batch")).containsExactlyInAnyOrder("1001", "batch");
    assertThat(names.of("0")).containsExactlyInAnyOrder("0", "root", "toor");
    assertThat(asked).doesNotExist();
  }

  @Test
  void aChangedFileIsReadAgain() throws IOException {
    assertThat(names.of("1002")).containsExactly("1002");

    Files.writeString(passwd, PASSWD + "etl:x:1002:1002::/:/bin/sh\n");

    assertThat(names.of("1002")).containsExactlyInAnyOrder("1002", "etl");
  }

  @Test
  void whomTheFileDoesNotKnowTheHostsDirectoryMayKnow() {
    assertThat(names.of("5000")).containsExactlyInAnyOrder("5000", "ldap");
    assertThat(names.of("ldap")).containsExactlyInAnyOrder("5000", "ldap");
    assertThat(names.of("-x")).containsExactly("-x");
  }

  /** A group's line has its members, of which there may be any number. */
  @Test
  void anAnswerMayBeLongerThanWhatAPipeHolds() throws IOException {
    Path getent =
        Files.writeString(
            directory.resolve("getent-group"),
            """
            #!/bin/sh
            printf 'staff:*:7000:'
            head -c 300000 /dev/zero | tr '\\0' x
            """);
    Files.setPosixFilePermissions(getent, PosixFilePermissions.fromString("rwx------"));
    UserNames groups = new UserNames(passwd, List.of(getent.toString()), () -> now);

    assertThat(groups.of("staff")).containsExactlyInAnyOrder("7000", "staff");
  }

  @Test
  void theDirectorysAnswersAreRememberedForAWhile() throws IOException {
    names.of("5000");
    names.of("6000");
    names.of("5000");
    names.of("6000");
    assertThat(asked).hasContent("passwd -- 5000\npasswd -- 6000");

    now += Duration.ofMinutes(5).toNanos() + 1;
    names.of("5000");

    assertThat(Files.readAllLines(asked)).hasSize(3);
  }

  @Test
  void withoutFileAndProgramANameIsItself() throws IOException {
    Files.delete(passwd);
    UserNames nothing =
        new UserNames(passwd, List.of(directory.resolve("none").toString()), () -> now);

    assertThat(nothing.of("1001")).containsExactly("1001");
  }
}
