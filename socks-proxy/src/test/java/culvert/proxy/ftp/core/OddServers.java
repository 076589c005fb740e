package culvert.proxy.ftp.core;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Servers that answer anything with anything: valid, odd and hostile. */
final class OddServers {
  private static final List<Integer> USUAL =
      List.of(200, 227, 229, 150, 226, 250, 425, 426, 451, 500, 550, 220, 230, 331, 350, 257);
  private static final List<Integer> ODD =
      List.of(
          125, 110, 120, 202, 211, 213, 214, 221, 225, 228, 234, 332, 421, 450, 501, 502, 503, 504,
          530, 552, 0, 99, 700, 999, 299, 399, 100);
  private static final List<String> TEXTS =
      List.of(
          "ok",
          "(10,9,8,7,120,1)",
          "(|||31000|)",
          "10,9,8,7,120,1",
          "=10,9,8,7,120,1",
          "(010,9,8,7,0120,1)",
          "(10, 9, 8, 7, 120, 1)",
          "(10,9,8,7,0,31001)",
          "(|||+31000|)",
          "(|||0031000|)",
          "(!!!31000!)",
          "(|1|10.9.8.7|31000|)",
          "(|||31000|",
          "(256,9,8,7,120,1)",
          "(10,9,8,7,0,21)",
          "",
          " ".repeat(600) + "(10,9,8,7,120,1)",
          "x\r227 (10,9,8,7,120,1)",
          "x\r229 (|||31000|)",
          "226 done",
          "x\0227 (10,9,8,7,120,1)",
          "x\000226 done",
          "x".repeat(8192) + "227 (10,9,8,7,120,1)",
          "(10,9,8,7,120,1) (10,9,8,7,120,2)",
          "\u00ff\u00f1(10,9,8,7,120,1)");

  /** Digits of another script, in UTF-8. */
  private static final String DIGITS_227 = "\u00d9\u00a2\u00d9\u00a2\u00d9\u00a7";

  private static final String DIGITS_226 = "\u00d9\u00a2\u00d9\u00a2\u00d9\u00a6";

  /** How a reply is put together of a code, another code, and a text. */
  private static final List<String> FORMS =
      List.of(
          "%1$03d %3$s\r\n",
          "%1$03d-%3$s\r\n%1$03d end\r\n",
          "%1$03d-x\r\n%2$03d %3$s\r\n%1$03d end\r\n",
          "%1$03d-x\r\n %2$03d %3$s\r\n%1$03d end\r\n",
          "%1$03d-x\r\n%2$03d-%3$s\r\n%1$03d end\r\n",
          "%1$03d-x\r\n%1$03d %3$s\r\n",
          "%1$03d-x\r\n%2$03d %3$s\r\n",
          "%1$03d x\r\n%2$03d %3$s\r\n",
          "%1$03d %3$s\n",
          "%1$03d\t%3$s\r\n",
          "%1$03d\r\n",
          "%1$03d",
          " %1$03d %3$s\r\n",
          "\u00ff\u00f1%1$03d %3$s\r\n",
          "%1$03d %3$s\r\r\n",
          "\0%1$03d %3$s\r\n",
          "%3$s\r\n",
          DIGITS_227 + " %3$s\r\n",
          DIGITS_226 + " %3$s\r\n",
          "%1$03d-x\r\n" + DIGITS_226 + " %3$s\r\n%1$03d end\r\n",
          "%1$03d-x\r\n2" + DIGITS_226.substring(2) + " %3$s\r\n%1$03d end\r\n",
          "%1$03d-x\r\n%2$03d %3$s\r\n226 %3$s\r\n%1$03d end\r\n",
          "\u00ff\u00fb\u0001%1$03d-%3$s\r\n%1$03d x\r\n");

  private OddServers() {}

  static Arbitrary<String> replies() {
    Arbitrary<Integer> codes =
        Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.of(USUAL)), Tuple.of(1, Arbitraries.of(ODD)));
    Arbitrary<String> forms =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.just(FORMS.get(0))), Tuple.of(2, Arbitraries.of(FORMS)));
    Arbitrary<String> texts =
        Arbitraries.frequencyOf(
            Tuple.of(1, Arbitraries.of("ok", "(10,9,8,7,120,1)", "(|||31000|)")),
            Tuple.of(1, Arbitraries.of(TEXTS)));
    return Combinators.combine(codes, codes, texts, forms)
        .as((code, other, text, form) -> form.formatted(code, other, text));
  }
}
