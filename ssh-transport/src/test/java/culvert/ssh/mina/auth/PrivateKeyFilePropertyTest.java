package culvert.ssh.mina.auth;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.AuthMethod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PrivateKeyFilePropertyTest {
  private static final List<String> NAMES =
      List.of(
          "ed25519", "rsa-encrypted", "rsa-pkcs1", "rsa-pkcs1-encrypted", "ecdsa-pkcs8-encrypted");

  /**
   * Where rsa-encrypted has the two low octets of its bcrypt rounds. They may be damaged to
   * thousands, which are taken as meant and last minutes.
   */
  private static final Set<Integer> ROUNDS = Set.of(124, 125);

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void aDamagedKeyIsAProblemNotACrash(
      @ForAll @IntRange(max = 4) int which,
      @ForAll @IntRange(max = 1600) int position,
      @ForAll byte damage)
      throws Exception {
    Assume.that(!NAMES.get(which).equals("rsa-encrypted") || !ROUNDS.contains(position));
    Path directory = Files.createTempDirectory("culvert-keys");
    Path file = TestKeys.file(NAMES.get(which), directory);
    try {
      byte[] content = Files.readAllBytes(file);
      content[position % content.length] = damage;
      Files.write(file, content);

      var loaded =
          new IdentityLoader()
              .load(
                  Profiles.with(AuthMethod.PUBLICKEY)
                      .keys(file)
                      .passphrase(TestKeys.PASSPHRASE)
                      .port(22));

      assertThat(loaded.identities().size() + loaded.problems().size()).isEqualTo(1);
    } finally {
      Files.delete(file);
      Files.delete(directory);
    }
  }
}
