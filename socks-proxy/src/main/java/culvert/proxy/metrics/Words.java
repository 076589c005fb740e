package culvert.proxy.metrics;

import java.util.Locale;

/** Enum constants as the values of labels. */
final class Words {
  private Words() {}

  static String of(Enum<?> value) {
    return value.toString().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
