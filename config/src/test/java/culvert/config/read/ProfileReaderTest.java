package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.ProfileKey;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProfileReaderTest {

  /** What ssh_config may say is decided by the names of the keys that the file has. */
  @Test
  void readsEveryKeyThatHasAName() {
    assertThat(ProfileReader.KEYS)
        .extracting(Key::name)
        .containsExactlyElementsOf(Stream.of(ProfileKey.values()).map(Object::toString).toList());
  }
}
