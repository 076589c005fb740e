package culvert.config.ssh;

/** Letters as OpenSSH sees them: those of ASCII have two cases. */
final class Ascii {
  private Ascii() {}

  static String lower(String text) {
    StringBuilder lower = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      lower.append(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
    }
    return lower.toString();
  }
}
