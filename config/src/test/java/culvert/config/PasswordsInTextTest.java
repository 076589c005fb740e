package culvert.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsInTextTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "ftp://joe:secret@host/file, ftp://joe:***@host/file",
    "ftp://joe:se/cr et@host/file, ftp://joe:***@host/file",
    "ftp://joe:se@cr/et@host, ftp://joe:***@host",
    "ftp://joe@corp.example:secret@host, ftp://joe@corp.example:***@host",
    "ftp://:secret@host, ftp://:***@host",
    "/pub/ftp://joe:secret@host/, /pub/ftp:***@host/",
    "joe:secret@host, joe:***@host",
    "joe:se cr/et@host:2121, joe:***@host:2121",
    "'joe: secret@host', joe:***@host",
    "joe:22 secret@host, joe:***@host",
    "joe@corp.example:secret@host, joe@corp.example:***@host",
    "amy joe:secret@host, amy joe:***@host",
    "ftp://joe:secret@host/x@2.png, ftp://joe:***@2.png",
    "FTPS://joe:secret@host, FTPS://joe:***@host",
    "joe://secret@host, joe:***@host"
  })
  void aNamesPasswordIsMaskedUpToTheLastAtSign(String name, String masked) {
    assertThat(PasswordsInText.maskedName(name)).isEqualTo(masked);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "joe:secret, joe:***",
    "joe:22, joe:***",
    "ftp://joe:se/cr et, ftp://joe:***",
    "joe:se@cret@host, joe:***@host",
    "joe, joe",
    "ftp://joe, ftp://joe",
    "joe@ftp.example:21, joe@ftp.example:21",
    "joe@[2001:db8::1]:21, joe@[2001:db8::1]:21"
  })
  void soIsAUsersWithoutAHost(String user, String masked) {
    assertThat(PasswordsInText.maskedUser(user)).isEqualTo(masked);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "ftp.example:21",
        "joe@ftp.example:21",
        "[2001:db8::1]:21",
        "joe@[2001:db8::1]:21",
        "rule=jobs,target=ftp.internal:21",
        "chacha20-poly1305@openssh.com",
        "ssh-ed25519-cert-v01@openssh.com SHA256:abc",
        "/pub/a@b.txt"
      })
  void aNameWithoutOneStaysAsItIs(String name) {
    assertThat(PasswordsInText.maskedName(name)).isEqualTo(name);
    assertThat(PasswordsInText.masked(name)).isEqualTo(name);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "no ftp://joe:se/cr et@host/x here, no ftp://joe:***@host/x here",
    "joe:se cr/et@host:21: timed out, joe:***@host:21: timed out",
    "FTP server joe:secret@host: closed, FTP server joe:***@host: closed",
    "unknown: joe:secret@host, unknown: joe:***@host",
    "user \"joe:se cret@host\" refused, user \"joe:***@host\" refused",
    "joe@corp.example:sec/ret@host: unknown, joe@corp.example:***@host: unknown",
    "'[joe:se cret@host]', [joe:***@host]",
    "'(joe:se cret@host)', (joe:***@host)",
    "ftp://a:b@c and ftp://d:e@f, ftp://a:***@f"
  })
  void soIsOneInAMessage(String message, String masked) {
    assertThat(PasswordsInText.masked(message)).isEqualTo(masked);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "batch (curl) 127.0.0.1:40000 -> joe@ftp.example:21: SSH batch@gate:22; 1 file; ok",
        "batch (curl) [::1]:40000 -> joe@[2001:db8::1]:21: SSH batch@gate:22; 1 file; ok",
        "SSH login as batch at gate:22 refused: publickey, user batch@gate",
        "ssh server gate:22: connection refused; joe@host",
        "12:30:15 joe@host"
      })
  void messagesThatHaveNoneStayAsTheyAre(String message) {
    assertThat(PasswordsInText.masked(message)).isEqualTo(message);
  }

  @Test
  void anyTextTakesLinearTime() {
    String words = "a:b ".repeat(500_000);
    assertThat(PasswordsInText.masked("@" + words)).hasSize(words.length() + 1);
    assertThat(PasswordsInText.masked(words + "@")).hasSize(6);
    String slashes = "//x".repeat(500_000);
    assertThat(PasswordsInText.masked(":@" + slashes)).hasSize(slashes.length() + 2);
  }
}
