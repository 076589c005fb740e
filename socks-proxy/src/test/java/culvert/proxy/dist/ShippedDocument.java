package culvert.proxy.dist;

import java.util.Map;
import java.util.regex.Pattern;

/** A document of the source tree for the one folder in which an installation has them all. */
final class ShippedDocument {
  /** To a file of the tree, from its top or from {@code docs}. */
  private static final Pattern LINK =
      Pattern.compile("]\\((?:\\.\\./|docs/)?([\\w.-]+)(#[^)]*)?\\)");

  /** What has another name there. */
  private static final Map<String, String> RENAMED =
      Map.of("LICENSE", "copyright", "CHANGELOG.md", "changelog.gz");

  private ShippedDocument() {}

  /** With links that lead to what is in that folder. */
  static String of(String markdown) {
    return LINK.matcher(markdown)
        .replaceAll(
            link ->
                "](%s%s)"
                    .formatted(
                        RENAMED.getOrDefault(link.group(1), link.group(1)),
                        link.group(2) == null ? "" : link.group(2)));
  }
}
