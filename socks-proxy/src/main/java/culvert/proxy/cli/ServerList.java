package culvert.proxy.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/**
 * A file of servers, one {@code host[:port]} on each line; blank lines do not count, nor what
 * follows a {@code #}.
 *
 * @param problems each begins with file and line
 */
record ServerList(List<AskedServer> servers, List<String> problems) {
  /** Standard input. */
  static final Path STANDARD_INPUT = Path.of("-");

  private static final Pattern COMMENT = Pattern.compile("(^|\\s)#.*");

  ServerList {
    servers = List.copyOf(servers);
    problems = List.copyOf(problems);
  }

  static ServerList read(
      Path file, BufferedReader standardInput, Function<String, AskedServer> parser) {
    if (file.equals(STANDARD_INPUT)) {
      return parse("standard input", standardInput, parser);
    }
    try {
      return parse(
          file.toString(), new BufferedReader(new StringReader(Files.readString(file))), parser);
    } catch (IOException e) {
      return problem(file.toString(), e);
    }
  }

  private static ServerList parse(
      String name, BufferedReader lines, Function<String, AskedServer> parser) {
    List<AskedServer> servers = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    try {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        String text = COMMENT.matcher(line).replaceFirst("").strip();
        if (text.chars().anyMatch(Character::isWhitespace)) {
          problems.add(name + ":" + number + ": " + text + " (expected: host[:port])");
        } else if (!text.isEmpty()) {
          try {
            servers.add(parser.apply(text));
          } catch (TypeConversionException e) {
            problems.add(name + ":" + number + ": " + e.getMessage());
          }
        }
      }
    } catch (IOException e) {
      return problem(name, e);
    }
    if (servers.isEmpty() && problems.isEmpty()) {
      problems.add(name + ": no server (expected: host[:port] on each line)");
    }
    return new ServerList(servers, problems);
  }

  private static ServerList problem(String name, IOException e) {
    String reason =
        e instanceof NoSuchFileException ? "no such file" : String.valueOf(e.getMessage());
    return new ServerList(List.of(), List.of(name + ": cannot be read: " + reason));
  }
}
