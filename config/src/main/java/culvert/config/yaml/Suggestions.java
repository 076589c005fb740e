package culvert.config.yaml;

import culvert.config.Found;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What somebody may have meant who wrote something else. */
public final class Suggestions {
  private static final int SHORTEST_BEGINNING = 4;

  private Suggestions() {}

  /** The candidate that {@code word} stands for or is closest to, unless none is close. */
  public static Optional<String> nearest(String word, Collection<String> candidates) {
    String written = normal(word);
    if (written.length() > 100) {
      return Optional.empty();
    }
    return reordered(written, candidates)
        .or(() -> Synonyms.of(written, candidates))
        .or(() -> close(written, candidates));
  }

  /** {@code tunnel-ftp} for {@code ftp-tunnel}. */
  private static Optional<String> reordered(String written, Collection<String> candidates) {
    return candidates.stream()
        .filter(candidate -> words(normal(candidate)).equals(words(written)))
        .findFirst();
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.split("-", -1)).sorted().toList();
  }

  private static Optional<String> close(String written, Collection<String> candidates) {
    int limit = Math.min(3, Math.max(1, written.length() / 3));
    return candidates.stream()
        .filter(
            candidate ->
                distance(written, normal(candidate)) <= limit
                    || isBeginning(written, normal(candidate))
                    || isBeginning(normal(candidate), written))
        .min(Comparator.comparingInt(candidate -> distance(written, normal(candidate))));
  }

  /** {@code auth} for {@code authentication}, and {@code plaintext} for {@code plain}. */
  private static boolean isBeginning(String part, String whole) {
    return part.length() >= SHORTEST_BEGINNING && whole.startsWith(part);
  }

  /** {@code ; did you mean X?}, to go into the brackets of a message, or nothing. */
  public static String didYouMean(String word, Collection<String> candidates) {
    return nearest(word, candidates)
        .map(
            candidate ->
                "; did you mean \""
                    + candidate
                    + "\""
                    + Synonyms.meaning(word, candidate, candidates)
                    + "?")
        .orElse("");
  }

  /** What to say of a name that is none of those. */
  public static String unknown(String name, Set<String> known, String what) {
    return Found.message(name, choices(known, what) + didYouMean(name, known));
  }

  private static String choices(Set<String> names, String otherwise) {
    return names.isEmpty() || names.size() > 8 ? otherwise : String.join(", ", names);
  }

  static String normal(String word) {
    return word.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Insertions, deletions, replacements, and swaps of neighbours (optimal string alignment). */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      d[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      d[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + cost);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
