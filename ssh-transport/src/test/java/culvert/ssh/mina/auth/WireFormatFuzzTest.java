package culvert.ssh.mina.auth;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Runs the inputs in the resources; with {@code JAZZER_FUZZ=1}, looks for more. */
class WireFormatFuzzTest {

  @FuzzTest(maxDuration = "30s")
  void anyOctetsAreReadOrRefused(byte[] octets) {
    WireFormatPropertyTest.assertReadOrRefused(octets);
  }
}
