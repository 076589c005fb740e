package culvert.it.odd;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tests that share one {@link Rig}, where what no rule knows goes out directly. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OneRig {
  Rig rig;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    rig = Rig.start(directory, "direct");
  }

  @AfterAll
  void stop() throws Exception {
    if (rig != null) {
      rig.close();
    }
  }
}
