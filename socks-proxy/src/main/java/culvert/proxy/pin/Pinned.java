package culvert.proxy.pin;

/** What a pin keeps from plaintext. */
public sealed interface Pinned permits PinnedDestination, PinnedRule {

  /** As {@code culvert unpin} takes it, at its shortest. */
  String argument();

  /**
   * Reads what {@link #argument} writes.
   *
   * @throws IllegalArgumentException with what was found and what was expected
   */
  static Pinned parse(String text) {
    return text.startsWith(PinnedRule.PREFIX)
        ? PinnedRule.parse(text)
        : PinnedDestination.parse(text);
  }

  /** Reads what stands in the file. */
  static Pinned parseWritten(String text) {
    return text.startsWith(PinnedRule.PREFIX)
        ? PinnedRule.parse(text)
        : PinnedDestination.parseWithPort(text);
  }
}
