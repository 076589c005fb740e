package culvert.config.ssh;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Paths with wildcards, as glob(7) has them. */
final class PathPattern {
  private PathPattern() {}

  /** The files that are there, sorted; of an absolute pattern. */
  static List<Path> expand(String pattern) {
    List<Path> found = List.of(Path.of("/"));
    try {
      for (String part : pattern.split("/+", -1)) {
        if (!part.isEmpty()) {
          List<Path> next = new ArrayList<>();
          for (Path directory : found) {
            next.addAll(children(directory, part));
          }
          found = next;
        }
      }
    } catch (InvalidPathException e) {
      return List.of();
    }
    return found;
  }

  private static List<Path> children(Path directory, String part) {
    if (!isPattern(part)) {
      Path child = directory.resolve(part.replaceAll("\\\\(.)", "$1"));
      return Files.exists(child, LinkOption.NOFOLLOW_LINKS) ? List.of(child) : List.of();
    }
    List<Path> children = new ArrayList<>();
    Pattern name = regex(part);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String entryName = entry.getFileName().toString();
        boolean hidden = entryName.startsWith(".") && !part.startsWith(".");
        if (!hidden && name.matcher(entryName).matches()) {
          children.add(entry);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return List.of(); // no directory, or none that may be read: glob(3) finds nothing either
    }
    children.sort(null);
    return children;
  }

  private static boolean isPattern(String part) {
    return part.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
  }

  private static Pattern regex(String glob) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      int close = c == '[' ? glob.indexOf(']', Math.min(i + 2, glob.length())) : -1;
      if (c == '*') {
        regex.append(".*");
      } else if (c == '?') {
        regex.append('.');
      } else if (close > 0) {
        regex.append(set(glob.substring(i + 1, close)));
        i = close;
      } else {
        if (c == '\\' && i + 1 < glob.length()) {
          c = glob.charAt(++i);
        }
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    try {
      return Pattern.compile(regex.toString(), Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      return Pattern.compile(Pattern.quote(glob)); // such as [z-a]
    }
  }

  private static String set(String inside) {
    boolean negated = inside.startsWith("!") || inside.startsWith("^");
    String members =
        (negated ? inside.substring(1) : inside).replaceAll("[\\\\\\[\\]&^]", "\\\\$0");
    return "[" + (negated ? "^" : "") + members + "]";
  }
}
