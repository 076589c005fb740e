package culvert.config.ssh;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers as OpenSSH writes them. What they refuse, they tell as what had been expected. */
final class Numbers {
  private static final Pattern TIME = Pattern.compile("[0-9](?:[sSmMhHdDwW]?[0-9])*+[sSmMhHdDwW]?");
  private static final Pattern TIME_PART = Pattern.compile("([0-9]{1,10})([sSmMhHdDwW]?)");
  private static final Pattern SIZE =
      Pattern.compile("([0-9]{1,19}(?:\\.[0-9]{0,19})?)([bBkKmMgGtTpPeE]?)");
  private static final String A_TIME = "seconds, or a time such as 15s, 2m, 1h30m, 1d, 1w; or none";
  private static final String A_SIZE =
      "bytes, at least 16, or a size such as 64K, 512M, 4G; or default";

  private Numbers() {}

  static String port(String text) {
    int port = text.matches("[0-9]{1,10}") ? bounded(text, 65535) : 0;
    if (port == 0) {
      throw new IllegalArgumentException("a port 1..65535");
    }
    return String.valueOf(port);
  }

  /** 0 if it is larger. */
  private static int bounded(String digits, int max) {
    long number = Long.parseLong(digits);
    return number > max ? 0 : (int) number;
  }

  static String count(String text) {
    if (text.matches("[0-9]{1,18}") && Long.parseLong(text) <= Integer.MAX_VALUE) {
      return String.valueOf(Long.parseLong(text));
    }
    throw new IllegalArgumentException("a number, at least 0");
  }

  /** In seconds. */
  static String time(String text) {
    if (!TIME.matcher(text).matches()) {
      throw new IllegalArgumentException(A_TIME);
    }
    long seconds = 0;
    Matcher part = TIME_PART.matcher(text);
    while (part.find() && seconds <= Integer.MAX_VALUE) {
      seconds += Long.parseLong(part.group(1)) * unit(Ascii.lower(part.group(2)));
    }
    if (seconds > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("at most " + Integer.MAX_VALUE + " seconds");
    }
    return String.valueOf(seconds);
  }

  private static long unit(String letter) {
    return switch (letter) {
      case "m" -> 60;
      case "h" -> 3_600;
      case "d" -> 86_400;
      case "w" -> 604_800;
      default -> 1;
    };
  }

  /** In bytes. */
  static String size(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (matcher.matches()) {
      int exponent = "bkmgtpe".indexOf(Ascii.lower(matcher.group(2)));
      BigDecimal bytes =
          new BigDecimal(matcher.group(1))
              .multiply(new BigDecimal(1024).pow(Math.max(0, exponent)));
      bytes = bytes.setScale(0, RoundingMode.DOWN);
      if ((bytes.signum() == 0 || bytes.compareTo(BigDecimal.valueOf(16)) >= 0)
          && bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
        return bytes.toPlainString();
      }
    }
    throw new IllegalArgumentException(A_SIZE);
  }
}
