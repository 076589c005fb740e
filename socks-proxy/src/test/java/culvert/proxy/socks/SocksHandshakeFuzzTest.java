package culvert.proxy.socks;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;

/** Runs the inputs in the resources; with {@code JAZZER_FUZZ=1}, looks for more. */
class SocksHandshakeFuzzTest {

  /**
   * No bytes lead to a connection but a well-formed request.
   *
   * @param input the first byte cuts the rest in pieces of that length
   */
  @FuzzTest(maxDuration = "30s")
  void malformedRequestsNeverLeadToAConnection(byte[] input) {
    if (input.length == 0) {
      return;
    }
    int cut = Math.max(1, input[0] & 0xff);
    SocksHandshakePropertyTest.assertReadAsTheReferenceDoes(
        Arrays.copyOfRange(input, 1, input.length), List.of(cut));
  }
}
